"""Leaf scores from stored rows to stored scores: ours, beside a bare loop and bare reading and writing.

    python benchmarks/scoring.py [LEAVES]        (default 1000000)

Ours is `cycle_score`: rules made ready, rows read, scored, compared with what was there and written, with
its event. The loop calls the same scorers over rows that are in memory already. Reading and writing fetches
the same columns of the same rows and stores constants in the columns that ours computes. The ratio is ours to
the sum of both, by the clock and, for a machine that does other things too, by processor time; memory is what
the process takes at its most while ours runs, less what it took before.
"""

import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import _zone as bench_zone

bench_zone.setup()

from django.db import connection, transaction  # noqa: E402

from kpi.models import Cycle, Indicator, Item, Scheme  # noqa: E402
from kpi.selectors.scoring_inputs import item_rows, leaves_of  # noqa: E402
from kpi.services.scores import cycle_score  # noqa: E402
from reform.access import command_actor  # noqa: E402
from reform.selectors import policy_version_as_of  # noqa: E402
from reform.services import zone_create  # noqa: E402

PER_CYCLE = 20_000
CLEAR, STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")
RULES: tuple[tuple[str, dict[str, str]], ...] = (
    ("PROP", {}),
    ("PROP_BONUS", {"step": "1", "per": "0.1", "cap": "1.5"}),
    ("STEP_DEDUCT", {"step": "2", "per": "1"}),
    ("TARGET", {}),
    ("LOWER", {}),
    ("INTERVAL", {"bands": "[0,30):2;[30,80):5;[80,1000]:10"}),
)


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def build(leaves: int) -> list[Cycle]:
    """Cycles of one scheme of 20,000 leaves, as many as there must be."""
    zone = zone_create(code="bench", name="高新区", actor=command_actor(None))
    policy = policy_version_as_of(zone, date(2026, 1, 1))
    scheme = Scheme.objects.create(zone=zone, year=2026, name="2026年考核方案")
    per_cycle = min(leaves, PER_CYCLE)
    Indicator.objects.bulk_create(
        [
            Indicator(
                scheme=scheme,
                level1=f"指标{place}",
                rule=RULES[place % len(RULES)][0],
                parameters=RULES[place % len(RULES)][1],
                full=Decimal(10),
            )
            for place in range(per_cycle)
        ],
        batch_size=2000,
    )
    indicators = list(Indicator.objects.order_by("id").values_list("id", flat=True))
    numbers = Random(7)
    cycles = []
    for place in range(-(-leaves // per_cycle)):
        cycle = Cycle.objects.create(
            zone=zone,
            scheme=scheme,
            policy=policy,
            code=f"{place:04d}",
            period="YEAR",
            starts_on=date(2026, 1, 1),
            ends_before=date(2027, 1, 1),
        )
        Item.objects.bulk_create(
            [
                Item(
                    cycle=cycle,
                    indicator_id=key,
                    full=Decimal(10),
                    target=Decimal(numbers.randrange(1, 100000)) / 100,
                    actual=Decimal(numbers.randrange(0, 100000)) / 100,
                )
                for key in indicators
            ],
            batch_size=2000,
        )
        cycles.append(cycle)
    return cycles


def ours(cycles: list[Cycle]) -> int:
    actor = command_actor(None)
    return sum(cycle_score(cycle=cycle, actor=actor) for cycle in cycles)


def read_and_write(cycles: list[Cycle]) -> None:
    names = ("auto_score", "score", "reason", "unreported")
    columns = ", ".join(f"{name} = %s" for name in names)
    sql = f"UPDATE {Item._meta.db_table} SET {columns} WHERE id = %s"
    for cycle in cycles:
        with transaction.atomic(), connection.cursor() as cursor:
            for rows in item_rows(cycle):
                cursor.executemany(sql, [["7.77", "7.77", "", False, row[0]] for row in rows])


def loop(cycles: list[Cycle]) -> Callable[[], None]:
    """The scorers over figures that are in memory; reading them is not counted."""
    scorers = {key: leaf.scorer for key, (leaf, _) in leaves_of(cycles[0]).items()}
    figures = [row[1:6] for rows in item_rows(cycles[0]) for row in rows]

    def work() -> None:
        for _ in cycles:
            for indicator, full, actual, target, base in figures:
                scorers[indicator](full, actual, target, base)

    return work


def forget_peak() -> None:
    """Linux only: count the most from now on; elsewhere what building took hides what ours takes."""
    if CLEAR.exists():
        CLEAR.write_text("5")


def memory(name: str) -> int:
    """VmHWM: the most memory since forget_peak; VmRSS: what is taken now. In MiB."""
    if not CLEAR.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    lines = STATUS.read_text().splitlines()
    return next(int(one.split()[1]) for one in lines if one.startswith(f"{name}:")) // 1024


def main() -> None:
    leaves = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    cycles = build(leaves)
    read_and_write(cycles)  # the rows are as long as they stay: neither side is measured while they grow
    forget_peak()
    before = memory("VmRSS")
    written = 0

    def run() -> None:
        nonlocal written
        written = ours(cycles)

    total = timed(run)
    most = memory("VmHWM") - before
    arithmetic = timed(loop(cycles))
    reading = timed(lambda: read_and_write(cycles))
    print(f"{written:,} 项得分，多占内存 {most} MiB")
    for name, ours_, bare, rows in zip(("时钟", "处理器"), total, arithmetic, reading, strict=True):
        ratio = ours_ / (bare + rows)
        print(f"按{name}：本系统 {ours_:.1f} 秒；只算 {bare:.1f} 秒；只读写 {rows:.1f} 秒")
        print(f"  本系统 ÷（只算 + 只读写）= {ratio:.2f}（要求不超过 1.5）")


main()
