"""Parameters of the scoring rules, typed and checked per rule (domain.md §6).

What a policy or an indicator sets stands here; what is found per score (rank, grade, count, nodes done) is
an input and stands in inputs.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from reform.errors import RuleError

from .bands import Band, bands_text, parse_bands
from .codes import Rule
from .figures import HUNDRED, MOST_DIGITS, ONE, ZERO, number, shown
from .tables import GradeRow, Node, grade_table, grades_text, node_list, nodes_text


@dataclass(frozen=True, slots=True)
class Proportion:
    """PROP. floor: share of the target below which nothing is got."""

    floor: Decimal


@dataclass(frozen=True, slots=True)
class ProportionBonus:
    """PROP_BONUS. step: percentage points above the target that get `per` points each, `cap` at most."""

    step: Decimal
    per: Decimal
    cap: Decimal


@dataclass(frozen=True, slots=True)
class StepDeduct:
    """STEP_DEDUCT. step: percentage points below the target that lose `per` points each."""

    step: Decimal
    per: Decimal


@dataclass(frozen=True, slots=True)
class BaseScore:
    """BASE80. share: part of the full score for reaching the target. per: points for each percentage point
    above or below. cap: the most, in full scores."""

    share: Decimal
    per: Decimal
    cap: Decimal


@dataclass(frozen=True, slots=True)
class Floating:
    """FLOAT. band: share by which the ratio may go up and down."""

    band: Decimal


@dataclass(frozen=True, slots=True)
class Ranking:
    """RANK. per: share of the full score lost by each rank."""

    per: Decimal


@dataclass(frozen=True, slots=True)
class TargetRanking:
    """MIXED. first: points for reaching the target. per: as in Ranking."""

    first: Decimal
    per: Decimal


@dataclass(frozen=True, slots=True)
class MinMax:
    """MINMAX. start: points of a hundred for the least. min, max: of all who are compared; None until they
    are known."""

    start: Decimal
    min: Decimal | None = None
    max: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """INTERVAL. bands: ascending, without gap or overlap; empty until they are set."""

    bands: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True)
class Grading:
    """GRADE. grades: points of a hundred by grade and tier."""

    grades: tuple[GradeRow, ...]


@dataclass(frozen=True, slots=True)
class Milestones:
    """MILESTONE. nodes: with weights that total 100; empty where only the sum accepted is told."""

    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """DEDUCT and BONUS. per: points for each case; None until it is set. cap: the most in all; None: none."""

    per: Decimal | None = None
    cap: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Plain:
    """TARGET, LOWER, VETO: nothing to set."""


Parameters: TypeAlias = (
    Proportion
    | ProportionBonus
    | StepDeduct
    | BaseScore
    | Floating
    | Ranking
    | TargetRanking
    | MinMax
    | Interval
    | Grading
    | Milestones
    | Counted
    | Plain
)
Given: TypeAlias = Mapping[str, Any]
Defaults: TypeAlias = Mapping[str, Given]

CLASSES: Mapping[Rule, type[Any]] = {
    Rule.PROP: Proportion,
    Rule.PROP_BONUS: ProportionBonus,
    Rule.STEP_DEDUCT: StepDeduct,
    Rule.BASE80: BaseScore,
    Rule.FLOAT: Floating,
    Rule.TARGET: Plain,
    Rule.RANK: Ranking,
    Rule.MIXED: TargetRanking,
    Rule.MINMAX: MinMax,
    Rule.INTERVAL: Interval,
    Rule.LOWER: Plain,
    Rule.GRADE: Grading,
    Rule.MILESTONE: Milestones,
    Rule.DEDUCT: Counted,
    Rule.BONUS: Counted,
    Rule.VETO: Plain,
}


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter or input of a rule: its limits, and its reader where it is no plain number.

    above: the least is itself not allowed.  required: without value and default there are no parameters.
    """

    name: str
    label: str
    least: Decimal | None = ZERO
    most: Decimal | None = None
    above: bool = False
    required: bool = True
    whole: bool = False
    read: Callable[[Any], Any] | None = None
    write: Callable[[Any], str] = shown
    empty: Any = None

    @property
    def what(self) -> str:
        return f"参数 {self.name}（{self.label}）"

    @property
    def allowed(self) -> str:
        """The limits in words."""
        kind = "整数" if self.whole else "数字"
        if self.least is None:
            return kind
        if self.most is not None:
            return f"{shown(self.least)}至{shown(self.most)}的{kind}"
        return f"{'大于' if self.above else '不小于'}{shown(self.least)}的{kind}"

    def value(self, raw: Any) -> Any:
        """The raw value read and checked.  Raises RuleError naming the parameter, the value and what is
        allowed."""
        if self.read is not None:
            try:
                return self.read(raw)
            except RuleError as fault:
                raise RuleError(f"{self.what}：{fault}") from None
        try:
            # what is measured may be any sum; what is set is a score, a share or a step
            found = number(raw, self.what, MOST_DIGITS if self.least is not None else 2 * MOST_DIGITS)
        except RuleError as fault:
            raise RuleError(f"{str(fault).rstrip('。')}；可填{self.allowed}。") from None
        low = self.least is not None and (found < self.least or (self.above and found == self.least))
        high = self.most is not None and found > self.most
        if low or high or (self.whole and found != found.to_integral_value()):
            raise RuleError(f"{self.what}须为{self.allowed}，现为{shown(found)}。")
        return found


_STEP = Field("step", "每级百分点", above=True)
_RANK_PER = Field("per", "每降一位扣满分的比例", most=ONE)
_CASES = (Field("per", "每项分值", required=False), Field("cap", "累计上限", required=False))

FIELDS: Mapping[Rule, tuple[Field, ...]] = {
    Rule.PROP: (Field("floor", "完成率低于此数不得分", most=ONE),),
    Rule.PROP_BONUS: (_STEP, Field("per", "每级加分"), Field("cap", "加分上限")),
    Rule.STEP_DEDUCT: (_STEP, Field("per", "每级扣分")),
    Rule.BASE80: (
        Field("share", "基础分占满分的比例", most=ONE),
        Field("per", "每个百分点增减分"),
        Field("cap", "最高为满分的几倍"),
    ),
    Rule.FLOAT: (Field("band", "浮动幅度", most=ONE),),
    Rule.TARGET: (),
    Rule.RANK: (_RANK_PER,),
    Rule.MIXED: (Field("first", "达标分"), _RANK_PER),
    Rule.MINMAX: (
        Field("start", "最低者得满分的百分比", most=HUNDRED),
        Field("min", "最小值", least=None, required=False),
        Field("max", "最大值", least=None, required=False),
    ),
    Rule.INTERVAL: (Field("bands", "分档", required=False, read=parse_bands, write=bands_text, empty=()),),
    Rule.LOWER: (),
    Rule.GRADE: (Field("grades", "等次分数", read=grade_table, write=grades_text),),
    Rule.MILESTONE: (Field("nodes", "节点权重", required=False, read=node_list, write=nodes_text, empty=()),),
    Rule.DEDUCT: _CASES,
    Rule.BONUS: _CASES,
    Rule.VETO: (),
}


def parse_parameters(rule: Rule, given: Given, defaults: Defaults) -> Parameters:
    """A rule's parameters, from what is given by name (text or figures) and else from the defaults.

    defaults: by rule code, as in the policy (kpi.rule_defaults).  Parameters that only the indicator can
    tell (bands, nodes, points per case) may be lacking; the score then says so.  Raises RuleError naming the
    parameter, the value and what is allowed.  Source: domain.md §6.
    """
    known = FIELDS[rule]
    strange = [name for name in given if name not in {field.name for field in known}]
    if strange:
        may = (
            "可用：" + "、".join(f"{field.name}（{field.label}）" for field in known)
            if known
            else "它不设参数"
        )
        raise RuleError(f"规则“{rule.label}”没有参数 {'、'.join(strange)}；{may}。")
    values = {field.name: _value(rule, field, given, defaults) for field in known}
    if rule == Rule.MINMAX and None not in (values["min"], values["max"]) and values["min"] > values["max"]:
        raise RuleError(
            f"参数 min（最小值）须不大于 max（最大值）{shown(values['max'])}，现为{shown(values['min'])}。"
        )
    parameters: Parameters = CLASSES[rule](**values)
    return parameters


def parameters_as_given(rule: Rule, parameters: Parameters) -> dict[str, str]:
    """Parameters as names and text, to store; parse_parameters reads them back."""
    texts = {}
    for field in FIELDS[rule]:
        value = getattr(parameters, field.name)
        if value is not None and value != ():
            texts[field.name] = field.write(value)
    return texts


def _value(rule: Rule, field: Field, given: Given, defaults: Defaults) -> Any:
    raw = given.get(field.name)
    if raw is None:
        raw = defaults.get(rule.value, {}).get(field.name)
    if raw is None:
        if field.required:
            raise RuleError(f"规则“{rule.label}”缺少{field.what}，政策中也没有默认值（kpi.rule_defaults）。")
        return field.empty
    return field.value(raw)
