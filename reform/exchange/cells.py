"""Cells as offices write them, each to one typed value or a CellError; pure, no workbook library.

The one place to import from; names, ID numbers, dates and the nearest word have their own modules.
"""

import re
from decimal import Decimal

from reform.errors import CellError
from reform.exchange.dates import PartialDate, clean_date, format_day, format_month
from reform.exchange.id_number import check_character, clean_id_number, id_birth, id_sex, mask_id
from reform.exchange.names import clean_name, is_foreign_name
from reform.nearest import nearest
from reform.text import (
    HALF_WIDTH,
    NO_SPACES,
    clean_text,
    clean_title,
    is_blank,
    quoted,
    title_key,
)

__all__ = [
    "PartialDate",
    "check_character",
    "clean_date",
    "clean_decimal",
    "clean_id_number",
    "clean_integer",
    "clean_name",
    "clean_phone",
    "clean_term",
    "clean_text",
    "clean_title",
    "clean_yes_no",
    "format_day",
    "format_month",
    "id_birth",
    "id_sex",
    "is_blank",
    "is_foreign_name",
    "mask_id",
    "nearest",
    "quoted",
    "title_key",
]

LONGEST_TERM_YEARS = 60  # beyond a working life: a year or a date in the wrong column
_PACK = {**HALF_WIDTH, **NO_SPACES}
_DIGITS = {digit: place for place, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_DIGITS |= {digit: place for place, digit in enumerate("壹贰叁肆伍陆柒捌玖", start=1)}
_INTEGER = re.compile(
    r"([+-]?)([0-9]{1,40}|[0-9]{1,3}(?:,[0-9]{3}){1,12})(?:\.0*)?(?:人|个|名|位|岗)?"
).fullmatch
_DECIMAL = re.compile(r"([+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]*)?|[+-]?\.[0-9]+)分?").fullmatch
_CHINESE = re.compile(
    "([零〇一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾]{1,3})(?:人|个|名|位|岗|年|周年)?"
).fullmatch
_YEARS = re.compile(r"([+-]?[0-9]{1,40})(?:\.0*)?(?:年|周年)?").fullmatch
_MONTHS = re.compile(r"([+-]?[0-9]{1,40})个?月").fullmatch
_MOBILE = re.compile(r"(?:(?:\+|00)?86-?)?(1[3-9][0-9])-?([0-9]{4})-?([0-9]{4})").fullmatch
_LANDLINE = re.compile(r"(?:\(?(0[0-9]{2,3})\)?-?)?([2-9][0-9]{6,7})(?:(?:-|转|#)([0-9]{1,6}))?").fullmatch
_PLAIN_MOBILE = re.compile("1[3-9][0-9]{9}").fullmatch
_YES_NO = {"是": True, "否": False, "占职数": True, "不占职数": False}


def clean_integer(value: object, what: str) -> int:
    """A whole number ≥ 0, such as a 职数: 3, 3.0, '3人', '３', '三'.

    what: the Chinese name of the figure, for the message.  Raises CellError NUMBER_INVALID (also for a
    blank), NUMBER_NEGATIVE.
    """
    if type(value) is int and value >= 0:
        return value
    if is_blank(value):
        raise CellError("NUMBER_INVALID", f"{what}为空。", "请填写整数。")
    text = "" if isinstance(value, bool) else clean_text(value).translate(_PACK)
    match = _INTEGER(text)
    if match:
        number = int(match.group(2).replace(",", ""))
        if match.group(1) == "-" and number:
            raise CellError("NUMBER_NEGATIVE", f"{what}不能是负数：{quoted(value)}。", "请填写 0 或正整数。")
        return number
    chinese = _CHINESE(text)
    counted = chinese and _chinese_number(chinese.group(1))
    if counted is not None and not text.endswith("年"):
        return counted
    raise CellError("NUMBER_INVALID", f"{what}不是整数：{quoted(value)}。", "请填写整数，如 3。")


def clean_decimal(value: object, what: str) -> Decimal:
    """A figure such as a score, weight or amount, exactly as the sheet shows it (15 digits); may be negative.

    what: the Chinese name of the figure.  Raises CellError NUMBER_INVALID, also for a blank.
    """
    if is_blank(value):
        raise CellError("NUMBER_INVALID", f"{what}为空。", "请填写数字。")
    text = "" if isinstance(value, bool) else clean_text(value).translate(_PACK)
    match = _DECIMAL(text)
    if match is None:
        raise CellError("NUMBER_INVALID", f"{what}不是数字：{quoted(value)}。", "请只填数字，如 85.5。")
    return Decimal(match.group(1).replace(",", ""))


def clean_term(value: object) -> int:
    """A term of appointment (聘期) in whole years: 3, '3年', '三年', '36个月' → 3.

    Raises CellError TERM_NOT_INTEGER (also for a blank), TERM_NOT_POSITIVE, TERM_TOO_LONG.
    """
    if is_blank(value):
        raise CellError("TERM_NOT_INTEGER", "聘期为空。", "请填写年数，如 3。")
    text = "" if isinstance(value, bool) else clean_text(value).translate(_PACK)
    years: int | None = None
    if match := _YEARS(text):
        years = int(match.group(1))
    elif (match := _MONTHS(text)) and int(match.group(1)) % 12 == 0:
        years = int(match.group(1)) // 12
    elif (match := _CHINESE(text)) and not text.endswith(("人", "个", "名", "位", "岗")):
        years = _chinese_number(match.group(1))
    if years is None:
        raise CellError("TERM_NOT_INTEGER", f"聘期不是整数年：{quoted(value)}。", "请填写整数年数，如 3。")
    if years <= 0:
        raise CellError("TERM_NOT_POSITIVE", f"聘期须为正数：{quoted(value)}。", "请填写整数年数，如 3。")
    if years > LONGEST_TERM_YEARS:
        raise CellError("TERM_TOO_LONG", f"聘期 {years} 年过长。", "请填写年数，如 3；起止日期另有列。")
    return years


def clean_phone(value: object) -> str:
    """A telephone number as text: 11 digits, or a landline as 0375-2661234, 2661234, 0375-2661234-801.

    Country code, blanks and dashes inside a mobile number are dropped.  Raises CellError PHONE_INVALID, also
    for a blank.
    """
    if isinstance(value, str) and _PLAIN_MOBILE(value):
        return value
    if is_blank(value):
        raise CellError("PHONE_INVALID", "联系电话为空。", "请填写手机号或固定电话。")
    text = "" if isinstance(value, bool) else clean_text(value).translate(_PACK)
    text = text.replace("—", "-").replace("–", "-").strip("'")
    if match := _MOBILE(text):
        return "".join(match.groups())
    if match := _LANDLINE(text):
        return "-".join(part for part in match.groups() if part)
    raise CellError(
        "PHONE_INVALID",
        f"联系电话{quoted(value)}不是手机号，也不是固定电话。",
        "请填写一个号码：11 位手机号，或带区号的固定电话，如 0375-2661234。",
    )


def clean_yes_no(value: object) -> bool:
    """是 or 否, 占职数 or 不占职数; nothing else is taken for either.

    Raises CellError CHOICE_INVALID, also for a blank.
    """
    choice = _YES_NO.get(title_key(value)) if isinstance(value, str) else None
    if choice is not None:
        return choice
    if is_blank(value):
        raise CellError("CHOICE_INVALID", "未填写“是”或“否”。", "请填写“是”或“否”。")
    raise CellError("CHOICE_INVALID", f"{quoted(value)}不是“是”或“否”。", "请填写“是”或“否”。")


def _chinese_number(text: str) -> int | None:
    """一 … 九十九; None where the characters do not make a number."""
    tens, ten, ones = text.replace("拾", "十").partition("十")
    if not ten:
        return _DIGITS[text] if len(text) == 1 else None
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return None
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
