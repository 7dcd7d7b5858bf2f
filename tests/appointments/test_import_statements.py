"""The number of statements of an import does not grow with its rows, beyond one for a batch of hundreds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.import_cast import Office, command, id_number, positions, results, roster

pytestmark = pytest.mark.django_db

FEW, MANY = 50, 400


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def zone_of(size, unit):
    """Records of `size` people of a unit, ten to a section, each with an own post before and after."""
    return [
        {
            "number": number,
            "name": f"王{'甲乙丙丁戊己庚辛壬癸'[number % 10]}",
            "sex": "男" if number % 2 else "女",
            "birth": "1980.01",
            "id": id_number(
                f"19{50 + len(unit) % 40}01{number % 28 + 1:02d}", number // 28, "男女"[1 - number % 2]
            ),
            "unit": unit,
            "section": f"业务{number // 10}科",
            "title": f"主办{number}",
            "level": "一般主办",
            "headcount": 1,
            "old_unit": f"原{unit}",
            "old_section": f"业务{number // 10}科",
            "old_title": f"主办{number}",
            "old_level": "一般主办",
            "starts": "2022-01-23",
            "term": 3,
        }
        for number in range(1, size + 1)
    ]


def statements(office, *options, **files):
    with CaptureQueriesContext(connection) as queries:
        run = office.bring({f"{name}.xlsx": data for name, data in files.items()}, *options)
    assert run.status == 0, run.errors[:3]
    return len(queries), run


@pytest.mark.parametrize("kind", ["positions", "roster", "results"])
def test_eight_times_the_rows_take_no_more_statements(office, kind):
    make = {"positions": positions, "roster": roster, "results": results}[kind]
    office.bring_all()  # makes the zone and dates the round
    few, many = zone_of(FEW, "招商一局"), zone_of(MANY, "发展改革局")
    makers = {"positions": positions, "roster": roster}
    before = {"positions": [], "roster": ["positions"], "results": ["positions", "roster"]}[kind]
    counts = []
    for records in (few, many):
        for name in before:
            office.bring({f"{name}.xlsx": makers[name](records)})
        with_new, _ = statements(office, x=make(records))
        again, repeated = statements(office, x=make(records))
        assert repeated.facts["written"] is False
        changed = [one | {"term": 2, "headcount": 2, "birth": "1980.02"} for one in records]
        with_changes, corrected = statements(office, x=make(changed))
        assert corrected.facts["files"][0]["changed"] == len(records)
        counts.append((with_new, again, with_changes))
    for small, large in zip(*counts, strict=True):
        assert large <= small + 1


def test_rows_that_are_wrong_take_no_statements_of_their_own(office):
    few, many = zone_of(FEW, "招商局"), zone_of(MANY, "发展改革局")
    office.bring({"p.xlsx": positions(few), "q.xlsx": positions(many)})
    counts = []
    for records in (few, many):
        with CaptureQueriesContext(connection) as queries:
            run = office.bring({"x.xlsx": results([one | {"title": "没有"} for one in records])})
        assert len(run.errors) == 2 * len(records)  # nor is anybody in a roster
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_undo_takes_no_more_statements_for_more_rows(office):
    counts = []
    for size, unit in ((FEW, "招商局"), (MANY, "发展改革局")):
        run = office.bring({"r.xlsx": roster(zone_of(size, unit))})
        with CaptureQueriesContext(connection) as queries:
            assert command("undo_upload", run.facts["upload"]).status == 0
        counts.append(len(queries))
    assert abs(counts[1] - counts[0]) <= 3
