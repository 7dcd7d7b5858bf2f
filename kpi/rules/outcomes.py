"""A score and how it was reached, or why there is none; figures exact until the one rounding at the end."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from reform.errors import RuleError

WHOLE = 100  # per cent


@dataclass(frozen=True, slots=True)
class Outcome:
    """A score of two places with its steps in words and figures; None with the reason where there is none."""

    score: Decimal | None
    steps: tuple[str, ...] = ()
    reason: str = ""

    @property
    def is_scorable(self) -> bool:
        return self.score is not None


def not_scorable(reason: str, steps: tuple[str, ...] = ()) -> Outcome:
    """No score: the reason, after whatever could be worked out."""
    return Outcome(None, steps, reason)


def exact(value: object) -> Fraction:
    """A figure of a policy or a sheet, without the error of a float; RuleError where it is none."""
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise RuleError(f"“{value}”不是数字。") from None


def half_up(value: Fraction, places: int = 2) -> Decimal:
    """An exact value rounded half up, away from zero below zero."""
    scaled = abs(value) * Fraction(Decimal(1).scaleb(places))
    whole = (scaled.numerator * 2 + scaled.denominator) // (2 * scaled.denominator)
    rounded = Decimal(whole).scaleb(-places)
    return -rounded if value < 0 and whole else rounded


def share(weight: object) -> str:
    """A weight in per cent as it is read: 12.5%."""
    return f"{plain(weight)}%"


def plain(value: object) -> str:
    """A figure without trailing noughts, of four places at most."""
    number = exact(value)
    shown = format(half_up(number, 4), "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def weights_fault(weights: dict[str, Fraction], what: str) -> str:
    """Why weights cannot be used: none at all, a negative one, or a sum other than 100; '' if they can."""
    if any(weight < 0 for weight in weights.values()):
        return f"{what}权重不能是负数。"
    whole = sum(weights.values(), Fraction(0))
    return "" if whole == WHOLE else f"{what}权重合计{share(whole)}，须为100%。"
