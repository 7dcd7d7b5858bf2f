"""Figures as they are typed into the forms of pay."""

import re
from decimal import Decimal
from typing import Any

from django import forms

from reform.errors import Refused

# Digits before and after the point, as the columns hold them.
MONEY, SCORE, COEFFICIENT, TOTAL, REFERENCE = (12, 2), (5, 2), (2, 4), (6, 4), (5, 4)
_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")
FIRST_YEAR, LAST_YEAR = 2000, 2999  # of a year that anybody means


def year_of(text: str, default: int) -> int:
    """A year of an address; the default for anything else."""
    typed = text.strip()
    found = int(typed) if typed.isdecimal() and len(typed) == len(str(LAST_YEAR)) else 0
    return found if FIRST_YEAR <= found <= LAST_YEAR else default


class AmountField(forms.DecimalField):
    """Yuan as an office writes it: commas between the thousands may stand, a power of ten may not."""

    def to_python(self, value: Any) -> Any:
        typed = str(value or "").strip()
        plain = typed.replace(",", "").replace("，", "").replace("−", "-")
        if plain and not _NUMBER.fullmatch(plain.removeprefix("-")):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(plain)


def number(text: str, what: str, size: tuple[int, int]) -> Decimal:
    """A figure ≥ 0 as it was typed, written out; raises Refused for anything else."""
    typed = text.strip()
    plain = typed.replace(",", "").replace("，", "")
    if plain.startswith("-") and _NUMBER.fullmatch(plain[1:]):
        raise Refused([f"{what}须为不小于 0 的数，现为“{typed}”"])
    if not _NUMBER.fullmatch(plain):
        raise Refused([f"{what}须为数字，现为“{typed}”"])
    whole, places = size
    before, _, after = plain.partition(".")
    if len(before.lstrip("0")) > whole or len(after.rstrip("0")) > places:
        raise Refused([f"{what}最多{whole}位整数、{places}位小数，现为“{typed}”"])
    return Decimal(plain)
