"""考察: material, 纪检意见 and the checks on everybody who was chosen."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest

from appointments.models import Application, Batch, Inspection
from appointments.selectors.proposals import matched_of
from appointments.selectors.selection import inspection_gaps, split_names
from appointments.services.inspections import InspectionEntry, inspections_record
from appointments.states import INSPECTORS, ApplicationState, BatchState
from reform.access import scoped
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Done,
    check_field,
    choice_field,
    count_done,
    day_field,
    text_field,
)
from reform.selectors import policy_of

from .tab import Tab

_A = ApplicationState
HERE = frozenset({BatchState.INSPECTING, BatchState.PUBLICITY})
AFTER = (_A.MATCHED, _A.PROPOSED, _A.OBJECTED, _A.APPOINTED)


class InspectionForm(ActionForm):
    """What was found, on one person or the same on many."""

    inspectors = text_field("考察人员", longest=200, help_text="至少两人，用顿号分开")
    inspected_on = day_field("考察日期")
    discipline_opinion = text_field("纪检意见", required=False, longest=300)
    discipline_clear = choice_field(
        "纪检结论", (("yes", "同意"), ("no", "不同意")), required=False, blank="还没有"
    )
    archive_checked = check_field("档案已审核（三龄两历）")
    matters_checked = check_field("个人有关事项已核查")
    material = text_field("考察材料", longest=8000, wide=True)


def _chosen(batch: Batch) -> Any:
    rows = Application.objects.filter(candidacy__batch=batch, state__in=AFTER)
    return rows.select_related(
        "candidacy__person", "candidacy__round__zone", "position__unit__parent", "inspection"
    ).order_by("position__sort_no", "position_id", "rank", "id")


def _record(ask: Ask) -> Done:
    data = dict(ask.data)
    clear = {"yes": True, "no": False}.get(data.pop("discipline_clear"))
    inspectors = split_names(data.pop("inspectors"))
    entries = [
        InspectionEntry(application=one, inspectors=inspectors, discipline_clear=clear, **data)
        for one in ask.pick(_chosen(ask.owner))
    ]
    refused = inspections_record(batch=ask.owner, entries=entries, actor=ask.actor)
    return count_done(len(entries), refused, "已登记考察", "人")


def context(request: HttpRequest, batch: Batch, on: date) -> Mapping[str, Any]:
    """Everybody chosen, with the material that is there and what is still lacking."""
    rows = list(scoped(_chosen(batch), request.user))
    matched = list(scoped(matched_of(batch), request.user))
    gaps = inspection_gaps(batch, matched, policy_of(batch.round.policy), on) if batch.state in HERE else []
    return {
        "rows": [{"row": one, "state": _A(one.state).label, "found": _inspection(one)} for one in rows],
        "gaps": gaps,
        "done": sum(1 for one in rows if _inspection(one)),
    }


def _inspection(one: Application) -> Inspection | None:
    return getattr(one, "inspection", None)


TAB = Tab(
    "inspection",
    "考察",
    ("appointments.view_inspection",),
    context,
    (
        Action(
            "inspect",
            "登记考察",
            (INSPECTORS,),
            _record,
            InspectionForm,
            bulk=True,
            states=HERE,
            main=True,
            hint="选中的每一人都登记同样的内容；内容不同的分别登记。",
        ),
    ),
    frozenset({"JP", "GX", "ZP"}),
)
