"""Forms of the years after: probation, review, renewal, end, 挂职, appeals."""

from typing import Any

from django import forms

from appointments.models import Appeal, Exit, Secondment, TermReview
from reform.access import scoped
from reform.admin.actions import ActionForm, check_field, choice_field, day_field, number_field, text_field
from reform.models import Person, Position, PositionSetup

from .leaving import GroundsForm


def present_posts(zone: Any) -> Any:
    """The posts of the setup in force."""
    setup = PositionSetup.objects.filter(zone=zone, ends_before=None, starts_on__isnull=False)
    posts = Position.objects.filter(setup__in=setup, ends_before=None).select_related("unit__parent")
    return posts.order_by("sort_no", "id")


class PostForm(ActionForm):
    """A post from which on somebody holds it."""

    position = forms.ModelChoiceField(
        label="岗位",
        queryset=Position.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择岗位。"},
    )
    starts_on = day_field("从哪一天起")
    document_no = text_field("文号", longest=80)
    reason = text_field("理由", longest=300)

    def prepare(self) -> None:
        self.fields["position"].queryset = present_posts(self.owner)  # type: ignore[attr-defined]


class ConfirmForm(ActionForm):
    """转正 of many."""

    document_no = text_field("文号", required=False, longest=80)


class ReviewForm(ActionForm):
    """聘期考核 of many."""

    result = choice_field("考核结果", TermReview.Result.choices)
    outcome = choice_field("处理", TermReview.Outcome.choices)
    reviewed_on = day_field("考核日期")
    document_no = text_field("文号", required=False, longest=80)
    remark = text_field("意见", required=False, longest=300)


class RenewForm(ActionForm):
    """续聘 of many."""

    document_no = text_field("续聘文号", longest=80)
    years = number_field("年数", required=False, least=1, help_text="空着按本轮聘期")
    until_retirement = check_field("退休在前的，聘到退休当月")


class ExpireForm(ActionForm):
    """期满 of many."""

    reason = text_field("说明", required=False, longest=300)


class TerminateForm(GroundsForm):
    """解聘 of one person."""

    cause = choice_field("原因", Exit.Cause.choices)
    ended_on = day_field("从哪一天起不再聘任")
    document_no = text_field("解聘文号", longest=80)
    reason = text_field("说明", required=False, longest=300)
    field_order = ("cause", "ended_on", "document_no", "reason")


class SecondForm(ActionForm):
    """挂职 of the persons chosen here."""

    people = forms.ModelMultipleChoiceField(
        label="人员（可多选）",
        queryset=Person.objects.none(),
        widget=forms.SelectMultiple(attrs={"size": 10, "rows": 10}),
        error_messages={"required": "请选择人员。"},
    )
    direction = choice_field("方向", Secondment.Direction.choices)
    host = text_field("挂职单位", longest=120, help_text="派出填对方单位，接收填派出单位")
    post = text_field("挂职岗位", required=False, longest=80)
    starts_on = day_field("起")
    last_on = day_field("止")
    document_no = text_field("文号", required=False, longest=80)

    def prepare(self) -> None:
        people = scoped(Person.objects.all(), self.user).order_by("sort_no", "id")
        self.fields["people"].queryset = people  # type: ignore[attr-defined]


class ReportForm(ActionForm):
    """挂职总结 of the selected."""

    report = text_field("挂职总结", longest=4000, wide=True)
    reported_on = day_field("总结日期")


class EndForm(ActionForm):
    """Called back before the time is over."""

    ended_on = day_field("从哪一天起不再挂职")
    reason = text_field("理由", longest=300)
    document_no = text_field("文号", required=False, longest=80)


class AppealForm(ActionForm):
    """复核、申诉 or 仲裁, registered for a person."""

    person = forms.ModelChoiceField(
        label="人员",
        queryset=Person.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择人员。"},
    )
    kind = choice_field("种类", Appeal.Kind.choices)
    about = text_field("所涉决定", longest=200)
    known_on = day_field("知道决定的日期")
    filed_on = day_field("提出日期")
    claim = text_field("请求与理由", longest=4000, wide=True)

    def prepare(self) -> None:
        people = scoped(Person.objects.all(), self.user).order_by("sort_no", "id")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class DecisionForm(ActionForm):
    """The decision on the selected appeals."""

    result = choice_field("决定", (("no", "维持原决定"), ("yes", "予以变更")))
    decision = text_field("决定内容", longest=4000, wide=True)
    document_no = text_field("决定文号", longest=80)
    decided_on = day_field("决定日期")
