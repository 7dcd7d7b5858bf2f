"""个人绩效考核得分表 in: the formula of the second line, whom a row means, vetoes, and results."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpi.models import Cycle, PersonEntry, Veto
from kpi.states import CycleState
from reform.models import Person, PolicyParameter, Upload, Zone
from tests import factories as make
from tests.import_cast import command

from .sheets import (
    FORMULA,
    MEN,
    PEOPLE,
    UNITS,
    an_office,
    book,
    bring,
    bring_people,
    person,
    the_cycle,
    the_results,
    unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(tmp_path):
    return an_office(tmp_path)


def result(name, code="2021"):
    return next(one for one in the_results(code)["people"] if one["name"] == name)


def test_personal_score_follows_the_formula_of_the_second_line(office):
    run = bring_people(
        office, person("李娜", 94.63, 99.8, 96.8, bonus=2), person("周强", 93.32, 90.3, 96.8, deduction=0.5)
    )
    assert (run.status, run.kinds(), run.counts("personal_scores")) == (0, ["personal_scores"], (2, 0, 0)), (
        run.errors
    )
    assert (the_cycle().formula, the_cycle().state) == (FORMULA, CycleState.SCORING)
    assert (result("李娜")["personal"], result("周强")["personal"]) == ("98.10", "92.91")


def test_unit_and_person_make_the_combined_score_in_one_upload(office):
    run = office.bring(
        {
            "p.xlsx": book(PEOPLE, person("李娜"), lines=(FORMULA,)),
            "u.xlsx": book(UNITS, unit("招商局", 91.2)),
        }
    )
    assert run.status == 0, run.errors
    line = result("李娜")
    # 科室正职: 0.4 × 91.20 + 0.6 × 84.00
    assert (line["unit_score"], line["personal"], line["combined"]) == ("91.20", "84.00", "86.88")


def test_vetoed_person_gets_d(office):
    run = office.bring(
        {
            "p.xlsx": book(PEOPLE, person("李娜", veto="酒驾被行政处罚"), person("周强"), lines=(FORMULA,)),
            "u.xlsx": book(UNITS, unit("招商局", 99), unit("科技园", 99)),
        }
    )
    assert run.status == 0, run.errors
    assert (result("李娜")["grade"], result("周强")["grade"]) == ("D", "B")
    veto = Veto.objects.get()
    assert (veto.person.name, veto.matter, veto.document_no) == ("李娜", "酒驾被行政处罚", "p.xlsx")


def test_remark_is_kept_and_names_with_blanks_are_read(office):
    assert bring_people(office, person("李娜", remark="年中调入")).status == 0
    entry = PersonEntry.objects.get()
    assert (entry.person.name, entry.remark, entry.unit.name) == ("李娜", "年中调入", "招商局")
    assert entry.values == {"KPI得分": "90", "民主测评得分": "80", "领导评价得分": "70"}


def test_same_file_twice_changes_nothing_and_undo_leaves_nothing(office):
    rows = [person("李娜", veto="酒驾"), person("周强", bonus=1)]
    first = bring_people(office, *rows)
    uploads = Upload.objects.count()
    run = bring_people(office, *rows)
    assert (run.facts["written"], run.counts("personal_scores")) == (False, (0, 0, 2))
    assert Upload.objects.count() == uploads
    assert command("undo_upload", first.facts["upload"]).status == 0
    assert not any(one.objects.exists() for one in (Cycle, PersonEntry, Veto))


def test_formula_that_contradicts_the_cycles_is_an_error(office):
    assert bring_people(office, person("李娜")).status == 0
    other = "个人得分=KPI得分×50%+民主测评得分×30%+领导评价得分×20%+加分-扣分"
    run = bring_people(office, person("李娜"), line=other)
    assert (run.status, run.codes) == (1, ["FORMULA_CONFLICT"])
    assert FORMULA in run.errors[0]["message"]
    assert other in run.errors[0]["message"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("个人得分=KPI得分×60%+民主测评得分×20%+领导评价得分×30%", "FORMULA_INVALID"),
        ("个人得分=KPI得分×60%+群众评议得分×40%", "FORMULA_INVALID"),
        ("", "FORMULA_MISSING"),
    ],
)
def test_formula_that_cannot_be_used_is_an_error(office, line, code):
    run = bring_people(office, person("李娜"), line=line)
    assert (run.status, run.codes) == (1, [code])
    assert run.errors[0]["hint"]
    assert not Cycle.objects.exists()


def test_later_sheet_without_the_line_follows_the_cycles_formula(office):
    assert bring_people(office, person("李娜")).status == 0
    run = bring_people(office, person("周强"), line="")
    assert run.status == 0, run.errors
    assert result("周强")["personal"] == "84.00"


def test_columns_of_another_zones_formula_are_known_by_it(office):
    headers = ["姓名", "身份证号", "业绩得分", "作风得分", "加分"]
    line = "个人得分=业绩得分×70%+作风得分×30%+加分"
    run = bring(
        office, headers, ["李娜", MEN["李娜"]["id"], 90, 80, 1], lines=(line,), title="2021年度个人考核得分表"
    )
    assert (run.status, run.kinds(), run.warnings) == (0, ["personal_scores"], []), run.errors
    assert result("李娜")["personal"] == "88.00"


def test_layout_9_gives_the_personal_score_itself(office):
    headers = [
        *("序号", "单位", "姓名", "岗位", "层级", "单位得分", "个人得分", "综合得分", "单位内排名"),
        *("建议等次", "确定等次", "绩效系数", "备注"),
    ]
    run = bring(office, headers, [1, "招商局", "李娜", None, None, 80, 88.5, 85, 1, None, None, None, None])
    assert (run.status, run.kinds(), run.warnings) == (0, ["personal_scores"], ["PERSON_BY_NAME"]), run.errors
    assert result("李娜")["personal"] == "88.50"


def test_group_scores_of_a_quarter_follow_the_policys_weights(office):
    headers = ["姓名", "身份证号", "领导评价得分", "自评得分", "本单位互评得分", "同级互评得分"]
    run = bring(
        office,
        headers,
        ["李娜", MEN["李娜"]["id"], 88, 95, 87.5, 84],
        lines=("考核周期:2021年第三季度",),
        title="个人考核得分表",
    )
    assert run.status == 0, run.errors
    assert result("李娜", "2021Q3")["personal"] == "87.61"


def test_bonus_that_the_formula_does_not_count_is_told(office):
    line = "个人得分=KPI得分×60%+民主测评得分×20%+领导评价得分×20%-扣分"
    run = bring_people(office, person("李娜", bonus=2, deduction=1), line=line)
    assert (run.status, run.warnings) == (0, ["COLUMN_UNKNOWN"]), run.errors
    assert run.findings[0]["message"] == "个人得分的公式中没有“加分”，没有计入。"
    assert result("李娜")["personal"] == "83.00"


def test_score_of_the_years_end_is_read_where_the_policy_takes_it(office):
    PolicyParameter.objects.filter(key="kpi.personal_preset").update(value="YEAR_END")
    headers = ["单位", "姓名", "身份证号", "年终考核得分"]
    row = ["招商局", "李娜", MEN["李娜"]["id"], 88]
    run = bring(office, headers, row, lines=(), title="2021年度个人考核得分表")
    assert (run.status, run.warnings) == (0, []), run.errors
    assert PersonEntry.objects.get().values == {"年终考核得分": "88"}


@pytest.mark.parametrize(
    ("row", "code", "column", "value"),
    [
        (person("李娜", number="419700198506300441"), "ID_CHECKSUM", "身份证号", "419700198506300441"),
        (person("李娜", number=MEN["孙伟"]["id"]), "NAME_MISMATCH", "姓名", "李娜"),
        (person("李娜", number="11010519491231002X"), "PERSON_UNKNOWN", "身份证号", "11010519491231002X"),
        (person("李娜", number="419700********0441"), "ID_MASKED", "身份证号", "419700********0441"),
        (person("周强"), "ID_DUPLICATE", "姓名", "周强"),
        (person("李娜", "优", 80, 70), "NUMBER_INVALID", "KPI得分", "优"),
        (person("李娜", 90, 110, 70), "SCORE_INVALID", "民主测评得分", "110"),
        (person("李娜", unit="招商居"), "UNIT_UNKNOWN", "单位", "招商居"),
        (person("李娜", deduction=-1), "NUMBER_NEGATIVE", "扣分", "-1"),
    ],
)
def test_cell_that_is_wrong_is_told_with_its_place(office, row, code, column, value):
    run = bring_people(office, person("周强"), row)
    assert run.status == 1
    found = [(one["code"], one["column"], one["row"], one["value"]) for one in run.errors]
    assert found == [(code, column, 5, value)]
    assert not Cycle.objects.exists()


def test_unit_that_differs_from_the_post_of_the_last_day_is_shown(office):
    run = bring_people(office, person("李娜", unit="科技园"))
    assert (run.status, run.warnings) == (0, ["UNIT_DIFFERS"])
    assert "招商局" in run.findings[0]["message"]


def test_missing_score_is_shown_and_leaves_no_score(office):
    run = bring_people(office, person("李娜", None, 80, 70))
    assert (run.status, run.warnings) == (0, ["SCORE_MISSING"])
    assert result("李娜")["personal"] is None


def test_personal_score_that_does_not_follow_from_its_parts_is_shown(office):
    headers = ["姓名", "身份证号", "KPI得分", "民主测评得分", "领导评价得分", "加分", "扣分", "个人得分"]
    rows = [
        ["李娜", MEN["李娜"]["id"], 90, 80, 70, 1, 2, 83],
        ["周强", MEN["周强"]["id"], 90, 80, 70, None, None, 90],
    ]
    run = bring(office, headers, *rows, lines=(FORMULA,))
    assert (run.status, run.warnings) == (0, ["SCORE_DIFFERS"]), run.errors
    assert (run.findings[0]["row"], "84.00" in run.findings[0]["message"]) == (5, True)
    assert result("周强")["personal"] == "84.00"


def test_points_of_the_leaders_alone_do_not_register_a_drafted_cycle(office):
    headers = ["姓名", "身份证号", "领导小组加分"]
    run = bring(office, headers, ["李娜", MEN["李娜"]["id"], 3], title="2021年度个人绩效考核得分表")
    assert (run.status, run.kinds()) == (0, ["personal_scores"]), run.errors
    assert (PersonEntry.objects.get().leader_points, the_cycle().state) == (3, CycleState.DRAFT)


def test_person_is_known_by_name_only_where_it_is_unique(office):
    headers = ["单位", "姓名", "KPI得分", "民主测评得分", "领导评价得分"]
    rows = [["招商局", "李娜", 90, 80, 70], [None, "周强", 90, 80, 70]]
    make.a_person(Zone.objects.get(), "周强")
    line = FORMULA.removesuffix("+加分-扣分")
    run = bring(office, headers, *rows, lines=(line,))
    assert (run.codes, run.warnings) == (["PERSON_AMBIGUOUS"], ["PERSON_BY_NAME"])
    Person.objects.get(name="周强", tenures=None).delete()
    assert bring(office, headers, *rows, lines=(line,)).status == 0


def test_more_people_take_no_more_statements(office):
    zone = Zone.objects.get()
    more = [make.a_person(zone, f"王{one}") for one in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"]

    def statements(count, code):
        rows = [person("李娜", number=one.id_number, unit=None) for one in more[:count]]
        for row, one in zip(rows, more, strict=False):
            row[2] = one.name
        with CaptureQueriesContext(connection) as queries:
            run = bring_people(office, *rows, options=("--cycle", code))
        assert run.status == 0, run.errors
        return len(queries)

    assert statements(3, "2019") == statements(22, "2020")
