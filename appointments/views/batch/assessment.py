"""考评: the panel, score sheets, votes, totals and ranks."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from appointments.models import Application, Batch, PanelMember, ScoreItem, ScoreSheet
from appointments.selectors.assessment import Material, score_table
from appointments.services.assessment import PanelEntry, panel_set, score_sheet_lock
from appointments.services.scores import (
    applications_shortlist,
    scores_compute,
    scores_publish,
    tie_vote_record,
)
from appointments.states import LEADERS, OFFICE, PANEL, SUPERVISORS, BatchState
from reform.access import scoped
from reform.admin.actions import Action, ActionForm, Ask, Done, count_done, number_field, text_field
from reform.admin.pages import actor_of, may
from reform.models import Membership, Person

from .tab import Tab

_S = BatchState
HERE = frozenset({_S.ASSESSING})
BY_MEMBERS = (ScoreItem.INTERVIEW, ScoreItem.FITNESS)
BY_OFFICE = (ScoreItem.WRITTEN, ScoreItem.RESULTS)


class PanelForm(ActionForm):
    """The panel, a line each."""

    members = forms.CharField(
        label="考评组成员",
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text="一行一人：姓名，单位及职务，登录账号。后两项可空；有账号的评委自己打分，没有的由办公室按纸质评分表录入。",
        error_messages={"required": "请填写考评组成员。"},
    )

    def prepare(self) -> None:
        rows = PanelMember.objects.filter(batch=self.owner).select_related("user")
        lines = ["，".join((one.name, one.workplace, one.user.username if one.user else "")) for one in rows]
        self.fields["members"].initial = "\n".join(line.rstrip("，") for line in lines)

    def clean_members(self) -> list[PanelEntry]:
        lines = [line.strip() for line in self.cleaned_data["members"].splitlines() if line.strip()]
        parts = [[part.strip() for part in line.replace(",", "，").split("，")] for line in lines]
        accounts = self._accounts({one[2] for one in parts if len(one) > 2 and one[2]})
        people = self._people({one[0] for one in parts})
        entries = []
        for one in parts:
            name, workplace, login = (*one, "", "")[:3]
            if login and login not in accounts:
                raise forms.ValidationError(f"{name}：本区没有账号“{login}”。")
            user_id, person_id = accounts.get(login, (None, None))
            entries.append(PanelEntry(name, workplace, person_id or people.get(name), user_id))
        return entries

    def _accounts(self, names: set[str]) -> dict[str, tuple[int | None, int | None]]:
        found = get_user_model().objects.filter(username__in=names, membership__zone=self.owner.zone)
        members = Membership.objects.filter(user__in=found).values_list("user__username", "user", "person")
        return {name: (user, person) for name, user, person in members}

    def _people(self, names: set[str]) -> dict[str, int]:
        """Persons of the zone whose name only one has: the rule of avoidance looks at them."""
        found: dict[str, list[int]] = {}
        for key, name in Person.objects.filter(zone=self.owner.zone, name__in=names).values_list(
            "pk", "name"
        ):
            found.setdefault(name, []).append(key)
        return {name: keys[0] for name, keys in found.items() if len(keys) == 1}


def tied(batch: Batch) -> list[Application]:
    """Applications that share their rank in a post with another."""
    ranked = Application.objects.filter(candidacy__batch=batch, rank__isnull=False)
    rows = list(
        ranked.select_related("candidacy__person", "position__unit__parent").order_by("position", "rank")
    )
    places: dict[tuple[int, int | None], int] = {}
    for one in rows:
        places[one.position_id, one.rank] = places.get((one.position_id, one.rank), 0) + 1
    return [one for one in rows if places[one.position_id, one.rank] > 1]


class TieForm(ActionForm):
    """Votes (or the score of a further test) of those who are tied."""

    document_no = text_field("会议纪要或加试文号", longest=80)

    def prepare(self) -> None:
        for one in tied(self.owner):
            self.fields[f"vote~{one.pk}"] = number_field(
                f"{one.candidacy.person}（{one.position.title}，并列第{one.rank}）", required=False
            )


def _panel(ask: Ask) -> Done:
    members = panel_set(batch=ask.owner, members=ask.data["members"], actor=ask.actor, on=ask.on)
    return Done(f"考评组{len(members)}人。")


def _lock(ask: Ask) -> Done:
    sheets = ask.pick(ScoreSheet.objects.filter(batch=ask.owner))
    refused = score_sheet_lock(sheets=sheets, actor=ask.actor, on=ask.on)
    return count_done(len(sheets), refused, "已锁定", "份评分表")


def _compute(ask: Ask) -> Done:
    found = scores_compute(batch=ask.owner, actor=ask.actor, on=ask.on)
    warning = "；".join(found.ties)
    return Done(
        f"已汇总{found.scored}个志愿的成绩。", found.refused, f"仍有并列：{warning}" if warning else ""
    )


def _publish(ask: Ask) -> Done:
    scores_publish(batch=ask.owner, actor=ask.actor, on=ask.on)
    return Done("成绩已公布。")


def _tie(ask: Ask) -> Done:
    votes = {
        int(name.partition("~")[2]): value
        for name, value in ask.data.items()
        if name.startswith("vote~") and value is not None
    }
    rows = tie_vote_record(
        batch=ask.owner, votes=votes, document_no=ask.data["document_no"], actor=ask.actor, on=ask.on
    )
    return Done(f"已登记{len(rows)}人的同分表决。")


def _shortlist(ask: Ask) -> Done:
    found = applications_shortlist(batch=ask.owner, actor=ask.actor, on=ask.on)
    return Done(f"列入考察{found.chosen}人。", found.refused)


def only_own(request: HttpRequest) -> bool:
    """Whether the user sees the own sheets only."""
    return may(request, PANEL) and not may(request, OFFICE, SUPERVISORS)


def context(request: HttpRequest, batch: Batch, on: date) -> Mapping[str, Any]:
    """Panel, sheets and tables; a member of the panel sees the own sheets, others' only when published."""
    sheets = ScoreSheet.objects.filter(batch=batch).select_related("member", "entered_by", "locked_by")
    panel = list(PanelMember.objects.filter(batch=batch).select_related("user", "person"))
    own = only_own(request)
    if own:
        sheets = sheets.filter(Q(member__user=actor_of(request)) | Q(entered_by=actor_of(request)))
    material = Material(batch, on)
    shows = not own or batch.scores_published_on is not None
    tables = score_table(batch) if shows else []
    return {
        "panel": panel,
        "sheets": sheets.order_by("item", "member", "id"),
        "to_enter": _to_enter(request, batch, panel, material) if batch.state in HERE else [],
        "candidates": len(material.people),
        "tables": [_table(one) for one in tables if any(row.scores for row in one.rows)],
        "hidden": not shows,
        "tied": tied(batch) if shows else [],
    }


def _table(one: Any) -> dict[str, Any]:
    """A post's table with the scores in the order of its items."""
    items = [(str(item), word, weight) for item, word, weight in one.items]
    rows = [
        {
            "row": row,
            "scores": [(row.scores.get(item), row.steps.get(item, "")) for item, _, _ in items],
            "cut": row.application.rank is not None and row.application.rank <= one.cut,
        }
        for row in one.rows
    ]
    return {"post": one, "items": items, "rows": rows}


def _to_enter(
    request: HttpRequest, batch: Batch, panel: list[PanelMember], material: Material
) -> list[dict[str, str]]:
    """Links to the sheets that the user may fill in."""
    wanted: set[str] = set().union(*material.items_of.values()) if material.items_of else set()
    found = []
    office = may(request, OFFICE)
    for item in ScoreItem:
        if item.value not in wanted:
            continue
        if item in BY_MEMBERS:
            for member in panel:
                if office or member.user_id == actor_of(request).pk:
                    found.append(_link(batch, item, member.pk, f"{item.label} · {member.name}"))
        if office and item in BY_OFFICE:
            found.append(_link(batch, item, 0, item.label))
        if office and item == ScoreItem.PEER_VOTE:
            address = reverse("admin:ballots", args=[batch.pk])
            found.append({"address": address, "label": f"{item.label}票数"})
    return found


def _link(batch: Batch, item: ScoreItem, member: int, label: str) -> dict[str, str]:
    return {"address": reverse("admin:score_sheet", args=[batch.pk, item.value, member]), "label": label}


def decimal_or_none(text: str) -> Decimal | None:
    """A score as typed; raises ValueError."""
    text = text.strip()
    if not text:
        return None
    try:
        number = Decimal(text)
    except ArithmeticError:
        raise ValueError(text) from None
    if not number.is_finite():
        raise ValueError(text)
    return number


def candidates(request: HttpRequest, batch: Batch, on: date, item: str) -> list[tuple[int, str, str]]:
    """Those to be scored in an item: candidacy id, name, posts."""
    material = Material(batch, on)
    posts: dict[int, list[str]] = {}
    for one in scoped(Application.objects.filter(candidacy__batch=batch), request.user).select_related(
        "position__unit__parent"
    ):
        posts.setdefault(one.candidacy_id, []).append(str(one.position))
    return [
        (key, material.names[key], "、".join(posts.get(key, ())))
        for key in material.people
        if item in material.items_of.get(key, ())
    ]


TAB = Tab(
    "assessment",
    "考评",
    ("appointments.view_itemscore", "appointments.view_scoresheet"),
    context,
    (
        Action("lock", "锁定评分表", (PANEL, OFFICE), _lock, bulk=True, states=HERE),
        Action("panel", "组成考评组", (OFFICE,), _panel, PanelForm, states=frozenset({_S.SCREENING, *HERE})),
        Action("compute", "汇总成绩", (PANEL,), _compute, states=HERE),
        Action("publish_scores", "公布成绩", (PANEL,), _publish, states=HERE, main=True),
        Action("tie", "同分表决", (LEADERS,), _tie, TieForm, states=HERE),
        Action("shortlist", "列入考察", (OFFICE,), _shortlist, states=frozenset({_S.MATCHING})),
    ),
    frozenset({"JP", "GX"}),
)
