"""Amounts as the pages of pay write them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from compensation.models import PayLine
from compensation.rules.figures import number_text, percent_text
from compensation.selectors.pools import PoolUsage
from compensation.selectors.slip_view import post_inside

register = template.Library()
ZERO = mark_safe('<span class="zero">0.00</span>')
PLACES = 2
METER = 20  # parts of the bar


@register.simple_tag
def money(amount: Decimal | None) -> SafeString:
    """An amount in yuan; zero is pale."""
    if not amount:
        return ZERO
    return format_html("{}{}", "−" if amount < 0 else "", f"{abs(amount):,.2f}")


@register.filter
def yuan(amount: Decimal) -> str:
    """An amount inside a sentence: 9,804.33."""
    return f"{amount:,.2f}"


@register.simple_tag
def change(amount: Decimal | int | None, places: int = PLACES) -> SafeString:
    """A difference with its sign and tone: up green, down amber."""
    if not amount:
        return format_html('<span class="zero">{}</span>', f"{0:.{places}f}")
    tone, sign = ("up", "+") if amount > 0 else ("down", "−")
    return format_html('<span class="{}">{}{}</span>', tone, sign, f"{abs(amount):,.{places}f}")


@register.filter
def coefficient(value: Decimal | None) -> str:
    """1.0711, 2.2, 1.0; a dash where there is none."""
    return "—" if value is None else number_text(value)


@register.filter
def own_post(line: PayLine) -> str:
    """A line's post without the name of the unit, which stands beside it."""
    return post_inside(line)


@register.filter
def of(sums: Mapping[str, Any], name: str) -> Any:
    """One of a table of sums."""
    return sums[name]


@register.filter
def percent(share: Decimal) -> str:
    """0.9123 → 91.23%."""
    return percent_text(share)


@register.filter
def share_of(part: Decimal, whole: Decimal) -> str:
    """What a part is of a whole, in per cent."""
    return f"{part * 100 / whole:.2f}%"


@register.inclusion_tag("compensation/usage.html", takes_context=True)
def usage_shown(context: Any, usage: PoolUsage | None) -> dict[str, Any]:
    """The pool of a year and how much of it is used, as a bar: amber from the warning on, red above."""
    found: dict[str, Any] = {"usage": usage, "perms": context.get("perms"), "meter": [], "over": None}
    if usage is None or usage.use is None:
        return found
    use = usage.use
    filled = METER if use.ratio is None else min(METER, int(use.ratio * METER + Decimal("0.5")))
    tone = {"BLOCKED": "over", "WARN": "bad"}.get(use.state.name, "ok")
    found["meter"] = [tone if place < filled else "" for place in range(METER)]
    found["percent"] = "" if use.ratio is None else percent_text(use.ratio)
    found["over"] = -use.left if use.left < 0 else None
    found["state"] = use.state.name
    return found
