"""Names of persons: domain.md §9 姓名."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reform.errors import CellError
from reform.exchange.cells import clean_name, is_foreign_name


def refused(call: Any, *args: Any) -> CellError:
    with pytest.raises(CellError) as caught:
        call(*args)
    return caught.value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("张三", "张三"),
        ("张  三", "张三"),
        ("张　三", "张三"),
        (" 张\xa0三\n", "张三"),
        ("巴特尔•朝格图", "巴特尔·朝格图"),
        ("巴特尔・朝格图", "巴特尔·朝格图"),
        ("巴特尔.朝格图", "巴特尔·朝格图"),
        ("巴特尔 · 朝格图", "巴特尔·朝格图"),
        ("王䶮", "王䶮"),
        ("李𬭸", "李𬭸"),
        ("〇一", "〇一"),
        ("古" * 18, "古" * 18),
        ("John  Smith", "John Smith"),
        ("Ｊｏｈｎ　Ｓｍｉｔｈ", "John Smith"),
        ("José O'Neill-Ruiz Jr.", "José O'Neill-Ruiz Jr."),
    ],
)
def test_name_is_cleaned(value: object, expected: str):
    assert clean_name(value) == expected


def test_latin_name_is_flagged_as_foreign():
    assert is_foreign_name("John Smith")
    assert not is_foreign_name("张三")


@pytest.mark.parametrize("value", [None, "", "　", "无"])
def test_missing_name_is_refused(value: object):
    error = refused(clean_name, value)
    assert (error.code, error.message, error.hint) == ("NAME_MISSING", "姓名为空。", "请填写姓名。")


@pytest.mark.parametrize(
    "value",
    [
        "张",
        "古" * 19,
        "张三1",
        "张三（兼任）",
        "·张三",
        "张三·",
        "张··三",
        "张A",
        123,
        "x",
        "⽯磊",
        "张\ue000",
    ],
)
def test_word_that_is_no_name_is_refused(value: object):
    assert refused(clean_name, value).code == "NAME_INVALID"


def test_refusal_of_a_name_shows_the_character():
    assert refused(clean_name, "张三1").message == "姓名“张三1”含有不能用于姓名的字符“1”（U+0031）。"


@given(st.text("张三欧阳娜·•. \u3000", min_size=1, max_size=12))
def test_cleaning_a_name_twice_changes_nothing(text: str):
    try:
        name = clean_name(text)
    except CellError:
        return
    assert clean_name(name) == name
