"""Papers of an appraisal that leave the system: the file, and the event that says who took it."""

from collections.abc import Collection
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kpi.documents import PAPERS, paper_file
from kpi.models import Cycle
from kpi.states import LEADERS, OFFICE, SUPERVISORS
from reform.access import person_of
from reform.errors import Refused
from reform.services import audit_record

from .appeals import appeals_until


@transaction.atomic
def paper_export(
    kind: str,
    *,
    cycle: Cycle,
    actor: AbstractBaseUser,
    on: date,
    people: Collection[int] | None = None,
    fmt: str = "docx",
) -> tuple[str, bytes, str]:
    """As `paper_file`, and leaves the event; the office, the leaders and the 监督组 for anybody, everybody
    else for themselves."""
    own = person_of(actor)
    is_own = people is not None and own is not None and set(people) == {own.pk}
    if not is_own and not any(actor.has_perm(one) for one in (OFFICE, LEADERS, SUPERVISORS)):  # type: ignore[attr-defined]
        raise Refused(["考核文书由考核办打印，本人只能下载自己的"])
    made = paper_file(kind, cycle=cycle, on=on, people=people, until=appeals_until(cycle), fmt=fmt)
    of_whom = "" if people is None else f" {len(people)}人"
    audit_record(
        actor=actor,
        action="导出文书",
        zone=cycle.zone,
        subject=f"{cycle}{PAPERS[kind].label}{of_whom}",
        details={"kind": kind, "format": fmt},
    )
    return made
