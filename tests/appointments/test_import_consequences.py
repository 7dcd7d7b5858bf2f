"""One fault, one error: what follows from a fault that has been reported is no fault of its own."""

import io

import openpyxl
import pytest

from tests.import_cast import (
    POSITION_LAYOUT,
    RESULT_LAYOUT,
    ROSTER_LAYOUT,
    Office,
    id_number,
    people,
    positions,
    posts,
    results,
    roster,
    table_sizes,
)

pytestmark = pytest.mark.django_db

CODED = POSITION_LAYOUT | {"岗位编号": "code"}


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def told(run):
    return [(one["code"], one["file"], one["row"], one["column"]) for one in run.errors]


def without(layout, header):
    return {word: key for word, key in layout.items() if word != header}


def test_missing_column_of_the_roster_is_one_error(office):
    run = office.bring_all(roster=roster(layout=without(ROSTER_LAYOUT, "身份证号")))
    assert told(run) == [("COLUMN_MISSING", "roster.xlsx", 3, "身份证号")]
    assert run.errors[0]["cell"] is None
    assert "已有：序号、姓名、性别、出生年月、原单位、原科室、原岗位、原层级。" in run.errors[0]["hint"]


def test_missing_column_of_the_positions_is_one_error_and_no_warning_of_former_posts(office):
    run = office.bring_all(positions=positions(layout=without(POSITION_LAYOUT, "职数")))
    assert told(run) == [("COLUMN_MISSING", "positions.xlsx", 2, "职数")]
    assert run.warnings == ["KICKOFF_ASSUMED"]


def test_missing_columns_of_the_results_are_each_named(office):
    layout = without(without(RESULT_LAYOUT, "身份证号"), "聘任岗位")
    run = office.bring_all(results=results(layout=layout))
    assert [(one["code"], one["column"]) for one in run.errors] == [
        ("COLUMN_MISSING", "身份证号"),
        ("COLUMN_MISSING", "聘任岗位"),
    ]


def test_same_header_twice_is_one_error(office):
    rows = [one | {"again": one["unit"]} for one in people()]
    run = office.bring_all(results=results(rows, RESULT_LAYOUT | {"聘任 单位": "again"}))
    assert told(run) == [("COLUMN_DUPLICATE", "results.xlsx", 3, "聘任 单位")]


def test_unknown_column_is_a_warning_at_its_cell(office):
    run = office.bring_all(results=results(layout=RESULT_LAYOUT | {"血型": "blood"}))
    assert run.status == 0
    (one,) = [one for one in run.findings if one["code"] == "COLUMN_UNKNOWN"]
    assert (one["level"], one["cell"], one["column"]) == ("warning", "J3", "血型")
    assert one["message"] == "未识别，已忽略。"


def test_position_numbers_that_stand_twice_do_not_make_their_holders_errors(office):
    heads = [one | {"code": f"GW{one['number']:03d}"} for one in posts()]
    heads[3]["code"] = "GW003"
    records = [one | {"code": "GW003" if one["number"] in (3, 4) else None} for one in people()]
    run = office.bring_all(
        positions=positions(heads, CODED), results=results(records, RESULT_LAYOUT | {"岗位编号": "code"})
    )
    assert told(run) == [
        ("POSITION_DUPLICATE", "positions.xlsx", 5, "岗位编号"),
        ("POSITION_DUPLICATE", "positions.xlsx", 6, "岗位编号"),
    ]


def test_faulty_position_named_by_its_number_does_not_make_its_holder_an_error(office):
    heads = [one | {"code": f"GW{one['number']:03d}"} for one in posts()]
    heads[2]["headcount"] = "若干"
    records = [one | {"code": "GW003" if one["number"] == 3 else None} for one in people()]
    run = office.bring_all(
        positions=positions(heads, CODED), results=results(records, RESULT_LAYOUT | {"岗位编号": "code"})
    )
    assert told(run) == [("NUMBER_INVALID", "positions.xlsx", 5, "职数")]


def test_unit_whose_only_position_is_faulty_is_not_unknown(office):
    heads = posts()
    heads[5]["level"] = "不详"
    run = office.bring_all(positions=positions(heads))
    assert told(run) == [("LEVEL_UNKNOWN", "positions.xlsx", 8, "岗位层级")]


def test_person_twice_in_one_roster_is_an_error_in_both_rows_and_nowhere_else(office):
    records = people()
    records[3]["id"] = records[2]["id"]
    run = office.bring_all(roster=roster(records))
    assert told(run) == [
        ("ID_DUPLICATE", "roster.xlsx", 6, "身份证号"),
        ("ID_DUPLICATE", "roster.xlsx", 7, "身份证号"),
    ]


def test_person_in_two_rosters_of_one_upload_is_an_error_in_both(office):
    files = {"p.xlsx": positions(), "a.xlsx": roster(people()[:4]), "b.xlsx": roster(people()[3:])}
    run = office.bring(files | {"x.xlsx": results()})
    assert told(run) == [
        ("ID_DUPLICATE", "a.xlsx", 7, "身份证号"),
        ("ID_DUPLICATE", "b.xlsx", 4, "身份证号"),
    ]
    assert run.errors[0]["message"] == "此人在“b.xlsx”Sheet1第4行也出现。"


def test_wrong_name_in_the_roster_is_not_told_again_in_the_results(office):
    office.bring_all()
    records = people()
    records[2]["name"] = "孙玮"
    run = office.bring_all(roster=roster(records), results=results(records))
    assert told(run) == [("NAME_MISMATCH", "roster.xlsx", 6, "姓名")]


def test_staff_number_of_two_people_is_an_error_in_both_rows(office):
    layout = ROSTER_LAYOUT | {"人员编号": "staff_no"}
    records = [one | {"staff_no": f"{one['number']:04d}"} for one in people()]
    records[3]["staff_no"] = "0003"
    run = office.bring_all(roster=roster(records, layout))
    assert told(run) == [
        ("STAFF_NO_DUPLICATE", "roster.xlsx", 6, "人员编号"),
        ("STAFF_NO_DUPLICATE", "roster.xlsx", 7, "人员编号"),
    ]


def test_staff_number_of_somebody_else_in_the_zone_is_an_error(office):
    layout = ROSTER_LAYOUT | {"人员编号": "staff_no"}
    records = [one | {"staff_no": f"{one['number']:04d}"} for one in people()]
    office.bring_all(roster=roster(records, layout))
    stranger = {"name": "冯军", "id": id_number("19830303", 55), "staff_no": "0003"}
    run = office.bring({"r.xlsx": roster([stranger], layout)})
    assert told(run) == [("STAFF_NO_DUPLICATE", "r.xlsx", 4, "人员编号")]
    assert run.errors[0]["message"] == "系统中这个人员编号属于孙伟。"


def test_two_faults_of_one_row_are_both_told(office):
    records = people()
    records[2] |= {"title": "科座", "term": 0, "starts": "2022-02-30"}
    run = office.bring_all(results=results(records))
    assert told(run) == [
        ("POSITION_UNKNOWN", "results.xlsx", 6, "聘任岗位"),
        ("DATE_INVALID", "results.xlsx", 6, "聘任起始时间"),
        ("TERM_NOT_POSITIVE", "results.xlsx", 6, "聘期(年)"),
    ]


def test_whole_file_checks_count_the_valid_rows_only(office):
    records = people()
    records[6] |= {"title": "副科长", "level": "科室副职", "name": None}  # would be the second of one
    run = office.bring_all(results=results(records))
    assert run.codes == ["NAME_MISSING"]
    assert "PERSON_ABSENT" not in run.warnings


def test_errors_of_all_files_are_told_at_once_and_nothing_is_written(office):
    before = table_sizes()
    heads, cast = posts(), people()
    heads[7]["headcount"] = "x"
    cast[1] |= {"sex": "男"}
    wrong = people()
    wrong[5]["term"] = "长期"
    run = office.bring_all(positions=positions(heads), roster=roster(cast), results=results(wrong))
    assert [(code, file) for code, file, _, _ in told(run)] == [
        ("NUMBER_INVALID", "positions.xlsx"),
        ("SEX_MISMATCH", "roster.xlsx"),
        ("TERM_NOT_INTEGER", "results.xlsx"),
    ]
    assert table_sizes() == before


def test_good_rows_beside_bad_ones_are_counted_as_what_they_would_be(office):
    records = people()
    records[2]["term"] = 0
    run = office.bring_all(results=results(records))
    assert run.counts("appointments") == (7, 0, 0)


def test_formula_without_a_saved_result_and_error_cell_are_told(office):
    book = openpyxl.load_workbook(io.BytesIO(results()))
    book["Sheet1"]["I6"] = "=1+2"
    book["Sheet1"]["F7"] = "#REF!"
    book["Sheet1"]["F7"].data_type = "e"
    out = io.BytesIO()
    book.save(out)
    run = office.bring_all(results=out.getvalue())
    assert [(one["code"], one["cell"], one["value"]) for one in run.errors] == [
        ("CELL_FAULT", "I6", "=1+2"),
        ("CELL_FAULT", "F7", "#REF!"),
    ]
    assert run.status == 1
