"""信息更正申请 (domain.md §3a): a person asks, HR accepts or declines, and only then is the fact changed."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from reform import codes
from reform.errors import CellError, Refused, RuleError
from reform.exchange.cells import clean_date, clean_phone
from reform.fields import EncryptedField
from reform.models import ChangeRequest, Membership, Person
from reform.text import clean_text

from .people import persons_register
from .records import audit_record, edit, save_all, set_state

DECIDE = "reform.change_changerequest"


def _code(table: codes.CodeTable) -> Callable[[str], str]:
    return lambda text: codes.code_of(table, text)


def _day(text: str) -> str:
    return clean_date(text).on.isoformat()


_FIELDS: dict[str, Any] = {one.name: one for one in Person._meta.concrete_fields}
# 三龄两历 (birth, start of work, party, ...) rest on the archive: of the dates only the party's is asked for
# here.
CORRECTABLE: dict[str, Callable[[str], str]] = {
    "phone": clean_phone,
    "native_place": clean_text,
    "political_status": _code(codes.POLITICAL_STATUS),
    "party_joined_on": _day,
    "education": _code(codes.EDUCATION),
    "degree": _code(codes.DEGREE),
    "fulltime_education": _code(codes.EDUCATION),
    "fulltime_degree": _code(codes.DEGREE),
    "fulltime_school": clean_text,
    "onjob_education": _code(codes.EDUCATION),
    "onjob_degree": _code(codes.DEGREE),
    "onjob_school": clean_text,
    "technical_title": clean_text,
}


def correctable_fields() -> list[tuple[str, str]]:
    """(field, label) of what may be asked for, in the order of the roster."""
    return [(name, _label(name)) for name in CORRECTABLE]


def value_shown(field: str, stored: str) -> str:
    """A stored value as people read it: the label of a code, else the text."""
    table = dict(_FIELDS[field].flatchoices)
    return str(table.get(stored, stored))


@transaction.atomic
def change_request_open(
    *, person: Person, field: str, new_value: str, reason: str, actor: AbstractBaseUser, on: date
) -> ChangeRequest:
    """Ask for the correction of one fact of a person: by the person, or by HR on their behalf.

    new_value: as people write it (a label, a code, a date); it is kept as the database will have it.  Raises
    Refused for a field that is not listed, a value that cannot be, one that is there already, and where a
    request for the field is open.
    """
    if not (is_own(person, actor) or _may_decide(actor)):
        raise Refused(["只能申请更正本人的信息"])
    if field not in CORRECTABLE:
        raise Refused([f"“{_label(field)}”不能由本人申请更正，请联系人事部门"])
    try:
        value = CORRECTABLE[field](new_value)
    except CellError as fault:
        raise Refused([f"{fault.message}{fault.hint}"]) from None
    old = _present(person, field)
    reasons = [] if reason.strip() else ["须写明更正的理由"]
    if not value:
        reasons.append("更正为的内容不能为空")
    longest = _FIELDS[field].max_length
    if longest and len(value) > longest:
        reasons.append(f"{_label(field)}最多{longest}个字，现为{len(value)}个")
    if value == old:
        reasons.append(f"{_label(field)}现在就是“{value_shown(field, value)}”")
    if ChangeRequest.objects.filter(person=person, field=field, state=ChangeRequest.State.OPEN).exists():
        reasons.append("这一项已有一个待处理的更正申请")
    if reasons:
        raise Refused(reasons)
    request = ChangeRequest(
        person=person,
        field=field,
        old_value=old,
        new_value=value,
        reason=reason,
        asked_by_id=actor.pk,
        asked_on=on,
    )
    event = audit_record(
        actor=actor,
        action="申请更正信息",
        zone=person.zone,
        subject=f"{person} {_label(field)}",
        reason=reason,
    )
    save_all(event, created=[request])
    return request


@transaction.atomic
def change_request_decide(
    *, request: ChangeRequest, accepts: bool, actor: AbstractBaseUser, on: date, answer: str = ""
) -> None:
    """Accept a request, which writes the person's fact, or decline it with an answer; never one's own."""
    _require_open(request)
    person = request.person
    reasons = [] if _may_decide(actor) else ["更正申请由人事部门处理，您的账号没有这个权限"]
    if request.asked_by_id == actor.pk or is_own(person, actor):
        reasons.append("不能处理自己提出的或关于自己的更正申请")
    if not accepts and not answer.strip():
        reasons.append("不采纳须写明理由")
    present = _present(person, request.field)
    if accepts and present != request.old_value:
        private = isinstance(_FIELDS[request.field], EncryptedField)
        now = "已改动" if private else f"已改为“{value_shown(request.field, present)}”"
        reasons.append(f"申请之后{_label(request.field)}{now}，请与本人核对后重新申请")
    if reasons:
        raise Refused(reasons)
    target = ChangeRequest.State.ACCEPTED if accepts else ChangeRequest.State.DECLINED
    _close(request, target, actor, answer)
    event = audit_record(
        actor=actor, action="处理更正申请", zone=person.zone, subject=str(request), reason=answer
    )
    save_all(event, changed=[edit(request, decided_by_id=actor.pk, decided_on=on, answer=answer)])
    if accepts:
        changed = edit(person, **{request.field: _FIELDS[request.field].to_python(request.new_value)})
        persons_register(
            zone=person.zone,
            created=[],
            changed=[changed],
            actor=actor,
            reason=f"采纳更正申请：{request.reason}",
        )


@transaction.atomic
def change_request_withdraw(*, request: ChangeRequest, actor: AbstractBaseUser) -> None:
    """Take back a request that is still open; by who made it."""
    _require_open(request)
    if request.asked_by_id != actor.pk:
        raise Refused(["只能撤回自己提出的更正申请"])
    _close(request, ChangeRequest.State.WITHDRAWN, actor, "")


def _require_open(request: ChangeRequest) -> None:
    if request.state != ChangeRequest.State.OPEN:
        raise RuleError(f"这个更正申请{request.get_state_display()}，不能再处理。")


def _close(request: ChangeRequest, target: str, actor: AbstractBaseUser, reason: str) -> None:
    set_state(
        request,
        source=ChangeRequest.State.OPEN,
        target=target,
        event={"ACCEPTED": "采纳更正", "DECLINED": "不采纳更正", "WITHDRAWN": "撤回更正申请"}[target],
        actor=actor,
        reason=reason,
    )


def is_own(person: Person, actor: AbstractBaseUser) -> bool:
    """Whether an account is this person's."""
    return Membership.objects.filter(user_id=actor.pk, person=person).exists()


def _may_decide(actor: AbstractBaseUser) -> bool:
    return bool(getattr(actor, "has_perm", lambda _: False)(DECIDE))


def _present(person: Person, field: str) -> str:
    value = getattr(person, field)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _label(field: str) -> str:
    return str(_FIELDS[field].verbose_name) if field in _FIELDS else field
