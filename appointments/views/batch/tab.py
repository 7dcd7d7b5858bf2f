"""What a tab is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest

from appointments.models import Batch
from reform.admin.actions import Action


@dataclass(frozen=True)
class Tab:
    """One part of the work on a batch. permissions: any of them opens it; context: what its template
    (admin/rounds/batch/<key>.html) shows; actions: on selected rows, or on the batch; methods: 任用方式 it
    concerns, none named: all."""

    key: str
    label: str
    permissions: tuple[str, ...]
    context: Callable[[HttpRequest, Batch, date], Mapping[str, Any]]
    actions: tuple[Action, ...] = ()
    methods: frozenset[str] = frozenset()
