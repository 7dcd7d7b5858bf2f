"""Facts on a person that later rounds read: 年度考核等次, 处分, 限制提拔, 提醒函询诫勉 and 核查 (domain.md
§3a)."""

from collections.abc import Sequence

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from reform.errors import Refused
from reform.models import AnnualGrade, ConductRecord, PromotionLock, Upload, Zone

from .records import Edit, audit_record, edit, save_all, tally


@transaction.atomic
def conduct_record(*, record: ConductRecord, actor: AbstractBaseUser) -> ConductRecord:
    """Register a 提醒, 函询, 诫勉 or a 核查 with its result; it can be reused until `valid_before`."""
    record.full_clean()
    reasons = []
    if record.kind == ConductRecord.Kind.VERIFICATION and not record.result:
        reasons.append("核查须填写结果（如实、漏报或瞒报）")
    if record.valid_before and record.valid_before <= record.happened_on:
        reasons.append(f"有效期止{record.valid_before}须晚于日期{record.happened_on}")
    if reasons:
        raise Refused(reasons)
    event = audit_record(
        actor=actor,
        action="登记提醒函询与核查",
        zone=record.person.zone,
        subject=str(record),
        document_no=record.document_no,
    )
    save_all(event, created=[record])
    return record


@transaction.atomic
def annual_grades_register(
    *,
    zone: Zone,
    grades: Sequence[AnnualGrade],
    actor: AbstractBaseUser,
    upload: Upload | None = None,
    reason: str = "",
) -> tuple[int, int]:
    """Write final annual grades, new ones and corrections; returns how many of each, in a fixed number of
    statements. The same grades a second time change nothing. Raises Refused for a person named twice in a
    year and for one of another zone."""
    wanted: dict[tuple[int, int], AnnualGrade] = {}
    twice = []
    for one in grades:
        if (one.person_id, one.year) in wanted:
            twice.append(f"{one.person}{one.year}年的等次有两行")
        wanted[one.person_id, one.year] = one
    strangers = [f"{one.person}不是本开发区的人员" for one in grades if one.person.zone_id != zone.pk]
    unknown = [f"{one}：等次“{one.grade}”无效" for one in grades if one.grade not in AnnualGrade.Grade.values]
    if twice or strangers or unknown:
        raise Refused([*twice, *strangers, *unknown])
    years = {year for _, year in wanted}
    known = {
        (row.person_id, row.year): row
        for row in AnnualGrade.objects.filter(person__zone=zone, year__in=years).order_by("id")
    }
    created: list[AnnualGrade] = []
    changed: list[Edit | None] = []
    for key, one in wanted.items():
        if key in known:
            values = {"grade": one.grade} | ({"document_no": one.document_no} if one.document_no else {})
            changed.append(edit(known[key], **values))
        else:
            created.append(one)
    count = sum(1 for one in changed if one)
    if created or count:
        event = audit_record(
            actor=actor,
            action="登记年度考核等次",
            zone=zone,
            subject=tally(created, changed, "条"),
            reason=reason,
            upload=upload,
        )
        save_all(event, changed=changed, created=created)
    return len(created), count


@transaction.atomic
def promotion_locks_register(
    *, zone: Zone, locks: Sequence[PromotionLock], actor: AbstractBaseUser, reason: str = ""
) -> None:
    """Write locks on promotion whose interval has been computed."""
    if not locks:
        return
    event = audit_record(
        actor=actor,
        action="限制提拔",
        zone=zone,
        subject=str(locks[0]) if len(locks) == 1 else f"{len(locks)}人",
        reason=reason,
        document_no=locks[0].document_no if len(locks) == 1 else "",
    )
    save_all(event, created=locks)
