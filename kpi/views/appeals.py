"""申诉: what is claimed, until when it must be answered, what an upheld one puts right and changes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from kpi.models import Cycle, Exclusion, Item, PersonEntry, ResultAppeal, UnitEntry, Veto
from kpi.rules.codes import Rule
from kpi.selectors.appeal_effects import Pair, appeal_effects
from kpi.selectors.places import units_led
from kpi.selectors.results import result_history
from kpi.selectors.unit_inputs import PUBLIC
from kpi.services.appeals import (
    Correction,
    appeals_until,
    result_appeal_decide,
    result_appeal_submit,
    result_appeal_withdraw,
)
from kpi.states import OFFICE, REPORTERS, SUPERVISORS, AppealState, VetoState
from reform.access import bounds_of, scoped
from reform.admin.actions import (
    Action,
    ActionForm,
    Ask,
    action_of,
    buttons,
    choice_field,
    find,
    perform,
    text_field,
)
from reform.admin.pages import actor_of, attempt, form_faults, may, render_page, tell_reasons
from reform.models import Person, Zone

from .cycles import calendar_note
from .result_parts import person_field, score_field, tabs_of, unit_field
from .rows import the_cycle

ITEM, PERSON, UNIT, EXCLUDE, INCLUDE, VETO = "item", "person", "unit", "exclude", "include", "veto"
KINDS = (
    (ITEM, "一项指标的完成值"),
    (PERSON, "报送的个人得分"),
    (UNIT, "报送的单位得分"),
    (VETO, "撤销一票否决"),
    (EXCLUDE, "列为不定等次"),
    (INCLUDE, "取消不定等次"),
)
PUBLISHED = frozenset(PUBLIC)
# What a rule reads beside the actual, as the form asks for it.
INPUT_OF: Mapping[str, str] = {
    Rule.RANK: "rank",
    Rule.MIXED: "rank",
    Rule.DEDUCT: "n",
    Rule.BONUS: "n",
    Rule.MILESTONE: "done",
    Rule.GRADE: "grade",
}


class UnitAppealForm(ActionForm):
    """An appeal of a unit that came on paper."""

    claim = text_field("申诉内容", longest=2000, wide=True)

    def prepare(self) -> None:
        self.fields["unit"] = unit_field(self.owner)
        self.order_fields(("unit", "claim"))


class OwnAppealForm(UnitAppealForm):
    """An appeal of a unit that its head brings."""

    def prepare(self) -> None:
        super().prepare()
        field: Any = self.fields["unit"]
        field.queryset = field.queryset.filter(pk__in=units_led(self.user))


class PersonAppealForm(ActionForm):
    """An appeal of a person that came on paper."""

    claim = text_field("申诉内容", longest=2000, wide=True)

    def prepare(self) -> None:
        self.fields["person"] = person_field(self.owner)
        self.order_fields(("person", "claim"))


def _submit(ask: Ask) -> str:
    row = result_appeal_submit(cycle=ask.owner, actor=ask.actor, on=ask.on, **ask.data)
    return f"已登记申诉，{row.due_on:%Y-%m-%d}前答复。"


ACTIONS: tuple[Action, ...] = (
    Action("own", "替本单位申诉", (REPORTERS,), _submit, OwnAppealForm, states=PUBLISHED),
    Action("unit", "登记单位申诉", (OFFICE, SUPERVISORS), _submit, UnitAppealForm, states=PUBLISHED),
    Action("person", "登记个人申诉", (OFFICE, SUPERVISORS), _submit, PersonAppealForm, states=PUBLISHED),
)


class CorrectionForm(ActionForm):
    """What is put right; `owner` is the appeal. Only the fields of the chosen kind are read."""

    kind = choice_field("更正哪一项", KINDS, required=False, blank="（维持原结果的不填）")
    item = forms.ModelChoiceField(
        label="指标", queryset=Item.objects.none(), required=False, empty_label="请选择"
    )
    actual = forms.DecimalField(
        label="更正后的完成值", required=False, error_messages={"invalid": "须为数字。"}
    )
    given = text_field(
        "更正后的名次、项数、节点或等次",
        required=False,
        help_text="节点写30,20；等次写优秀或优秀2档；名次、项数写数字",
    )
    entry_person = forms.ModelChoiceField(
        label="人员", queryset=PersonEntry.objects.none(), required=False, empty_label="请选择"
    )
    column = text_field("得分栏", required=False, longest=40, help_text="公式里的栏名，如“民主测评得分”")
    value = score_field("该栏更正后的得分", required=False)
    entry_unit = forms.ModelChoiceField(
        label="单位", queryset=UnitEntry.objects.none(), required=False, empty_label="请选择"
    )
    indicators = score_field("指标得分", required=False)
    bonus = score_field("加分", required=False)
    deduction = score_field("扣分", required=False)
    veto = forms.ModelChoiceField(
        label="否决", queryset=Veto.objects.none(), required=False, empty_label="请选择"
    )
    exclude = forms.ModelChoiceField(
        label="人员", queryset=Person.objects.none(), required=False, empty_label="请选择"
    )
    cause = choice_field("原因", Exclusion.Cause.choices, required=False)
    note = text_field("说明", required=False)
    include = forms.ModelChoiceField(
        label="人员", queryset=Exclusion.objects.none(), required=False, empty_label="请选择"
    )
    answer = text_field("答复", longest=300, wide=True)

    parts: Mapping[str, tuple[str, ...]] = {
        ITEM: ("item", "actual", "given"),
        PERSON: ("entry_person", "column", "value", "bonus", "deduction"),
        UNIT: ("entry_unit", "indicators", "bonus", "deduction"),
        VETO: ("veto",),
        EXCLUDE: ("exclude", "cause", "note"),
        INCLUDE: ("include",),
    }

    def prepare(self) -> None:
        cycle = self.owner.cycle
        self.fields["kind"].widget.attrs["data-shows"] = "1"
        items = Item.objects.filter(cycle=cycle).select_related("indicator__subject")
        entries = PersonEntry.objects.filter(cycle=cycle).select_related("person")
        given = UnitEntry.objects.filter(cycle=cycle).select_related("unit")
        vetoes = Veto.objects.filter(cycle=cycle, state=VetoState.APPROVED).select_related("unit", "person")
        excluded = Exclusion.objects.filter(cycle=cycle).select_related("person")
        for name, rows, words in (
            ("item", items.order_by("indicator__sort_no", "id"), _item_words),
            ("entry_person", entries.order_by("person__sort_no", "id"), lambda one: one.person.name),
            ("entry_unit", given, lambda one: one.unit.name),
            ("veto", vetoes, str),
            ("include", excluded, str),
        ):
            field: Any = self.fields[name]
            field.queryset, field.label_from_instance = rows, words
        self.fields["exclude"] = person_field(cycle)
        self.fields["exclude"].required = False

    def shown_parts(self) -> list[tuple[str, list[Any]]]:
        """Fields by the kinds that they belong to, for the page."""
        groups: dict[str, list[Any]] = {}
        for name in dict.fromkeys(one for parts in self.parts.values() for one in parts):
            kinds = " ".join(kind for kind, parts in self.parts.items() if name in parts)
            groups.setdefault(kinds, []).append(self[name])
        return list(groups.items())

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first = {
            ITEM: "item", PERSON: "entry_person", UNIT: "entry_unit", VETO: "veto", EXCLUDE: "exclude",
            INCLUDE: "include",
        }.get(data.get("kind", ""))  # fmt: skip
        if first and not data.get(first) and first not in self.errors:
            self.add_error(first, "请选择。")
        if data.get("kind") == PERSON and bool(data.get("column")) != (data.get("value") is not None):
            self.add_error("column", "栏名和得分要一起填。")
        return data

    def correction(self) -> Correction | None:
        """The correction that was typed; None for none."""
        data = self.cleaned_data
        kind = data["kind"]
        if not kind:
            return None
        given = {name: data[name] for name in ("bonus", "deduction") if data[name] is not None}
        if kind == ITEM:
            return Correction(item=data["item"], actual=data["actual"], inputs=_inputs(data))
        if kind == PERSON:
            values = {"values": {data["column"]: str(data["value"])}} if data["column"] else {}
            return Correction(person=data["entry_person"].person, given=given | values)
        if kind == UNIT:
            own = {} if data["indicators"] is None else {"indicators": data["indicators"]}
            return Correction(unit=data["entry_unit"].unit, given=own | given)
        if kind == VETO:
            return Correction(veto=data["veto"])
        if kind == EXCLUDE:
            return Correction(exclude=data["exclude"], cause=data["cause"], note=data["note"])
        return Correction(include=data["include"].person)


def _item_words(one: Item) -> str:
    subject = one.indicator.subject.name if one.indicator.subject else "全区"
    actual = "" if one.actual is None else f"，现{one.actual.normalize():f}"
    return f"{subject}：{one.indicator.name}{actual}"


def _inputs(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The rule's other input from one line of text, beside those that stay."""
    text = data["given"].strip()
    item: Item = data["item"]
    name = INPUT_OF.get(item.indicator.rule)
    if not text or name is None:
        return None
    inputs = dict(item.inputs)
    if name == "done":
        inputs["done"] = [one.strip() for one in text.replace("，", ",").split(",") if one.strip()]
    elif name == "grade":
        grade, _, tier = text.removesuffix("档").partition(" ")
        bare = grade.rstrip("123")
        inputs |= {"grade": bare, "tier": tier.strip() or grade[len(bare) :] or "1"}
    else:
        inputs[name] = text
    return inputs


def page(request: HttpRequest, site: AdminSite, zone: Zone, code: str) -> HttpResponse:
    """All appeals of a cycle, those that wait first, the nearest deadline before."""
    cycle, on = the_cycle(request, zone, code), timezone.localdate()
    rows = list(_rows(request, cycle))
    rows.sort(key=lambda one: (one.state != AppealState.OPEN, one.due_on, one.pk))
    until = appeals_until(cycle)
    is_over = until is not None and on > until
    return render_page(
        request,
        site,
        "kpi/appeals.html",
        f"申诉：{cycle}",
        cycle=cycle,
        tabs=tabs_of(request, cycle, "kpi_appeals"),
        told=f"申诉{'已于' if is_over else '到'}{until:%Y-%m-%d}截止" if until else "结果公布后受理",
        lead=_lead(rows, on),
        calendar_note=calendar_note(cycle, on),
        rows=[(one, one.state == AppealState.OPEN, (on - one.due_on).days) for one in rows],
        decides=may(request, OFFICE),
        registers=may(request, OFFICE, SUPERVISORS),
        buttons=buttons(
            request,
            () if is_over else ACTIONS,
            cycle,
            lambda key: reverse("admin:kpi_appeals_do", args=[code, key]),
            cycle.state,
        )
        if until is None or on <= until
        else [],
    )


def _lead(rows: list[ResultAppeal], on: date) -> str:
    waiting = [one for one in rows if one.state == AppealState.OPEN]
    late = sum(1 for one in waiting if one.due_on < on)
    if not rows:
        return "没有申诉"
    if not waiting:
        upheld = sum(1 for one in rows if one.state == AppealState.UPHELD)
        return f"{len(rows)}件申诉都已办结，{upheld}件成立"
    return f"{len(waiting)}件申诉待答复" + (f"，{late}件已过期限" if late else "")


def _rows(request: HttpRequest, cycle: Cycle) -> Any:
    rows = ResultAppeal.objects.filter(cycle=cycle).select_related(
        "cycle__zone", "cycle__policy", "unit", "person__zone", "submitted_by", "decided_by"
    )
    return scoped(rows, request.user)


def do(request: HttpRequest, site: AdminSite, zone: Zone, code: str, key: str) -> HttpResponse:
    """Take down an appeal that came on paper."""
    cycle = the_cycle(request, zone, code)
    action = action_of(ACTIONS, key)
    if cycle.state in action.states:
        perform(request, action, cycle)
    return redirect("admin:kpi_appeals", code=code)


def appeal(request: HttpRequest, site: AdminSite, zone: Zone, code: str, pk: int) -> HttpResponse:
    """One appeal: the claim beside the result that counts, the answer, and before and after."""
    cycle = the_cycle(request, zone, code)
    row = find(request, _rows(request, cycle), pk)
    decides = may(request, OFFICE) and row.state == AppealState.OPEN
    form = CorrectionForm(request.POST or None, owner=row, user=request.user) if decides else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid() and _decide(request, row, form):
            return redirect("admin:kpi_appeal", code=code, pk=pk)
        if form.errors:
            tell_reasons(request, form_faults(form), "没有答复")
    history = result_history(cycle, unit=row.unit, person=row.person)
    upheld = row.state == AppealState.UPHELD
    return render_page(
        request,
        site,
        "kpi/appeal.html",
        f"申诉：{row.unit or row.person}",
        cycle=cycle,
        tabs=tabs_of(request, cycle, "kpi_appeals"),
        row=row,
        late=(timezone.localdate() - row.due_on).days if row.state == AppealState.OPEN else 0,
        now=history[-1] if history else None,
        form=form,
        mine=row.submitted_by_id == actor_of(request).pk,
        is_open=row.state == AppealState.OPEN,
        **(_effects(row) if upheld and bounds_of(request.user).unit_ids is None else {}),
    )


def withdraw(request: HttpRequest, site: AdminSite, zone: Zone, code: str, pk: int) -> HttpResponse:
    """Take back an appeal that one has brought or taken down."""
    row = find(request, _rows(request, the_cycle(request, zone, code)), pk)
    attempt(
        request,
        lambda: result_appeal_withdraw(appeal=row, actor=actor_of(request), on=timezone.localdate()),
        "申诉已撤回。",
    )
    return redirect("admin:kpi_appeal", code=code, pk=pk)


def _effects(row: ResultAppeal) -> dict[str, Any]:
    """Before and after, for who may see everybody."""
    found = appeal_effects(row)
    return {
        "units": _changes(found.units, UNIT_FIELDS),
        "people": _changes(found.people, PERSON_FIELDS),
        "quotas": found.quotas,
        "upheld": True,
    }


def _decide(request: HttpRequest, row: ResultAppeal, form: CorrectionForm) -> bool:
    uphold = request.POST.get("decision") == "uphold"
    correction: Callable[[], Correction | None] = form.correction
    return attempt(
        request,
        lambda: result_appeal_decide(
            appeal=row,
            uphold=uphold,
            answer=form.cleaned_data["answer"],
            actor=actor_of(request),
            on=timezone.localdate(),
            correction=correction() if uphold else None,
        ),
        "申诉成立，结果已重新计算，旧版保留。" if uphold else "已答复，维持原结果。",
    )


UNIT_FIELDS = (("total", "总分"), ("indicators", "指标得分"), ("rank", "名次"), ("grade", "等次"))
PERSON_FIELDS = (
    ("personal", "个人得分"),
    ("unit_score", "单位得分"),
    ("combined", "综合得分"),
    ("grade_label", "等次"),
    ("coefficient", "系数"),
)


def _changes(pairs: Sequence[Pair], fields: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Each result with what differs: label, before, after."""
    found = []
    for one in pairs:
        old = [getattr(one.before, name, None) for name, _ in fields]
        new = [getattr(one.after, name) for name, _ in fields]
        values = zip((label for _, label in fields), old, new, strict=True)
        found.append({"after": one.after, "values": [each for each in values if each[1] != each[2]]})
    return found
