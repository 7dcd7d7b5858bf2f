"""The .lrmx of the 任免审批表 program: bytes in, bytes out, nothing lost (domain.md §8).

What was read goes out again byte for byte while nothing is changed, and element for element where something
is: unknown elements, their order, comments and white space stay. No entity is ever resolved and nothing is
fetched.
"""

from __future__ import annotations

import base64
import binascii
import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lxml import etree

from reform.errors import RuleError

# In the order of the form; DaoLingNianYue is written only where there is something to write.
LABELS: Mapping[str, str] = {
    "XingMing": "姓名",
    "XingBie": "性别",
    "ChuShengNianYue": "出生年月",
    "MinZu": "民族",
    "JiGuan": "籍贯",
    "ChuShengDi": "出生地",
    "RuDangShiJian": "入党时间",
    "CanJiaGongZuoShiJian": "参加工作时间",
    "DaoLingNianYue": "到龄年月",
    "JianKangZhuangKuang": "健康状况",
    "ZhuanYeJiShuZhiWu": "专业技术职务",
    "ShuXiZhuanYeYouHeZhuanChang": "熟悉专业有何专长",
    "QuanRiZhiJiaoYu_XueLi": "全日制教育学历",
    "QuanRiZhiJiaoYu_XueWei": "全日制教育学位",
    "QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi": "全日制教育毕业院校系",
    "QuanRiZhiJiaoYu_XueWei_BiYeYuanXiaoXi": "全日制教育专业",
    "ZaiZhiJiaoYu_XueLi": "在职教育学历",
    "ZaiZhiJiaoYu_XueWei": "在职教育学位",
    "ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi": "在职教育毕业院校系",
    "ZaiZhiJiaoYu_XueWei_BiYeYuanXiaoXi": "在职教育专业",
    "XianRenZhiWu": "现任职务",
    "NiRenZhiWu": "拟任职务",
    "NiMianZhiWu": "拟免职务",
    "JianLi": "简历",
    "JiangChengQingKuang": "奖惩情况",
    "NianDuKaoHeJieGuo": "年度考核结果",
    "RenMianLiYou": "任免理由",
    "JiaTingChengYuan": "家庭主要成员",
    "ChengBaoDanWei": "呈报单位",
    "JiSuanNianLingShiJian": "计算年龄时间",
    "TianBiaoShiJian": "填表时间",
    "TianBiaoRen": "填表人",
    "ShenFenZheng": "身份证号",
    "ZhaoPian": "照片",
    "Version": "版本",
}
OPTIONAL = "DaoLingNianYue"
FAMILY, ITEM, PHOTO = "JiaTingChengYuan", "Item", "ZhaoPian"
MEMBER = ("ChengWei", "XingMing", "ChuShengRiQi", "ZhengZhiMianMao", "GongZuoDanWeiJiZhiWu")
VERSION = "3.2.1.16"
LONGEST_NAME = 18
MOST_MEMBERS = 10
LARGEST_PHOTO = 5 * 1024 * 1024
LARGEST_FILE = 12 * 1024 * 1024

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENCODINGS = {
    "big5": "big5",
    # The declaration is often narrower than the text, and old programs write none.
    **dict.fromkeys(("", "gb2312", "gb_2312-80", "gbk", "x-gbk", "cp936", "ms936", "gb18030"), "gb18030"),
}
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)


class LrmxError(RuleError):
    """The file is not a .lrmx that can be taken; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Member:
    """One of 家庭主要成员; `born` as yyyyMM."""

    relation: str = ""
    name: str = ""
    born: str = ""
    political_status: str = ""
    workplace: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.relation, self.name, self.born, self.political_status, self.workplace)


class Lrmx:
    """One 任免审批表. Immutable: `with_values` gives another one."""

    def __init__(self, root: etree._Element, source: bytes | None = None) -> None:
        self._root = root
        self._source = source

    def __getitem__(self, name: str) -> str:
        """The text of an element, line feeds as LF; '' where it is empty or missing."""
        found = self._root.find(name)
        return "" if found is None else str(found.xpath("string()")).strip()

    @property
    def family(self) -> tuple[Member, ...]:
        """家庭主要成员, rows without a word left out."""
        rows = (
            Member(*((item.findtext(name) or "").strip() for name in MEMBER))
            for item in self._root.findall(f"{FAMILY}/{ITEM}")
        )
        return tuple(row for row in rows if any(row.cells))

    @property
    def photo(self) -> bytes:
        return _photo(self[PHOTO])

    def with_values(self, values: Mapping[str, str]) -> Lrmx:
        """The same with other texts; itself where none differs. An element that is missing goes where the
        form has it."""
        wanted = {name: clean(text) for name, text in values.items()}
        wanted = {name: text for name, text in wanted.items() if self[name] != text.strip()}
        if not wanted:
            return self
        tree = copy.deepcopy(self._root.getroottree())
        for name, text in wanted.items():
            _element(tree.getroot(), name).text = text or None
        return Lrmx(tree.getroot())

    def to_bytes(self) -> bytes:
        """The file: what was read, where nothing was changed; else UTF-8 with CRLF."""
        if self._source is not None:
            return self._source
        text = etree.tostring(self._root.getroottree(), encoding="unicode")
        return (_DECLARATION + text + "\n").replace("\n", "\r\n").encode()


def new_lrmx(values: Mapping[str, str], family: Iterable[Member] = (), photo: bytes = b"") -> Lrmx:
    """A new one in the order of the form. values: texts by element name; dates as yyyyMM and yyyyMMdd.

    Raises LrmxError for a name of more than 18 characters, more than 10 members, or a photo over 5 MB.
    """
    members = tuple(family)
    if len(clean(values.get("XingMing", ""))) > LONGEST_NAME:
        raise LrmxError(f"姓名“{values['XingMing']}”超过{LONGEST_NAME}个字，任免审批表程序收不下。")
    if len(members) > MOST_MEMBERS:
        raise LrmxError(f"家庭成员{len(members)}人，任免审批表最多{MOST_MEMBERS}人。")
    if len(photo) > LARGEST_PHOTO:
        raise LrmxError(_photo_too_large(len(photo)))
    root = etree.Element("Person")
    texts = {"Version": VERSION, **values, PHOTO: base64.b64encode(photo).decode()}
    for name in LABELS:
        text = clean(texts.get(name, ""))
        if text or name != OPTIONAL:
            etree.SubElement(root, name).text = text.strip() or None
    place = _element(root, FAMILY)
    for member in members:
        item = etree.SubElement(place, ITEM)
        for name, text in zip(MEMBER, member.cells, strict=True):
            etree.SubElement(item, name).text = clean(text).strip() or None
    etree.indent(root, "  ")
    return Lrmx(root)


def read_lrmx(data: bytes) -> Lrmx:
    """What a file holds. Raises LrmxError: not XML, another root, entities, a photo that is none or over 5
    MB."""
    if len(data) > LARGEST_FILE:
        raise LrmxError(f"文件{len(data) / 2**20:.1f} MB，任免审批表文件不超过{LARGEST_FILE // 2**20} MB。")
    text = _decoded(data)
    if "<!DOCTYPE" in text.partition("<Person")[0]:
        raise LrmxError("文件带有 DTD 或实体声明，不是任免审批表程序存的文件，没有读取。")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False, huge_tree=False
    )
    try:
        root = etree.fromstring(_HEAD.sub("", text, count=1).lstrip().encode(), parser)
    except etree.XMLSyntaxError as fault:
        raise LrmxError(
            f"文件不是完整的 XML（第{fault.position[0]}行附近），请重新导出 .lrmx 后再上传。"
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise LrmxError("文件带有 DTD 或实体声明，不是任免审批表程序存的文件，没有读取。")
    if root.tag != "Person":
        raise LrmxError(f"文件的根元素是“{root.tag}”，任免审批表应是“Person”。请核对选对了文件。")
    found = Lrmx(root, data)
    if not found["XingMing"]:
        raise LrmxError("文件里没有姓名（XingMing），认不出是谁的任免审批表。")
    _photo(found[PHOTO])
    return found


def clean(text: str) -> str:
    """A text as XML can hold it: line ends as LF, characters that XML forbids left out."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _decoded(data: bytes) -> str:
    """The text by the mark at its beginning; else UTF-8 where it is that, whatever is declared: a text of
    another encoding never is by chance; else as declared."""
    declared = _DECLARED.match(data[:200])
    said = declared.group(1).decode().lower() if declared else ""
    marked = next((marked for mark, marked in _MARKS if data.startswith(mark)), "")
    for encoding in [marked] if marked else ["utf-8", _ENCODINGS.get(said, "utf-8")]:
        try:
            return data.decode(encoding)
        except UnicodeError:
            continue
    raise LrmxError(f"文件的文字编码（{said.upper() or '没有写明'}）读不出来。请重新导出 .lrmx 后再上传。")


def _element(root: etree._Element, name: str) -> etree._Element:
    """The element of a name; a new one stands behind the nearest one that the form has before it."""
    found = root.find(name)
    if found is not None:
        return found
    order = list(LABELS)
    before = set(order[: order.index(name)]) if name in LABELS else set(order)
    place = max((number for number, child in enumerate(root, 1) if child.tag in before), default=0)
    made = etree.Element(name)
    made.tail = root[place - 1].tail if place else root.text
    root.insert(place, made)
    return made


def _photo(text: str) -> bytes:
    packed = "".join(text.split())
    if len(packed) // 4 * 3 > LARGEST_PHOTO + 2:
        raise LrmxError(_photo_too_large(len(packed) // 4 * 3))
    try:
        photo = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        raise LrmxError("照片（ZhaoPian）的内容不是图片数据，请在任免审批表程序中重新放入照片。") from None
    if len(photo) > LARGEST_PHOTO:
        raise LrmxError(_photo_too_large(len(photo)))
    return photo


def _photo_too_large(size: int) -> str:
    return f"照片{size / 2**20:.1f} MB，不能超过{LARGEST_PHOTO // 2**20} MB（约 376×460 像素即可）。"
