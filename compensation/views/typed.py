"""Figures as they are typed into the forms of pay."""

import re
from decimal import Decimal

from reform.errors import Refused

# Digits before and after the point, as the columns hold them.
MONEY, SCORE, COEFFICIENT, TOTAL, REFERENCE = (12, 2), (5, 2), (2, 4), (6, 4), (5, 4)
_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")


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
