"""RowChanges for reading: which row, which field, from what to what, in the labels of the forms."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import CharField, DecimalField, Field, ForeignKey, JSONField, Model, TextField
from django.http import HttpRequest
from django.urls import reverse

from reform.access import account_name
from reform.fields import EncryptedField
from reform.models import AuditEvent, RowChange, Zone
from reform.services.looks import look_record

from .display import EMPTY, last_day_of, level_choices, readable

HIDDEN = {"zone", "id_number_hash", "sort_no", "lineage"}
LEVELS = {"level", "held_level"}
ENCRYPTED, WITHHELD = "已加密", "无权查看"
# What a row's name is made of.
NAMED_BY: Mapping[str, tuple[str, ...]] = {
    "reform.Position": ("unit__parent",),
    "reform.Unit": ("parent",),
    "reform.UnitLineage": ("predecessor", "successor"),
    "reform.PolicyVersion": ("zone",),
}


@dataclass(frozen=True)
class FieldChange:
    """One field: `old` and `new` as a clerk reads them."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class RowView:
    """One changed row: `kind` 新增, 修改 or 删除; `address` '' where the user has no page for it."""

    event: AuditEvent
    table: str
    name: str
    address: str
    kind: str
    fields: Sequence[FieldChange]


def describe(changes: Iterable[RowChange], request: HttpRequest, zone: Zone | None) -> list[RowView]:
    """Changes in the order given, in a number of statements that does not grow with them. Amounts that only
    some may read are shown to those, and the look leaves an event."""
    rows = list(changes)
    tables = Counter(
        str(model._meta.verbose_name)
        for model in (apps.get_model(one.model) for one in rows)
        if getattr(model, "read_permission", "") and request.user.has_perm(model.read_permission)  # type: ignore[union-attr]
    )
    if tables:
        told = "、".join(f"{table}{count}行" for table, count in tables.items())
        look_record(zone=zone, actor=request.user, action="查看变更记录", subject=told)  # type: ignore[arg-type]
    return _Reader(rows, request, zone).views()


class _Reader:
    def __init__(self, changes: list[RowChange], request: HttpRequest, zone: Zone | None) -> None:
        self.changes = changes
        self.request = request
        self.levels = dict(level_choices(zone))
        self.rows = self._load(self._own_keys())
        self.targets = self._load(self._foreign_keys())

    def views(self) -> list[RowView]:
        return [self._view(change) for change in self.changes]

    def _own_keys(self) -> dict[type[Model], set[int]]:
        keys: dict[type[Model], set[int]] = defaultdict(set)
        for change in self.changes:
            keys[apps.get_model(change.model)].add(change.key)
        return keys

    def _foreign_keys(self) -> dict[type[Model], set[int]]:
        keys: dict[type[Model], set[int]] = defaultdict(set)
        for change in self.changes:
            for name, field in _fields(apps.get_model(change.model)).items():
                if isinstance(field, ForeignKey) and field.name not in HIDDEN:
                    for values in (change.before, change.after):
                        if values and values.get(name) is not None:
                            keys[field.related_model].add(values[name])  # type: ignore[index]
        return keys

    def _load(self, wanted: Mapping[type[Model], set[int]]) -> dict[type[Model], dict[int, Model]]:
        found = {}
        for model, keys in wanted.items():
            paths = NAMED_BY.get(model._meta.label, ())
            if any(field.name == "person" for field in model._meta.concrete_fields):
                paths = (*paths, "person")
            found[model] = model._default_manager.select_related(*paths).in_bulk(keys)
        return found

    def _view(self, change: RowChange) -> RowView:
        model = apps.get_model(change.model)
        kind = "新增" if change.before is None else "删除" if change.after is None else "修改"
        row = self.rows[model].get(change.key)
        return RowView(
            change.event,
            str(model._meta.verbose_name),
            _name(row) if row else self._former_name(change, model),
            self._address(model, change.key) if row else "",
            kind,
            self._field_changes(change, model, kind),
        )

    def _former_name(self, change: RowChange, model: type[Model]) -> str:
        """The name of a row that is no more, from its last values."""
        values = change.before or change.after or {}
        for name in ("name", "title", "person_id"):
            if values.get(name):
                return self._shown(_fields(model)[name], values[name])
        return f"{change.key}号"

    def _address(self, model: type[Model], key: int) -> str:
        options = model._meta
        if model not in admin.site._registry:
            return ""
        if not self.request.user.has_perm(f"{options.app_label}.view_{options.model_name}"):  # type: ignore[union-attr]
            return ""
        return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[key])

    def _withholds(self, model: type[Model], field: Field[Any, Any]) -> bool:
        """Whether a value is kept from the user: of a model that names who may read its amounts
        (`read_permission`), amounts and free words are for those only."""
        needed = getattr(model, "read_permission", "")
        if not needed or self.request.user.has_perm(needed):  # type: ignore[union-attr]
            return False
        words = isinstance(field, CharField | TextField) and not field.choices
        return words or isinstance(field, DecimalField | JSONField)

    def _field_changes(self, change: RowChange, model: type[Model], kind: str) -> list[FieldChange]:
        before, after = change.before or {}, change.after or {}
        labels = getattr(admin.site._registry.get(model), "labels", {})
        found = []
        for name, field in _fields(model).items():
            if field.name in HIDDEN or (name not in before and name not in after):
                continue
            old, new = self._shown(field, before.get(name)), self._shown(field, after.get(name))
            if self._withholds(model, field):
                old, new = (one if one == EMPTY else WITHHELD for one in (old, new))
            if kind == "修改" or (old, new) != (EMPTY, EMPTY):
                label = labels.get(field.name) or str(field.verbose_name)
                found.append(FieldChange(label, old if kind != "新增" else "", new if kind != "删除" else ""))
        return found

    def _shown(self, field: Field[Any, Any], value: Any) -> str:
        if value is None or value == "":
            return EMPTY
        if isinstance(field, EncryptedField):
            return ENCRYPTED
        if isinstance(field, ForeignKey):
            row = self.targets.get(field.related_model, {}).get(value)  # type: ignore[arg-type]
            return _name(row) if row else f"{value}号"
        if field.name in LEVELS:
            return self.levels.get(value, value)
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if field.name.endswith("_before"):
            return str(last_day_of(date.fromisoformat(str(value)[:10])))
        if isinstance(field, JSONField) or isinstance(value, bool):
            return readable(value, {})
        return str(value)


def _fields(model: type[Model]) -> dict[str, Field[Any, Any]]:
    return {field.attname: field for field in model._meta.concrete_fields if not field.primary_key}


def _name(row: Model) -> str:
    """A row as people speak of it; what belongs to a person goes by the person's name."""
    if isinstance(row, AbstractBaseUser):
        return account_name(row)
    person = getattr(row, "person", None)
    return str(person if person is not None else row)
