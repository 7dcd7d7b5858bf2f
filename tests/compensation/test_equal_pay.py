"""打破平均主义: the spread within each level before the reform and now."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compensation.models import FormerPay
from compensation.selectors import equal_pay_proof
from compensation.services import (
    ArchivedPayEntry,
    FormerPayEntry,
    archived_pays_register,
    former_pays_register,
)
from reform.errors import Refused
from reform.models import ArchivedStatus
from tests.compensation.casts import Cast, a_cast
from tests.compensation.pay_values import yuan

pytestmark = pytest.mark.django_db
ON = date(2022, 12, 31)
BEFORE = date(2021, 12, 31)


@pytest.fixture
def cast() -> Cast:
    """Three officers with the same former pay; their grades differ."""
    made = a_cast()
    for name in ("甲", "乙", "丙"):
        made.join(name, "L30")
    former_pays_register(
        zone=made.zone,
        entries=[FormerPayEntry(one, yuan("3,500.00"), BEFORE, "L30") for one in made.people.values()],
        actor=made.office,
    )
    made.results(units={"甲局": "90.00"}, grades={"甲": "A", "乙": "B", "丙": "C"})
    return made


def test_equal_former_pay_and_different_grades_prove_it(cast: Cast):
    cast.run("2022-12")
    found = equal_pay_proof(cast.zone, ON)
    (level,) = found.levels
    assert level.level == "L30"
    assert level.before is not None
    assert level.after is not None
    assert (level.before.gini, level.before.ratio) == (0, 1)
    assert (level.after.lowest, level.after.median, level.after.highest) == (
        yuan("3,360.00"),
        yuan("4,000.00"),
        yuan("4,320.00"),
    )
    assert level.is_wider
    assert found.whole.after is not None
    assert found.whole.after.count == 3
    assert (found.run and found.run.code, found.results_code, found.without_former) == ("2022-12", "2022", 0)


def test_the_sealed_pay_stands_in_where_no_former_pay_was_uploaded(cast: Cast):
    one = cast.join("丁", "L50")
    archived_pays_register(
        zone=cast.zone, entries=[ArchivedPayEntry(one, yuan("4,200.50"))], actor=cast.office
    )
    cast.run("2022-12")
    found = {person.person_id: person for person in equal_pay_proof(cast.zone, ON).people}
    assert (found[one.pk].before, found[one.pk].source) == (yuan("4,200.50"), "封存的档案工资")
    assert found[one.pk].level_before == "L50"
    assert found[cast.people["甲"].pk].source == "改革前工资表"


def test_sealed_pay_is_kept_encrypted(cast: Cast):
    archived_pays_register(
        zone=cast.zone, entries=[ArchivedPayEntry(cast.people["甲"], yuan("4,200.50"))], actor=cast.office
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT archived_pay FROM {ArchivedStatus._meta.db_table}")
        ((stored,),) = cursor.fetchall()
    assert "4200" not in stored


def test_before_the_first_month_only_the_former_side_is_there(cast: Cast):
    found = equal_pay_proof(cast.zone, ON)
    assert found.run is None
    assert found.levels[0].after is None
    assert found.whole.gini is None


def test_the_latest_former_pay_counts_and_the_same_sheet_changes_nothing(cast: Cast):
    entry = FormerPayEntry(cast.people["甲"], yuan("3,600.00"), date(2022, 1, 1), "L40", "表1")
    assert former_pays_register(zone=cast.zone, entries=[entry], actor=cast.office) == (1, 0)
    assert former_pays_register(zone=cast.zone, entries=[entry], actor=cast.office) == (0, 0)
    found = {one.person_id: one for one in equal_pay_proof(cast.zone, ON).people}
    person = found[cast.people["甲"].pk]
    assert (person.before, person.level_before) == (yuan("3,600.00"), "L40")
    assert FormerPay.objects.count() == 4


def test_amounts_that_no_column_holds_are_refused(cast: Cast):
    entry = FormerPayEntry(cast.people["甲"], Decimal("1.005"), BEFORE)
    with pytest.raises(Refused, match="甲的金额须为不小于 0、最多两位小数的数，现为 1"):
        former_pays_register(zone=cast.zone, entries=[entry], actor=cast.office)


def test_statements_do_not_grow_with_the_people(cast: Cast):
    cast.run("2022-11")
    with CaptureQueriesContext(connection) as few:
        equal_pay_proof(cast.zone, ON)
    for number in range(10):
        cast.join(f"人{number}", "L30", f"第{number}局")
    cast.run("2022-12")
    with CaptureQueriesContext(connection) as many:
        equal_pay_proof(cast.zone, ON)
    assert len(many) == len(few)
