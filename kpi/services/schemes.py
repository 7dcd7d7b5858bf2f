"""考核方案 and its leaves: made, copied, filled from a sheet or the library, changed by a new version once
targets are set (domain.md §6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kpi.models import Cycle, Indicator, Item, LibraryIndicator, Period, Scheme
from kpi.rules.codes import Rule
from kpi.rules.scoring import needs_full, parse_parameters
from kpi.selectors.schemes import indicators_of, policy_for, span_of
from kpi.states import OFFICE, CycleState, SchemeState
from reform.errors import Refused, RuleError
from reform.models import Unit, Upload, Zone
from reform.selectors import policy_of
from reform.services import Edit, audit_record, edit, save_all
from reform.services.records import tally
from reform.services.steps import require_permission

# A change to a frozen scheme reaches the cycles that have not been scored for good.
OPEN_CYCLES = (
    CycleState.DRAFT,
    CycleState.TARGETS_SET,
    CycleState.COLLECTING,
    CycleState.REVIEWING,
    CycleState.SCORING,
)
_NOT_COPIED = {"id", "scheme", "version", "replaced_by"}
LEAF_FIELDS = tuple(
    one.name for one in Indicator._meta.concrete_fields if one.name not in _NOT_COPIED and one.name != "id"
)
_LIBRARY_FIELDS = tuple(
    name for name in LEAF_FIELDS if name in {one.name for one in LibraryIndicator._meta.concrete_fields}
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


@dataclass(frozen=True)
class Registered:
    """What a sheet brought, and `leaves`: the leaf of each of its entries, in their order."""

    created: int
    changed: int
    leaves: tuple[Indicator, ...] = ()


def require_office(actor: AbstractBaseUser, upload: Upload | None, what: str) -> None:
    """The office; whether an upload may bring something was asked where it was received."""
    if upload is None:
        require_permission(actor, OFFICE, what)


@transaction.atomic
def scheme_create(
    *,
    zone: Zone,
    year: int,
    name: str,
    actor: AbstractBaseUser,
    copied_from: Scheme | None = None,
    document_no: str = "",
    upload: Upload | None = None,
) -> Scheme:
    """Make the scheme of a year; copied_from: its leaves are the start, each as version 1."""
    require_office(actor, upload, "新建考核方案")
    if copied_from is not None and copied_from.zone_id != zone.pk:
        raise Refused(["只能沿用本开发区的方案"])
    scheme = Scheme(zone=zone, year=year, name=name, copied_from=copied_from, document_no=document_no)
    scheme.full_clean()
    event = audit_record(
        actor=actor,
        action="新建考核方案",
        zone=zone,
        subject=name,
        document_no=document_no,
        upload=upload,
        details={"copied_from": copied_from.name} if copied_from else {},
    )
    save_all(event, created=[scheme])
    if copied_from is not None:
        leaves = indicators_of(copied_from)
        save_all(event, created=[_successor(one, scheme=scheme, version=1) for one in leaves])
    return scheme


@transaction.atomic
def scheme_freeze(*, scheme: Scheme, actor: AbstractBaseUser, upload: Upload | None = None) -> None:
    """From the first targets on a change of a leaf is a new version; frozen already: nothing happens."""
    if scheme.state == SchemeState.FROZEN:
        return
    event = audit_record(actor=actor, action="冻结方案", zone=scheme.zone, subject=scheme.name, upload=upload)
    save_all(event, changed=[edit(scheme, state=SchemeState.FROZEN.value)])


def _successor(leaf: Indicator, **values: Any) -> Indicator:
    """A copy of a leaf with other values, not saved."""
    found = {name: getattr(leaf, name) for name in LEAF_FIELDS}
    return Indicator(**{"scheme": leaf.scheme} | found | values)


@transaction.atomic
def indicators_register(
    *,
    scheme: Scheme,
    entries: Sequence[IndicatorEntry],
    actor: AbstractBaseUser,
    upload: Upload | None = None,
    cycle: Cycle | None = None,
    reason: str = "",
) -> Registered:
    """Write the leaves of a sheet: new ones, and changes to those that are there.

    In a frozen scheme a changed leaf gets a new version (reason needed where no sheet brought it), which
    reaches the open cycles, or only `cycle` where one is named. The same sheet a second time changes nothing.
    A fixed number of statements.  Raises Refused with everything that is wrong.
    """
    require_office(actor, upload, "登记指标")
    known = _Known(indicators_of(scheme))
    sort_no = known.last
    created: list[Indicator] = []
    changes: list[tuple[Indicator, dict[str, Any]]] = []
    leaves: list[Indicator] = []
    met: set[int] = set()
    reasons: list[str] = []
    for one in entries:
        leaf = known.find(one)
        values = _values_of(one)
        if leaf is None:
            sort_no += 1
            leaf = Indicator(**{"scheme": scheme, "sort_no": sort_no} | values)
            created.append(leaf)
            known.add(leaf)
        elif id(leaf) in met:
            reasons.append(f"指标“{leaf.path}”在同一考核对象下有两行")
        elif differing := _differing(leaf, values):
            changes.append((leaf, differing))
        met.add(id(leaf))
        leaves.append(leaf)
    rules = _Rules(scheme)
    reasons += [why for one in created for why in rules.faults(one)]
    reasons += [why for leaf, values in changes for why in rules.faults(_successor(leaf, **values))]
    if reasons:
        raise Refused(reasons)
    successors = _write(scheme, created, changes, actor, upload, cycle, reason)
    return Registered(len(created), len(changes), tuple(successors.get(one.pk, one) for one in leaves))


class _Known:
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


def _values_of(entry: IndicatorEntry) -> dict[str, Any]:
    own = {
        "level1": entry.level1,
        "level2": entry.level2,
        "level3": entry.level3,
        "subject": entry.subject,
        "period": str(entry.period),
    }
    return own | ({"code": entry.code} if entry.code else {}) | dict(entry.values)


def _differing(leaf: Indicator, values: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, value in values.items():
        attname = Indicator._meta.get_field(name).attname  # type: ignore[union-attr]
        if getattr(leaf, attname) != (value.pk if isinstance(value, Unit) else value):
            found[name] = value
    return found


class _Rules:
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


def _write(
    scheme: Scheme,
    created: list[Indicator],
    changes: list[tuple[Indicator, dict[str, Any]]],
    actor: AbstractBaseUser,
    upload: Upload | None,
    cycle: Cycle | None,
    reason: str,
) -> dict[int | None, Indicator]:
    """Save new leaves and changes; key of an old leaf → its successor, where it has got one."""
    if not created and not changes:
        return {}
    frozen = scheme.state == SchemeState.FROZEN
    if frozen and changes and upload is None and not reason.strip():
        raise Refused([f"“{scheme.name}”已冻结，改动指标须写明理由"])
    edits: list[Edit | None] = []
    successors: dict[int | None, Indicator] = {}
    for leaf, values in changes:
        if frozen:
            successors[leaf.pk] = _successor(leaf, version=leaf.version + 1, **values)
        else:
            edits.append(edit(leaf, **values))
    event = audit_record(
        actor=actor,
        action="登记指标",
        zone=scheme.zone,
        subject=f"{scheme.name} {tally(created, [*edits, *_marks(successors)], '项')}",
        reason=reason,
        upload=upload,
    )
    save_all(event, changed=edits)
    if successors:
        _replace(event, [leaf for leaf, _ in changes], successors, cycle)
    save_all(event, created=created)
    return successors


def _marks(successors: Mapping[Any, Indicator]) -> list[Any]:
    """Counts as changes, whatever is written for them."""
    return [True for _ in successors]


def _replace(
    event: Any, leaves: Sequence[Indicator], successors: Mapping[int | None, Indicator], cycle: Cycle | None
) -> None:
    """New versions in place of old ones, and the items of open cycles with them: their scores are to be
    computed again."""
    # The code is the old leaf's until it has a successor: written without it, then given it.
    codes = {key: one.code for key, one in successors.items()}
    for one in successors.values():
        one.code = ""
    save_all(event, created=successors.values())
    save_all(event, changed=[edit(leaf, replaced_by=successors[leaf.pk]) for leaf in leaves])
    rows = Item.objects.filter(indicator__in=[one.pk for one in leaves], cycle__state__in=OPEN_CYCLES)
    if cycle is not None:
        rows = rows.filter(cycle=cycle)
    old_full = {leaf.pk: leaf.full for leaf in leaves}
    edits: list[Edit | None] = [edit(one, code=codes[key]) for key, one in successors.items()]
    for item in rows.order_by("id"):
        successor = successors[item.indicator_id]
        own = {} if item.full != old_full[item.indicator_id] else {"full": successor.full}
        edits.append(edit(item, indicator=successor, auto_score=None, score=None, reason="", **own))
    save_all(event, changed=edits)


@transaction.atomic
def indicator_change(
    *, indicator: Indicator, actor: AbstractBaseUser, reason: str, **values: Any
) -> Indicator:
    """Change a leaf: in place while the scheme is open, then by a new version that open cycles take over.
    Returns the version that counts.  Raises Refused where nothing differs or a new version lacks its
    reason."""
    require_permission(actor, OFFICE, "修改指标")
    if indicator.replaced_by_id is not None:
        raise Refused([f"“{indicator.name}”第{indicator.version}版已有后一版本，请改现行的版本"])
    differing = _differing(indicator, values)
    if not differing:
        raise Refused(["没有改动"])
    scheme = indicator.scheme
    changed = _successor(indicator, **differing)
    faults = _Rules(scheme).faults(changed)
    if scheme.state == SchemeState.FROZEN and {"subject", "period"} & set(differing):
        faults.append("方案已冻结，考核对象和周期不能改；请新增指标")
    if faults:
        raise Refused(faults)
    changed.full_clean(exclude=["code"], validate_constraints=False)
    successors = _write(scheme, [], [(indicator, differing)], actor, None, None, reason)
    return successors.get(indicator.pk, indicator)


@transaction.atomic
def indicators_remove(*, indicators: Sequence[Indicator], actor: AbstractBaseUser, reason: str = "") -> None:
    """Take leaves out of an open scheme, with their items in cycles whose targets are still drafted."""
    require_permission(actor, OFFICE, "删去指标")
    frozen = [one.scheme.name for one in indicators if one.scheme.state == SchemeState.FROZEN]
    if frozen:
        raise Refused([f"“{frozen[0]}”已冻结，指标只能改，不能删"])
    if not indicators:
        return
    items = list(Item.objects.filter(indicator__in=[one.pk for one in indicators]))
    scheme = indicators[0].scheme
    event = audit_record(
        actor=actor,
        action="删去指标",
        zone=scheme.zone,
        subject=f"{scheme.name} {len(indicators)}项",
        reason=reason,
    )
    save_all(event, removed=items)
    save_all(event, removed=indicators)


@transaction.atomic
def library_copy(
    *,
    scheme: Scheme,
    library: Sequence[LibraryIndicator],
    actor: AbstractBaseUser,
    subject: Unit | None = None,
    responsible_unit: Unit | None = None,
) -> Registered:
    """Leaves from the library for a subject (None: the zone); those that it has already stay as they are. The
    printed figures are not copied: they are nobody's targets."""
    entries = []
    for one in library:
        values = {name: getattr(one, name) for name in _LIBRARY_FIELDS}
        own = {name: values.pop(name) for name in ("level1", "level2", "level3", "code", "period")}
        entries.append(
            IndicatorEntry(subject=subject, values=values | {"responsible_unit": responsible_unit}, **own)
        )
    known = _Known(indicators_of(scheme))
    fresh = [one for one in entries if known.find(one) is None]
    return indicators_register(scheme=scheme, entries=fresh, actor=actor)
