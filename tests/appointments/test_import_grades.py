"""年度考核 in rosters and sheets of applications: read as facts, never against a final grade, undone."""

import pytest

from reform.models import AnnualGrade, Person, RowChange
from tests.application_cast import MEN, forms
from tests.import_cast import ROSTER_LAYOUT, Office, command, dump, people, positions, roster

pytestmark = pytest.mark.django_db
YEARS = ROSTER_LAYOUT | {"2018年": "y2018", "2017年": "y2017", "2016年": "y2016"}
WRONG = {"李娜": "良"}


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    assert office.bring({"p.xlsx": positions()}, "--round", "2022").status == 0
    return office


def with_grades(**more):
    """The cast, 李娜 with what is given."""
    return [one | (more if one["name"] == "李娜" else {}) for one in people()]


def bring(office, layout=YEARS, name="花名册.xlsx", **more):
    return office.bring({name: roster(with_grades(**more), layout)})


def known(name="李娜"):
    rows = AnnualGrade.objects.filter(person__name=name).order_by("year")
    return dict(rows.values_list("year", "grade"))


def test_one_column_a_year_becomes_facts_with_the_workbook_as_source(office):
    run = bring(office, y2018="优秀", y2017="合格", y2016="基本称职")
    assert run.status == 0, run.errors
    assert known() == {2016: "C", 2017: "B", 2018: "A"}
    assert set(AnnualGrade.objects.values_list("document_no", flat=True)) == {"工作簿：花名册.xlsx"}
    assert AnnualGrade.objects.count() == 3
    assert "COLUMN_UNKNOWN" not in run.warnings


def test_the_same_file_twice_changes_nothing(office):
    bring(office, y2018="优秀")
    before = dump()
    run = bring(office, y2018="优秀")
    assert (run.status, run.facts["written"]) == (0, False)
    assert dump() == before


def test_a_grade_that_contradicts_a_final_one_is_an_error_at_its_cell(office):
    bring(office, y2018="优秀", y2017="称职")
    run = bring(office, y2018="称职", y2017="称职")
    (fault,) = run.errors
    assert (run.status, fault["code"], fault["column"]) == (1, "GRADE_CONFLICT", "2018年")
    assert fault["message"] == "系统中2018年的等次是“优秀”，这里是“称职（合格）”。"
    assert known() == {2017: "B", 2018: "A"}


def test_a_word_that_is_no_grade_is_an_error_where_the_column_has_grades(office):
    run = office.bring(
        {
            "r.xlsx": roster(
                [one | {"y2018": "良" if one["name"] == "李娜" else "称职"} for one in people()], YEARS
            )
        }
    )
    assert run.codes == ["GRADE_UNKNOWN"]
    assert not AnnualGrade.objects.exists()


def test_a_year_over_anything_else_stays_an_unknown_column(office):
    run = bring(office, y2018="3.5万元")
    assert run.status == 0
    assert run.warnings.count("COLUMN_UNKNOWN") == 3
    assert not AnnualGrade.objects.exists()


@pytest.mark.parametrize(
    ("header", "text", "found"),
    [
        ("近三年考核", "2019优秀、2020称职、2021称职", {2019: "A", 2020: "B", 2021: "B"}),
        ("近三年考核（2019-2021）", "优秀,称职,称职", {2019: "A", 2020: "B", 2021: "B"}),
        ("近三年考核", "优秀,称职,称职", {}),
        ("近三年考核", "均为称职", {}),
    ],
)
def test_text_is_read_where_the_years_are_known_and_kept_as_text(office, header, text, found):
    run = bring(office, ROSTER_LAYOUT | {header: "text"}, text=text)
    assert run.status == 0, run.errors
    assert known() == found
    assert Person.objects.get(name="李娜").recent_appraisals == text


def test_text_and_column_of_one_row_must_agree(office):
    run = bring(office, YEARS | {"近三年考核": "text"}, y2018="称职", text="2018优秀")
    assert run.codes == ["GRADE_CONFLICT"]
    assert run.errors[0]["message"] == "“近三年考核”里2018年的等次是“优秀”，这里是“称职（合格）”。"


def test_a_sheet_of_applications_brings_grades_too(office):
    assert bring(office, ROSTER_LAYOUT).status == 0
    post = "招商局 综合科 科长"
    headers = ["姓名", "身份证号", "第一志愿岗位", "近三年考核结果", "2018年"]
    line = ["李娜", MEN["李娜"]["id"], post, "2019优秀、2020称职", "称职"]
    run = office.bring({"报名.xlsx": forms(line, headers=headers)})
    assert run.status == 0, run.errors
    assert known() == {2018: "B", 2019: "A", 2020: "B"}
    assert AnnualGrade.objects.first().document_no == "工作簿：报名.xlsx"
    run = office.bring({"报名.xlsx": forms([*line[:4], "优秀"], headers=headers)})
    assert run.codes == ["GRADE_CONFLICT"]


def test_undo_of_the_upload_removes_the_grades(office):
    assert bring(office, ROSTER_LAYOUT).status == 0
    run = bring(office, y2018="优秀", y2017="称职")
    assert known() == {2017: "B", 2018: "A"}
    undone = command("undo_upload", run.facts["upload"])
    assert undone.status == 0, undone.facts
    assert not AnnualGrade.objects.exists()
    assert RowChange.objects.filter(model="reform.AnnualGrade").exists()
