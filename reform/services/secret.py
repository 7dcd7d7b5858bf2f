"""The writer of secret ballots: rows that nobody can tie to whoever wrote them.

The one writer besides `records` and `uploads`, and the only one that leaves neither an AuditEvent nor a
RowChange: either would say who wrote when.
"""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Model, QuerySet

from reform.errors import StaleState

from .records import BATCH


@transaction.atomic
def save_secret(rows: Sequence[Model], *, among: QuerySet[Any], done: QuerySet[Any], flag: str) -> None:
    """Write new rows of one model with random keys, and set a flag on the rows that asked for them.

    among: the rows stored already that the new ones are hidden among; they are written again together, all
    with new keys and in the order of these, so that no key, no place in the table and no number of a
    transaction tells which came together.  done: one row for each new one; raises StaleState where another
    call was first.  Callers hold a lock, so that no two of them mix the same rows.
    """
    if done.filter(**{flag: False}).update(**{flag: True}) != len(rows):
        raise StaleState("这些已经提交过了。请刷新后再看。")
    mixed = [*among, *rows]
    among.delete()
    for row in mixed:
        row.pk = uuid4()
    mixed.sort(key=lambda row: row.pk)
    type(rows[0])._default_manager.bulk_create(mixed, batch_size=BATCH)
