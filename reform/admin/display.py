"""How values are shown to clerks: inclusive last days, masked numbers, level names, readable settings."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib.admin import display
from django.db.models import F, Model, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from reform.exchange.cells import mask_id
from reform.ladder import Level
from reform.models import LadderLevel, PolicyVersion, Zone
from reform.selectors import policy_of

EMPTY = "—"
ONE_DAY = timedelta(days=1)


def last_day_of(ends_before: date | None) -> date | None:
    """The inclusive last day of a half-open interval."""
    return ends_before - ONE_DAY if ends_before else None


def last_day(field: str, label: str, empty: str = EMPTY) -> Callable[[Any], str]:
    """A column that shows the inclusive last day of `field` under a label."""

    @display(description=label, ordering=field)
    def shown(row: Any) -> str:
        day = last_day_of(getattr(row, field))
        return f"{day:%Y-%m-%d}" if day else empty

    shown.__name__ = f"{field}_shown"
    return shown


def day(field: str, label: str, empty: str = EMPTY) -> Callable[[Any], str]:
    """A column with a date as it is stored."""

    @display(description=label, ordering=field)
    def shown(row: Any) -> str:
        value = getattr(row, field)
        return f"{value:%Y-%m-%d}" if value else empty

    shown.__name__ = f"{field}_shown"
    return shown


def level_name(level: str, version: str = "") -> Coalesce:
    """The name of the level whose code stands in the column `level`, for annotating.

    version: the column with the policy version whose ladder counts; without one the zone's latest.
    """
    return Coalesce(level_value(level, "name", version), F(level))


def level_value(level: str, field: str, version: str = "") -> Subquery:
    """A field of the level whose code stands in the column `level`, as for level_name."""
    rows = LadderLevel.objects.filter(code=OuterRef(level))
    rows = rows.filter(version=OuterRef(version)) if version else rows.filter(version__zone=OuterRef("zone"))
    return Subquery(rows.order_by("-version__number").values(field)[:1])


@display(description="层级", ordering="level_name")
def level_column(row: Any) -> str:
    """The column over the annotation `level_name`."""
    return row.level_name


def level_choices(zone: Zone | None) -> list[tuple[str, str]]:
    """Codes and names of a zone's levels, highest first, as its latest policy names them."""
    levels = LadderLevel.objects.filter(version__zone=zone).order_by(
        "-version__number", "is_outside", "-rank_order"
    )
    names: dict[str, str] = {}
    for code, name in levels.values_list("code", "name"):
        names.setdefault(code, name)
    return list(names.items())


def ladder_levels(zone: Zone | None) -> Mapping[str, Level]:
    """A zone's levels by code, as its latest policy has them."""
    version = PolicyVersion.objects.filter(zone=zone).order_by("-number").first()
    return policy_of(version).ladder.by_code if version else {}


def mask_phone(number: str) -> str:
    """138****5678; a short number is hidden as a whole."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 11 else "*" * len(number)


def mask_account(number: str) -> str:
    """The last four digits of an account."""
    return f"****{number[-4:]}" if len(number) > 8 else "*" * len(number)


MASKS: Mapping[str, Callable[[str], str]] = {
    "id_number": mask_id,
    "phone": mask_phone,
    "bank_account": mask_account,
}


def masked(field: str, shown: str) -> str:
    """A value of a person's field as who may not see numbers reads it."""
    return MASKS[field](shown) if field in MASKS and shown not in ("", EMPTY) else shown


def tag(text: str, tone: str = "plain") -> str:
    """A word with the tone of its meaning: up, down, accent (needs a decision) or plain."""
    return format_html('<span class="tag {}">{}</span>', tone, text) if text else ""


def readable(value: Any, words: Mapping[str, str]) -> str:
    """A policy value for reading, nested ones in lines; `words` are the Chinese for keys and codes."""
    if value is None or value in ("", [], {}):
        return EMPTY
    match value:
        case bool():
            return "是" if value else "否"
        case Mapping():
            return "\n".join(_lines(value, words))
        case str():
            return words.get(value, value)
        case Sequence():
            nested = any(isinstance(one, list | dict) for one in value)
            return ("\n" if nested else "、").join(readable(one, words).replace("\n", "；") for one in value)
        case _:
            return str(value)


def _lines(value: Mapping[str, Any], words: Mapping[str, str]) -> list[str]:
    return [
        f"{words.get(key, key)}：{readable(inner, words).replace(chr(10), '；')}"
        for key, inner in value.items()
    ]


def lines(text: str) -> str:
    """A text with its line breaks, for HTML."""
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in text.split("\n")))


def verbose(model: type[Model]) -> str:
    return str(model._meta.verbose_name)
