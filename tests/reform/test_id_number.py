"""Citizen ID numbers: GB 11643-1999, domain.md §9."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reform.errors import CellError
from reform.exchange.cells import check_character, clean_id_number, id_birth, id_sex, mask_id

TODAY = date(2022, 1, 23)
VALID = "11010519491231002X"

valid_numbers = st.builds(
    lambda division, birth, sequence: f"{division}{birth:%Y%m%d}{sequence:03d}",
    st.integers(100000, 999999),
    st.dates(date(1800, 1, 1), TODAY),
    st.integers(0, 999),
).map(lambda body: body + check_character(body))


def refused(value: object, today: date = TODAY) -> CellError:
    with pytest.raises(CellError) as caught:
        clean_id_number(value, today)
    return caught.value


@pytest.mark.parametrize(
    "value",
    [
        VALID,
        "11010519491231002x",
        " 110105 19491231 002X\u3000",
        "１１０１０５１９４９１２３１００２ｘ",
        "11010519491231002Ⅹ",
        "'11010519491231002X",
        "\u202d11010519491231002X\u202c",
        "1101051949\n1231002X",
    ],
)
def test_spellings_of_a_valid_number(value: str):
    assert clean_id_number(value, TODAY) == VALID


def test_second_vector_of_the_standard():
    number = clean_id_number("440524188001010014", TODAY)
    assert (id_birth(number), id_sex(number)) == (date(1880, 1, 1), "1")


def test_birth_and_sex_are_read_from_the_number():
    assert (id_birth(VALID), id_sex(VALID)) == (date(1949, 12, 31), "2")


@pytest.mark.parametrize("value", [None, "", "　", "-", "无", "'", float("nan")])
def test_missing_number(value: object):
    assert refused(value).code == "ID_MISSING"


@pytest.mark.parametrize(
    "value",
    [
        4.19900197306072e17,
        419900197306072560,
        440524188001010014,
        123,
        Decimal("419900197306072560"),
        "4.19900197306072E+17",
        "4.199e+17",
        "419900197306072000.0",
    ],
)
def test_number_cell_lost_its_last_digits(value: object):
    error = refused(value)
    assert (error.code, error.message, error.hint) == (
        "ID_AS_NUMBER",
        "身份证号被存为数字，第 15 位以后的数字已丢失。",
        "把该列设为“文本”格式后重新录入。",
    )


@pytest.mark.parametrize(
    "value", ["419900********5716", "419900＊＊＊＊＊＊＊＊5716", "419900xxxxxxxx5716", "4199**5716"]
)
def test_masked_number(value: str):
    assert refused(value).code == "ID_MASKED"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("1101051949123100X", "身份证号应为 18 位，现为 17 位。"),
        ("11010519491231002X1", "身份证号应为 18 位，现为 19 位。"),
        ("张三", "身份证号应为 18 位，现为 2 位。"),
        ("110105491231002", "身份证号为 15 位旧号码，已停止使用。"),
    ],
)
def test_wrong_length(value: str, message: str):
    error = refused(value)
    assert (error.code, error.message) == ("ID_LENGTH", message)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("1101O519491231002X", "身份证号第 5 位是“O”，应为数字。"),
        ("11010519491231002A", "身份证号第 18 位是“A”，应为数字或 X。"),
        ("01010519491231002X", "身份证号第 1 位是“0”，应为1—9 的数字。"),
        ("1101051949X231002X", "身份证号第 11 位是“X”，应为数字。"),
        ("１１０１０５一９４９１２３１００２X", "身份证号第 7 位是“一”，应为数字。"),
    ],
)
def test_illegal_character(value: str, message: str):
    error = refused(value)
    assert (error.code, error.message) == ("ID_CHECKSUM", message)


def test_date_comes_before_checksum():
    body = "11010520210230001"
    assert refused(body + check_character(body)).message == "身份证号中的出生日期不存在：2021年02月30日。"
    assert refused(body + ("0" if check_character(body) != "0" else "1")).code == "ID_DATE"


def test_birth_after_today():
    body = "11010520220124001"
    number = body + check_character(body)
    assert refused(number).message == "身份证号中的出生日期晚于今天：2022年01月24日。"
    assert clean_id_number(number, date(2022, 1, 24)) == number


@pytest.mark.parametrize("year", ["1799", "0000", "2122"])
def test_birth_in_no_plausible_century(year: str):
    body = f"110105{year}0101001"
    assert refused(body + check_character(body)).code == "ID_DATE"


def test_wrong_check_character_is_told():
    error = refused("110105194912310021")
    assert (error.code, error.message) == (
        "ID_CHECKSUM",
        "身份证号校验码错误：按前 17 位计算，末位应为 X，现为 1。",
    )


def test_three_zeros_at_the_end_hint_at_a_number_cell():
    assert refused("419900197306072000").hint.endswith(
        "末三位为 000，可能曾被存为数字，须按“文本”格式重新录入。"
    )


def test_messages_never_repeat_the_number():
    for value in ("110105194912310021", "11010519491331002X", "1101O519491231002X", "1101051949123100X"):
        error = refused(value)
        assert value not in error.message + error.hint


@given(valid_numbers)
def test_every_number_built_by_the_formula_passes(number: str):
    assert clean_id_number(number, TODAY) == number
    assert clean_id_number(number.lower(), TODAY) == number


@given(valid_numbers, st.integers(0, 17), st.sampled_from("0123456789"))
def test_any_single_wrong_digit_is_found(number: str, place: int, digit: str):
    if number[place] != digit:
        assert refused(number[:place] + digit + number[place + 1 :]).code in ("ID_CHECKSUM", "ID_DATE")


@given(valid_numbers)
def test_mask_hides_the_birth_date(number: str):
    masked = mask_id(number)
    assert masked == f"{number[:6]}********{number[-4:]}"
    assert refused(masked).code == "ID_MASKED"


def test_mask_of_a_short_word_shows_nothing():
    assert mask_id("1234567890") == "**********"
