"""A score and how it was reached, or why there is none."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from reform.rounding import exact, half_up

from .figures import shown

WHOLE = 100  # per cent


@dataclass(frozen=True, slots=True)
class Outcome:
    """A score of two places with its steps in words and figures; None with the reason where there is none."""

    score: Decimal | None
    steps: tuple[str, ...] = ()
    reason: str = ""


def not_scorable(reason: str, steps: tuple[str, ...] = ()) -> Outcome:
    """No score: the reason, after whatever could be worked out."""
    return Outcome(None, steps, reason)


def share(weight: object) -> str:
    """A weight in per cent as it is read: 12.5%."""
    return f"{plain(weight)}%"


def plain(value: object) -> str:
    """A figure without trailing noughts, of four places at most."""
    return shown(half_up(exact(value), 4))


def weights_fault(weights: dict[str, Fraction], what: str) -> str:
    """Why weights cannot be used: none at all, a negative one, or a sum other than 100; '' if they can."""
    if any(weight < 0 for weight in weights.values()):
        return f"{what}权重不能是负数。"
    whole = sum(weights.values(), Fraction(0))
    return "" if whole == WHOLE else f"{what}权重合计{share(whole)}，须为100%。"
