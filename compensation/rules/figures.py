"""Figures with their terms: how amounts and coefficients are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from reform.errors import RuleError
from reform.rounding import to_coefficient, to_fen


@dataclass(frozen=True, slots=True)
class Figure:
    """A result and the term that it comes from: “绩效 = 1,600.00 × 1.0711 × 1.0 = 1,713.76”."""

    value: Decimal
    term: str


@cache  # the same standards come again for everybody of a level
def money_text(amount: Decimal) -> str:
    """An amount as a pay sheet writes it: 1,713.76."""
    return f"{to_fen(amount):,.2f}"


def plain_text(amount: Decimal) -> str:
    """An amount that may be negative: −13,200.00."""
    return f"{'−' if amount < 0 else ''}{money_text(abs(amount))}"


def signed_text(amount: Decimal) -> str:
    """A difference with its sign: +120.00, −360.00."""
    return f"{'−' if amount < 0 else '+'}{money_text(abs(amount))}"


def number_text(number: Decimal) -> str:
    """A coefficient without idle zeros, the same however it was typed: 1.0711, 2.2, 1.0."""
    text = f"{number:f}"
    text = text.rstrip("0") if "." in text else f"{text}."
    return f"{text}0" if text.endswith(".") else text


def percent_text(share: Decimal) -> str:
    """A share of 0–1 as a percentage: 0.6 → 60%."""
    text = number_text(share * 100)
    return f"{text.removesuffix('.0')}%"


def total_of(amounts: Sequence[Decimal]) -> Decimal:
    """The sum of rounded amounts; 0.00 of none."""
    return to_fen(sum(amounts, Decimal(0)))


def checked_coefficient(number: Decimal, name: str) -> Decimal:
    """A coefficient at four places, as it is used; raises RuleError below zero."""
    if not number.is_finite() or number < 0:
        raise RuleError(f"{name}须为不小于 0 的数，现为 {number}。")
    return to_coefficient(number)
