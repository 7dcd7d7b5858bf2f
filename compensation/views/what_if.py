"""试算: a month with other pay parameters or a round's posts, side by side; nothing of it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from appointments.models import Round
from compensation.rules.effects import Effect, LevelEffect
from compensation.rules.spread import SpreadChange
from compensation.selectors import pay_what_if, policy_changes
from compensation.selectors.what_if import PREFIX, WhatIf, WhatIfPerson
from compensation.services import pay_lines_view_record
from compensation.states import FINANCE, LEADERS, OFFICE
from reform.admin.pages import actor_of, attempt, render_page, tell_reasons
from reform.admin.policy_editor import Editor, editor, posted_value
from reform.admin.policy_words import value_text, words_of
from reform.errors import Refused, RuleError
from reform.ladder import Ladder
from reform.models import PolicyParameter, PolicyVersion, Zone
from reform.selectors import policy_of, policy_version_as_of

MAY_TRY = (OFFICE, FINANCE, LEADERS)
SHOWN, EVERYBODY = 40, 1000
TABS = (
    ("pay_what_if", "全区一个月"),
    ("pay_what_if_year", "一个人全年"),
    ("pay_what_if_post", "一个岗位"),
    ("pay_what_if_split", "总额分配"),
)
# What is tried most stands first.
ORDER = tuple(
    f"{PREFIX}{name}"
    for name in (
        *("point_value", "post_coefficients", "sub_level_step", "ratio", "prepay_share"),
        *("grade_coefficients", "unit_coefficient", "reference_rule", "effective_rule", "protect_months"),
    )
)
WORTH, PAID = "worth", "paid"


@dataclass(frozen=True)
class LevelLine:
    """A level side by side: its cost, and its spread where there is anybody."""

    name: str
    effect: LevelEffect
    spread: SpreadChange | None


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """Choose the month, what else is proposed, any parameter; what is posted is computed and forgotten."""
    given = request.POST if request.method == "POST" else request.GET
    month, fault = month_of(given.get("month", ""))
    if fault:
        tell_reasons(request, [fault])
    try:
        version = policy_version_as_of(zone, month)
    except RuleError as refusal:
        tell_reasons(request, [str(refusal)])
        return render_page(request, site, "compensation/what_if.html", "试算", tabs=TABS, month=month)
    draft, round_ = _draft(zone, given.get("version", "")), _round(zone, given.get("round", ""))
    parameters = _parameters(version, policy_changes(draft, month) if draft else {})
    found = None
    if request.method == "POST":
        found = _tried(request, zone, month, parameters, round_, draft)
    basis = given.get("basis", WORTH)
    if basis not in (WORTH, PAID):
        basis = WORTH
    tried = draft or version
    context = _shown(found, basis, policy_of(tried).ladder) | _changed(found, tried) if found else {}
    return render_page(
        request,
        site,
        "compensation/what_if.html",
        "试算",
        tabs=TABS,
        here="pay_what_if",
        month=month,
        version=version,
        versions=PolicyVersion.objects.filter(zone=zone).exclude(pk=version.pk).order_by("-number"),
        draft=draft,
        rounds=Round.objects.filter(zone=zone).order_by("-id"),
        round=round_,
        editors=_editors(tried, parameters, request.POST if request.method == "POST" else {}),
        basis=basis,
        found=found,
        **context,
    )


def month_of(text: str) -> tuple[date, str]:
    """The first day of a month written 2022-03, by default this one; and what was wrong with it."""
    today = timezone.localdate().replace(day=1)
    if not text.strip():
        return today, ""
    try:
        return date.fromisoformat(f"{text.strip()[:7]}-01"), ""
    except ValueError:
        return today, f"月份“{text[:20]}”须写成 2022-03，先按本月试算"


def _draft(zone: Zone, text: str) -> PolicyVersion | None:
    """Another version of the zone's policy whose pay parameters and ladder are tried."""
    return PolicyVersion.objects.filter(zone=zone, pk=int(text)).first() if text.isdecimal() else None


def _round(zone: Zone, text: str) -> Round | None:
    return Round.objects.filter(zone=zone, pk=int(text)).first() if text.isdecimal() else None


def _parameters(version: PolicyVersion, proposed: Mapping[str, Any]) -> list[PolicyParameter]:
    """The pay parameters in force with those proposed in their place; none is saved."""
    rows = list(PolicyParameter.objects.filter(version=version, key__startswith=PREFIX).order_by("key"))
    rows.sort(key=lambda one: ORDER.index(one.key) if one.key in ORDER else len(ORDER))
    for row in rows:
        row.value = proposed.get(row.key, row.value)
    return rows


def _editors(
    version: PolicyVersion, parameters: list[PolicyParameter], posted: Mapping[str, str]
) -> list[Editor]:
    words, levels = words_of(version), dict(version.levels.values_list("code", "name"))
    return [editor(one, words, levels, posted) for one in parameters]


def _tried(
    request: HttpRequest,
    zone: Zone,
    month: date,
    parameters: list[PolicyParameter],
    round_: Round | None,
    draft: PolicyVersion | None,
) -> WhatIf | None:
    """Both sides of the month, or None with every reason told. That people's pay was looked at is the only
    thing that stays."""
    found: list[WhatIf] = []

    def run() -> None:
        changes, reasons = {}, []
        for one in parameters:
            try:
                changes[one.key] = posted_value(one, request.POST)
            except ValueError as fault:
                reasons.append(str(fault))
        if reasons:
            raise Refused(reasons)
        made = pay_what_if(zone, month, changes, round_, draft)
        pay_lines_view_record(
            zone=zone, actor=actor_of(request), what=f"试算{month:%Y-%m}", people=len(made.people)
        )
        found.append(made)

    attempt(request, run)
    return found[0] if found else None


def _shown(found: WhatIf, basis: str, ladder: Ladder) -> dict[str, Any]:
    """What the page shows of a result, by what the month is worth or by what it pays."""
    effect: Effect = found.worth if basis == WORTH else found.paid

    def difference(one: WhatIfPerson) -> Any:
        return one.worth_difference if basis == WORTH else one.paid_difference

    affected = sorted(
        (one for one in found.people if difference(one)), key=lambda one: (-abs(difference(one)), one.name)
    )
    spreads = {one.level: one for one in effect.spreads}
    return {
        "effect": effect,
        "levels": [
            LevelLine(ladder.name_of(one.level) or "没有层级", one, spreads.get(one.level))
            for one in effect.levels
        ],
        "affected": [
            (one, _side(one.before, basis, ladder), _side(one.after, basis, ladder), difference(one))
            for one in affected[:SHOWN]
        ],
        "everybody": [
            (one, _side(one.before, basis, ladder), _side(one.after, basis, ladder), difference(one))
            for one in found.people[:EVERYBODY]
        ],
        "up": sum(1 for one in affected if difference(one) > 0),
        "down": sum(1 for one in affected if difference(one) < 0),
        "count": len(affected),
        "shown": SHOWN,
    }


def _changed(found: WhatIf, tried: PolicyVersion) -> dict[str, Any]:
    """The parameters that differ, each with its value on both sides in words."""
    words = words_of(tried)
    sides = [
        (
            one.label,
            *(value_text(one.key, value, words).replace("\n", "，") for value in (one.before, one.after)),
        )
        for one in found.changes
    ]
    return {"changed": sides}


def _side(worth: Any, basis: str, ladder: Ladder) -> dict[str, Any] | None:
    if worth is None:
        return None
    return {
        "amount": worth.worth if basis == WORTH else worth.paid,
        "level": ladder.name_of(worth.level),
        "post": worth.post,
        "terms": worth.terms,
    }
