"""The steps of a cycle take as many statements for forty leaves as for two."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpi.selectors.cycle_facts import cycle_next
from kpi.services import (
    IndicatorEntry,
    actuals_report,
    cycle_create,
    cycle_step,
    indicators_register,
    items_submit,
    items_verify,
)
from tests.kpi import casts

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> casts.Cast:
    return casts.a_cast(staff=0)


def test_statements_of_a_step_do_not_grow_with_the_leaves(cast):
    def statements(code, count):
        entries = [
            IndicatorEntry(
                "经济发展", f"{code}-{n}", subject=cast.units[0], period="QUARTER",
                values={"rule": "PROP", "full": Decimal(100) / count, "data_source": "统计局"},
            )
            for n in range(count)
        ]  # fmt: skip
        indicators_register(scheme=cast.scheme, entries=entries, actor=cast.office)
        cycle = cycle_create(zone=cast.zone, code=code, actor=cast.office)
        with CaptureQueriesContext(connection) as queries:
            cycle_next(cycle, casts.SIGNED)
        return len(queries)

    casts.a_scheme(cast, entries=[])
    assert statements("2022Q1", 2) == statements("2022Q2", 30)


def test_statements_of_scoring_do_not_grow_with_the_leaves(cast):
    unit = cast.units[0]

    def leaves(period, count):
        facts = {"rule": "PROP", "data_source": "统计局", "responsible_unit": unit}
        values = facts | {"full": Decimal(100) / count}
        return [
            IndicatorEntry("发展", f"{n}", subject=unit, period=period, values=values) for n in range(count)
        ]

    def statements(code):
        cast.cycle = None
        cycle = casts.collecting_of(cast, code)
        head = cast.head(unit)
        values = {one.pk: {"actual": Decimal(50)} for one in cast.items()}
        actuals_report(cycle=cycle, values=values, actor=head, on=casts.REPORTED)
        with CaptureQueriesContext(connection) as queries:
            assert items_submit(items=cast.items(), actor=head, on=casts.REPORTED) == []
            cycle_step(cycle=cycle, event="review", actor=cast.office, on=casts.CLOSED)
            assert items_verify(items=cast.items(), actor=cast.checker, on=casts.CLOSED) == []
            cycle_step(cycle=cycle, event="score", actor=cast.office, on=casts.SCORED)
        return len(queries)

    casts.a_scheme(cast, entries=[*leaves("QUARTER", 2), *leaves("MONTH", 40)])
    few, many = statements("2022Q1"), statements("2022-01")
    assert many <= few  # fewer: the accounts know their permissions by then
