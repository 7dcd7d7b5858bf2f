"""复核与申诉: file one in time, see how it stands, take it back (domain.md §6)."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from appointments.models import Appeal, Appointment
from appointments.rules.appeals import EXECUTION_NOTE
from appointments.selectors.own import own_appeals, own_appointments
from appointments.services.appeals import appeal_file, appeal_withdraw
from reform.portal import Person, actor_of, attempted, own_page


class AppealForm(forms.Form):
    """What is contested, and why."""

    kind = forms.ChoiceField(label="种类", choices=Appeal.Kind.choices)
    about = forms.CharField(label="对哪个决定", max_length=200)
    known_on = forms.DateField(label="知道决定的日期", error_messages={"invalid": "请写成 2022-01-23。"})
    claim = forms.CharField(label="请求与理由", max_length=4000)
    appointment = forms.ModelChoiceField(
        label="所涉聘任", queryset=Appointment.objects.none(), required=False
    )
    after = forms.ModelChoiceField(label="不服的复核决定", queryset=Appeal.objects.none(), required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["appointment"].queryset = own_appointments(person)  # type: ignore[attr-defined]
        decided = own_appeals(person).filter(kind=Appeal.Kind.RE_EXAMINATION).exclude(state=Appeal.State.OPEN)
        self.fields["after"].queryset = decided  # type: ignore[attr-defined]


@own_page
def appeals(request: HttpRequest, person: Person) -> HttpResponse:
    """The person's appeals, and the form for another."""
    form = AppealForm(request.POST or None, person=person)
    if request.method == "POST":
        if form.is_valid():
            if attempted(
                request, lambda: _file(request, person, form.cleaned_data), "已提交，会按期答复您。"
            ):
                return redirect("portal:appeals")
        else:
            for name, texts in form.errors.items():
                messages.error(request, f"{form.fields[name].label}：{' '.join(map(str, texts))}")
    context = {
        "current": "appeals",
        "person": person,
        "rows": own_appeals(person),
        "form": form,
        "note": EXECUTION_NOTE,
        "today": timezone.localdate(),
    }
    return render(request, "portal/appeals.html", context)


def _file(request: HttpRequest, person: Person, data: dict[str, Any]) -> None:
    today: date = timezone.localdate()
    appeal_file(
        appeal=Appeal(person=person, zone_id=person.zone_id, filed_on=today, **data), actor=actor_of(request)
    )


@require_POST
@own_page
def take_back(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Withdraw an appeal that is still open."""
    one = get_object_or_404(Appeal, pk=number, person=person)
    attempted(
        request,
        lambda: appeal_withdraw(appeal=one, reason="本人撤回", actor=actor_of(request)),
        "已撤回。",
    )
    return redirect("portal:appeals")
