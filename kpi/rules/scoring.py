"""The sixteen scoring rules of domain.md §6: one indicator, one subject, one score.

The one place to import from; parameters, bands, formulas, guards and steps have their own modules.
`score` tells everything about one score, `compile_rule` is for very many by the same rule; both give the
same number.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from reform.errors import RuleError
from reform.rounding import to_score

from .bands import Band, bands_text, parse_bands
from .codes import Direction, Rule, direction_problem, rule_by_name
from .formulas import formula_of
from .inputs import INPUT_FIELDS, Inputs, argument, parse_inputs
from .obstacles import needs_actual, needs_full, needs_rank, needs_target, obstacle_of
from .parameter_text import parameters_text, parse_text
from .parameters import (
    FIELDS,
    Defaults,
    Field,
    MinMax,
    Parameters,
    parameters_as_given,
    parse_parameters,
)
from .ranking import ranks, ranks_above
from .steps import steps_of
from .tables import GradeRow, Node, grade_points

__all__ = [
    "FIELDS",
    "INPUT_FIELDS",
    "Band",
    "Defaults",
    "Direction",
    "Field",
    "GradeRow",
    "Inputs",
    "MinMax",
    "Node",
    "Parameters",
    "Result",
    "Rule",
    "RuleError",
    "Scorer",
    "bands_text",
    "compile_rule",
    "curve",
    "direction_problem",
    "grade_points",
    "is_unreported",
    "needs_actual",
    "needs_full",
    "needs_rank",
    "needs_target",
    "parameters_as_given",
    "parameters_text",
    "parse_bands",
    "parse_inputs",
    "parse_parameters",
    "parse_text",
    "ranks",
    "ranks_above",
    "rule_by_name",
    "score",
    "score_value",
]


@dataclass(frozen=True, slots=True)
class Result:
    """One score. Not scorable (NOT_SCORABLE): `score` is None and `reason` says why, in Chinese."""

    score: Decimal | None
    scorable: bool
    reason: str
    steps: tuple[str, ...] = ()


class Scorer(Protocol):
    """A rule with its parameters built in; None where it cannot be scored.

    actual: for GRADE the points of the grade, for MILESTONE the accepted per cent, for DEDUCT and BONUS the
    number of cases.
    """

    def __call__(
        self,
        full: Decimal | None,
        actual: Decimal | None,
        target: Decimal | None,
        base: Decimal | None = None,
        rank: int | None = None,
    ) -> Decimal | None: ...


def compile_rule(rule: Rule, parameters: Parameters) -> Scorer:
    """The scorer of a rule with these parameters, to be made once and used for very many scores."""
    obstacle, points = obstacle_of(rule, parameters), formula_of(rule, parameters)

    def scorer(
        full: Decimal | None,
        actual: Decimal | None,
        target: Decimal | None,
        base: Decimal | None = None,
        rank: int | None = None,
    ) -> Decimal | None:
        if obstacle(full, actual, target, base, rank):
            return None
        return to_score(points(full, actual, target, rank))

    return scorer


def score_value(rule: Rule, inputs: Inputs, parameters: Parameters) -> Decimal | None:
    """The score alone, to two places; None where it cannot be scored."""
    actual = argument(rule, inputs, parameters)
    return compile_rule(rule, parameters)(inputs.full, actual, inputs.target, inputs.base, inputs.rank)


def score(rule: Rule, inputs: Inputs, parameters: Parameters) -> Result:
    """The score of one indicator with its steps in words and figures, rounded once, to two places.

    Raises RuleError for a grade that the table lacks.  Source: domain.md §6, rules and guards.
    """
    actual = argument(rule, inputs, parameters)
    reason = obstacle_of(rule, parameters)(inputs.full, actual, inputs.target, inputs.base, inputs.rank)
    if reason:
        return Result(None, False, f"{reason}。")
    found = to_score(formula_of(rule, parameters)(inputs.full, actual, inputs.target, inputs.rank))
    return Result(found, True, "", steps_of(rule, inputs, parameters, found))


def is_unreported(rule: Rule, inputs: Inputs, parameters: Parameters) -> bool:
    """Whether the actual is lacking (未报): at the close of a cycle such an item gets 0 with that flag
    (§6, Guards)."""
    if rule == Rule.RANK:
        return inputs.actual is None and inputs.rank is None
    return needs_actual(rule) and argument(rule, inputs, parameters) is None


def curve(
    rule: Rule, inputs: Inputs, parameters: Parameters, actuals: list[Decimal]
) -> list[tuple[Decimal, Decimal]]:
    """Actual and score for each of the actuals that can be scored, everything else as given."""
    scorer = compile_rule(rule, parameters)
    points = ((one, scorer(inputs.full, one, inputs.target, inputs.base, inputs.rank)) for one in actuals)
    return [(one, found) for one, found in points if found is not None]
