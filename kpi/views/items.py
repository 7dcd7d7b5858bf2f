"""One leaf in a cycle: target, report, evidence, verification and score with everything known of it."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from kpi.models import Cycle, EvidenceFile, Item, MarkSheet
from kpi.rules.codes import Rule
from kpi.rules.scoring import RuleError, parse_inputs, parse_parameters, score
from kpi.selectors.cycle_facts import has_value, reporter_of
from kpi.selectors.reporting import EDITABLE, REPORTING, hands_of
from kpi.services.evidence import evidence_add, evidence_read, evidence_withdraw
from kpi.services.reporting import TRIGGERED
from kpi.states import OFFICE, REPORTERS, SUPERVISORS, ItemState
from reform.access import scoped
from reform.admin.actions import find
from reform.admin.changes import describe
from reform.admin.pages import actor_of, attempt, may, render_page, tell_reasons
from reform.errors import Refused
from reform.exchange.admin import download
from reform.models import RowChange, Zone
from reform.selectors import policy_of

from .report_inputs import told
from .rows import ITEM_TONES, plain, rate_of, rule_words, the_cycle, the_item

VIEW_EVIDENCE = "kpi.view_evidencefile"
READERS = (VIEW_EVIDENCE, REPORTERS, OFFICE)
HISTORY = ("reform.view_auditevent", OFFICE, SUPERVISORS)
CHANGES_SHOWN = 30


def page(request: HttpRequest, site: AdminSite, zone: Zone, code: str, pk: int) -> HttpResponse:
    """One leaf; whoever reports it uploads here."""
    cycle = the_cycle(request, zone, code)
    item, on = the_item(request, cycle, pk), timezone.localdate()
    if request.method == "POST":
        _upload(request, item)
        return redirect("admin:kpi_item", code=code, pk=pk)
    defaults = policy_of(cycle.policy)["kpi.rule_defaults"]
    edits = (
        cycle.state in REPORTING and item.state in EDITABLE and hands_of(request.user, on).may_report(item)
    )
    files = EvidenceFile.objects.filter(item=item).select_related("uploaded_by").order_by("id")
    return render_page(
        request,
        site,
        "kpi/item.html",
        item.indicator.name,
        cycle=cycle,
        item=item,
        leaf=item.indicator,
        lead=_lead(item),
        unit=reporter_of(item),
        words=rule_words(item.indicator, defaults),
        told=told(item),
        target=plain(item.target),
        base=plain(item.base),
        actual=plain(item.actual),
        rate=rate_of(item),
        state=ItemState(item.state).label,
        tone=ITEM_TONES[item.state],
        edits=edits,
        files=files if edits or may(request, VIEW_EVIDENCE) else (),
        trial=_trial(item, defaults),
        changes=describe(_changes(item), request, zone) if may(request, *HISTORY) else (),
    )


def _lead(item: Item) -> str:
    """The page's first sentence."""
    if item.score is not None:
        full = f"（满分{plain(item.full)}）" if item.full is not None else ""
        return f"得分{item.score}{full}"
    if item.reason:
        return f"不能计分：{item.reason}"
    if item.unreported:
        return "未报，按0分计"
    if item.state == ItemState.RETURNED:
        return f"退回重报：{item.returned_reason}"
    return ItemState(item.state).label


def _trial(item: Item, defaults: Any) -> tuple[str, ...]:
    """How the figures that are there make the score, step by step; nothing while figures are lacking."""
    if not item.indicator.rule or not has_value(item):
        return ()
    try:
        rule = Rule(item.indicator.rule)
        parameters = parse_parameters(rule, item.indicator.parameters, defaults)
        given = {
            name: ",".join(one) if isinstance(one, list) else one
            for name, one in item.inputs.items()
            if name != TRIGGERED
        }
        figures = {
            name: str(value)
            for name in ("full", "actual", "target", "base")
            if (value := getattr(item, name)) is not None
        }
        return score(rule, parse_inputs(rule, figures | given, parameters), parameters).steps
    except (ValueError, RuleError):
        return ()


def _changes(item: Item) -> list[RowChange]:
    """What was written to the leaf, the latest first."""
    rows = RowChange.objects.filter(model=Item._meta.label, key=item.pk).select_related("event__actor")
    return list(rows.order_by("-id")[:CHANGES_SHOWN])


def _upload(request: HttpRequest, item: Item) -> None:
    files = request.FILES.getlist("file")
    if not files:
        tell_reasons(request, ["请先选择文件"])
        return
    actor, on = actor_of(request), timezone.localdate()

    def run() -> None:
        reasons: list[str] = []
        for file in files:
            try:
                evidence_add(item=item, name=file.name or "", data=file.read(), actor=actor, on=on)
            except Refused as fault:
                reasons += [f"“{file.name}”：{why}" for why in fault.reasons]
        if reasons:
            raise Refused(reasons)

    attempt(request, run, f"已上传{len(files)}个文件。")


def _the_file(request: HttpRequest, pk: int) -> EvidenceFile:
    """A file that the user may see; a scorer sees those of the leaves to be marked."""
    rows = EvidenceFile.objects.select_related(
        "item__cycle__zone", "item__indicator__subject", "item__indicator__responsible_unit"
    )
    found: EvidenceFile = find(request, scoped(rows, request.user), pk)
    if may(request, *READERS) or _is_marked_by(request, found.item):
        return found
    raise Http404


def _is_marked_by(request: HttpRequest, item: Item) -> bool:
    own = MarkSheet.objects.filter(cycle=item.cycle, scorer=actor_of(request))
    return item.indicator.rule == Rule.GRADE and own.exists()


def evidence(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """A file of evidence, to be saved; never shown inside the page."""
    file = _the_file(request, pk)
    try:
        data = evidence_read(file)
    except RuleError as fault:
        tell_reasons(request, [str(fault)])
        return redirect("admin:kpi_item", code=file.item.cycle.code, pk=file.item_id)
    response = download(data, file.name)
    response["Content-Type"] = "application/octet-stream"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def withdraw(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """Take a file back."""
    file = _the_file(request, pk)
    attempt(
        request,
        lambda: evidence_withdraw(file=file, actor=actor_of(request), on=timezone.localdate()),
        f"已撤下“{file.name}”，记录保留。",
    )
    cycle: Cycle = file.item.cycle
    return redirect("admin:kpi_item", code=cycle.code, pk=file.item_id)
