"""One leaf of a scheme: what it is, how it is scored, what it was before; new ones and changes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kpi.models import Indicator, Scheme
from kpi.models.schemes import Direction, Period
from kpi.rules.codes import Direction as RuleDirection
from kpi.rules.codes import Rule, direction_problem
from kpi.rules.parameter_text import EXAMPLES, given_by_text
from kpi.rules.scoring import RuleError, parse_parameters
from kpi.selectors.schemes import indicator_history
from kpi.services.leaves import IndicatorEntry
from kpi.services.schemes import indicator_change, indicators_register
from kpi.states import OFFICE, SchemeState
from reform.admin.actions import ActionForm, check_field, choice_field, text_field
from reform.admin.pages import actor_of, attempt, may, render_page
from reform.models import Unit, Zone

from .rows import plain, rule_words, scheme_policy, the_indicator, the_scheme

OWN = ("level1", "level2", "level3", "code", "subject", "period")


def _unit_field(label: str, empty: str, help_text: str = "") -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label=label,
        queryset=Unit.objects.none(),
        required=False,
        empty_label=empty,
        help_text=help_text,
        error_messages={"invalid_choice": "请在列出的单位中选择。"},
    )


class LeafForm(ActionForm):
    """A leaf; `owner` is its scheme. Rule and parameters are read as offices write them."""

    subject = _unit_field("考核对象", "全区", "空着：考核全区")
    level1 = text_field("一级指标", longest=80)
    level2 = text_field("二级指标", required=False, longest=120)
    level3 = text_field("三级指标", required=False, longest=120)
    code = text_field("编码", required=False, longest=40)
    full = forms.DecimalField(
        label="权重（满分）",
        required=False,
        min_value=0,
        max_digits=7,
        decimal_places=2,
        help_text="加分、扣分、否决项不填",
        error_messages={
            "invalid": "须为数字。",
            "min_value": "不能小于0。",
            "max_decimal_places": "最多两位小数。",
        },
    )
    measure = text_field("计量单位", required=False, longest=20)
    direction = choice_field("方向", Direction.choices)
    period = choice_field("周期", Period.choices)
    rule = choice_field("计分规则", Rule.choices(), required=False, blank="以后再定")
    parameters = text_field(
        "规则参数",
        required=False,
        longest=300,
        help_text="按平常的说法写；空着用政策的默认值",
    )
    responsible_unit = _unit_field("责任单位", "同考核对象", "由它填报")
    source_unit = _unit_field("数据来源单位", "区外", "区内单位核对数据的才选")
    data_source = text_field("数据来源", required=False, longest=80, help_text="如：统计局")
    supporting_units = text_field("协办单位", required=False, longest=120)
    evidence_needed = text_field("佐证要求", required=False, longest=200, help_text="填了就须上传佐证材料")
    is_core = check_field("核心指标")
    definition = text_field("口径说明", required=False, longest=2000, wide=True)
    remark = text_field("备注", required=False, longest=200)
    reason = text_field("改动理由", required=False, longest=300)

    def prepare(self) -> None:
        units = Unit.objects.filter(zone=self.owner.zone, ends_before=None).order_by("sort_no", "id")
        for name in ("subject", "responsible_unit", "source_unit"):
            self.fields[name].queryset = units  # type: ignore[attr-defined]
        if self.owner.state != SchemeState.FROZEN:
            del self.fields["reason"]
        else:
            self.fields["reason"].required = True
            self.fields["full"].help_text = "已定目标的周期不变，只用于还在编制的和以后的周期"

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        text = data.pop("parameters", "")
        data["given"] = {}
        if data.get("rule"):
            rule = Rule(data["rule"])
            try:
                data["given"] = given_by_text(rule, text)
                parse_parameters(rule, data["given"], scheme_policy(self.owner)["kpi.rule_defaults"])
            except RuleError as fault:
                self.add_error("parameters", str(fault))
        elif text:
            self.add_error("parameters", "先选计分规则。")
        return data

    def values(self) -> dict[str, Any]:
        """The fields of the leaf."""
        data = dict(self.cleaned_data)
        data.pop("reason", "")
        return data | {"parameters": data.pop("given")}


def new(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """Add a leaf to a scheme."""
    scheme = the_scheme(request, pk)
    start = {"direction": "UP", "period": "YEAR", "subject": request.GET.get("subject") or None}
    form = LeafForm(request.POST or None, owner=scheme, user=request.user, initial=start)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        entry = IndicatorEntry(
            **{name: values.pop(name) for name in OWN},
            values=values,
        )
        reason = form.cleaned_data.get("reason", "")
        if attempt(
            request,
            lambda: indicators_register(
                scheme=scheme, entries=[entry], actor=actor_of(request), reason=reason
            ),
            f"已保存“{entry.name}”。",
        ):
            _tell_direction(request, form)
            return redirect("admin:kpi_scheme", pk=pk)
    return _page(request, site, scheme, form, f"新增指标：{scheme.name}")


def page(request: HttpRequest, site: AdminSite, zone: Zone, pk: int) -> HttpResponse:
    """A leaf, its versions, and the form for whoever may change it."""
    leaf = the_indicator(request, pk)
    form = None
    if may(request, OFFICE) and leaf.replaced_by_id is None:
        form = LeafForm(request.POST or None, owner=leaf.scheme, user=request.user, initial=_initial(leaf))
        if leaf.scheme.state == SchemeState.FROZEN:
            form.fields["subject"].disabled = form.fields["period"].disabled = True
        if request.method == "POST" and form.is_valid():
            made: list[Indicator] = []
            values, reason = form.values(), form.cleaned_data.get("reason", "")
            if attempt(
                request,
                lambda: made.append(
                    indicator_change(indicator=leaf, actor=actor_of(request), reason=reason, **values)
                ),
                "已保存。" if leaf.scheme.state != SchemeState.FROZEN else "已保存为新版本，旧版本保留。",
            ):
                _tell_direction(request, form)
                return redirect("admin:kpi_indicator", pk=made[0].pk)
            # What was refused is not what stands in the database.
            leaf = the_indicator(request, pk)
    return _page(request, site, leaf.scheme, form, leaf.name, leaf)


def _initial(leaf: Indicator) -> dict[str, Any]:
    found = {name: getattr(leaf, name) for name in LeafForm.base_fields if hasattr(leaf, name)}
    defaults = scheme_policy(leaf.scheme)["kpi.rule_defaults"]
    found["full"] = plain(leaf.full)
    return found | {"parameters": rule_words(leaf, defaults).text if leaf.parameters else ""}


def _tell_direction(request: HttpRequest, form: LeafForm) -> None:
    """A rule that does not go with the direction is kept, and told."""
    data = form.cleaned_data
    if data["rule"]:
        problem = direction_problem(Rule(data["rule"]), RuleDirection(data["direction"]))
        if problem:
            messages.warning(request, f"{problem}。请核对方向或换一种规则。")


def _page(
    request: HttpRequest,
    site: AdminSite,
    scheme: Scheme,
    form: LeafForm | None,
    title: str,
    leaf: Indicator | None = None,
) -> HttpResponse:
    defaults = scheme_policy(scheme)["kpi.rule_defaults"]
    versions = indicator_history(leaf) if leaf else []
    return render_page(
        request,
        site,
        "kpi/indicator.html",
        title,
        scheme=scheme,
        frozen=scheme.state == SchemeState.FROZEN,
        leaf=leaf,
        words=rule_words(leaf, defaults) if leaf else None,
        versions=[(one, rule_words(one, defaults)) for one in reversed(versions)],
        items=[(one, plain(one.target), plain(one.actual)) for one in _items(leaf)] if leaf else (),
        form=form,
        examples=[(rule.label, EXAMPLES[rule]) for rule in Rule],
    )


def _items(leaf: Indicator) -> QuerySet[Any]:
    """Where this version is asked for."""
    return leaf.items.select_related("cycle").order_by("cycle__starts_on")
