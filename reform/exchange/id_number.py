"""Citizen ID numbers (公民身份号码), GB 11643-1999.

Checked in the order in which a clerk can act on it: missing, stored as a number, masked, length, characters,
date, check character. Messages never repeat the number.
"""

import re
from datetime import date
from decimal import Decimal

from reform.errors import CellError
from reform.text import HALF_WIDTH, NO_SPACES, is_blank

_LENGTH = 18
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_WELL_FORMED = re.compile("[1-9][0-9]{16}[0-9X]").fullmatch
_FOLD = {
    **HALF_WIDTH,
    **NO_SPACES,
    ord("x"): "X",
    0xFF58: "X",  # ｘ, in one step
    0x2169: "X",  # Ⅹ and ⅹ, the Roman numerals on Chinese keyboards
    0x2179: "X",
}
_NUMBER_AS_TEXT = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+|[0-9]{10,}\.0+").fullmatch
_MASKED = re.compile(r"[*●•]|X{3,}").search


def clean_id_number(value: object, today: date) -> str:
    """An 18-character ID number, checked: full-width folded, blanks out, x → X.

    today: no birth date may be later.  Raises CellError ID_MISSING, ID_AS_NUMBER, ID_MASKED, ID_LENGTH,
    ID_DATE, ID_CHECKSUM (also for a character that cannot stand there).  The division code is not checked.
    Source: domain.md §9 公民身份号码.
    """
    if isinstance(value, int | float | Decimal) and value == value:
        raise _as_number()
    if is_blank(value):
        raise CellError("ID_MISSING", "身份证号为空。", "请填写 18 位身份证号。")
    text = str(value)
    if not _WELL_FORMED(text):
        text = _folded(text)
    try:
        birth = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        birth = None
    if birth is None or birth > today or birth.year < 1800:
        raise _bad_date(text, birth)
    expected = check_character(text)
    if text[17] != expected:
        raise _bad_checksum(text, expected)
    return text


def check_character(text: str) -> str:
    """The 18th character that the first 17 digits call for: '0'–'9' or 'X'."""
    total = 0
    for weight, digit in zip(_WEIGHTS, text.encode("ascii"), strict=False):
        total += weight * (digit - 48)
    return _CHECK[total % 11]


def id_birth(id_number: str) -> date:
    """The birth date inside a checked ID number."""
    return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))


def id_sex(id_number: str) -> str:
    """'1' (男) or '2' (女), from the 17th digit of a checked ID number; codes of GB/T 2261.1."""
    return "1" if int(id_number[16]) % 2 else "2"


def mask_id(id_number: str) -> str:
    """The number as people without the 明文 permission see it: 6 digits, 8 stars, 4 characters."""
    if len(id_number) <= 10:
        return "*" * len(id_number)
    return f"{id_number[:6]}{'*' * (len(id_number) - 10)}{id_number[-4:]}"


def _folded(raw: str) -> str:
    text = raw.translate(_FOLD).strip("'‘’`").replace("e", "E")
    if not text:
        raise CellError("ID_MISSING", "身份证号为空。", "请填写 18 位身份证号。")
    if _NUMBER_AS_TEXT(text):
        raise _as_number()
    if _MASKED(text):
        raise CellError(
            "ID_MASKED",
            "身份证号已脱敏（含 * 号），不能识别人员。",
            "请填写完整的身份证号；系统导出的文件须由有“明文”权限的账号导出。",
        )
    if len(text) == 15 and text.isdecimal():
        raise CellError("ID_LENGTH", "身份证号为 15 位旧号码，已停止使用。", "请按现用身份证填写 18 位号码。")
    if len(text) != _LENGTH:
        raise CellError("ID_LENGTH", f"身份证号应为 18 位，现为 {len(text)} 位。", "请核对是否漏录或多录。")
    if not _WELL_FORMED(text):
        raise _bad_character(text)
    return text


def _as_number() -> CellError:
    return CellError(
        "ID_AS_NUMBER",
        "身份证号被存为数字，第 15 位以后的数字已丢失。",
        "把该列设为“文本”格式后重新录入。",
    )


def _bad_character(text: str) -> CellError:
    for place, character in enumerate(text, start=1):
        allowed = "123456789" if place == 1 else "0123456789X" if place == _LENGTH else "0123456789"
        if character not in allowed:
            break
    should = {1: "1—9 的数字", _LENGTH: "数字或 X"}.get(place, "数字")
    return CellError(
        "ID_CHECKSUM", f"身份证号第 {place} 位是“{character}”，应为{should}。", "请对照身份证重新录入。"
    )


def _bad_date(text: str, birth: date | None) -> CellError:
    shown = f"{text[6:10]}年{text[10:12]}月{text[12:14]}日"
    if birth is None or birth.year < 1800:
        message = f"身份证号中的出生日期不存在：{shown}。"
    else:
        message = f"身份证号中的出生日期晚于今天：{shown}。"
    return CellError("ID_DATE", message, "请对照身份证核对第 7—14 位。")


def _bad_checksum(text: str, expected: str) -> CellError:
    hint = "请对照身份证逐位核对，其中至少有一位录错。"
    if text.endswith("000"):
        hint += "末三位为 000，可能曾被存为数字，须按“文本”格式重新录入。"
    return CellError(
        "ID_CHECKSUM", f"身份证号校验码错误：按前 17 位计算，末位应为 {expected}，现为 {text[17]}。", hint
    )
