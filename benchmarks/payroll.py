"""A month's pay for many people: ours, beside reading the same inputs and writing the same lines alone.

    python benchmarks/payroll.py [PEOPLE …]        (default 613 20000)

Ours is `pay_run_calculate`: inputs read, everybody computed with the terms of each figure, lines and their
history written with the digest and the event. The floor reads the same rows with the same columns and writes
the same lines with `bulk_create`, computing nothing and keeping no history. Both run three times on runs of
their own; the fastest counts. Memory is what Python allocates at its most during a further run of ours;
statements are those of ours, and must not depend on the number of people.
"""

import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import _zone as bench_zone

bench_zone.setup()

from django.db import connection, transaction  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from appointments.models import Appointment, Round  # noqa: E402
from appointments.services import round_create  # noqa: E402
from compensation.models import PayInput, PayLine, PayRun  # noqa: E402
from compensation.services import pay_run_calculate, pay_run_open  # noqa: E402
from reform.access import command_actor  # noqa: E402
from reform.models import Person, Position, Tenure, Unit, Zone  # noqa: E402
from reform.selectors import policy_version_as_of  # noqa: E402
from reform.services import zone_create  # noqa: E402

LIMIT = 3
ROUNDS = 3
PER_POST = 5
LEVELS = ("L70", "L60", "L50", "L40", "L30", "L20")
KINDS = ("SOCIAL", "HOUSING", "TAX")
STARTS = date(2022, 1, 23)
BATCH = 500


def build(people: int) -> Zone:
    """A zone after its round: everybody with a former and a present post, an appointment and three imported
    items a month; one in thirty changed post in the month, one in fifty joined in it."""
    actor = command_actor(None)
    zone = zone_create(code=f"b{people}", name=f"{people}人", actor=actor)
    units = Unit.objects.bulk_create(
        [
            Unit(zone=zone, code=f"{place:04d}", name=f"第{place}部", kind="DEPT", sort_no=place)
            for place in range(people // 40 + 1)
        ]
    )
    positions = Position.objects.bulk_create(
        [
            Position(
                zone=zone,
                unit=units[place // 8 % len(units)],
                code=f"P{place}",
                lineage=f"P{place}",
                title=f"岗位{place}",
                level=LEVELS[place % len(LEVELS)],
                sort_no=place,
            )
            for place in range(people // PER_POST + 2)
        ],
        batch_size=BATCH,
    )
    persons = Person.objects.bulk_create(
        [
            Person(zone=zone, name=f"人{place}", id_number=number, id_number_hash=number, sort_no=place)
            for place, number in ((one, bench_zone.id_number(one)) for one in range(people))
        ],
        batch_size=BATCH,
    )
    _hold(zone, persons, positions)
    months = [f"2022-{3 + number:02d}" for number in range(2 * ROUNDS + 2)]
    for month in months:
        PayInput.objects.bulk_create(
            [
                PayInput(zone=zone, person=one, month=month, kind=kind, amount=Decimal(100 + place % 700))
                for place, one in enumerate(persons)
                for kind in KINDS
            ],
            batch_size=BATCH,
        )
    return zone


def _hold(zone: Zone, persons: list[Person], positions: list[Position]) -> None:
    round_ = round_create(
        zone=zone,
        code="2022",
        name="2022年全员聘任",
        policy=policy_version_as_of(zone, STARTS),
        actor=command_actor(None),
    )
    former, present = [], []
    for place, person in enumerate(persons):
        post = positions[place // PER_POST]
        starts_on = STARTS
        if place % 30 == 7:
            starts_on = date(2022, 3, 10)
        elif place % 50 == 11:
            starts_on = date(2022, 3, 14)
        if place % 50 != 11:
            former.append(
                Tenure(
                    zone=zone,
                    person=person,
                    position=positions[place // PER_POST + 1],
                    held_level=positions[place // PER_POST + 1].level,
                    starts_on=date(2018, 1, 1),
                    ends_before=starts_on,
                )
            )
        present.append(
            Tenure(zone=zone, person=person, position=post, held_level=post.level, starts_on=starts_on)
        )
    Tenure.objects.bulk_create(former, batch_size=BATCH)
    Tenure.objects.bulk_create(present, batch_size=BATCH)
    _appoint(zone, round_, present)


def _appoint(zone: Zone, round_: Round, tenures: list[Tenure]) -> None:
    Appointment.objects.bulk_create(
        [
            Appointment(
                zone=zone,
                round=round_,
                person_id=one.person_id,
                position_id=one.position_id,
                tenure=one,
                held_level=one.held_level,
                state="ACTIVE",
                starts_on=one.starts_on,
                ends_before=date(2025, 1, 23),
                decided_on=STARTS,
            )
            for one in tenures
            if one.starts_on is not None
        ],
        batch_size=BATCH,
    )


def timed(work: Callable[[], Any]) -> float:
    """Seconds of wall clock."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def read(zone: Zone, month: str) -> int:
    """The inputs of a month as ours reads them."""
    rows = [
        Tenure.objects.filter(zone=zone).order_by("person_id", "starts_on", "id").values_list(
            "id", "person_id", "position_id", "held_level", "kind", "starts_on", "ends_before"
        ),
        Appointment.objects.filter(zone=zone, tenure__isnull=False).order_by("id").values_list(
            "tenure_id", "decided_on", "pay_starts_on", "probation_ends_before"
        ),
        Position.objects.filter(zone=zone).order_by("id").values_list(
            "id", "unit_id", "title", "level", "coefficient", "sort_no"
        ),
        Unit.objects.filter(zone=zone).values_list("id", "name", "kind", "parent_id", "sort_no"),
        PayInput.objects.filter(zone=zone, month=month).order_by("id").values_list(
            "person_id", "kind", "amount"
        ),
        Person.objects.filter(zone=zone).order_by().values_list("id", "name", "sort_no"),
    ]  # fmt: skip
    return sum(len(list(one)) for one in rows)


def floor(zone: Zone, run: PayRun, lines: list[PayLine]) -> Callable[[], None]:
    """Reading the inputs and writing the lines alone; the lines are there already."""

    def work() -> None:
        with transaction.atomic():
            read(zone, run.code)
            PayLine.objects.bulk_create(lines, batch_size=BATCH)

    return work


def copies(run: PayRun, lines: list[PayLine]) -> list[PayLine]:
    """The lines of a run for another one, not saved."""
    names = [field.attname for field in PayLine._meta.concrete_fields if not field.primary_key]
    values = [{name: getattr(one, name) for name in names} | {"run_id": run.pk} for one in lines]
    return [PayLine(**one) for one in values]


def memory_of(work: Callable[[], Any]) -> float:
    """The most that Python allocates during some work, in MiB."""
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 2**20


def measure(people: int) -> int:
    """Print the ratio for a number of people; returns how many statements ours takes."""
    zone = build(people)
    actor = command_actor(None)
    months = iter(f"2022-{3 + number:02d}" for number in range(2 * ROUNDS + 2))
    times = []
    for _ in range(ROUNDS):
        run = pay_run_open(zone=zone, code=next(months), actor=actor)
        times.append(timed(lambda run=run: pay_run_calculate(run=run, actor=actor)))  # type: ignore[misc]
    traced = pay_run_open(zone=zone, code=next(months), actor=actor)
    memory = memory_of(lambda: pay_run_calculate(run=traced, actor=actor))
    counted = pay_run_open(zone=zone, code=next(months), actor=actor)
    with CaptureQueriesContext(connection) as statements:
        pay_run_calculate(run=counted, actor=actor)
    lines = list(PayLine.objects.filter(run=counted).order_by("id"))
    floors = []
    for _ in range(ROUNDS):
        run = pay_run_open(zone=zone, code=next(months), actor=actor)
        floors.append(timed(floor(zone, run, copies(run, lines))))
    ratio = min(times) / min(floors)
    verdict = "达到" if ratio <= LIMIT else "未达到"
    print(
        f"{people:,} 人一个月：本系统 {min(times):.2f} 秒，只读写 {min(floors):.2f} 秒，"
        f"倍数 {ratio:.2f}（要求不超过 {LIMIT}，{verdict}）"
    )
    batches = -(-people // BATCH)
    print(
        f"  语句 {len(statements)} 条，其中写入明细按每 {BATCH} 行一条共 {batches} 条；"
        f"最多占用内存 {memory:.0f} MiB"
    )
    return len(statements) - batches


def main() -> None:
    sizes = [int(one) for one in sys.argv[1:]] or [613, 20_000]
    counts = [measure(people) for people in sizes]
    same = "相同" if len(set(counts)) == 1 else "不同"
    print(f"除按批写入明细外的语句：{'、'.join(map(str, counts))}（{same}）")


main()
