"""Each fault under its code, at its row, column and cell, and nothing else called an error."""

import re

import pytest

from tests.import_cast import (
    RESULT_LAYOUT,
    ROSTER_LAYOUT,
    Office,
    id_number,
    people,
    positions,
    posts,
    results,
    roster,
)

pytestmark = pytest.mark.django_db

FIRST_ROW = 4  # of the data in the cast's roster and results; 3 in its positions


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def told(run):
    return [(one["code"], one["cell"], one["column"], one["value"]) for one in run.errors]


def with_wrong(records, row, **values):
    """The records with values of the one in this row of the sheet replaced."""
    records = [dict(one) for one in records]
    records[row - FIRST_ROW] |= values
    return records


def _id_of(number):
    return people()[number - 1]["id"]


BAD_CHECK = _id_of(3)[:-1] + ("0" if _id_of(3)[-1] != "0" else "1")
NO_SUCH_DAY = id_number("19800231", 3)
STRANGER = id_number("19800101", 77)


@pytest.mark.parametrize(
    ("values", "code", "cell"),
    [
        ({"id": _id_of(3)[:-1]}, "ID_LENGTH", "C6"),
        ({"id": _id_of(3)[2:8] + "800101123"}, "ID_LENGTH", "C6"),
        ({"id": BAD_CHECK}, "ID_CHECKSUM", "C6"),
        ({"id": NO_SUCH_DAY}, "ID_DATE", "C6"),
        ({"id": id_number("20991231", 3)}, "ID_DATE", "C6"),
        ({"id": int(_id_of(1)[:17] + "0")}, "ID_AS_NUMBER", "C6"),
        ({"id": "4.19700198011E+17"}, "ID_AS_NUMBER", "C6"),
        ({"id": "419700********0311"}, "ID_MASKED", "C6"),
        ({"id": None}, "ID_MISSING", "C6"),
        ({"id": STRANGER}, "PERSON_UNKNOWN", "C6"),
        ({"name": None}, "NAME_MISSING", "B6"),
        ({"name": "孙尾"}, "NAME_MISMATCH", "B6"),
        ({"name": "孙1"}, "NAME_INVALID", "B6"),
        ({"unit": "招商居"}, "UNIT_UNKNOWN", "D6"),
        ({"unit": None}, "VALUE_MISSING", "D6"),
        ({"section": "综和科"}, "POSITION_UNKNOWN", "E6"),
        ({"title": "科座"}, "POSITION_UNKNOWN", "F6"),
        ({"level": "科室政职"}, "LEVEL_UNKNOWN", "G6"),
        ({"level": "科室副职"}, "LEVEL_MISMATCH", "G6"),
        ({"starts": "2022-02-30"}, "DATE_INVALID", "H6"),
        ({"starts": 2022.1}, "DATE_INVALID", "H6"),
        ({"starts": "2022-01-01"}, "DATE_BEFORE_ROUND", "H6"),
        ({"term": "两年半"}, "TERM_NOT_INTEGER", "I6"),
        ({"term": 2.5}, "TERM_NOT_INTEGER", "I6"),
        ({"term": 0}, "TERM_NOT_POSITIVE", "I6"),
        ({"term": -3}, "TERM_NOT_POSITIVE", "I6"),
        ({"term": 300}, "TERM_TOO_LONG", "I6"),
    ],
)
def test_fault_of_a_result_is_told_at_its_cell_and_alone(office, values, code, cell):
    run = office.bring_all(results=results(with_wrong(people(), 6, **values)))
    header = list(RESULT_LAYOUT)["ABCDEFGHI".index(cell[0])]
    (value,) = values.values()
    assert [(one["code"], one["cell"], one["row"], one["column"]) for one in run.errors] == [
        (code, cell, 6, header)
    ]
    if code != "ID_AS_NUMBER":  # Excel has lost its last digits
        assert run.errors[0]["value"] == ("" if value is None else str(value))
    assert run.status == 1
    assert re.search("[\u4e00-\u9fff]", run.errors[0]["message"])
    assert run.errors[0]["hint"]


def test_near_name_is_proposed(office):
    heads = posts()
    heads[6]["unit"] = heads[7]["unit"] = "高新投资发展集团有限公司"
    records = people()
    records[4]["unit"] = "高新投资发展集团"
    run = office.bring_all(positions=positions(heads), results=results(records))
    assert told(run) == [("UNIT_UNKNOWN", "D8", "聘任单位", "高新投资发展集团")]
    assert run.errors[0]["message"] == "岗位设置表中没有“高新投资发展集团”这个单位。"
    assert run.errors[0]["hint"] == "是否为“高新投资发展集团有限公司”？"


def test_all_rows_of_a_double_are_errors_and_nobody_else(office):
    run = office.bring_all(results=results(with_wrong(people(), 8, id=_id_of(3))))
    assert told(run) == [
        ("ID_DUPLICATE", "C6", "身份证号", _id_of(3)),
        ("ID_DUPLICATE", "C8", "身份证号", _id_of(3)),
    ]
    assert run.errors[0]["message"] == "同一身份证号出现2次：孙伟（第6行）、周强（第8行）。"


def test_person_in_two_sheets_of_results_is_named_with_both_places(office):
    again = [people()[2] | {"title": "主办", "level": "一般主办"}]
    files = {"p.xlsx": positions(), "r.xlsx": roster(), "x.xlsx": results(), "y.xlsx": results(again)}
    run = office.bring(files)
    (fault,) = run.errors
    assert (fault["code"], fault["file"], fault["row"], fault["column"]) == (
        "PERSON_TWICE",
        "y.xlsx",
        4,
        None,
    )
    assert fault["message"] == (
        "孙伟在“x.xlsx”Sheet1第6行聘为招商局·综合科·科长，又在“y.xlsx”Sheet1第4行聘为招商局·综合科·主办。"
    )
    assert [one["name"] for one in fault["persons"]] == ["孙伟"]
    assert fault["persons"][0]["id_masked"] == _id_of(3)[:6] + "********" + _id_of(3)[-4:]
    assert fault in run.facts["findings"]


def test_post_over_its_headcount_names_post_figures_and_persons(office):
    run = office.bring_all(results=results(with_wrong(people(), 10, title="副科长", level="科室副职")))
    (fault,) = run.errors
    assert fault["code"] == "OVER_HEADCOUNT"
    assert (fault["row"], fault["column"], fault["limit"], fault["actual"]) == (None, None, 1, 2)
    assert fault["message"] == "“招商局·综合科·副科长”职数1个，聘任2人：李娜、郑洋。"
    assert [one["name"] for one in fault["persons"]] == ["李娜", "郑洋"]
    assert fault in run.facts["findings"]


def test_fall_of_more_than_one_level_is_told_at_its_row(office):
    run = office.bring_all(results=results(with_wrong(people(), 7, title="主办", level="一般主办")))
    (fault,) = run.errors
    assert (fault["code"], fault["file"], fault["cell"]) == ("FALL_TOO_FAR", "results.xlsx", "F7")
    assert (fault["limit"], fault["actual"]) == (1, 2)
    assert fault["message"].startswith(
        "李娜由招商局·综合科·科长（科室正职）降为招商局·综合科·主办（一般主办），降2级"
    )
    assert fault in run.facts["findings"]


@pytest.mark.parametrize(
    ("values", "code", "cell"),
    [
        ({"sex": "女"}, "SEX_MISMATCH", "C6"),
        ({"sex": "武"}, "CODE_UNKNOWN", "C6"),
        ({"id": BAD_CHECK}, "ID_CHECKSUM", "E6"),
        ({"name": None}, "NAME_MISSING", "B6"),
        ({"birth": "1980.13"}, "DATE_INVALID", "D6"),
        ({"old_unit": None}, "BASELINE_INCOMPLETE", "F6"),
        ({"old_title": None}, "BASELINE_INCOMPLETE", "H6"),
        ({"old_level": None}, "BASELINE_INCOMPLETE", "I6"),
        ({"old_level": "科员级"}, "LEVEL_UNKNOWN", "I6"),
    ],
)
def test_fault_of_a_roster_is_told_once_and_has_no_consequence_in_the_results(office, values, code, cell):
    run = office.bring_all(roster=roster(with_wrong(people(), 6, **values)))
    header = list(ROSTER_LAYOUT)["ABCDEFGHI".index(cell[0])]
    assert [(one["code"], one["file"], one["cell"], one["column"]) for one in run.errors] == [
        (code, "roster.xlsx", cell, header)
    ]


def test_birth_that_differs_is_a_warning_and_kept_as_written(office):
    run = office.bring_all(roster=roster(with_wrong(people(), 6, birth="1981.11")))
    assert run.status == 0
    (one,) = [one for one in run.findings if one["code"] == "BIRTH_MISMATCH"]
    assert (one["level"], one["cell"], one["value"]) == ("warning", "D6", "1981.11")


@pytest.mark.parametrize(
    ("values", "code", "cell"),
    [
        ({"level": "科室政职"}, "LEVEL_UNKNOWN", "E5"),
        ({"level": None}, "VALUE_MISSING", "E5"),
        ({"headcount": "若干"}, "NUMBER_INVALID", "F5"),
        ({"headcount": -1}, "NUMBER_NEGATIVE", "F5"),
        ({"headcount": None}, "VALUE_MISSING", "F5"),
        ({"title": None}, "VALUE_MISSING", "D5"),
        ({"unit": None}, "VALUE_MISSING", "B5"),
    ],
)
def test_fault_of_a_position_is_told_once_and_has_no_consequence_in_the_results(office, values, code, cell):
    heads = posts()
    heads[2] |= values
    run = office.bring_all(positions=positions(heads))
    assert [(one["code"], one["file"], one["cell"]) for one in run.errors] == [(code, "positions.xlsx", cell)]
    assert run.warnings == ["KICKOFF_ASSUMED"]  # nor is the former post called lacking
