"""A month's full entitlement of one post: what is due when unit score and grade are known (E1, E2)."""

from dataclasses import dataclass
from decimal import Decimal

from .coefficients import performance_pay, personal_coefficient, unit_coefficient
from .figures import Figure, money_text, total_of
from .policy import PayPolicy
from .standard import Standard, standard


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Standard, coefficients and pay of one month; `gross` is the sum of the rounded components."""

    standard: Standard
    unit_coefficient: Figure
    personal_coefficient: Figure
    performance_pay: Figure
    gross: Figure

    @property
    def steps(self) -> tuple[str, ...]:
        """Every term in the order of the calculation."""
        figures = (self.unit_coefficient, self.personal_coefficient, self.performance_pay, self.gross)
        return (*self.standard.terms, *(one.term for one in figures))


def entitlement(policy: PayPolicy, coefficient: Decimal, unit_score: Decimal, grade: str) -> Entitlement:
    """What a post is worth in a month with a unit score and a grade, prepayment aside.

    Raises RuleError for a negative score or coefficient and for an unknown grade.  Source: domain.md §7.
    """
    of_post = standard(policy, coefficient)
    unit = unit_coefficient(unit_score, policy.reference, policy.low, policy.high)
    personal = personal_coefficient(grade, policy.grade_coefficients)
    performance = performance_pay(of_post.performance_base, unit.value, personal.value)
    parts = (of_post.base_pay, of_post.position_pay, performance.value)
    gross = total_of(parts)
    term = f"应发 = {' + '.join(map(money_text, parts))} = {money_text(gross)}"
    return Entitlement(of_post, unit, personal, performance, Figure(gross, term))
