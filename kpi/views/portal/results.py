"""我的考核: results with how they came about, the notice and its signature, the appeal."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kpi.documents.kinds import NOTICE
from kpi.models import ResultAppeal
from kpi.rules.figures import shown
from kpi.selectors.own import OwnResult, own_notices, own_result, own_results
from kpi.selectors.ratings import rating_cycles
from kpi.selectors.results import person_line
from kpi.services.appeals import appeals_until, result_appeal_submit, result_appeal_withdraw
from kpi.services.finals import notices_receive
from kpi.services.papers import paper_export
from kpi.states import AppealState
from reform.attachments import attachment
from reform.errors import Refused
from reform.portal import Person, actor_of, attempted, own_page

LONGEST_CLAIM = 4000


@own_page
def results(request: HttpRequest, person: Person) -> HttpResponse:
    """Sheets that wait, and all results that are public."""
    rows = [(one.cycle, person_line(one)) for one in own_results(person)]
    context = {
        "current": "appraisal",
        "person": person,
        "rows": rows,
        "ratings": rating_cycles(person),
    }
    return render(request, "portal/appraisal/results.html", context)


@own_page
def result(request: HttpRequest, person: Person, code: str) -> HttpResponse:
    """One result: the version that counts and the ones before it, notice and appeal."""
    own = _own(person, code)
    on = timezone.localdate()
    until = appeals_until(own.cycle)
    unsigned = [one for one in own.notices if one.received_on is None and one.result_id == own.now.key]
    context: dict[str, Any] = {
        "current": "appraisal",
        "person": person,
        "own": own,
        "until": until,
        "may_appeal": own.may_appeal(on, until),
        "may_withdraw": own.appeal is not None
        and own.appeal.state == AppealState.OPEN
        and own.appeal.submitted_by_id == actor_of(request).pk,
        "coefficient": "" if own.now.coefficient is None else shown(own.now.coefficient),
        "unsigned": unsigned[0] if unsigned else None,
        "longest": LONGEST_CLAIM,
    }
    return render(request, "portal/appraisal/result.html", context)


def _own(person: Person, code: str) -> OwnResult:
    own = own_result(person, code)
    if own is None:
        raise Http404("没有这个考核结果，或还没有公布。")
    return own


@own_page
def paper(request: HttpRequest, person: Person, code: str) -> HttpResponse:
    """The person's own notice as a file."""
    own = _own(person, code)
    made: list[tuple[str, bytes, str]] = []
    if not attempted(
        request,
        lambda: made.append(
            paper_export(
                NOTICE,
                cycle=own.cycle,
                actor=actor_of(request),
                on=timezone.localdate(),
                people=[person.pk],
            )
        ),
    ):
        return redirect("appraisal:result", code=code)
    name, data, content_type = made[0]
    return attachment(data, name, content_type)


@require_POST
@own_page
def receive(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Sign for a notice."""
    notice = get_object_or_404(own_notices(person), pk=number)

    def sign() -> None:
        refused = notices_receive(notices=[notice], actor=actor_of(request), on=timezone.localdate())
        if refused:
            raise Refused(refused[0].reasons)

    attempted(request, sign, "已签收。")
    return redirect("appraisal:result", code=notice.result.cycle.code)


@require_POST
@own_page
def appeal(request: HttpRequest, person: Person, code: str) -> HttpResponse:
    """Submit an appeal within the days."""
    own = _own(person, code)
    attempted(
        request,
        lambda: result_appeal_submit(
            cycle=own.cycle,
            claim=request.POST.get("claim", "")[:LONGEST_CLAIM],
            actor=actor_of(request),
            on=timezone.localdate(),
            person=person,
        ),
        "申诉已提交，考核办会按期答复您。",
    )
    return redirect("appraisal:result", code=code)


@require_POST
@own_page
def withdraw(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Take back an appeal that is not answered."""
    one = get_object_or_404(ResultAppeal.objects.select_related("cycle"), pk=number, person=person)
    attempted(
        request,
        lambda: result_appeal_withdraw(appeal=one, actor=actor_of(request), on=timezone.localdate()),
        "申诉已撤回。",
    )
    return redirect("appraisal:result", code=one.cycle.code)
