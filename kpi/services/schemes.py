"""考核方案 and its leaves: made, copied, filled from a sheet or the library, changed by a new version once
targets are set (domain.md §6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kpi.models import Cycle, Indicator, Item, LibraryIndicator, Scheme, TargetSignature
from kpi.rules.codes import OUTSIDE_RULES
from kpi.selectors.schemes import indicators_of
from kpi.states import OFFICE, SCHEME_TRANSITIONS, CycleState, SchemeState
from reform.errors import Refused
from reform.models import Unit, Upload, Zone
from reform.services import Edit, audit_record, edit, save_all, set_state
from reform.services.records import tally
from reform.services.steps import require_permission
from reform.workflow import find_transition

from .leaves import LEAF_FIELDS, IndicatorEntry, Known, Rules, differing, plan_sheet, successor

# A change to a frozen scheme reaches the cycles that have not been scored for good.
OPEN_CYCLES = (
    CycleState.DRAFT,
    CycleState.TARGETS_SET,
    CycleState.COLLECTING,
    CycleState.REVIEWING,
    CycleState.SCORING,
)
_LIBRARY_FIELDS = tuple(
    name for name in LEAF_FIELDS if name in {one.name for one in LibraryIndicator._meta.concrete_fields}
)


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
        save_all(event, created=[successor(one, scheme=scheme, version=1) for one in leaves])
    return scheme


@transaction.atomic
def scheme_freeze(*, scheme: Scheme, actor: AbstractBaseUser, upload: Upload | None = None) -> None:
    """From the first targets on a change of a leaf is a new version; frozen already: nothing happens."""
    if scheme.state == SchemeState.FROZEN:
        return
    step = find_transition(SCHEME_TRANSITIONS, scheme.state, "freeze")
    set_state(
        scheme,
        source=scheme.state,
        target=str(step.target),
        event=step.label,
        actor=actor,
        upload=upload,
    )


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
    plan = plan_sheet(scheme, entries)
    if plan.reasons:
        raise Refused(plan.reasons)
    successors = _write(scheme, plan.created, plan.changes, actor, upload, cycle, reason)
    leaves = tuple(successors.get(one.pk, one) for one in plan.leaves)
    return Registered(len(plan.created), len(plan.changes), leaves)


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
    stale: list[TargetSignature] = []
    successors: dict[int | None, Indicator] = {}
    if not frozen:
        edits, stale = _drafted(changes)
    follow = len(edits)
    for leaf, values in changes:
        if frozen:
            successors[leaf.pk] = successor(leaf, version=leaf.version + 1, **values)
        else:
            edits.append(edit(leaf, **values))
    event = audit_record(
        actor=actor,
        action="登记指标",
        zone=scheme.zone,
        subject=f"{scheme.name} {tally(created, [*edits[follow:], *_marks(successors)], '项')}",
        reason=reason,
        upload=upload,
    )
    save_all(event, changed=edits, removed=stale)
    if successors:
        _replace(event, [leaf for leaf, _ in changes], successors, cycle)
    save_all(event, created=created)
    return successors


def _drafted(
    changes: Sequence[tuple[Indicator, dict[str, Any]]],
) -> tuple[list[Edit | None], list[TargetSignature]]:
    """What drafted cycles take over of changes made in place: the weight where the item still had the leaf's,
    and the signatures under it go. Read before the leaves change; two statements."""
    values_by_leaf = {leaf.pk: (leaf.full, values) for leaf, values in changes}
    items = Item.objects.filter(indicator__in=values_by_leaf, cycle__state=CycleState.DRAFT)
    edits: list[Edit | None] = []
    parties: set[tuple[int, int | None]] = set()
    for item in items.select_related("indicator").order_by("id"):
        full, values = values_by_leaf[item.indicator_id]
        if "full" in values and item.full == full:
            edits.append(edit(item, full=values["full"]))
        reporter = item.indicator.responsible_unit_id or item.indicator.subject_id
        unit = values.get("responsible_unit") or values.get("subject")
        parties |= {(item.cycle_id, reporter), (item.cycle_id, unit.pk if unit else reporter)}
    signatures = TargetSignature.objects.filter(cycle__in={cycle for cycle, _ in parties}).order_by("id")
    return edits, [one for one in signatures if (one.cycle_id, one.unit_id) in parties]


def _marks(successors: Mapping[Any, Indicator]) -> list[Any]:
    """Counts as changes, whatever is written for them."""
    return [True for _ in successors]


def _replace(
    event: Any, leaves: Sequence[Indicator], successors: Mapping[int | None, Indicator], cycle: Cycle | None
) -> None:
    """New versions in place of old ones, and the items of open cycles with them: their scores are to be
    computed again. Weights were signed with the targets: another one reaches drafted cycles only."""
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
    for item in rows.select_related("cycle").order_by("id"):
        newer = successors[item.indicator_id]
        follows = item.cycle.state == CycleState.DRAFT and item.full == old_full[item.indicator_id]
        own = {"full": newer.full} if follows else {}
        edits.append(edit(item, indicator=newer, auto_score=None, score=None, reason="", **own))
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
    found = differing(indicator, values)
    if not found:
        raise Refused(["没有改动"])
    scheme = indicator.scheme
    changed = successor(indicator, **found)
    faults = Rules(scheme).faults(changed)
    if scheme.state == SchemeState.FROZEN and {"subject", "period"} & set(found):
        faults.append("方案已冻结，考核对象和周期不能改；请新增指标")
    elif scheme.state == SchemeState.FROZEN and (indicator.rule in OUTSIDE_RULES) != (
        changed.rule in OUTSIDE_RULES
    ):
        faults.append("方案已冻结，计入100分的指标和加分、扣分、否决项不能互改；请新增指标")
    elif "period" in found and Item.objects.filter(indicator=indicator).exists():
        faults.append("指标已在考核周期中，周期不能改；请删去后新增")
    if faults:
        raise Refused(faults)
    changed.full_clean(exclude=["code"], validate_constraints=False)
    successors = _write(scheme, [], [(indicator, found)], actor, None, None, reason)
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
    known = Known(indicators_of(scheme))
    fresh = [one for one in entries if known.find(one) is None]
    return indicators_register(scheme=scheme, entries=fresh, actor=actor)
