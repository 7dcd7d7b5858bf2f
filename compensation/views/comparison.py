"""与上月对比: person by person with the reason of each difference, and what looks unusual."""

from decimal import Decimal

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

from compensation.selectors import run_comparison
from compensation.selectors.comparison import ComparedLine, RunComparison
from compensation.services import pay_lines_view_record
from reform.admin.pages import actor_of, page_of, render_page
from reform.models import Zone
from reform.selectors import policy_of

from .access import the_run

CHANGED, UNUSUAL, ALL = "changed", "unusual", "all"


def page(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """The run beside the one before it; by default only who changed."""
    row = the_run(zone, code)
    found = run_comparison(row, request.user)
    views = {CHANGED: found.changed, UNUSUAL: found.outliers, ALL: found.lines}
    chosen = request.GET.get("show", CHANGED)
    if chosen not in views:
        chosen = CHANGED
    asked = request.GET.get("q", "").strip()[:40]
    rows = [one for one in views[chosen] if asked in one.name or asked in one.unit]
    pages = page_of(request, rows)
    if rows:
        pay_lines_view_record(
            zone=zone, actor=actor_of(request), what="与上期对比", people=len(pages.object_list), run=row
        )
    ladder = policy_of(row.policy).ladder
    return render_page(
        request,
        site,
        "compensation/comparison.html",
        f"{row}：与上期对比",
        run=row,
        found=found,
        lead=_lead(found),
        shown_sum=sum(one.difference for one in rows),
        tabs=[
            (CHANGED, "有变化的", len(found.changed)),
            (UNUSUAL, "看起来异常的", len(found.outliers)),
            (ALL, "全部", len(found.lines)),
        ],
        chosen=chosen,
        asked=asked,
        pages=pages,
        rows=[(one, ladder.name_of(one.level), causes_of(one)) for one in pages],
        came=sum(1 for one in found.lines if one.before is None),
        left=sum(1 for one in found.lines if one.after is None),
    )


def causes_of(line: ComparedLine) -> list[tuple[str, list[tuple[str, Decimal]]]]:
    """What differs, each cause once with the components that it changes."""
    found: dict[str, list[tuple[str, Decimal]]] = {}
    for one in line.reasons:
        _, _, cause = one.text.partition("：")
        found.setdefault(cause, []).append((one.component, one.difference))
    return list(found.items())


def _lead(found: RunComparison) -> str:
    """The page's first sentence."""
    if found.previous is None:
        return "没有可以对比的上一期"
    if not found.changed:
        return f"与{found.previous}逐人相同"
    word = "多" if found.difference > 0 else "少"
    told = f"比{found.previous}{word}{abs(found.difference):,.2f}元" if found.difference else "合计相同"
    return f"{len(found.changed)}人有变化，{told}"
