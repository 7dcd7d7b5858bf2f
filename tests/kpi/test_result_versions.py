"""Results a second time: nothing, in place, or a new version; who may; and in how many statements."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi.models import (
    Cycle,
    CycleOutcome,
    PersonEntry,
    PersonResult,
    UnitEntry,
    UnitResult,
    Veto,
)
from kpi.selectors.results import cycle_results, result_history, what_if
from kpi.services import (
    PersonScoreEntry,
    cycle_formula_set,
    person_entries_register,
)
from kpi.services.results import results_compute
from reform.errors import Refused
from reform.models import AuditEvent, Tenure
from tests.kpi import casts
from tests.kpi.registered_cast import (
    ALL,
    COLUMNS,
    FORMULA,
    a_registered_cycle,
    a_veto,
    compute,
    nine,
    unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> casts.Cast:
    return casts.a_cast(staff=2)


def test_same_results_again_write_nothing(cast):
    a_registered_cycle(cast, ALL, nine(cast, range(80, 89)))
    first = compute(cast)
    assert (first.units, first.people) == (3, 9)
    events = AuditEvent.objects.count()
    again = compute(cast)
    assert (again.units, again.people) == (0, 0)
    assert AuditEvent.objects.count() == events


def test_before_publication_results_change_in_place(cast):
    a_registered_cycle(cast, ALL, nine(cast, [80] * 9))
    compute(cast)
    UnitEntry.objects.filter(unit=cast.units[0]).update(indicators=90)
    PersonEntry.objects.filter(person=cast.people["规丙"]).delete()
    compute(cast)
    assert set(UnitResult.objects.values_list("version", "current")) == {(1, True)}
    assert unit(cast, "经济发展局").total == 90
    assert not PersonResult.objects.filter(person=cast.people["规丙"]).exists()


def test_after_publication_only_what_differs_gets_a_new_version_with_its_cause(cast):
    a_registered_cycle(cast, ALL, nine(cast, [80] * 9))
    compute(cast)
    Cycle.objects.filter(pk=cast.cycle.pk).update(state="PUBLISHED")
    cast.cycle.refresh_from_db()
    PersonEntry.objects.filter(person=cast.people["招乙"]).update(bonus=3)
    with pytest.raises(Refused, match="须写明由来"):
        compute(cast)
    done = compute(cast, cause="申诉成立")
    history = result_history(cast.cycle, person=cast.people["招乙"])
    assert [(one.version, one.personal, one.cause) for one in history] == [
        (1, Decimal("80.00"), ""),
        (2, Decimal("83.00"), "申诉成立"),
    ]
    # the one who was level with 招乙 lost a place
    assert (done.units, done.people) == (0, 2)
    assert UnitResult.objects.count() == 3
    assert CycleOutcome.objects.filter(cycle=cast.cycle).count() == 1
    assert [one.version for one in cycle_results(cast.cycle).people if one.name == "招乙"] == [2]


def test_results_are_computed_from_scoring_on_by_office_or_leaders(cast):
    casts.a_cycle(cast)
    with pytest.raises(Refused, match="还没有评分"):
        compute(cast)
    a_registered_cycle(cast, {"招商局": 90}, {}, code="2022Q2")
    with pytest.raises(Refused, match="由考核办办理"):
        results_compute(cycle=cast.cycle, actor=cast.supervisor)
    results_compute(cycle=cast.cycle, actor=cast.leader)


def test_collected_cycle_with_personal_scores_takes_everybody_in_post(cast):
    casts.scoring(cast)
    entry = PersonScoreEntry(cast.people["招甲"], {"leader_points": Decimal(3)})
    person_entries_register(cycle=cast.cycle, entries=[entry], actor=cast.office)
    left = cast.people["招丙"]
    Tenure.objects.filter(person=left).update(ends_before=date(2022, 6, 1))
    compute(cast)
    names = set(PersonResult.objects.values_list("person__name", flat=True))
    assert names == set(cast.people) - {"招丙"}


def test_cycle_of_units_only_makes_no_results_of_persons(cast):
    casts.calibrating(cast)
    assert PersonResult.objects.count() == 0


def test_what_if_tells_who_would_move(cast):
    a_registered_cycle(cast, ALL, nine(cast, [99, 98, 97, 80, 80, 80, 80, 80, 80]))
    compute(cast)
    scenarios = what_if(cast.cycle, ["0.1", "0.2", "0.34"])
    assert [one.excellent for one in scenarios] == [0, 1, 3]
    assert [(one.key, one.before, one.after) for one in scenarios[0].moves] == [
        (cast.people["经甲"].pk, "A", "B")
    ]
    assert len(what_if(cast.cycle)) == 3


def statements(cast, **said):
    with CaptureQueriesContext(connection) as caught:
        compute(cast, **said)
    return len(caught)


def test_statement_count_is_the_same_for_nine_times_as_many_people():
    cast = casts.a_cast(staff=8)
    counts = []
    for code, number in (("2022Q1", 3), ("2022Q2", 27)):
        names = list(cast.people)[:number]
        scores = {name: 50 + place for place, name in enumerate(names)}
        a_registered_cycle(cast, dict.fromkeys(ALL, 40), scores, code=code)
        first = statements(cast)
        Cycle.objects.filter(pk=cast.cycle.pk).update(state="PUBLISHED")
        cast.cycle.refresh_from_db()
        PersonEntry.objects.filter(cycle=cast.cycle).update(bonus=1)
        again = statements(cast, cause="申诉成立")
        with CaptureQueriesContext(connection) as caught:
            cycle_results(cast.cycle)
        with CaptureQueriesContext(connection) as tried:
            what_if(cast.cycle)
        counts.append((first, again, len(caught), len(tried)))
    assert counts[0] == counts[1]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    units=st.lists(st.integers(60, 105), min_size=3, max_size=3),
    people=st.lists(st.integers(70, 105), min_size=18, max_size=18),
    vetoed=st.integers(-1, 2),
)
def test_excellent_is_never_above_a_quota_or_the_zones_cap(units, people, vetoed, transactional_cast):
    cast = transactional_cast
    PersonEntry.objects.filter(cycle=cast.cycle).delete()
    Veto.objects.all().delete()
    for row, score in zip(cast.units, units, strict=True):
        UnitEntry.objects.filter(unit=row).update(indicators=score)

    for one, score in zip(cast.people.values(), people, strict=True):
        values = dict.fromkeys(COLUMNS, str(score))
        PersonEntry.objects.create(cycle=cast.cycle, person=one, values=values)
    if vetoed >= 0:
        a_veto(cast, unit=cast.units[vetoed])
    compute(cast)
    results = cycle_results(cast.cycle)
    for quota in results.quotas:
        inside = [one for one in results.people if one.group == quota.group and one.grade == "A"]
        assert len(inside) == quota.used <= quota.quota
    assert sum(one.grade == "A" for one in results.people) <= results.cap == 18 // 5


@pytest.fixture
def transactional_cast():
    cast = casts.a_cast(staff=5)
    a_registered_cycle(cast, ALL, {})
    cycle_formula_set(cycle=cast.cycle, formula=FORMULA, actor=cast.office)
    return cast


def test_published_cycle_keeps_results_through_its_steps(cast):
    cycle = casts.appealing(cast, actual=100)
    assert cycle_results(cycle).units[0].total == 100
    assert CycleOutcome.objects.get(cycle=cycle).version == 1
