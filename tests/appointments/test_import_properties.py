"""What holds for any order of rows and columns, and for any one cell that is wrong."""

import random
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from reform.access import command_actor
from reform.exchange.cells import is_blank, title_key
from reform.exchange.plan import SourceFile, import_files
from tests.import_cast import (
    POSITION_LAYOUT,
    RESULT_LAYOUT,
    ROSTER_LAYOUT,
    SUMMARY,
    figures,
    people,
    positions,
    posts,
    results,
    roster,
)
from tests.workbooks import make_xlsx

pytestmark = pytest.mark.django_db
# Every example is rolled back, so that the database is the same for all of them.
own_database = settings(
    max_examples=settings().max_examples // 2,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

FIRST_ROW = 4
OPTIONAL = {"number", "level", "starts", "term"}
seeds = st.integers(0, 2**32 - 1)
# Whatever a cell can hold: a workbook has no control characters and no half surrogates.
texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=12)
cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**20),
    st.floats(-1e6, 1e20, allow_nan=False),
    st.dates(),
    texts,
    st.sampled_from(
        ["小计", "合计", "注：", "张三", "必填", "#REF!", "=1+1", "2022.1", "2022-02-30", "０", "\n"]
    ),
)


def imported(heads=None, cast=None, decided=None):
    """(outcome, figures) of the three workbooks, rolled back."""
    made = {"p": positions(heads), "r": roster(cast), "x": results(decided)}
    return run({name: data for name, data in made.items()})


def run(files):
    with transaction.atomic():
        outcome = import_files(
            [SourceFile(f"{name}.xlsx", data) for name, data in files.items()],
            actor=command_actor(None),
            now=timezone.now(),
        )
        reached = figures() if outcome.ok and outcome.written else None  # an empty table makes no zone
        transaction.set_rollback(True)
    return SimpleNamespace(outcome=outcome, figures=reached, errors=outcome.errors)


def shuffle(seed, layout, records):
    order = random.Random(seed)
    columns, rows = list(layout.items()), list(records)
    order.shuffle(columns)
    order.shuffle(rows)
    return dict(columns), rows


@own_database
@given(seed=seeds)
def test_order_of_rows_and_columns_changes_nothing(seed):
    files = {
        "p": positions(*reversed(shuffle(seed, POSITION_LAYOUT, posts()))),
        "r": roster(*reversed(shuffle(seed + 1, ROSTER_LAYOUT, people()))),
        "x": results(*reversed(shuffle(seed + 2, RESULT_LAYOUT, people()))),
    }
    done = run(files)
    assert done.errors == []
    assert [one.code for one in done.outcome.warnings] == ["KICKOFF_ASSUMED", "CAPS_EXCEEDED"]
    assert done.outcome.counts == {"created": 24}
    assert done.figures == SUMMARY


@own_database
@given(
    row=st.integers(0, 7), key=st.sampled_from(sorted(set(RESULT_LAYOUT.values()) - {"number"})), value=cells
)
@example(row=2, key="name", value="合计")
@example(row=2, key="unit", value="小计")
@example(row=0, key="name", value="张三")
@example(row=7, key="title", value="注：")
def test_one_wrong_cell_of_the_results_is_an_error_of_its_row_and_of_no_other(row, key, value):
    records = people()
    right = records[row][key]
    assume(not means_the_same(key, value, right))
    records[row][key] = value
    done = imported(decided=records)
    named = {one.row for one in done.errors if one.row}
    if done.errors:
        assert FIRST_ROW + row in named or {one.code for one in done.errors} <= WHOLE, done.errors
        assert named <= {FIRST_ROW + row, *others_with(records, row)}
    else:
        assert key in OPTIONAL or (key == "section" and right is None), (key, value)


# A cell may be wrong without being impossible: another post, at which only the round as a whole goes wrong.
WHOLE = {"OVER_HEADCOUNT", "FALL_TOO_FAR"}


def others_with(records, row):
    """Rows that hold the same ID number: each of a double is an error."""
    return {FIRST_ROW + place for place, one in enumerate(records) if one["id"] == records[row]["id"]}


def means_the_same(key, value, right):
    """A value that reads as the right one, or as a permitted blank, is not wrong."""
    if is_blank(value):
        return key in OPTIONAL or (key == "section" and right is None)
    if key in ("starts", "term") and not isinstance(value, str):
        return True  # a number or a date may be right: what it then means is checked elsewhere
    return right is not None and title_key(str(value)) == title_key(str(right))


@own_database
@given(row=st.integers(0, 7), key=st.sampled_from(sorted(ROSTER_LAYOUT.values())), value=cells)
def test_any_cell_of_a_roster_is_read_or_told_and_never_a_crash(row, key, value):
    records = people()
    records[row][key] = value
    done = imported(cast=records)
    assert done.outcome.ok == (not done.errors)
    assert all(one.row == FIRST_ROW + row or key == "id" for one in done.errors if one.file == "r.xlsx")


@own_database
@given(row=st.integers(0, 7), key=st.sampled_from(sorted(POSITION_LAYOUT.values())), value=cells)
def test_any_cell_of_the_positions_is_read_or_told_and_never_a_crash(row, key, value):
    records = posts()
    records[row][key] = value
    done = imported(heads=records)
    assert done.outcome.ok == (not done.errors)
    assert all(one.message and one.code for one in done.errors)


@own_database
@given(st.lists(st.lists(cells, max_size=8), max_size=14))
def test_sheet_of_anything_is_read_or_refused_and_never_a_crash(rows):
    done = run({"a": make_xlsx({"Sheet1": rows})})
    assert done.outcome.exit_code in (0, 1, 2)


@own_database
@given(
    st.lists(
        st.sampled_from(
            ["姓名", "身份证号", "单位", "科室", "岗位名称", "岗位层级", "职数", "聘任单位", "原岗位", "聘期"]
        ),
        min_size=2,
        max_size=8,
    ),
    st.lists(st.lists(cells, max_size=8), max_size=6),
)
def test_known_headers_over_anything_never_crash(headers, rows):
    done = run({"a": make_xlsx({"Sheet1": [["试验区2022年聘任结果"], headers, *rows]})})
    assert done.outcome.exit_code in (0, 1, 2)
