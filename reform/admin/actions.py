"""Actions of our own pages as buttons with their form, steps as they are shown, rows that one may see; shared
by the apps above."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from reform.access import scoped
from reform.services.steps import Refusal

from .pages import actor_of, attempt, chosen, form_faults, may, tell_reasons

_MOST = 32767
_EARLIEST, _LATEST = date(1900, 1, 1), date(2199, 12, 31)


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


def day_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    """A date of our times: another one is a slip, and days cannot be counted from the end of all time."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=DayInput(),
        validators=[
            MinValueValidator(_EARLIEST, f"{_EARLIEST.year}年以前的日期不对。"),
            MaxValueValidator(_LATEST, f"{_LATEST.year}年以后的日期不对。"),
        ],
        error_messages={"required": "请填写日期。", "invalid": "请写成 2022-01-09。"},
    )


def text_field(
    label: str, *, required: bool = True, help_text: str = "", longest: int = 200, wide: bool = False
) -> forms.CharField:
    """A line of text; wide: several lines."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": 3}) if wide else forms.TextInput,
        error_messages={"required": "请填写。"},
    )


def number_field(
    label: str, *, required: bool = True, least: int = 0, most: int = _MOST, help_text: str = ""
) -> forms.IntegerField:
    """A whole number; most: by default what the narrowest column holds."""
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=least,
        max_value=most,
        help_text=help_text,
        error_messages={
            "required": "请填写数字。",
            "invalid": "须为整数。",
            "min_value": f"不能小于{least}。",
            "max_value": f"不能大于{most}。",
        },
    )


def choice_field(
    label: str, choices: Iterable[tuple[str, str]], *, required: bool = True, blank: str = "请选择"
) -> forms.ChoiceField:
    """One of a list."""
    return forms.ChoiceField(
        label=label,
        required=required,
        choices=[("", blank), *choices],
        error_messages={"required": "请选择。", "invalid_choice": "请在列出的内容中选择。"},
    )


def check_field(label: str, *, help_text: str = "") -> forms.BooleanField:
    """Yes or no."""
    return forms.BooleanField(label=label, required=False, help_text=help_text)


class ActionForm(forms.Form):
    """The form of one action; `owner` is what the action is about (a round, a batch), `user` who asks."""

    use_required_attribute = False

    def __init__(self, *args: Any, owner: Any = None, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner, self.user = owner, user
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices that depend on the owner."""


class ReasonForm(ActionForm):
    """A written reason."""

    reason = text_field("理由", longest=300)


class NoteForm(ActionForm):
    """A reason that may stay open."""

    reason = text_field("说明", required=False, longest=300)


@dataclass(frozen=True)
class Ask:
    """One call of an action: who, on which day, on what, with which rows and words."""

    request: HttpRequest
    owner: Any
    rows: tuple[int, ...]
    data: Mapping[str, Any]
    on: date

    @property
    def actor(self) -> Any:
        return actor_of(self.request)

    def pick(self, rows: QuerySet[Any]) -> list[Any]:
        """Of the selected rows those that the user may see, in the order of the list."""
        found = {row.pk: row for row in scoped(rows.filter(pk__in=self.rows), self.request.user)}
        return [found[key] for key in self.rows if key in found]


@dataclass(frozen=True)
class Done:
    """What an action came to."""

    text: str
    refused: Sequence[Any] = ()
    warning: str = ""


@dataclass(frozen=True)
class Action:
    """A button. permissions: any of them; run: calls services; bulk: needs selected rows; states: of the
    owner, in which the button is shown; fits: asks the owner whether there is anything to do it to; main: the
    one main action of the page."""

    key: str
    label: str
    permissions: tuple[str, ...]
    run: Callable[[Ask], Done | str | None]
    form: type[ActionForm] | None = None
    bulk: bool = False
    states: frozenset[str] = frozenset()
    fits: Callable[[Any], bool] | None = None
    main: bool = False
    confirm: str = ""
    hint: str = ""
    grid: bool = False  # its inputs stand in a table of the tab, with a button of their own

    def shown_to(self, request: HttpRequest, state: str) -> bool:
        return may(request, *self.permissions) and (not self.states or state in self.states)


@dataclass
class Button:
    """An action on a page, with its unbound form."""

    action: Action
    address: str
    form: ActionForm | None = field(default=None)


def buttons(
    request: HttpRequest, actions: Iterable[Action], owner: Any, address: Callable[[str], str], state: str
) -> list[Button]:
    """The actions that the user may take now, without those that could only be refused."""
    return [
        Button(
            one,
            address(one.key),
            one.form(owner=owner, user=request.user, prefix=one.key) if one.form else None,
        )
        for one in actions
        if one.shown_to(request, state) and (one.fits is None or one.fits(owner))
    ]


def action_of(actions: Iterable[Action], key: str) -> Action:
    """The action that an address names; 404 where there is none."""
    for one in actions:
        if one.key == key:
            return one
    raise Http404


def perform(request: HttpRequest, action: Action, owner: Any) -> bool:
    """Take an action as posted: 403 for who may not, all faults and refusals as messages."""
    if not may(request, *action.permissions):
        raise PermissionDenied
    data: Mapping[str, Any] = {}
    if action.form is not None:
        form = action.form(request.POST, owner=owner, user=request.user, prefix=action.key)
        if not form.is_valid():
            tell_reasons(request, form_faults(form), f"“{action.label}”没有办理")
            return False
        data = form.cleaned_data
    rows = tuple(chosen(request))
    if action.bulk and not rows:
        messages.error(request, f"“{action.label}”：请先在表中选择。")
        return False
    ask = Ask(request, owner, rows, data, timezone.localdate())
    done: list[Done] = []

    def run() -> None:
        result = action.run(ask)
        done.append(result if isinstance(result, Done) else Done(result or f"已{action.label}。"))

    if not attempt(request, run):
        return False
    tell(request, done[0])
    return True


def tell(request: HttpRequest, done: Done) -> None:
    """Success, then every refusal of a bulk action."""
    if done.text:
        messages.success(request, done.text)
    if done.warning:
        messages.warning(request, done.warning)
    if done.refused:
        tell_reasons(request, [told(one) for one in done.refused], f"有{len(done.refused)}条没有办理")


def told(refusal: Any) -> str:
    """A refusal as one line."""
    if isinstance(refusal, Refusal):
        row = refusal.row
        name = "、".join(map(str, row)) if isinstance(row, tuple | list) else str(row)
        return f"{name}：{'；'.join(refusal.reasons)}"
    return str(refusal)


def count_done(wanted: int, refused: Collection[Any], what: str, unit: str = "条") -> Done:
    """How many of a bulk action were done."""
    made = wanted - len(refused)
    return Done(f"{what}{made}{unit}。" if made else "", tuple(refused))


def find(request: HttpRequest, rows: QuerySet[Any], pk: int) -> Any:
    """One row that the user may see, else 404."""
    row = scoped(rows, request.user).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def seen_keys(request: HttpRequest, rows: QuerySet[Any]) -> set[int]:
    """Keys of the rows that the user may see."""
    return set(scoped(rows, request.user).order_by().values_list("pk", flat=True))


def named(rows: Iterable[Model]) -> list[tuple[str, str]]:
    """Rows as choices."""
    return [(str(row.pk), str(row)) for row in rows]
