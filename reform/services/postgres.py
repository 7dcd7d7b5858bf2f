"""What many rows at once ask of PostgreSQL, by the driver's own cursor; on SQLite there is nothing to do."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


def refresh_statistics(model: type[Model]) -> None:
    """PostgreSQL plans by statistics that autovacuum keeps, and that cannot see an open transaction: a table
    that was empty before a large import is joined row by row, for hours."""
    if connection.vendor != "postgresql":
        return
    assert connection.connection is not None
    with connection.connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def copy_rows(model: type[Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> bool:
    """Append rows by COPY, four times as fast as INSERT; False where the database is another one."""
    if connection.vendor != "postgresql":
        return False
    connection.ensure_connection()
    assert connection.connection is not None
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    sql = f"COPY {connection.ops.quote_name(model._meta.db_table)} ({names}) FROM STDIN"
    with connection.connection.cursor() as cursor, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)
    if connection.queries_logged:  # Django logs only what goes through its own cursors
        connection.queries_log.append({"sql": sql, "time": "0.000"})
    return True
