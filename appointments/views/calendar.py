"""日历: the batches against working days, and the rehearsal: would the 公示 fit before the deadline?"""

from datetime import date, timedelta
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date

from appointments.gantt import Mark, gantt
from appointments.models import Round
from appointments.rules.calendar import (
    LABELS,
    BatchPlan,
    Frame,
    Outlook,
    calendar_warning,
    check_calendar,
    is_past,
    late_steps,
    rehearse_calendar,
)
from appointments.selectors.round_facts import batch_plans, frame_of
from reform.admin.pages import render_page
from reform.models import Zone
from reform.workdays import count_workdays

from .rows import the_round


def round_calendar(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """The page; `from`: the day from which it is rehearsed, by default today."""
    round_, today = the_round(request, pk), timezone.localdate()
    on = _asked(request.GET.get("from", "")) or today
    plans, frame = batch_plans(round_), frame_of(round_)
    outlooks = rehearse_calendar(plans, frame, on)
    past = {plan.name: frozenset(kind for kind in plan.steps if is_past(kind, plan.state)) for plan in plans}
    return render_page(
        request,
        site,
        "admin/rounds/calendar.html",
        f"{round_.name}日历",
        round=round_,
        lead=_lead(plans, frame, outlooks),
        chart=gantt(plans, frame.calendar, on=today, marks=_marks(round_, frame), past=past),
        faults=check_calendar(plans, frame),
        warning=calendar_warning(plans, frame),
        outlooks=outlooks,
        late=[(plan.name, [LABELS[kind] for kind in late_steps(plan, today)]) for plan in plans],
        workdays=_workdays(round_, frame),
        frame=frame,
        on=on,
        today=today,
        table=_table(plans),
    )


def _asked(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _lead(plans: list[BatchPlan], frame: Frame, outlooks: list[Outlook]) -> str:
    """The page's first sentence."""
    if not any(plan.steps for plan in plans):
        return "还没有排日程"
    publicity = [plan.steps["PUBLICITY"].last_on for plan in plans if "PUBLICITY" in plan.steps]
    if not publicity:
        return "日程里还没有公示"
    last = max(publicity)
    if frame.deadline_on is None:
        return f"按计划，公示到{last:%-m月%-d日}全部结束"
    left = (frame.deadline_on - last).days
    if left >= 0:
        return f"按计划，公示到{last:%-m月%-d日}全部结束，比期限{frame.deadline_on:%-m月%-d日}早{left}天"
    return f"按计划，公示到{last:%-m月%-d日}才结束，晚于期限{frame.deadline_on:%-m月%-d日}"


def _marks(round_: Round, frame: Frame) -> list[Mark]:
    wanted = (
        (round_.kickoff_on, "动员", False),
        (round_.effective_on, "生效", False),
        (frame.deadline_on, "期限", True),
    )
    return [Mark(day, label, limit) for day, label, limit in wanted if day]


def _workdays(round_: Round, frame: Frame) -> dict[str, Any] | None:
    """How many working days lie between 动员 and 生效."""
    if not (round_.kickoff_on and round_.effective_on):
        return None
    last = round_.effective_on
    return {
        "first": round_.kickoff_on,
        "last": last,
        "days": count_workdays(round_.kickoff_on, last, frame.calendar).days,
        "all": (last - round_.kickoff_on + timedelta(days=1)).days,
    }


def _table(plans: list[BatchPlan]) -> list[dict[str, Any]]:
    return [{"name": plan.name, "cells": [plan.steps.get(kind) for kind in LABELS]} for plan in plans]
