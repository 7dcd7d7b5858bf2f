"""Score sheets and vote counts: one table to fill in, of the own sheet for a member of the panel."""

from decimal import Decimal
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from appointments.models import BallotCount, Batch, PanelMember, ScoreEntry, ScoreItem, ScoreSheet
from appointments.rules.assessment import Ballots
from appointments.selectors.assessment import avoided_by
from appointments.services.assessment import BallotEntry, ballots_enter, score_sheet_enter
from appointments.states import OFFICE
from reform.admin.pages import actor_of, attempt, may, render_page, tell_reasons
from reform.models import Zone

from .batch.assessment import candidates, decimal_or_none
from .batch.proposal import LONGEST_COUNT
from .rows import the_batch

COUNTS = (
    ("expected", "应到"),
    ("present", "实到"),
    ("issued", "发出"),
    ("returned", "收回"),
    ("good", "好"),
    ("better", "较好"),
    ("fair", "一般"),
    ("poor", "差"),
    ("abstained", "弃权"),
    ("void", "作废"),
)


def _to_tab(batch: Batch) -> HttpResponse:
    return redirect(f"{reverse('admin:batch', args=[batch.pk])}?tab=assessment")


def score_sheet(
    request: HttpRequest, site: AdminSite, zone: Zone, pk: int, item: str, member: int
) -> HttpResponse:
    """One sheet: by its member's own account, or by the office from paper."""
    batch, on = the_batch(request, pk), timezone.localdate()
    if item not in ScoreItem.values:
        raise Http404
    judge = PanelMember.objects.filter(batch=batch, pk=member).select_related("user").first()
    if member and judge is None:
        raise Http404
    if not may(request, OFFICE) and (judge is None or judge.user_id != actor_of(request).pk):
        raise PermissionDenied("只能打开本人的评分表。")
    people = candidates(request, batch, on, item)
    sheet = ScoreSheet.objects.filter(batch=batch, item=item, member=judge).first()
    if request.method == "POST" and _enter(request, batch, item, judge, people):
        return _to_tab(batch)
    given = dict(ScoreEntry.objects.filter(sheet=sheet).values_list("candidacy", "score")) if sheet else {}
    near = avoided_by(batch, [judge], _person_of(batch)).get(judge.pk, {}) if judge else {}
    return render_page(
        request,
        site,
        "admin/rounds/sheet.html",
        f"{ScoreItem(item).label}评分表{f'（{judge.name}）' if judge else ''}",
        batch=batch,
        sheet=sheet,
        rows=[
            {
                "key": key,
                "name": name,
                "posts": posts,
                "score": request.POST.get(f"score~{key}", given.get(key)),
                "near": near.get(key, ""),
            }
            for key, name, posts in people
        ],
    )


def _person_of(batch: Batch) -> dict[int, int]:
    return dict(batch.candidacies.values_list("pk", "person"))


def _enter(
    request: HttpRequest,
    batch: Batch,
    item: str,
    judge: PanelMember | None,
    people: list[tuple[int, str, str]],
) -> bool:
    scores: dict[int, Decimal | None] = {}
    faults = []
    for key, name, _ in people:
        text = request.POST.get(f"score~{key}")
        if text is None:
            continue
        try:
            scores[key] = decimal_or_none(text)
        except ValueError:
            faults.append(f"{name}：“{text}”不是分数")
    if faults:
        tell_reasons(request, faults, "没有保存")
        return False
    entries = ScoreEntry.objects.filter(sheet__batch=batch, sheet__item=item, sheet__member=judge)
    known = set(entries.values_list("candidacy", flat=True))
    scores = {key: score for key, score in scores.items() if score is not None or key in known}
    return attempt(
        request,
        lambda: score_sheet_enter(
            batch=batch,
            item=item,
            scores=scores,
            member=judge,
            actor=actor_of(request),
            on=timezone.localdate(),
        ),
        f"评分表已保存，{len(scores)}人。由另一人核对后锁定。",
    )


def ballots(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """民主测评: the counts by group of voters, a row for each candidate and group."""
    batch, on = the_batch(request, pk), timezone.localdate()
    people = candidates(request, batch, on, ScoreItem.PEER_VOTE.value)
    if request.method == "POST" and _count(request, batch, people):
        return _to_tab(batch)
    given = {
        (one.candidacy_id, one.voters): one for one in BallotCount.objects.filter(candidacy__batch=batch)
    }
    rows = [
        {
            "name": name if place == 0 else "",
            "voters": label,
            "cells": [
                {
                    "name": f"{field}~{key}~{code}",
                    "label": f"{name}{label}{word}",
                    "value": request.POST.get(
                        f"{field}~{key}~{code}", getattr(given.get((key, code)), field, "")
                    ),
                }
                for field, word in COUNTS
            ],
        }
        for key, name, _ in people
        for place, (code, label) in enumerate(BallotCount.Voters.choices)
    ]
    return render_page(
        request,
        site,
        "admin/rounds/ballots.html",
        "民主测评票数",
        batch=batch,
        rows=rows,
        heads=[word for _, word in COUNTS],
    )


def _count(request: HttpRequest, batch: Batch, people: list[tuple[int, str, str]]) -> bool:
    entries, faults = [], []
    for key, name, _ in people:
        for code, label in BallotCount.Voters.choices:
            texts = {field: request.POST.get(f"{field}~{key}~{code}", "").strip() for field, _ in COUNTS}
            if not any(texts.values()):
                continue
            wrong = [
                word
                for field, word in COUNTS
                if texts[field] and not (texts[field].isdecimal() and len(texts[field]) <= LONGEST_COUNT)
            ]
            if wrong:
                faults.append(f"{name}{label}：{'、'.join(wrong)}须为人数")
                continue
            counts: dict[str, Any] = {field: int(text or 0) for field, text in texts.items()}
            entries.append(BallotEntry(key, code, Ballots(**counts)))
    if faults:
        tell_reasons(request, faults, "没有保存")
        return False
    return attempt(
        request,
        lambda: ballots_enter(batch=batch, ballots=entries, actor=actor_of(request), on=timezone.localdate()),
        f"已登记{len(entries)}份票数。由另一人核对后锁定。",
    )
