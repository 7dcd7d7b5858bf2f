"""Figures, terms, phones, yes and no as offices write them: domain.md §8, headers.md."""

from decimal import Decimal
from typing import Any

import pytest

from reform.errors import CellError
from reform.exchange.cells import clean_decimal, clean_integer, clean_phone, clean_term, clean_yes_no


def refused(call: Any, *args: Any) -> CellError:
    with pytest.raises(CellError) as caught:
        call(*args)
    return caught.value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (3.0, 3),
        ("3", 3),
        ("3人", 3),
        ("3 个", 3),
        ("３", 3),
        ("3.0", 3),
        ("1,200", 1200),
        ("三", 3),
        ("十二人", 12),
        (0, 0),
    ],
)
def test_integer_as_offices_write_it(value: object, expected: int):
    assert clean_integer(value, "职数") == expected


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        (None, "NUMBER_INVALID", "职数为空。"),
        ("若干", "NUMBER_INVALID", "职数不是整数：“若干”。"),
        (2.5, "NUMBER_INVALID", "职数不是整数：“2.5”。"),
        (True, "NUMBER_INVALID", "职数不是整数：“TRUE”。"),
        (-1, "NUMBER_NEGATIVE", "职数不能是负数：“-1”。"),
        ("－2人", "NUMBER_NEGATIVE", "职数不能是负数：“－2人”。"),
    ],
)
def test_other_values_are_no_integers(value: object, code: str, message: str):
    error = refused(clean_integer, value, "职数")
    assert (error.code, error.message) == (code, message)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (94.63, "94.63"),
        ("８５．５分", "85.5"),
        (-3, "-3"),
        ("1,600", "1600"),
        (0.1 + 0.2, "0.3"),
        (".5", "0.5"),
    ],
)
def test_decimal_is_what_the_sheet_shows(value: object, expected: str):
    assert clean_decimal(value, "得分") == Decimal(expected)


@pytest.mark.parametrize("value", [None, "缺考", "85.5.1", True, "1e5"])
def test_other_values_are_no_decimals(value: object):
    assert refused(clean_decimal, value, "得分").code == "NUMBER_INVALID"


@pytest.mark.parametrize(
    "value", [3, 3.0, "3", "3年", "3 年", "三年", "３年", "叁年", "36个月", "36月", "3周年", "三"]
)
def test_term_of_three_years(value: object):
    assert clean_term(value) == 3


@pytest.mark.parametrize(("value", "expected"), [("两年", 2), ("十年", 10), ("十五年", 15), ("二十年", 20)])
def test_term_in_chinese_figures(value: str, expected: int):
    assert clean_term(value) == expected


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (2.5, "TERM_NOT_INTEGER"),
        ("2.5年", "TERM_NOT_INTEGER"),
        ("三年半", "TERM_NOT_INTEGER"),
        ("abc", "TERM_NOT_INTEGER"),
        ("30个月", "TERM_NOT_INTEGER"),
        ("三人", "TERM_NOT_INTEGER"),
        ("十十年", "TERM_NOT_INTEGER"),
        (None, "TERM_NOT_INTEGER"),
        (True, "TERM_NOT_INTEGER"),
        (0, "TERM_NOT_POSITIVE"),
        (-1, "TERM_NOT_POSITIVE"),
        ("零年", "TERM_NOT_POSITIVE"),
        ("0个月", "TERM_NOT_POSITIVE"),
        (2025, "TERM_TOO_LONG"),
    ],
)
def test_other_terms_are_refused(value: object, code: str):
    assert refused(clean_term, value).code == code


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("15034378737", "15034378737"),
        (15034378737, "15034378737"),
        (15034378737.0, "15034378737"),
        ("150 3437 8737", "15034378737"),
        ("150-3437-8737", "15034378737"),
        ("+86 15034378737", "15034378737"),
        ("\u202d15034378737\u202c", "15034378737"),
        ("0375-2661234", "0375-2661234"),
        ("（0375）2661234", "0375-2661234"),
        ("010-88886666-801", "010-88886666-801"),
        (2661234, "2661234"),
    ],
)
def test_phone_is_text_without_ornament(value: object, expected: str):
    assert clean_phone(value) == expected
    assert clean_phone(expected) == expected


@pytest.mark.parametrize(
    "value", [None, "12034378737", "1503437873", "15034378737、13800138000", "同上", True]
)
def test_other_values_are_no_phones(value: object):
    assert refused(clean_phone, value).code == "PHONE_INVALID"


def test_yes_and_no_are_taken_literally():
    assert [clean_yes_no(word) for word in ("是", " 否 ", "占职数", "不占职数")] == [True, False, True, False]


@pytest.mark.parametrize("value", ["Y", "N", "有", "", None, "兼职", True, 1])
def test_other_words_are_neither_yes_nor_no(value: object):
    assert refused(clean_yes_no, value).code == "CHOICE_INVALID"


def test_error_reads_as_its_message():
    error = CellError("X", "错了。", "改。")
    assert (str(error), error.code, error.hint) == ("错了。", "X", "改。")
