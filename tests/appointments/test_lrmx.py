"""The .lrmx of the 任免审批表 program: written, read, changed, hostile ones refused (domain.md §8)."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from appointments.documents.career import Period, career_text
from appointments.documents.lrmx import LABELS, OPTIONAL, LrmxError, Member, clean, new_lrmx, read_lrmx
from reform.errors import RuleError

TEXTS = tuple(name for name in LABELS if name not in ("JiaTingChengYuan", "ZhaoPian"))
HEAD = b'<?xml version="1.0" encoding="utf-8"?>\r\n'
FOREIGN = (
    '<?xml version="1.0" encoding="utf-8"?>\r\n<!-- 某程序导出 -->\r\n<Person xmlns:xsi="urn:x" n="1">\r\n'
    "  <XingMing>张三</XingMing>\r\n  <XingBie>男</XingBie><QiTa a='1'><Nei>留着</Nei></QiTa>\r\n"
    "  <ZhengZhiMianMao>中共党员</ZhengZhiMianMao><DaoLingNianYue>204301</DaoLingNianYue>\r\n"
    "  <JianLi>2006.07--2018.01  某局\r\n（其间：2010.09--2012.06  某校学习）<![CDATA[ a<b ]]></JianLi>\r\n"
    "  <JiaTingChengYuan><Item><ChengWei>妻子</ChengWei><XingMing>李四</XingMing><Xin>新</Xin></Item>"
    "<Item><ChengWei/></Item></JiaTingChengYuan><?keep this?>\r\n</Person>\r\n<!-- 完 -->"
).encode()

words = st.text(max_size=30)
members = st.builds(Member, words, words, st.just("198001"), words, words)


def canonical(data: bytes) -> bytes:
    return etree.tostring(etree.fromstring(data), method="c14n")


@given(
    st.dictionaries(st.sampled_from(TEXTS), words), st.lists(members, max_size=10), st.binary(max_size=200)
)
def test_what_is_written_is_read_again_and_goes_out_byte_for_byte(
    values: dict[str, str], family: list[Member], photo: bytes
):
    values["XingMing"] = "张三"
    data = new_lrmx(values, family, photo).to_bytes()
    found = read_lrmx(data)
    assert found.to_bytes() == data
    assert found.photo == photo
    assert {name: found[name] for name in values} == {
        name: clean(text).strip() for name, text in values.items()
    }
    # Parsed and written anew, not only handed back.
    touched = found.with_values({"TianBiaoRen": "经办人甲"}).with_values(
        {"TianBiaoRen": found["TianBiaoRen"]}
    )
    assert touched.to_bytes() == data


@given(st.sampled_from(TEXTS), words)
def test_a_change_touches_nothing_but_its_element(name: str, text: str):
    changed = read_lrmx(FOREIGN).with_values({name: text})
    again = etree.fromstring(changed.to_bytes())
    assert changed[name] == clean(text).strip()
    for kept in ("QiTa/Nei", "ZhengZhiMianMao", "JiaTingChengYuan/Item/Xin"):
        assert kept == name or again.findtext(kept) == etree.fromstring(FOREIGN).findtext(kept)


def test_foreign_file_goes_out_as_it_came_with_unknown_elements():
    found = read_lrmx(FOREIGN)
    assert found.to_bytes() == FOREIGN
    assert found["JianLi"] == "2006.07--2018.01  某局\n（其间：2010.09--2012.06  某校学习） a<b"
    assert found.family == (Member("妻子", "李四"),)
    same = found.with_values({"NiRenZhiWu": "局长"}).with_values({"NiRenZhiWu": ""})
    without = etree.fromstring(same.to_bytes())
    made = without.find("NiRenZhiWu")
    assert (
        made.getprevious().tag == "DaoLingNianYue"
    )  # where the form has it: behind what stands before it there
    made.getprevious().tail = etree.fromstring(FOREIGN).find("DaoLingNianYue").tail
    without.remove(made)
    assert canonical(etree.tostring(without)) == canonical(FOREIGN)


def test_elements_stand_in_the_order_of_the_form_and_lines_end_with_crlf():
    data = new_lrmx({"XingMing": "张三", "JianLi": "2006.07--2018.01  甲\n2018.01--         乙"}).to_bytes()
    assert [child.tag for child in etree.fromstring(data)] == [name for name in LABELS if name != OPTIONAL]
    assert data.startswith(HEAD + b"<Person>\r\n")
    assert "甲\r\n2018.01--         乙</JianLi>".encode() in data
    assert data.count(b"\n") == data.count(b"\r\n")
    with_age = new_lrmx({"XingMing": "张三", OPTIONAL: "204301"}).to_bytes()
    assert [child.tag for child in etree.fromstring(with_age)] == list(LABELS)


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf8", "utf-8"),
        ("gb2312", "utf-8"),  # saved anew by an editor that left the declaration
        ("ISO-8859-1", "utf-8"),
        ("cp936", "gb18030"),
        ("", "gb18030"),
        ("UTF-16", "utf-16-le"),
        ("UTF-16", "utf-16-be"),
        ("utf-8", "utf-16"),
    ],
)
def test_what_is_declared_may_differ_from_what_is_written(declared: str, encoding: str):
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    data = f"{head}<Person><XingMing>张三丰</XingMing></Person>".encode(encoding)
    found = read_lrmx(data)
    assert found["XingMing"] == "张三丰"
    assert found.to_bytes() == data
    changed = found.with_values({"XingBie": "男"}).to_bytes()
    assert changed.startswith(HEAD)
    assert read_lrmx(changed)["XingMing"] == "张三丰"


@pytest.mark.parametrize("encoding", ["gb2312", "GBK", "gb18030", "utf-16"])
def test_other_encodings_are_read(encoding: str):
    text = f'<?xml version="1.0" encoding="{encoding}"?><Person><XingMing>张三丰</XingMing></Person>'
    assert (
        read_lrmx(text.encode("gb18030" if encoding.lower() != "utf-16" else encoding))["XingMing"]
        == "张三丰"
    )


def test_byte_order_mark_and_rare_characters():
    assert read_lrmx(b"\xef\xbb\xbf" + new_lrmx({"XingMing": "䶮𬭸"}).to_bytes())["XingMing"] == "䶮𬭸"


BOMB = (
    b'<!DOCTYPE Person [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Person><XingMing>&b;</XingMing></Person>'
)
FILE = b'<!DOCTYPE Person [<!ENTITY x SYSTEM "file:///etc/passwd">]><Person><XingMing>&x;</XingMing></Person>'


def with_photo(text: str) -> bytes:
    return f"<Person><XingMing>张三</XingMing><ZhaoPian>{text}</ZhaoPian></Person>".encode()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "不是完整的 XML"),
        (b"PK\x03\x04 a workbook", "不是完整的 XML"),
        ("姓名：张三".encode(), "不是完整的 XML"),
        (b"<Person><XingMing>\xff\xfe</XingMing></Person>", "文字编码（没有写明）读不出来"),
        (b'<?xml version="1.0" encoding="rot13"?><Person>\xff</Person>', "文字编码（ROT13）读不出来"),
        (b'<?xml version="1.0" encoding="utf-8"?><Person>\xd5\xc5</Person>', "文字编码（UTF-8）读不出来"),
        (b"<Persons><XingMing>a</XingMing></Persons>", "根元素是“Persons”"),
        (b"<Person><XingBie/></Person>", "没有姓名"),
        (BOMB, "实体声明"),
        (FILE, "实体声明"),
        (b"<!-- <Person -->" + FILE, "实体声明"),
        (b"<Person><XingMing>&undeclared;</XingMing></Person>", "不是完整的 XML"),
        (with_photo("这不是图片"), "不是图片数据"),
        (with_photo("QUJ"), "不是图片数据"),
        (with_photo(base64.b64encode(b"x" * (5 * 2**20 + 1)).decode()), "照片5.0 MB，不能超过5 MB"),
        (b"<Person>" + b" " * 13 * 2**20 + b"</Person>", "不超过12 MB"),
    ],
)
def test_hostile_file_is_refused_in_chinese(data: bytes, why: str):
    with pytest.raises(LrmxError, match=why):
        read_lrmx(data)


def test_photo_of_exactly_the_limit_is_taken_and_line_feeds_inside_do_not_matter():
    photo = b"x" * (5 * 2**20)
    assert read_lrmx(with_photo(base64.encodebytes(photo).decode())).photo == photo


def test_what_the_program_cannot_hold_is_refused():
    with pytest.raises(RuleError, match="超过18个字"):
        new_lrmx({"XingMing": "A" * 19})
    with pytest.raises(RuleError, match="家庭成员11人"):
        new_lrmx({"XingMing": "张三"}, [Member("子", "某")] * 11)
    with pytest.raises(RuleError, match="不能超过5 MB"):
        new_lrmx({"XingMing": "张三"}, photo=b"x" * (5 * 2**20 + 1))


def test_open_end_of_a_career_is_seven_blanks_and_meanwhile_has_its_own_line():
    periods = [
        Period("2006.07", "2018.01", "某局科员", ("其间：2010.09--2012.06  某校学习",)),
        Period("2018.01", "", "某局科长"),
    ]
    text = "2006.07--2018.01  某局科员\n（其间：2010.09--2012.06  某校学习）\n2018.01--         某局科长"
    assert career_text(periods) == text
