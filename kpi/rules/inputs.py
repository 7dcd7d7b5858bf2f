"""What a score is figured from: the figures of one indicator and one subject."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reform.errors import RuleError

from .codes import Rule
from .figures import HUNDRED, ONE, ZERO, number, packed
from .parameters import Field, Grading, Parameters
from .tables import grade_points


@dataclass(frozen=True, slots=True)
class Inputs:
    """Figures of one score; what a rule does not need may be lacking.

    full: 满分.  actual, target, base: 实际值, 目标值, 基期值.  rank: place among all who are compared, from 1
    (RANK, MIXED).  grade, tier: GRADE.  n: cases (DEDUCT, BONUS).  done: per cent of each accepted node
    (MILESTONE); () where none is accepted yet.
    In bulk these three stand in `actual`: points of the grade, cases, sum of the accepted per cent.
    """

    full: Decimal | None = None
    actual: Decimal | None = None
    target: Decimal | None = None
    base: Decimal | None = None
    rank: int | None = None
    grade: str = ""
    tier: int = 1
    n: int | None = None
    done: tuple[Decimal, ...] | None = None

    def __post_init__(self) -> None:
        figures = [self.full, self.actual, self.target, self.base, *(self.done or ())]
        strange = next((one for one in figures if one is not None and not one.is_finite()), None)
        if strange is not None:
            raise RuleError(f"“{strange}”不是可以计分的数。")


def argument(rule: Rule, inputs: Inputs, parameters: Parameters) -> Decimal | None:
    """The figure that a rule looks at: the actual, or what stands in its place for GRADE, MILESTONE, DEDUCT
    and BONUS.  Raises RuleError for a grade that the table lacks."""
    if rule == Rule.GRADE and inputs.grade:
        assert isinstance(parameters, Grading)
        return grade_points(parameters.grades, inputs.grade, inputs.tier)
    if rule == Rule.MILESTONE and inputs.done is not None:
        return sum(inputs.done, ZERO)
    if rule in (Rule.DEDUCT, Rule.BONUS) and inputs.n is not None:
        return Decimal(inputs.n)
    return inputs.actual


def _done(raw: Any) -> tuple[Decimal, ...]:
    """From text or a stored row of figures."""
    text = ",".join(str(part) for part in raw) if isinstance(raw, list | tuple) else str(raw)
    parts = [part for part in packed(text).replace(";", ",").split(",") if part]
    done = tuple(number(part.removesuffix("%"), "节点的百分比") for part in parts)
    if any(one < 0 for one in done) or sum(done, ZERO) > HUNDRED:
        raise RuleError(f"各节点的百分比须不小于0、合计不超过100，现为“{raw}”。")
    return done


_FIGURES: Mapping[str, Field] = {
    "full": Field("full", "满分"),
    "actual": Field("actual", "实际值", least=None),
    "target": Field("target", "目标值", least=None),
    "base": Field("base", "基期值", least=None),
}
_RANK = Field("rank", "位次", least=ONE, whole=True)
_N = Field("n", "项数", whole=True)

INPUT_FIELDS: Mapping[Rule, tuple[Field, ...]] = {
    Rule.RANK: (_RANK,),
    Rule.MIXED: (_RANK,),
    Rule.GRADE: (
        Field("grade", "等次", read=lambda raw: str(raw).strip()),
        Field("tier", "档次", least=ONE, whole=True),
    ),
    Rule.MILESTONE: (Field("done", "已验收节点的百分比", read=_done),),
    Rule.DEDUCT: (_N,),
    Rule.BONUS: (_N,),
}


def parse_inputs(rule: Rule, given: Mapping[str, Any], parameters: Parameters) -> Inputs:
    """Inputs from text by name, as typed: full, actual, target, base and those of INPUT_FIELDS.

    A name that is lacking or None is an input that is lacking.  Raises RuleError naming the input, the value
    and what is allowed.
    """
    own = {field.name: field for field in INPUT_FIELDS.get(rule, ())}
    values: dict[str, Any] = {}
    for name, raw in given.items():
        if raw is None:
            continue
        field = _FIGURES.get(name) or own.get(name)
        if field is None:
            raise RuleError(f"规则“{rule.label}”不用 {name}。")
        values[name] = field.value(raw)
    for field in own.values():
        if field.whole and field.name in values:
            values[field.name] = int(values[field.name])
    if isinstance(parameters, Grading):
        # a grade or tier that the table lacks is refused here
        first = parameters.grades[0].name
        grade_points(parameters.grades, values.get("grade", first), values.get("tier", 1))
    return Inputs(**values)
