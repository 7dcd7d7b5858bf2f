"""岗位设置 of a round: its posts with what they come from; in the draft merged and split (大部制)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from appointments.models import Round
from appointments.selectors.lineage import formers_of
from appointments.services.setups import PositionPart, positions_merge, positions_split
from appointments.states import OFFICE, RoundState
from reform.access import scoped
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Done,
    action_of,
    buttons,
    number_field,
    perform,
    text_field,
)
from reform.admin.pages import page_of, render_page
from reform.errors import Refused
from reform.models import Position, Unit, Zone
from reform.selectors import policy_of

from .rows import the_round

VIEW = "reform.view_position"
LONGEST_COUNT = 4
DRAFT = frozenset({RoundState.DRAFT})


class MergePostsForm(ActionForm):
    """The selected posts become one of them."""

    kept = text_field("保留哪个岗位（编号）", required=False, longest=60, help_text="空着保留选中的第一个")
    headcount = number_field("合并后的职数", required=False, least=1, help_text="空着按各岗位职数相加")
    reason = text_field("理由", longest=300)


class SplitPostForm(ActionForm):
    """The one selected post becomes several, a line each."""

    parts = forms.CharField(
        label="分设为（一行一个岗位）",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text="写成“综合科长，1”；职数之后可再写单位（如 经济发展局·综合科）和层级，不写的同原岗位。",
        error_messages={"required": "请填写分设后的岗位。"},
    )
    reason = text_field("理由", longest=300)


def _posts(round_: Round) -> Any:
    return Position.objects.filter(setup=round_.setup_id, ends_before=None).select_related(
        "unit__parent", "setup", "zone"
    )


def _merge(ask: Ask) -> Done:
    rows = ask.pick(_posts(ask.owner))
    code = ask.data["kept"].strip()
    kept = next((one for one in rows if one.code == code), None) if code else next(iter(rows), None)
    if kept is None:
        raise Refused([f"选中的岗位中没有编号“{code}”" if code else "请先选择岗位"])
    positions_merge(
        round_=ask.owner,
        positions=rows,
        kept=kept,
        actor=ask.actor,
        reason=ask.data["reason"],
        headcount=ask.data["headcount"],
    )
    return Done(f"{len(rows)}个岗位已合并为“{kept}”，职数{kept.headcount}个，各岗位的沿革都记在它上面。")


def _split(ask: Ask) -> Done:
    rows = ask.pick(_posts(ask.owner))
    if len(rows) != 1:
        raise Refused(["分设一次一个岗位，请只选一行"])
    parts = read_parts(ask.data["parts"], rows[0], ask.owner)
    made = positions_split(
        round_=ask.owner, position=rows[0], parts=parts, actor=ask.actor, reason=ask.data["reason"]
    )
    seats = sum(one.headcount for one in made)
    return Done(f"已分设为{'、'.join(one.title for one in made)}，职数共{seats}个。")


def read_parts(text: str, whole: Position, round_: Round) -> list[PositionPart]:
    """Lines of title, seats and, where they differ, unit and level. Raises Refused with every fault."""
    units = _units_by_name(round_)
    words = policy_of(round_.policy).ladder.by_word
    parts, faults = [], []
    for number, line in enumerate((one for one in text.splitlines() if one.strip()), 1):
        title, seats, place, level = [
            *(cell.strip() for cell in line.replace(",", "，").split("，")),
            "",
            "",
            "",
        ][:4]
        found = units.get(place.replace(" ", "")) if place else [whole.unit]
        if not title:
            faults.append(f"第{number}行没有岗位名称")
        if not (seats.isascii() and seats.isdecimal() and len(seats) <= LONGEST_COUNT):
            faults.append(f"第{number}行职数“{seats}”须为整数，写成“{title or '综合科长'}，1”")
        if not found or len(found) > 1:
            faults.append(f"第{number}行单位“{place}”{'有几个，请写成“单位·科室”' if found else '不存在'}")
        if level and level not in words:
            faults.append(f"第{number}行层级“{level}”不在本轮的层级表中")
        if not faults and found:
            parts.append(PositionPart(title, found[0], int(seats), words[level].code if level else ""))
    if faults:
        raise Refused(faults)
    return parts


def _units_by_name(round_: Round) -> Mapping[str, list[Unit]]:
    """Open units by name, sections also by “单位·科室”."""
    found: dict[str, list[Unit]] = {}
    units = Unit.objects.filter(zone=round_.zone_id, ends_before=None, is_historical=False)
    for unit in units.select_related("parent"):
        found.setdefault(unit.name, []).append(unit)
        if unit.parent:
            found.setdefault(f"{unit.parent.name}·{unit.name}", []).append(unit)
    return found


ACTIONS: tuple[Action, ...] = (
    Action(
        "merge",
        "合并岗位",
        (OFFICE,),
        _merge,
        MergePostsForm,
        bulk=True,
        states=DRAFT,
        hint="并入的岗位从本轮的岗位设置中取消；原来在其中任一岗位的人，任保留的岗位算原岗续聘。",
    ),
    Action(
        "split",
        "分设岗位",
        (OFFICE,),
        _split,
        SplitPostForm,
        bulk=True,
        states=DRAFT,
        hint="第一行沿用原岗位的编号和沿革号，其余各行是新岗位，记着从哪个岗位分出。",
    ),
)


def page(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """The posts, a page at a time; `q` is a part of the post's or the unit's name."""
    round_ = the_round(request, pk)
    rows = scoped(_posts(round_), request.user)
    words = request.GET.get("q", "").strip()
    if words:
        rows = rows.filter(
            Q(title__contains=words)
            | Q(code=words)
            | Q(unit__name__contains=words)
            | Q(unit__parent__name__contains=words)
        )
    pages = page_of(request, rows.order_by("sort_no", "id"))
    state = "REGISTERED" if round_.is_registered else round_.state
    return render_page(
        request,
        site,
        "admin/rounds/setup.html",
        f"{round_.name}岗位设置",
        round=round_,
        pages=pages,
        rows=_lines(round_, pages.object_list),
        words=words,
        is_draft=state == RoundState.DRAFT,
        bulk=buttons(
            request, ACTIONS, round_, lambda key: reverse("admin:round_posts_do", args=[pk, key]), state
        ),
    )


def _lines(round_: Round, posts: Iterable[Position]) -> list[dict[str, Any]]:
    posts = list(posts)
    ladder = policy_of(round_.policy).ladder
    formers = formers_of(round_, posts)
    return [{"row": one, "level": ladder.name_of(one.level), "former": formers[one.pk]} for one in posts]


def do(request: HttpRequest, site: AdminSite, zone: Zone, pk: int, key: str) -> HttpResponse:
    """Merge or split."""
    round_ = the_round(request, pk)
    action = action_of(ACTIONS, key)
    perform(request, action, round_)
    return redirect("admin:round_posts", pk=pk)
