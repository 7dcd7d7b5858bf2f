"""One 聘任结果 sheet, rehearsed and confirmed: ours, stock django-import-export, and the floor, as ratios.

    python benchmarks/import_rows.py [ROWS ...]        (default 613 10000)

Ours does all checks and writes appointments, tenures, history and events, twice (rehearsal and confirm).
Stock is a
ModelResource in its default settings over the same workbook and the same table, dry run and confirm; it
writes
appointments only. The floor is reading the workbook and bulk_create of the same appointments, once each way.
"""

import io
import sys
import time
from collections.abc import Callable
from typing import Any

import _zone as bench_zone

bench_zone.setup()

from django.db import connection, transaction  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402
from import_export import fields, resources, widgets  # noqa: E402
from openpyxl import load_workbook  # noqa: E402
from tablib import Dataset  # noqa: E402

from appointments.models import Appointment, Round  # noqa: E402
from reform.access import command_actor  # noqa: E402
from reform.dated import add_years  # noqa: E402
from reform.exchange.context import Options  # noqa: E402
from reform.exchange.plan import SourceFile, import_files  # noqa: E402
from reform.exchange.reading import read_workbook  # noqa: E402
from reform.fields import keyed_hash  # noqa: E402
from reform.models import Person, Position, Upload  # noqa: E402
from reform.services import upload_undo  # noqa: E402


def timed(work: Callable[[], Any]) -> float:
    """Seconds of wall clock."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def take(names: list[bytes], zone: str) -> None:
    for place, data in enumerate(names):
        outcome = import_files(
            [SourceFile(f"{place}.xlsx", data)],
            actor=command_actor(None),
            now=timezone.now(),
            options=Options(zone=zone, round="2022"),
        )
        assert outcome.written, [finding.message for finding in outcome.errors[:5]]


def ours(data: bytes, zone: str) -> None:
    options = Options(zone=zone, round="2022")
    files = [SourceFile("3.xlsx", data)]
    now = timezone.now()
    rehearsal = import_files(files, actor=command_actor(None), now=now, options=options, check=True)
    assert rehearsal.ok
    import_files(files, actor=command_actor(None), now=now, options=options, expected_digest=rehearsal.digest)


class _ByHash(widgets.ForeignKeyWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return self.get_queryset(value, row).get(id_number_hash=keyed_hash(value))


class _ByPlace(widgets.ForeignKeyWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return self.get_queryset(value, row).get(
            unit__parent__name=row["聘任单位"], unit__name=row["聘任科室"], title=value, setup__isnull=False
        )


class StockResource(resources.ModelResource):
    """What the stock library offers: one row at a time, in its default settings."""

    person = fields.Field("person", "公民身份号码", widget=_ByHash(Person, "id"))
    position = fields.Field("position", "聘任岗位", widget=_ByPlace(Position, "id"))
    starts_on = fields.Field("starts_on", "聘任起始时间", widget=widgets.DateWidget("%Y-%m-%d"))

    class Meta:
        model = Appointment
        fields = ("person", "position", "starts_on")
        import_id_fields = ("person",)

    def before_save_instance(self, instance: Appointment, row: Any, **kwargs: Any) -> None:
        instance.zone, instance.round = kwargs["round_"].zone, kwargs["round_"]
        instance.held_level, instance.state = instance.position.level, "ACTIVE"
        instance.ends_before = add_years(instance.starts_on, 3)


def stock(data: bytes, round_: Round) -> None:
    sheet = load_workbook(io.BytesIO(data), read_only=True).active
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    resource = StockResource()
    for dry_run in (True, False):
        dataset = Dataset(*rows[1:], headers=rows[0])
        result = resource.import_data(dataset, dry_run=dry_run, raise_errors=True, round_=round_)
        assert not result.has_errors()


def floor(data: bytes, round_: Round) -> None:
    people = dict(Person.objects.filter(zone=round_.zone).values_list("id_number_hash", "id"))
    posts = {
        (unit, section, title): (key, level)
        for unit, section, title, key, level in Position.objects.filter(setup=round_.setup).values_list(
            "unit__parent__name", "unit__name", "title", "id", "level"
        )
    }
    for keep in (False, True):
        rows = read_workbook("3.xlsx", data)[0].rows[3:]
        on = round_.effective_on or timezone.localdate()
        with transaction.atomic():
            Appointment.objects.bulk_create(
                Appointment(
                    zone=round_.zone,
                    round=round_,
                    person_id=people[keyed_hash(str(row[2]))],
                    position_id=posts[row[3], row[4], row[5]][0],
                    held_level=posts[row[3], row[4], row[5]][1],
                    state="ACTIVE",
                    starts_on=on,
                    ends_before=add_years(on, 3),
                )
                for row in rows
            )
            transaction.set_rollback(not keep)


def undo(zone: str) -> None:
    upload = Upload.objects.filter(zone__code=zone, undone_at=None).order_by("-id").first()
    assert upload is not None
    upload_undo(upload=upload, actor=command_actor(None), at=timezone.now())


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Appointment._meta.db_table}")


def measure(rows: int) -> None:
    from reform.services import zone_create

    zone = f"z{rows}"
    zone_create(code=zone, name="高新区", actor=command_actor(None))
    positions, roster, results = bench_zone.files(rows)
    take([positions, roster], zone)
    round_ = Round.objects.get(zone__code=zone)
    ours_time = timed(lambda: ours(results, zone))
    undo(zone)
    with CaptureQueriesContext(connection) as queries:
        ours(results, zone)
    undo(zone)
    round_.refresh_from_db()
    round_.effective_on = timezone.localdate().replace(year=2022, month=1, day=23)
    floor_time = timed(lambda: floor(results, round_))
    clear()
    stock_time = timed(lambda: stock(results, round_))
    clear()
    print(
        f"{rows} 行：本系统 {ours_time:.2f} 秒（{len(queries)} 条语句），"
        f"django-import-export {stock_time:.2f} 秒，下限（读表＋批量写） {floor_time:.2f} 秒"
    )
    print(
        f"    比 django-import-export 快 {stock_time / ours_time:.1f} 倍；"
        f"为下限的 {ours_time / floor_time:.1f} 倍"
    )


if __name__ == "__main__":
    for count in [int(text) for text in sys.argv[1:]] or [613, 10_000]:
        measure(count)
