"""Figures of the scoring rules: exact arithmetic, reading and showing."""

import re
import unicodedata
from decimal import ROUND_05UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

from reform.errors import RuleError

# Products of what may be typed fit in exactly. A quotient that does not end is cut so that its one rounding
# afterwards comes out as if it had been exact (that is what ROUND_05UP is for).
EXACT = Context(prec=100, rounding=ROUND_05UP, traps=[InvalidOperation, DivisionByZero, Overflow])
times, over, plus, minus = EXACT.multiply, EXACT.divide, EXACT.add, EXACT.subtract
over_whole = EXACT.divide_int  # ⌊a/b⌋ for a ≥ 0, b > 0

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
MOST_DIGITS = 12  # before and after the point, each; actuals have more before it

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?").fullmatch
_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "＋": "+", "。": ";", "、": ",", "\u200b": None, "\ufeff": None}
)


def packed(text: str) -> str:
    """Text in half width, without any space; 。 reads as ；, and 、 as ，."""
    return "".join(unicodedata.normalize("NFKC", text).translate(_SIGNS).split())


def number(value: object, what: str, most_whole: int = MOST_DIGITS) -> Decimal:
    """A figure as typed or stored, exactly.

    what: its Chinese name.  most_whole: digits before the point.  Raises RuleError for what is no finite
    decimal number, or a longer one than any indicator has.
    """
    text = (
        "" if isinstance(value, bool) else packed(f"{value:f}" if isinstance(value, Decimal) else str(value))
    )
    if not _NUMBER(text):
        raise RuleError(f"{what}须为数字，现为“{value}”。")
    plain = f"{Decimal(text):f}"
    whole, _, rest = plain.lstrip("+-").partition(".")
    if len(whole.lstrip("0")) > most_whole or len(rest.rstrip("0")) > MOST_DIGITS:
        raise RuleError(f"{what}最多{most_whole}位整数、{MOST_DIGITS}位小数，现为“{value}”。")
    return Decimal(plain)


def shown(value: Decimal) -> str:
    """A figure without idle zeros and without an exponent: 10, 0.1, -3.5."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def percent(share: Decimal) -> str:
    """A share as a percentage: 0.05 → 5%."""
    return f"{shown(times(share, HUNDRED))}%"


def rounded_percent(part: Decimal, whole: Decimal) -> str:
    """A ratio for reading, to two places: 165, 198 → 83.33%."""
    ratio = over(times(part, HUNDRED), whole)
    if ratio.adjusted() > MOST_DIGITS:
        return f"约{ratio:.2E}%"
    return f"{shown(ratio.quantize(Decimal(1) / HUNDRED))}%"
