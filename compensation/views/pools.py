"""薪酬总额: what is approved for a year, how much of it is used month by month, and how one is split."""

import re
from datetime import date
from decimal import Decimal

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from compensation.models import PayPool, PayRun
from compensation.rules.policy import PayPolicy, PoolPreset
from compensation.selectors import pay_policy_as_of, pool_distribution, pool_usage, pools_of
from compensation.services import pay_lines_view_record, pay_pool_set
from compensation.states import OFFICE
from reform.admin.actions import ActionForm, choice_field, number_field, text_field
from reform.admin.pages import actor_of, attempt, may, render_page, tell_reasons
from reform.errors import PolicyMissing, Refused, RuleError
from reform.models import Zone

from .access import the_run
from .back_pays import amount_field
from .typed import FIRST_YEAR, LAST_YEAR, MONEY, number, year_of

_BREAKS = re.compile(r"[\s、；;]+|，(?!\d{3})|,(?!\d{3})")


class PoolForm(ActionForm):
    """A year's pool. incomes: of comparable civil servants, one after the other (preset A)."""

    year = number_field("年度", least=FIRST_YEAR, most=LAST_YEAR)
    preset = choice_field("核定方式", PayPool.Preset.choices, required=False, blank="按政策的核定方式")
    amount = amount_field("总额（元）", required=False, help_text="方式 B、C 填写")
    incomes = text_field(
        "对应公务员年度总收入（元）",
        required=False,
        longest=20000,
        wide=True,
        help_text="方式 A 填写，每人一个数，用空格或换行分开；不含车补、单项奖、公积金",
    )
    document_no = text_field("批复文号", longest=80)


def page(request: HttpRequest, site: AdminSite, zone: Zone) -> HttpResponse:
    """The year's pool and its use, the history of all years, a new one."""
    on = timezone.localdate()
    form = PoolForm(request.POST or None, owner=zone, user=request.user, initial={"year": on.year})
    if request.method == "POST":
        if not may(request, OFFICE):
            raise PermissionDenied
        if form.is_valid() and attempt(
            request, lambda: _set(request, zone, form), lambda pool: f"{pool}已登记：{pool.amount:,.2f}元。"
        ):
            return redirect(f"{request.path}?year={form.cleaned_data['year']}")
    history = list(pools_of(zone))
    latest = PayRun.objects.filter(zone=zone).order_by("-starts_on").first()
    year = year_of(request.GET.get("year", ""), latest.starts_on.year if latest else on.year)
    usage = pool_usage(zone, year)
    years = {one.year for one in history} | {
        day.year for day in PayRun.objects.filter(zone=zone).dates("starts_on", "year")
    }
    policy = _policy(zone, year)
    return render_page(
        request,
        site,
        "compensation/pools.html",
        "薪酬总额",
        year=year,
        years=sorted(years | {year}, reverse=True),
        usage=usage,
        history=history,
        preset=policy.pool_preset if policy else None,
        multiple=policy.pool_multiple if policy else None,
        warn=policy.pool_warn_ratio * 100 if policy else None,
        form=form if may(request, OFFICE) else None,
    )


def _policy(zone: Zone, year: int) -> PayPolicy | None:
    try:
        return pay_policy_as_of(zone, date(year, 1, 1))
    except (PolicyMissing, Refused):
        return None


def _set(request: HttpRequest, zone: Zone, form: PoolForm) -> PayPool:
    data = form.cleaned_data
    preset = data["preset"]
    return pay_pool_set(
        zone=zone,
        year=data["year"],
        actor=actor_of(request),
        on=timezone.localdate(),
        document_no=data["document_no"],
        amount=data["amount"],
        incomes=amounts_in(data["incomes"]) if preset in ("", PoolPreset.A.value) else (),
        preset=preset,
    )


def amounts_in(text: str) -> list[Decimal]:
    """Amounts typed one after the other; raises Refused for what is none."""
    found = []
    for part in _BREAKS.split(text.strip()):
        if not part:
            continue
        found.append(number(part, "金额", MONEY))
    return found


def distribution(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """A pool split to units and people by the results of a quarter's or a year's run."""
    row = the_run(zone, code)
    typed = request.GET.get("amount", "").strip()[:20]
    found = None
    try:
        amounts = amounts_in(typed)
        found = pool_distribution(row, amounts[0] if amounts else None)
    except RuleError as fault:
        tell_reasons(request, getattr(fault, "reasons", None) or [str(fault)])
    if found:
        people = sum(len(unit.parts) for unit in found.units)
        pay_lines_view_record(zone=zone, actor=actor_of(request), what="总额分配", people=people, run=row)
    return render_page(
        request,
        site,
        "compensation/distribution.html",
        f"{row}：总额分配",
        run=row,
        found=found,
        typed=typed,
    )
