"""Columns that can be derived again from recorded rows: written in bulk, told by number and hash."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

from .records import adapter_of


class ComputedWriter:
    """Writes columns that can be derived again from recorded rows (scores of leaves, by the million): no
    RowChange for each, but their number and a hash over all of them for the call's event.

    write: (key, values in the order of `names`), values of the fields' Python types.
    """

    def __init__(self, model: type[Model], names: Sequence[str]) -> None:
        by_name = {field.attname: field for field in model._meta.concrete_fields}
        self._names = tuple(names)
        adapters = [adapter_of(by_name[name]) for name in names]
        self._adapters = adapters if any(adapters) else None
        quote = connection.ops.quote_name
        pk = model._meta.pk
        assert pk is not None
        columns = ", ".join(f"{quote(by_name[name].column)} = %s" for name in names)
        self._sql = f"UPDATE {quote(model._meta.db_table)} SET {columns} WHERE {quote(pk.column)} = %s"
        self._hash = hashlib.sha256()
        self.count = 0

    def write(self, rows: Sequence[tuple[int, tuple[Any, ...]]]) -> None:
        """One prepared statement run for all rows of a batch."""
        if not rows:
            return
        if self._adapters is None:
            params: list[Any] = [(*values, key) for key, values in rows]
        else:
            params = [[*_adapted(self._adapters, values), key] for key, values in rows]
        self._hash.update(repr(rows).encode())
        with connection.cursor() as cursor:
            cursor.executemany(self._sql, params)
        self.count += len(rows)

    @property
    def details(self) -> dict[str, Any]:
        """What the event keeps."""
        return {"columns": list(self._names), "rows": self.count, "sha256": self._hash.hexdigest()}


def _adapted(adapters: Sequence[Any], values: Sequence[Any]) -> list[Any]:
    """Values as the driver takes them."""
    return [
        value if adapt is None or value is None else adapt(value)
        for adapt, value in zip(adapters, values, strict=True)
    ]
