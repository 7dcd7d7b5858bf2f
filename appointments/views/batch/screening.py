"""资格审查: 要求 | 实际 | 符合; the clerk concludes, a second person reviews; 破格 and objections."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from appointments.models import Application, Batch, Objection, RuleResult, Waiver
from appointments.rules.eligibility import rule_label
from appointments.selectors.applications import application_rows, applications_of
from appointments.services.screening import (
    applications_evaluate,
    applications_notify,
    applications_review,
    applications_screen,
    rule_results_decide,
)
from appointments.services.screening_appeals import (
    objection_decide_screening,
    objection_file_screening,
    waiver_approve,
    waiver_request,
    waiver_withdraw,
)
from appointments.states import LEADERS, OFFICE, SUPERVISORS, ApplicationState, BatchState, WaiverState
from reform.access import scoped
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    Done,
    NoteForm,
    ReasonForm,
    choice_field,
    count_done,
    text_field,
)
from reform.selectors import policy_of

from .applications import picked
from .tab import Tab

_S = BatchState
HERE = frozenset({_S.SCREENING})
LATE = frozenset({_S.SCREENING, _S.ASSESSING})


class ConclusionForm(ActionForm):
    """初审 on many."""

    conclusion = choice_field(
        "结论", Application.Conclusion.choices, required=False, blank="按各项条件的结果"
    )
    reason = text_field("审查意见", required=False, longest=300, help_text="不合格的，空着按不符合的条件写")


class DecideForm(ActionForm):
    """What a rule could not find out, of the selected applications."""

    rule = choice_field("待核实的条件", ())
    outcome = choice_field("认定", (("PASS", "符合"), ("FAIL", "不符合")))
    note = text_field("依据")

    def prepare(self) -> None:
        unknown = RuleResult.objects.filter(
            application__candidacy__batch=self.owner, outcome=RuleResult.Outcome.UNKNOWN
        )
        self.fields["rule"].choices = rule_choices(unknown)  # type: ignore[attr-defined]


class WaiverForm(ActionForm):
    """破格 of one condition, of one application."""

    rule = choice_field("不符合的条件", ())
    reason = text_field("破格理由", longest=300, wide=True)

    def prepare(self) -> None:
        failed = RuleResult.objects.filter(application__candidacy__batch=self.owner)
        self.fields["rule"].choices = rule_choices(failed)  # type: ignore[attr-defined]


class ApproveForm(ActionForm):
    """The document by which 破格 is allowed."""

    document_no = text_field("批准文号", longest=80)


class ObjectForm(ActionForm):
    """An objection of a rejected person, taken down."""

    facts = text_field("异议的事实和理由", longest=2000, wide=True)
    from_whom = text_field("提出人", required=False, longest=80, help_text="空着按本人")


class AnswerForm(ActionForm):
    """The supervisors' answer to a screening objection."""

    objection = forms.ModelChoiceField(label="异议", queryset=Objection.objects.none(), empty_label="请选择")
    result = choice_field("结论", (("yes", "成立，改为合格"), ("no", "不成立")))
    investigators = text_field("核查人员", required=False, longest=120)
    reply = text_field("答复", longest=300, wide=True)

    def prepare(self) -> None:
        rows = Objection.objects.filter(
            application__candidacy__batch=self.owner,
            kind=Objection.Kind.SCREENING,
            state=Objection.State.OPEN,
        ).select_related("application__candidacy__person", "application__position__unit__parent")
        self.fields["objection"].queryset = rows  # type: ignore[attr-defined]


def rule_choices(results: QuerySet[RuleResult]) -> list[tuple[str, str]]:
    """The rules of these results as choices."""
    rules = sorted(set(results.order_by().values_list("rule", flat=True)))
    return [("", "请选择"), *((one, rule_label(one)) for one in rules)]


def _evaluate(ask: Ask) -> Done:
    found = applications_evaluate(batch=ask.owner, actor=ask.actor, on=ask.on)
    return Done(
        f"审查了{found.applications}个志愿：{found.failed}个有不符合的条件，{found.unknown}个有待核实的条件。"
    )


def _screen(ask: Ask) -> Done:
    rows = picked(ask)
    refused = applications_screen(applications=rows, actor=ask.actor, on=ask.on, **ask.data)
    return count_done(len(rows), refused, "已下结论", "个志愿")


def _decide(ask: Ask) -> Done:
    results = list(
        RuleResult.objects.filter(application__in=[one.pk for one in picked(ask)], rule=ask.data["rule"])
        .select_related("application__candidacy__person", "application__position__unit__parent")
        .order_by("id")
    )
    refused = rule_results_decide(
        results=results,
        outcome=ask.data["outcome"],
        note=ask.data["note"],
        actor=ask.actor,
        on=ask.on,
    )
    return count_done(len(results), refused, "已认定")


def _review(ask: Ask) -> Done:
    rows = picked(ask)
    refused = applications_review(applications=rows, actor=ask.actor, on=ask.on, reason=ask.data["reason"])
    return count_done(len(rows), refused, "已复核", "个志愿")


def _notify(ask: Ask) -> Done:
    rows = picked(ask)
    refused = applications_notify(applications=rows, actor=ask.actor, on=ask.on)
    return count_done(len(rows), refused, "已登记告知", "人")


def _waive(ask: Ask) -> Done:
    rows = picked(ask)
    if len(rows) != 1:
        return Done("", ["破格一次申请一人，请只选一行"])
    waiver_request(application=rows[0], actor=ask.actor, on=ask.on, **ask.data)
    return Done("已提出破格，等待领导小组批准。")


def _requested(ask: Ask) -> list[Waiver]:
    """The waivers of the chosen applications that wait for approval."""
    waivers = Waiver.objects.filter(
        application__in=[one.pk for one in picked(ask)], state=WaiverState.REQUESTED
    )
    return list(waivers.select_related("application__candidacy__person", "application__position"))


def _allow(ask: Ask) -> Done:
    rows = _requested(ask)
    if not rows:
        return Done("", ["选中的志愿没有待批准的破格"])
    for one in rows:
        waiver_approve(waiver=one, document_no=ask.data["document_no"], actor=ask.actor, on=ask.on)
    return Done(f"已批准破格{len(rows)}人。")


def _take_back(ask: Ask) -> Done:
    rows = _requested(ask)
    if not rows:
        return Done("", ["选中的志愿没有待批准的破格"])
    for one in rows:
        waiver_withdraw(waiver=one, actor=ask.actor, on=ask.on, **ask.data)
    return Done(f"已撤回破格{len(rows)}人。")


def _object(ask: Ask) -> Done:
    rows = picked(ask)
    if len(rows) != 1:
        return Done("", ["异议一次登记一人，请只选一行"])
    objection_file_screening(application=rows[0], actor=ask.actor, on=ask.on, **ask.data)
    return Done("已登记异议，等待监督组答复。")


def _answer(ask: Ask) -> Done:
    objection_decide_screening(
        objection=ask.data["objection"],
        upheld=ask.data["result"] == "yes",
        reply=ask.data["reply"],
        investigators=ask.data["investigators"],
        actor=ask.actor,
        on=ask.on,
    )
    return Done("异议已答复。")


def context(request: HttpRequest, batch: Batch, on: date) -> Mapping[str, Any]:
    """Each application with its conditions; what stands against it first."""
    shown = scoped(applications_of(batch), request.user).exclude(state=ApplicationState.WITHDRAWN)
    rows = application_rows(shown, policy_of(batch.round.policy))
    return {
        "rows": rows,
        "unscreened": sum(1 for one in rows if not one.application.conclusion),
        "open": sum(1 for one in rows if one.application.state == ApplicationState.SUBMITTED),
        "failed": sum(1 for one in rows if one.failed),
        "unknown": sum(1 for one in rows if one.unresolved),
    }


TAB = Tab(
    "screening",
    "资格审查",
    ("appointments.view_ruleresult",),
    context,
    (
        Action("screen", "初审", (OFFICE,), _screen, ConclusionForm, bulk=True, states=HERE),
        Action("review", "复核", (SUPERVISORS,), _review, NoteForm, bulk=True, states=HERE, main=True),
        Action("decide_rules", "认定待核实的条件", (OFFICE,), _decide, DecideForm, bulk=True, states=HERE),
        Action("notify", "登记已告知", (OFFICE,), _notify, bulk=True, states=HERE),
        Action("waive", "申请破格", (OFFICE,), _waive, WaiverForm, bulk=True, states=HERE),
        Action("withdraw_waiver", "撤回破格", (OFFICE,), _take_back, ReasonForm, bulk=True, states=HERE),
        Action("allow_waiver", "批准破格", (LEADERS,), _allow, ApproveForm, bulk=True, states=HERE),
        Action(
            "object_screening", "登记异议", (OFFICE, SUPERVISORS), _object, ObjectForm, bulk=True, states=LATE
        ),
        Action("evaluate", "按条件审查全部", (OFFICE,), _evaluate, states=HERE),
        Action("answer_screening", "答复异议", (SUPERVISORS,), _answer, AnswerForm, states=LATE),
    ),
    frozenset({"JP", "GX", "SX"}),
)
