"""Word from a template: docxtpl in a sandbox, every text escaped, every unknown name told at once.

A template comes from the office and is treated as what a stranger sent: no call, no multiplication, a short
list of filters, no macro, nothing fetched from elsewhere.
"""

import io
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.image.image import Image
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError
from lxml import etree

from reform.errors import RuleError

from .kinds import DOCX

LARGEST_TEMPLATE = 10 * 1024 * 1024
LARGEST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 1000
FILTERS = (
    "default",
    "e",
    "escape",
    "first",
    "int",
    "join",
    "last",
    "length",
    "lower",
    "replace",
    "trim",
    "upper",
)

_MAIN_PART = f"{DOCX}.main+xml".encode()
_UNPRINTABLE = re.compile("[^\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EXTERNAL = re.compile(rb"<Relationship\b[^>]*TargetMode=\"External\"[^>]*>")
_NO_IMAGE = (InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a context and the frame that it fits into; left out where it is no picture."""

    data: bytes
    width_mm: float
    height_mm: float


class TemplateFault(RuleError):
    """The template cannot be used; the message says what to correct."""


class _Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(autoescape=True)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.unknown: list[str] = []
        unknown = self.unknown

        class Noted(Undefined):
            """What the context lacks: written as nothing, and named afterwards."""

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                if self._undefined_name and self._undefined_name not in unknown:
                    unknown.append(str(self._undefined_name))

            def __getattr__(self, name: str) -> Any:
                if name.startswith("__"):
                    raise AttributeError(name)
                return self

            def __getitem__(self, name: Any) -> Any:
                return self

        self.undefined = Noted

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        raise SecurityError(operator)

    def is_safe_callable(self, obj: Any) -> bool:
        return False


def render(template: bytes, context: Mapping[str, Any]) -> bytes:
    """The document: a template filled with a context of texts, numbers, lists, mappings and pictures.

    Raises TemplateFault with everything that the template names and the context lacks.
    """
    environment = _Sandbox()
    document = DocxTemplate(io.BytesIO(template))
    try:
        document.render(_prepared(context, document), environment, autoescape=True)
    except TemplateSyntaxError as fault:
        raise TemplateFault(f"模板的标记写错了{_near(fault)}：{_told(fault)}。") from None
    except SecurityError:
        raise TemplateFault("模板里只能填写、判断和循环，不能调用函数、做乘法或取内部属性。") from None
    except (TemplateError, TypeError, ValueError, ArithmeticError):
        raise TemplateFault(
            "模板填写不了：把文字当成了列表，或对文字做了计算。请从下载的原模板改起。"
        ) from None
    except etree.XMLSyntaxError:
        raise TemplateFault(
            "填写后不是有效的 Word 文档。循环整段用 {%p for … %}，循环表格行用 {%tr for … %}，"
            "并各有结束标记。"
        ) from None
    if environment.unknown:
        raise TemplateFault(f"模板里这些内容系统没有：{'、'.join(environment.unknown)}。可用的见模板说明。")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def check_template(content: bytes, sample: Mapping[str, Any]) -> None:
    """Refuse what is no plain .docx, or names what the sample context lacks; raises TemplateFault."""
    _check_package(content)
    environment = _Sandbox()
    environment.undefined = StrictUndefined
    try:
        names = DocxTemplate(io.BytesIO(content)).get_undeclared_template_variables(environment)
    except TemplateSyntaxError:
        names = {""}  # told by rendering, in better words
    except (KeyError, ValueError, etree.XMLSyntaxError, zipfile.BadZipFile):
        raise TemplateFault("文件打不开，不是完整的 Word 文档。请用 Word 另存为 .docx 后再上传。") from None
    if not names:
        raise TemplateFault("模板里没有要填的内容（如 {{ 标题 }}），每份都会一样。请从下载的原模板改起。")
    render(content, sample)


def _check_package(content: bytes) -> None:
    if len(content) > LARGEST_TEMPLATE:
        raise TemplateFault(
            f"模板{len(content) / 2**20:.1f} MB，不能超过{LARGEST_TEMPLATE // 2**20} MB。请压缩其中的图片。"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise TemplateFault("文件解开后太大，不是正常的 Word 文档。")
            names = {part.filename for part in parts}
            kinds = package.read("[Content_Types].xml")
            links = [package.read(name) for name in names if name.endswith(".rels")]
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, EOFError):
        raise TemplateFault("文件不是 .docx。请用 Word 另存为“Word 文档（.docx）”后再上传。") from None
    if (
        any(name.lower().endswith(".bin") and "vba" in name.lower() for name in names)
        or b"macroEnabled" in kinds
    ):
        raise TemplateFault("模板带有宏。请另存为不带宏的“Word 文档（.docx）”后再上传。")
    if _MAIN_PART not in kinds:
        raise TemplateFault("文件不是 .docx（可能是工作簿或旧的 .doc）。请用 Word 另存为 .docx 后再上传。")
    if any(b"/hyperlink" not in link for one in links for link in _EXTERNAL.findall(one)):
        raise TemplateFault("模板链接着外部的文件或图片。请把图片嵌入文档，断开与外部模板的链接后再上传。")


def _prepared(value: Any, document: DocxTemplate) -> Any:
    match value:
        case str():
            return _UNPRINTABLE.sub("", value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
        case None:
            return ""
        case Picture():
            return _picture(value, document)
        case Mapping():
            return {name: _prepared(inner, document) for name, inner in value.items()}
        case list() | tuple():
            return [_prepared(inner, document) for inner in value]
        case bool() | int():
            return value
        case _:
            return str(value)


def _picture(picture: Picture, document: DocxTemplate) -> Any:
    """As large as its frame allows, its proportions kept."""
    try:
        found = Image.from_blob(picture.data)
        scale = min(picture.width_mm / found.px_width, picture.height_mm / found.px_height)
    except (*_NO_IMAGE, ValueError, KeyError, IndexError, OverflowError, ZeroDivisionError, struct.error):
        return ""
    width, height = Mm(found.px_width * scale), Mm(found.px_height * scale)
    return InlineImage(document, io.BytesIO(picture.data), width, height)


def _told(fault: TemplateSyntaxError) -> str:
    message = fault.message or ""
    found = re.search(r"No (?:filter|test) named '(\w+)'", message)
    if found:
        return f"没有“{found[1]}”这个写法"
    if "Unexpected end of template" in message or "Encountered unknown tag" in message:
        return "循环或判断的开始与结束标记不成对（for 与 endfor，if 与 endif）"
    return "请检查 {{ }} 和 {% %} 是否成对、里面有没有多余的字"


def _near(fault: TemplateSyntaxError) -> str:
    """Where it stands, as docxtpl tells: the words around it."""
    around = [line.strip() for line in getattr(fault, "docx_context", ()) if line.strip()]
    marked = next((line for line in around if "{" in line), "")
    return f"（“{marked[:40]}”附近）" if marked else ""
