"""双向选择: what both sides say, in two passes, and who was matched."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest

from appointments.models import Application, Batch, Intention
from appointments.selectors.selection import avoidance_notes, match_facts
from appointments.services.intentions import IntentionEntry, intentions_record
from appointments.services.matching import applications_match
from appointments.states import OFFICE, UNIT_HEADS, ApplicationState, BatchState
from reform.access import bounds_of, scoped
from reform.admin.actions import Action, Ask, Done
from reform.admin.pages import may, page_of

from .tab import Tab

_A = ApplicationState
HERE = frozenset({BatchState.MATCHING})
ANSWERS = {"yes": True, "no": False}
SHOWN = (_A.QUALIFIED, _A.SHORTLISTED, _A.MATCHED, _A.PROPOSED, _A.OBJECTED, _A.APPOINTED, _A.NOT_SELECTED)


def _shown(batch: Batch) -> Any:
    rows = Application.objects.filter(candidacy__batch=batch, state__in=SHOWN)
    return rows.select_related(
        "candidacy__person", "candidacy__round__zone", "candidacy__batch__round", "position__unit__parent"
    ).order_by("position__sort_no", "position_id", "rank", "choice_no", "id")


def _record(ask: Ask) -> Done:
    post = ask.request.POST
    pass_no = 2 if post.get("pass") == "2" else 1
    entries = []
    for row in scoped(_shown(ask.owner), ask.request.user):
        person, unit = post.get(f"person~{row.pk}", ""), post.get(f"unit~{row.pk}", "")
        if person in ANSWERS or unit in ANSWERS:
            entries.append(IntentionEntry(row, pass_no, ANSWERS.get(person), ANSWERS.get(unit)))
    if not entries:
        return Done("", warning="没有填写意见。")
    refused = intentions_record(batch=ask.owner, entries=entries, actor=ask.actor)
    return Done(f"已登记第{pass_no}轮意见{len(entries) - len(refused)}条。", refused)


def _match(ask: Ask) -> Done:
    found = applications_match(batch=ask.owner, actor=ask.actor, on=ask.on)
    return Done(f"选定{len(found.matched)}人。", found.refused)


def context(request: HttpRequest, batch: Batch, on: date) -> Mapping[str, Any]:
    """Each application with both passes; the unit's column is open to its head, both to the office. Who is
    held to some units is told of relatives, not who of another unit they are."""
    shown = scoped(_shown(batch), request.user)
    pages = page_of(request, shown)
    rows = list(pages)
    notes = avoidance_notes(batch) if batch.state in HERE else {}
    bound = bounds_of(request.user).unit_ids is not None
    said: dict[int, dict[int, Intention]] = {}
    for one in Intention.objects.filter(application__in=[row.pk for row in rows]):
        said.setdefault(one.application_id, {})[one.pass_no] = one
    facts = match_facts(batch, on) if batch.state in HERE else None
    open_now = (_A.QUALIFIED, _A.SHORTLISTED)
    return {
        "pages": pages,
        "rows": [
            {
                "row": one,
                "state": _A(one.state).label,
                "first": said.get(one.pk, {}).get(1),
                "second": said.get(one.pk, {}).get(2),
                "open": one.state in open_now and batch.state in HERE,
                "notes": ["有须回避或须核对的亲属关系"]
                if bound and one.pk in notes
                else notes.get(one.pk, []),
            }
            for one in rows
        ],
        "blocks": facts.blocks if facts and may(request, OFFICE) else (),
        "may_person": may(request, OFFICE),
        "may_unit": may(request, OFFICE, UNIT_HEADS),
        "matched": shown.filter(state=_A.MATCHED).count(),
    }


TAB = Tab(
    "selection",
    "双向选择",
    ("appointments.view_intention",),
    context,
    (
        Action("intentions", "保存意见", (OFFICE, UNIT_HEADS), _record, grid=True, states=HERE, main=True),
        Action(
            "match",
            "按双方意见选定",
            (OFFICE, UNIT_HEADS),
            _match,
            states=HERE,
            hint="双方都同意、有空缺、没有回避关系的才选定；有成绩的按排名，每人取其最前的志愿。",
        ),
    ),
    frozenset({"JP", "GX", "SX"}),
)
