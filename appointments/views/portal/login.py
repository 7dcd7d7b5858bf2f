"""Login by ID number, and the password that a person sets for themselves."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate, login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from reform.access import own_accounts, person_of
from reform.services import own_password_set

WRONG = "身份证号或密码不对。"


class LoginForm(forms.Form):
    """身份证号 and 一次性口令 or own password."""

    id_number = forms.CharField(label="身份证号", max_length=40)
    password = forms.CharField(label="密码", max_length=128, strip=False)


class PasswordForm(forms.Form):
    """An own password, twice."""

    new = forms.CharField(label="新密码", max_length=128, strip=False)
    again = forms.CharField(label="再输一次", max_length=128, strip=False)

    def __init__(self, *args: Any, user: Any, id_number: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.id_number = user, id_number

    def clean_new(self) -> str:
        given = str(self.cleaned_data["new"])
        if given.upper() in (self.id_number, self.id_number[-6:], self.id_number[6:14]):
            raise ValidationError("密码不能是身份证号或其中的几位。")
        if given.isdecimal():
            raise ValidationError("密码不能全是数字。")
        validate_password(given, self.user)
        return given

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "两次输入的密码不一样。")
        return data


@never_cache
@sensitive_post_parameters("id_number", "password")
def log_in(request: HttpRequest) -> HttpResponse:
    """The same answer to whatever is wrong: nobody learns here who is in the roster."""
    if request.user.is_authenticated and person_of(request.user) is not None:
        return redirect("portal:home")
    form = LoginForm(request.POST or None)
    fault = ""
    if request.method == "POST":
        user = None
        if form.is_valid():
            user = authenticate(request, **form.cleaned_data)
        if user is not None:
            login(request, user)
            return redirect(_next(request))
        fault = WRONG
    return render(
        request,
        "portal/login.html",
        {"fault": fault, "next": request.POST.get("next") or request.GET.get("next", "")},
    )


def _next(request: HttpRequest) -> str:
    """Where the person wanted to go, if it is one of these pages."""
    wanted = request.POST.get("next", "")
    home = str(reverse_lazy("portal:home"))
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if safe and wanted.startswith(home) else home


@never_cache
@sensitive_post_parameters("new", "again")
@login_required(login_url=reverse_lazy("portal:login"))
def password(request: HttpRequest) -> HttpResponse:
    """Set an own password: right after the slip of paper, or later at will."""
    user: Any = request.user
    person = person_of(user)
    if person is None or person.pk not in own_accounts([person.pk])[0]:
        raise PermissionDenied("这里只设置个人账号的密码。")
    form = PasswordForm(request.POST or None, user=user, id_number=person.id_number)
    if request.method == "POST" and form.is_valid():
        own_password_set(person=person, user=user, password=form.cleaned_data["new"])
        update_session_auth_hash(request, user)
        return redirect("portal:home")
    return render(
        request,
        "portal/password.html",
        {"form": form, "first": not user.has_usable_password(), "person": person},
    )
