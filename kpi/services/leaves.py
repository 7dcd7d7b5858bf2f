"""The leaves of a scheme as a sheet brings them: found again, compared, and checked by the rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kpi.models import Indicator, Period, Scheme
from kpi.rules.codes import Rule
from kpi.rules.scoring import needs_full, parse_parameters
from kpi.selectors.schemes import indicators_of, policy_for, span_of
from reform.errors import RuleError
from reform.models import Unit
from reform.selectors import policy_of

_NOT_COPIED = {"id", "scheme", "version", "replaced_by"}
LEAF_FIELDS = tuple(
    one.name for one in Indicator._meta.concrete_fields if one.name not in _NOT_COPIED and one.name != "id"
)


@dataclass(frozen=True)
class IndicatorEntry:
    """One leaf of a sheet: known by its code for its subject and period, without a code by its names.

    values: the other fields of the leaf that the sheet has; what it lacks stays as it is.
    """

    level1: str
    level2: str = ""
    level3: str = ""
    code: str = ""
    subject: Unit | None = None
    period: str = Period.YEAR
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.level3 or self.level2 or self.level1


def successor(leaf: Indicator, **values: Any) -> Indicator:
    """A copy of a leaf with other values, not saved."""
    found = {name: getattr(leaf, name) for name in LEAF_FIELDS}
    return Indicator(**{"scheme": leaf.scheme} | found | values)


class Known:
    """The leaves of a scheme by what a sheet knows them by."""

    def __init__(self, leaves: Iterable[Indicator]) -> None:
        self.by_code: dict[Any, Indicator] = {}
        self.by_name: dict[Any, Indicator] = {}
        self.last = 0
        for one in leaves:
            self.add(one)

    def add(self, leaf: Indicator) -> None:
        self.last = max(self.last, leaf.sort_no)
        whose = (leaf.period, leaf.subject_id)
        code, name = (*whose, leaf.code), (*whose, leaf.level1, leaf.level2, leaf.level3)
        if leaf.code:
            self.by_code[code] = leaf
        self.by_name.setdefault(name, leaf)

    def find(self, entry: IndicatorEntry) -> Indicator | None:
        """By code; by name where the sheet or the leaf has no code."""
        whose = (entry.period, entry.subject.pk if entry.subject else None)
        if entry.code and (*whose, entry.code) in self.by_code:
            return self.by_code[*whose, entry.code]
        found = self.by_name.get((*whose, entry.level1, entry.level2, entry.level3))
        return None if found and found.code and entry.code else found


def values_of(entry: IndicatorEntry) -> dict[str, Any]:
    """Fields of the leaf that an entry makes; a code that it lacks is left alone."""
    own = {
        "level1": entry.level1,
        "level2": entry.level2,
        "level3": entry.level3,
        "subject": entry.subject,
        "period": str(entry.period),
    }
    return own | ({"code": entry.code} if entry.code else {}) | dict(entry.values)


def differing(leaf: Indicator, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of these fields, those that the leaf has otherwise."""
    found = {}
    for name, value in values.items():
        attname = Indicator._meta.get_field(name).attname  # type: ignore[union-attr]
        if getattr(leaf, attname) != (value.pk if isinstance(value, Unit) else value):
            found[name] = value
    return found


class Rules:
    """Checks rule, parameters and weight of leaves by the policy of the scheme's year."""

    def __init__(self, scheme: Scheme) -> None:
        last_day = span_of(str(scheme.year)).ends_before.replace(year=scheme.year, month=12, day=31)
        self.defaults = policy_of(policy_for(scheme.zone, last_day))["kpi.rule_defaults"]

    def faults(self, leaf: Indicator) -> list[str]:
        """What is wrong with one leaf, each reason with its name."""
        found = [] if leaf.level1.strip() else ["没有一级指标"]
        if leaf.full is not None and leaf.full < 0:
            found.append(f"权重不能是负数，现为{leaf.full}")
        if leaf.rule:
            found += self._rule_faults(leaf)
        return [f"指标“{leaf.path}”：{one}" for one in found]

    def _rule_faults(self, leaf: Indicator) -> list[str]:
        try:
            rule = Rule(leaf.rule)
            parse_parameters(rule, leaf.parameters, self.defaults)
        except ValueError:
            return [f"没有“{leaf.rule}”这种计分规则"]
        except RuleError as fault:
            return [str(fault).rstrip("。")]
        if leaf.full is not None and not needs_full(rule):
            return [f"“{rule.label}”不占权重，权重须空着，现为{leaf.full}"]
        return []


@dataclass(frozen=True)
class SheetPlan:
    """What a sheet would do to a scheme: new leaves, changes by leaf, the leaf of each entry, and everything
    that is wrong with it."""

    created: list[Indicator]
    changes: list[tuple[Indicator, dict[str, Any]]]
    leaves: list[Indicator]
    reasons: list[str]


def plan_sheet(scheme: Scheme, entries: Sequence[IndicatorEntry]) -> SheetPlan:
    """Compare a sheet with a scheme; nothing is written. A fixed number of statements."""
    known = Known(indicators_of(scheme))
    plan = SheetPlan([], [], [], [])
    sort_no = known.last
    met: set[int] = set()
    for one in entries:
        leaf, values = known.find(one), values_of(one)
        if leaf is None:
            sort_no += 1
            leaf = Indicator(**{"scheme": scheme, "sort_no": sort_no} | values)
            plan.created.append(leaf)
            known.add(leaf)
        elif id(leaf) in met:
            plan.reasons.append(f"指标“{leaf.path}”在同一考核对象下有两行")
        elif found := differing(leaf, values):
            plan.changes.append((leaf, found))
        met.add(id(leaf))
        plan.leaves.append(leaf)
    rules = Rules(scheme)
    after = [*plan.created, *(successor(leaf, **values) for leaf, values in plan.changes)]
    plan.reasons.extend(why for one in after for why in rules.faults(one))
    return plan
