"""Forms of the round's page: its plan, weights, batches, posts."""

from decimal import Decimal
from typing import Any

from django import forms

from appointments.models import Round, ScoreItem
from appointments.selectors.round_facts import range_label, weights_of
from reform.access import scoped
from reform.admin.actions import ActionForm, check_field, choice_field, day_field, number_field, text_field
from reform.models import Person, Position, Unit, UnitKind
from reform.selectors import policy_of

PLAN_FIELDS = (
    "name",
    "term_years",
    "kickoff_on",
    "baseline_on",
    "effective_on",
    "consultation",
    "kinship_complete",
    "caps_document_no",
    "kickoff_document_no",
)


class PlanForm(ActionForm):
    """What the plan says besides posts, weights and batches."""

    name = text_field("名称", longest=80)
    term_years = number_field("聘期（年）", least=1)
    kickoff_on = day_field("动员日", required=False)
    baseline_on = day_field("基准日", required=False, help_text="空着按动员日前一天")
    effective_on = day_field("生效日", required=False)
    consultation = text_field(
        "征求意见情况",
        required=False,
        longest=2000,
        wide=True,
        help_text="职工代表大会或征求意见的时间、范围和结果",
    )
    kinship_complete = check_field("亲属关系表已收齐")
    caps_document_no = text_field("职数核定文号", required=False, longest=80, help_text="超出默认公式的才填")
    kickoff_document_no = text_field("动员会纪要", required=False, longest=80)

    def prepare(self) -> None:
        for name in PLAN_FIELDS:
            self.fields[name].initial = getattr(self.owner, name)

    def changed(self, data: dict[str, Any]) -> dict[str, Any]:
        """The fields that differ from the round."""
        return {name: value for name, value in data.items() if getattr(self.owner, name) != value}


class WeightsForm(ActionForm):
    """Per cent of each item, by range of levels; 0 or nothing: not scored."""

    def prepare(self) -> None:
        policy = policy_of(self.owner.policy)
        self.ranges = list(weights_of(self.owner, policy))
        for levels, items in weights_of(self.owner, policy).items():
            for item in ScoreItem:
                self.fields[f"{levels}~{item.value}"] = forms.DecimalField(
                    label=f"{range_label(levels, policy)} · {item.label}（%）",
                    required=False,
                    min_value=0,
                    max_value=100,
                    decimal_places=2,
                    initial=items.get(item.value),
                )

    def weights(self, data: dict[str, Any]) -> dict[str, dict[str, Decimal]]:
        """Range → item → per cent."""
        found: dict[str, dict[str, Decimal]] = {levels: {} for levels in self.ranges}
        for name, value in data.items():
            if value:
                levels, item = name.split("~")
                found[levels][item] = value
        return found


class BatchForm(ActionForm):
    """A new batch."""

    code = text_field("批次编号", longest=20)
    name = text_field("名称", longest=80)
    method = choice_field("任用方式", [one for one in Position.Method.choices if one[0] != "SJ"])
    sort_no = number_field("先后", required=False, least=1, help_text="空着排在最后")
    max_choices = number_field("志愿数上限", required=False, least=1, help_text="空着按政策")


class CopyForm(ActionForm):
    """Another round whose posts are taken over."""

    source = choice_field("从哪一轮复制", [])

    def prepare(self) -> None:
        rounds = Round.objects.filter(zone=self.owner.zone).exclude(pk=self.owner.pk).order_by("-code")
        self.fields["source"].choices = [("", "请选择"), *((str(one.pk), one.name) for one in rounds)]  # type: ignore[attr-defined]


class MergeForm(ActionForm):
    """Units that become one on the round's effective date."""

    units = forms.ModelMultipleChoiceField(
        label="被合并的单位（可多选）",
        queryset=Unit.objects.none(),
        widget=forms.SelectMultiple(attrs={"size": 8, "rows": 8}),
        error_messages={"required": "请选择单位。"},
    )
    into = forms.ModelChoiceField(
        label="并入", queryset=Unit.objects.none(), required=False, empty_label="新设一个单位"
    )
    name = text_field("新单位名称", required=False, longest=80, help_text="新设的才填")
    document_no = text_field("文号", required=False, longest=80)
    reason = text_field("理由", longest=300)

    def prepare(self) -> None:
        units = Unit.objects.filter(ends_before=None, is_historical=False).exclude(kind=UnitKind.SECTION)
        for name in ("units", "into"):
            self.fields[name].queryset = scoped(units, self.user).order_by("sort_no", "code")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.cleaned_data.get("into") and not self.cleaned_data.get("name"):
            self.add_error("name", "请选择并入的单位，或填写新单位的名称。")
        return cleaned


class SuperiorForm(ActionForm):
    """One person appointed by the superior."""

    person = forms.ModelChoiceField(label="人员", queryset=Person.objects.none(), empty_label="请选择")
    position = forms.ModelChoiceField(label="岗位", queryset=Position.objects.none(), empty_label="请选择")
    document_no = text_field("任命文号", longest=80)
    decided_on = day_field("决定日期")
    starts_on = day_field("任职起始日期")

    def prepare(self) -> None:
        people = scoped(Person.objects.all(), self.user).order_by("sort_no", "id")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        posts = Position.objects.filter(setup=self.owner.setup, ends_before=None).select_related(
            "unit__parent"
        )
        leaders = _leaders(self.owner)
        by_superior = [
            one.pk
            for one in posts
            if one.method == Position.Method.SJ or (not one.method and one.level in leaders)
        ]
        self.fields["position"].queryset = posts.filter(pk__in=by_superior).order_by("sort_no")  # type: ignore[attr-defined]


def _leaders(round_: Round) -> set[str]:
    return set(round_.policy.levels.filter(method="SJ").values_list("code", flat=True))


class PlacingBatchForm(ActionForm):
    """A batch of 组织调配 from the accepted offers."""

    code = text_field("批次编号", longest=20)
    name = text_field("名称", required=False, longest=80)


class NewRoundForm(ActionForm):
    """A round that is to be run."""

    code = text_field("轮次编号", longest=40, help_text="一般写年份")
    name = text_field("名称", longest=80)
