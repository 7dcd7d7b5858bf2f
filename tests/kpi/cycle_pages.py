"""What the tests of a cycle's pages share: addresses, what a form sends, the words of an answer."""

import re
from typing import Any

from django.urls import reverse

from kpi.models import Item

from .casts import Cast


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def at(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=["2022", *args])


def typed(items: list[Item], actual: Any = 95, **more: Any) -> dict[str, Any]:
    """What the report page sends for these leaves."""
    sent: dict[str, Any] = {}
    for one in items:
        sent |= {f"on~{one.pk}": "1", f"actual~{one.pk}": str(actual), f"note~{one.pk}": ""}
    return sent | more


def own(cast: Cast, number: int = 0) -> list[Item]:
    return [one for one in cast.items() if one.indicator.subject_id == cast.units[number].pk]
