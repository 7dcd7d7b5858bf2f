"""试算 by formula: a person's year, a post's month and settlement, a pool; the address holds all of it."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from compensation.rules.entitlement import Entitlement, entitlement
from compensation.rules.policy import PayPolicy, policy_faults
from compensation.rules.pools import PoolSplit, PoolUnit, split_units
from compensation.rules.settlement import SettledMonth, Settlement, prepayment, settlement
from compensation.rules.year import YearEffect
from compensation.selectors import pay_policy_as_of
from compensation.selectors.what_if import year_what_if
from compensation.services import pay_lines_view_record
from reform.admin.pages import actor_of, render_page, tell_reasons
from reform.errors import Refused, RuleError
from reform.fields import keyed_hash
from reform.models import AnnualGrade, Person, Zone

from .typed import COEFFICIENT, MONEY, REFERENCE, SCORE, TOTAL, number, year_of
from .what_if import TABS

GRADES = [one for one in AnnualGrade.Grade.choices if one[0] != AnnualGrade.Grade.NONE]
START = {"coefficient": "1.00", "score": "96.40", "grade": "B", "months": "12"}
LINES = 12  # units that the form of a split has places for
MONTHS = 12
LONGEST = 20


def _told(request: HttpRequest, fault: RuleError) -> None:
    tell_reasons(request, getattr(fault, "reasons", None) or [str(fault)])


# --- a person's year


def year(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """A person's year against the post of 1 January kept throughout."""
    asked = request.GET.get("q", "").strip()[:40]
    chosen = year_of(request.GET.get("year", ""), timezone.localdate().year)
    rows = Person.objects.filter(zone=zone).order_by("sort_no", "id")
    people = list(rows.filter(Q(name=asked) | Q(id_number_hash=keyed_hash(asked.upper())))) if asked else []
    found: list[tuple[Person, YearEffect]] = []
    for person in people:
        try:
            found.append((person, year_what_if(zone, person, chosen)))
        except RuleError as fault:
            _told(request, fault)
    if found:
        pay_lines_view_record(
            zone=zone, actor=actor_of(request), what=f"试算{chosen}年全年", people=len(found)
        )
    return render_page(
        request,
        site,
        "compensation/what_if_year.html",
        "试算：一个人全年",
        tabs=TABS,
        here="pay_what_if_year",
        asked=asked,
        year=chosen,
        found=found,
        unknown=bool(asked) and not people,
    )


# --- a post


@dataclass(frozen=True)
class PostTrial:
    """A month's entitlement of a post and the settlement of its months."""

    month: Entitlement
    settled: Settlement
    prepaid_term: str


def post(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """A post with a unit score and a grade: what a month is worth, and what is settled at the year's end."""
    given = {name: request.GET.get(name, value)[:LONGEST] for name, value in START.items()}
    policy, fields = None, {}
    trial = None
    try:
        policy = pay_policy_as_of(zone, timezone.localdate())
        fields = _fields(policy, request.GET)
        trial = _post_trial(_changed(policy, fields), given)
    except RuleError as fault:
        _told(request, fault)
    return render_page(
        request,
        site,
        "compensation/what_if_post.html",
        "试算：一个岗位",
        tabs=TABS,
        here="pay_what_if_post",
        given=given,
        fields=fields,
        grades=GRADES,
        policy=policy,
        trial=trial,
    )


def _fields(policy: PayPolicy, given: QueryDict) -> dict[str, str]:
    """The parameters that the form may change, those in force where nothing was typed."""
    known = {
        "point": f"{policy.point_value}",
        "ratio": ":".join(f"{one.normalize():f}" for one in policy.ratio),
        "reference": f"{policy.reference}",
        "prepay": f"{policy.prepay_share}",
    }
    return {name: given.get(name, "").strip()[:LONGEST] or value for name, value in known.items()}


def _changed(policy: PayPolicy, fields: dict[str, str]) -> PayPolicy:
    parts = [number(one, "比例", COEFFICIENT) for one in fields["ratio"].replace("：", ":").split(":")]
    if len(parts) != len(policy.ratio):
        raise Refused(["基础、岗位、绩效之比须写成 3:3:4"])
    changed = replace(
        policy,
        point_value=number(fields["point"], "薪点值", MONEY),
        ratio=(parts[0], parts[1], parts[2]),
        reference=number(fields["reference"], "基准分", REFERENCE),
        prepay_share=number(fields["prepay"], "预发比例", COEFFICIENT),
    )
    faults = policy_faults(changed)
    if faults:
        raise Refused(faults)
    return changed


def _post_trial(policy: PayPolicy, given: dict[str, str]) -> PostTrial:
    months = number(given["months"], "月数", SCORE)
    if months != int(months) or months > MONTHS:
        raise Refused([f"月数须为 0 至 {MONTHS} 的整数，现为“{given['months']}”"])
    month = entitlement(
        policy,
        number(given["coefficient"], "岗位系数", COEFFICIENT),
        number(given["score"], "单位得分", SCORE),
        given["grade"],
    )
    base = month.standard.performance_base
    prepaid, term = prepayment(base, policy.prepay_share)
    settled = settlement(
        [SettledMonth(base, prepaid, month.unit_coefficient.value)] * int(months),
        month.personal_coefficient.value,
        clawback=policy.clawback,
    )
    return PostTrial(month, settled, term)


# --- a pool


def split(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """A pool split to units by C × K_u, to the fen."""
    pool = request.GET.get("pool", "").strip()[:LONGEST]
    names, totals, units = (request.GET.getlist(one) for one in ("name", "total", "coefficient"))
    typed = [tuple(part.strip()[:40] for part in line) for line in zip(names, totals, units, strict=False)][
        :LINES
    ]
    found: PoolSplit | None = None
    if pool:
        try:
            found = _split(pool, [line for line in typed if any(line)])
        except RuleError as fault:
            _told(request, fault)
    return render_page(
        request,
        site,
        "compensation/what_if_split.html",
        "试算：总额分配",
        tabs=TABS,
        here="pay_what_if_split",
        pool=pool,
        typed=[*typed, *[("", "", "")] * max(0, 4 - len(typed))] if len(typed) < LINES else typed,
        found=found,
        shares=list(found.shares.items()) if found else [],
    )


def _split(pool: str, lines: list[Any]) -> PoolSplit:
    if not lines:
        raise Refused(["没有参加分配的单位"])
    return split_units(
        number(pool, "总额", MONEY),
        [
            PoolUnit(
                name,
                number(total, f"{name}的岗位系数合计", TOTAL),
                number(unit, f"{name}的单位系数", COEFFICIENT),
            )
            for name, total, unit in lines
        ],
    )
