"""Policy versions (domain.md §12): a copy is drafted, edited, submitted, and put in force by somebody else.

A version in force never changes: rounds and cycles pin theirs. What differs from the one before is read by
`policy_differences`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q
from django.utils.module_loading import import_string

from reform.errors import Refused
from reform.models import (
    LadderLevel,
    PolicyParameter,
    PolicyVersion,
    RowChange,
    UnitKind,
    Zone,
)
from reform.policy_shape import NAMES, value_faults
from reform.selectors import policy_of
from reform.states import APPROVE_POLICY, MAKE_POLICY, POLICY_TRANSITIONS
from reform.workflow import find_transition

from .policy_ladder import (
    LEVEL_LABELS,
    LEVEL_WORDS,
    added_levels,
    ladder_after,
    ladder_faults,
    ladder_without_sub_level,
    level_told,
    levels_named,
    levels_without_value,
    outside_named,
    rank_edits,
)
from .records import Edit, audit_record, edit, save_all, set_state

State = PolicyVersion.State
UNIT_KINDS = dict(UnitKind.choices)


@dataclass(frozen=True)
class Difference:
    """One value or one word of a level that differs; old, new: None where one side lacks it."""

    key: str
    label: str
    old: Any
    new: Any
    unit: str = ""
    clause: str = ""


def policy_choices(key: str) -> Mapping[str, str]:
    """Code → Chinese of what a parameter of names may hold; empty where any text may stand. Apps above this
    one give theirs in settings.POLICY_CHOICES."""
    source = settings.POLICY_CHOICES.get(key)
    if source is None:
        return UNIT_KINDS if key == "caps.unit_kinds" else NAMES.get(key, {})
    return {code: str(getattr(one, "label", one)) for code, one in import_string(source).items()}


def policy_in_force(zone: Zone) -> PolicyVersion | None:
    """A zone's latest approved version, whether or not its first day has come."""
    found = PolicyVersion.objects.filter(zone=zone, state=State.IN_FORCE)
    return found.order_by("-starts_on", "-number").first()


def policy_open(zone: Zone) -> PolicyVersion | None:
    """The version that is being drafted or waits for approval; there is at most one."""
    return PolicyVersion.objects.filter(zone=zone).exclude(state=State.IN_FORCE).first()


@transaction.atomic
def policy_draft(*, zone: Zone, actor: AbstractBaseUser, on: date, reason: str = "") -> PolicyVersion:
    """Copy the version in force to a new draft of the same zone."""
    source = policy_in_force(zone)
    if source is None:
        raise Refused([f"{zone}没有生效的政策版本"])
    return _copied(source, zone, actor, on, source.source, reason, "起草政策版本")


@transaction.atomic
def policy_copy_from(
    *, zone: Zone, source: PolicyVersion, actor: AbstractBaseUser, on: date, reason: str = ""
) -> PolicyVersion:
    """Copy another zone's version in force to a draft of this zone: values and ladder, never people."""
    if source.state != State.IN_FORCE or source.zone_id == zone.pk:
        raise Refused(["只能复制其他开发区已生效的政策版本"])
    return _copied(source, zone, actor, on, f"复制自{source}", reason, "复制政策版本")


def _copied(
    source: PolicyVersion,
    zone: Zone,
    actor: AbstractBaseUser,
    on: date,
    document: str,
    reason: str,
    action: str,
) -> PolicyVersion:
    _require(actor, "reform.add_policyversion", action)
    Zone.objects.select_for_update().get(pk=zone.pk)
    open_now = policy_open(zone)
    if open_now is not None:
        raise Refused([f"{open_now}还在{open_now.get_state_display()}，办完后才能再起草"])
    last = PolicyVersion.objects.filter(zone=zone).order_by("-number").first()
    version = PolicyVersion(
        zone=zone,
        number=last.number + 1 if last else 1,
        starts_on=on,
        state=State.DRAFT,
        source=document[:200],
        maker_id=actor.pk,
    )
    event = audit_record(actor=actor, action=action, zone=zone, subject=str(version), reason=reason)
    save_all(event, created=[version])
    rows: list[LadderLevel | PolicyParameter] = [*source.levels.all(), *source.parameters.all()]
    for row in rows:
        row.pk, row.version = None, version
    save_all(event, created=rows)
    return version


@transaction.atomic
def policy_edit(
    *,
    version: PolicyVersion,
    actor: AbstractBaseUser,
    values: Mapping[str, Any] | None = None,
    clauses: Mapping[str, str] | None = None,
    levels: Mapping[str, Mapping[str, Any]] | None = None,
    added: Sequence[Mapping[str, Any]] = (),
    removed: Collection[str] = (),
    starts_on: date | None = None,
    source: str | None = None,
    reason: str = "",
) -> int:
    """Change values, clauses, the ladder and the head of a draft; returns how many rows changed.

    values, clauses: by parameter key.  levels: by code, any of LEVEL_WORDS and clause.  added: new levels,
    each with code, name and rank_order at least.  removed: codes.  Raises Refused with every fault: a value
    must have the shape of the one that stands there, and name only levels that the ladder then has.
    """
    _require(actor, "reform.change_policyparameter", "修改政策版本")
    if version.state != State.DRAFT:
        raise Refused([f"{version}{version.get_state_display()}，不能再改"])
    parameters = {one.key: one for one in version.parameters.all()}
    ladder = {one.code: one for one in version.levels.all()}
    values, levels, gone = values or {}, levels or {}, [code for code in ladder if code in removed]
    codes = {*ladder, *(str(one.get("code", "")) for one in added)}
    outside = [
        str(one["code"]) for one in ladder_after(ladder, levels, added, removed) if one.get("is_outside")
    ]
    faults = _value_faults(parameters, values, codes, gone, outside)
    faults += ladder_faults(version, ladder, levels, added, removed)
    if faults:
        raise Refused(faults)
    event = partial(
        audit_record,
        actor=actor,
        action="修改政策版本",
        zone=version.zone,
        subject=str(version),
        reason=reason,
    )
    made = None
    lifted = [one for one in rank_edits(ladder, levels, gone) if one]
    if lifted or gone:
        made = event()
        save_all(made, removed=[ladder[code] for code in gone], changed=lifted)
    edits = _head_and_values(version, parameters, values, clauses or {}, starts_on, source)
    edits += [edit(ladder[code], **words) for code, words in levels.items() if code not in gone]
    changed = [one for one in edits if one]
    if changed or added:
        save_all(made or event(), changed=changed, created=added_levels(version, added))
    return len(changed) + len(added) + len(gone)


def _head_and_values(
    version: PolicyVersion,
    parameters: Mapping[str, PolicyParameter],
    values: Mapping[str, Any],
    clauses: Mapping[str, str],
    starts_on: date | None,
    source: str | None,
) -> list[Edit | None]:
    head = edit(
        version,
        starts_on=starts_on or version.starts_on,
        source=version.source if source is None else source.strip(),
    )
    rows = ((key, parameters[key]) for key in {**values, **clauses})
    return [
        head,
        *(
            edit(row, value=values.get(key, row.value), clause=clauses.get(key, row.clause))
            for key, row in rows
        ),
    ]


def _value_faults(
    parameters: Mapping[str, PolicyParameter],
    values: Mapping[str, Any],
    codes: Collection[str],
    gone: Collection[str],
    outside: Collection[str],
) -> list[str]:
    """Wrong shapes of the new values; levels taken out that any value still names; and levels outside the
    ladder that a value compares with others."""
    faults = [f"没有参数“{key}”" for key in values if key not in parameters]
    for key, value in values.items():
        if key in parameters:
            row = parameters[key]
            found = value_faults(key, row.value, value, levels=codes, choices=policy_choices(key))
            faults += [f"“{row.label}”{fault}" for fault in found]
    after = {key: values.get(key, row.value) for key, row in parameters.items()}
    faults += [f"“{parameters[key].label}”还用到层级{code}" for key, code in levels_named(after, gone)]
    return faults + [
        f"“{parameters[key].label}”用到层级{code}的高低，{code}不能是无级别"
        for key, code in outside_named(after, outside)
        if key in parameters
    ]


@transaction.atomic
def policy_submit(*, version: PolicyVersion, actor: AbstractBaseUser, reason: str = "") -> None:
    """Hand a draft to the leaders."""
    _require(actor, MAKE_POLICY, "提交政策版本")
    find_transition(POLICY_TRANSITIONS, version.state, "submit")
    reasons = _start_faults(version)
    if not version.source.strip():
        reasons.append("没有填写依据文件")
    before = policy_in_force(_zone(version))
    if before is not None:
        reasons += levels_without_value(before, version)
    if before is not None and not policy_differences(before, version):
        reasons.append(f"与{before}完全相同，不需要新的版本")
    reasons += ladder_without_sub_level(version) + _contradictions(version)
    if reasons:
        raise Refused(reasons)
    _move(version, "submit", actor, reason)


@transaction.atomic
def policy_return(*, version: PolicyVersion, actor: AbstractBaseUser, reason: str) -> None:
    """Give a submitted version back for correction: by who would approve it, or by its maker."""
    if version.maker_id != actor.pk:
        _require(actor, APPROVE_POLICY, "退回政策版本")
    if not reason.strip():
        raise Refused(["退回须写明理由"])
    _move(version, "return", actor, reason)


@transaction.atomic
def policy_approve(
    *, version: PolicyVersion, actor: AbstractBaseUser, document_no: str = "", reason: str = ""
) -> None:
    """Put a submitted version in force: by somebody who neither made nor edited it (§12, two persons)."""
    _require(actor, APPROVE_POLICY, "批准政策版本")
    find_transition(POLICY_TRANSITIONS, version.state, "approve")
    reasons = _start_faults(version) + ladder_without_sub_level(version)
    if actor.pk in policy_editors(version):
        reasons.append("起草或修改过这个版本的人不能批准它")
    if reasons:
        raise Refused(reasons)
    _move(version, "approve", actor, reason, document_no)
    event = audit_record(
        actor=actor,
        action="政策版本复核人",
        zone=version.zone,
        subject=str(version),
        document_no=document_no,
    )
    save_all(event, changed=[edit(version, checker_id=actor.pk)])


def policy_editors(version: PolicyVersion) -> set[int]:
    """Who made a version or changed any row of it."""
    rows = (
        Q(model=PolicyVersion._meta.label, key=version.pk)
        | Q(model=PolicyParameter._meta.label, key__in=version.parameters.values("pk"))
        | Q(model=LadderLevel._meta.label, key__in=version.levels.values("pk"))
        | Q(model=LadderLevel._meta.label, before__version_id=version.pk)  # levels taken out
    )
    # A state that moves (return, submit) is no edit.
    changes = RowChange.objects.filter(rows).exclude(event__details__has_key="to")
    editors = set(changes.order_by().values_list("event__actor", flat=True).distinct())
    return editors | ({version.maker_id} if version.maker_id else set())


def policy_differences(old: PolicyVersion, new: PolicyVersion) -> list[Difference]:
    """What a version changes against another, values first, then the ladder; in the order of the keys."""
    before = {one.key: one for one in old.parameters.all()}
    after = {one.key: one for one in new.parameters.all()}
    found = []
    for key in sorted({*before, *after}):
        one, other = before.get(key), after.get(key)
        if one is None or other is None or one.value != other.value:
            row = other or one
            assert row is not None
            old_value, new_value = one.value if one else None, other.value if other else None
            found.append(Difference(key, row.label, old_value, new_value, row.unit, row.clause))
    return found + _ladder_differences(list(old.levels.all()), list(new.levels.all()))


def _ladder_differences(old: Sequence[LadderLevel], new: Sequence[LadderLevel]) -> list[Difference]:
    before, after = {one.code: one for one in old}, {one.code: one for one in new}
    found = []
    for code in sorted({*before, *after}, reverse=True):
        one, other = before.get(code), after.get(code)
        if one is None or other is None:
            found.append(
                Difference(
                    f"level.{code}",
                    f"层级 {code}",
                    level_told(one) if one else None,
                    level_told(other) if other else None,
                )
            )
            continue
        for word in LEVEL_WORDS:
            was, now = getattr(one, word), getattr(other, word)
            if was != now:
                label = f"层级“{one.name}”的{LEVEL_LABELS[word]}"
                found.append(Difference(f"level.{code}.{word}", label, was, now, "", other.clause))
    return found


def _start_faults(version: PolicyVersion) -> list[str]:
    """A version starts after the last one in force: what was decided under an old one stays as it was."""
    last = policy_in_force(_zone(version))
    if last is not None and version.starts_on <= last.starts_on:
        return [f"起用日期{version.starts_on}须晚于{last}的起用日期{last.starts_on}"]
    return []


def _contradictions(version: PolicyVersion) -> list[str]:
    """What does not fit together among a version's values, as the apps above this one see it."""
    policy = policy_of(version)
    return [fault for check in settings.POLICY_CHECKS for fault in import_string(check)(policy)]


def _zone(version: PolicyVersion) -> Zone:
    if version.zone is None:
        raise Refused(["默认政策不在这里修改"])
    return version.zone


def _move(
    version: PolicyVersion, event: str, actor: AbstractBaseUser, reason: str, document_no: str = ""
) -> None:
    step = find_transition(POLICY_TRANSITIONS, version.state, event)
    set_state(
        version,
        source=str(step.source),
        target=str(step.target),
        event=step.label,
        actor=actor,
        reason=reason,
        document_no=document_no,
    )


def _require(actor: AbstractBaseUser, permission: str, what: str) -> None:
    if not getattr(actor, "has_perm", lambda _: False)(permission):
        raise Refused([f"您的账号没有“{what}”的权限"])
