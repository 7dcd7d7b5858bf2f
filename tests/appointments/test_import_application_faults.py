"""Faults of a sheet of applications, each with its cell; nothing is written."""

import pytest

from appointments.models import Candidacy, ItemScore, Round
from tests.application_cast import DIRECTOR, MEN, OFFICER, bring, collected, forms, one_line, row, usual
from tests.import_cast import Office, id_number, people, positions, roster

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    assert office.bring({"p.xlsx": positions(), "r.xlsx": roster()}).status == 0
    return office


@pytest.mark.parametrize(
    ("changed", "code", "column"),
    [
        (row("李娜", ("招商具", "综合科", "科长")), "UNIT_UNKNOWN", "第一志愿/单位"),
        (row("李娜", ("招商局", "办公室", "科长")), "POSITION_UNKNOWN", "第一志愿/科室"),
        (row("李娜", OFFICER, ("招商局", None, "副局长")), "POSITION_UNKNOWN", "第二志愿/岗位"),
        (row("李娜", (None, None, "局长")), "VALUE_MISSING", "第一志愿/单位"),
        (row("李娜", OFFICER, DIRECTOR, OFFICER), "CHOICE_DUPLICATE", "第三志愿/岗位"),
        (row("李娜"), "CHOICE_MISSING", "第一志愿/岗位"),
        (row("李娜", OFFICER, adjust="也许"), "CHOICE_INVALID", "服从调剂"),
        (row("李娜", OFFICER, scores=(100.5, 1, 1, 1)), "SCORE_INVALID", "考评成绩/笔试"),
        (row("李娜", OFFICER, scores=(1, -1, 1, 1)), "SCORE_INVALID", "考评成绩/面试"),
        (row("李娜", OFFICER, scores=(1, 1, 85.123, 1)), "SCORE_INVALID", "考评成绩/民主测评"),
        (row("李娜", OFFICER, scores=(1, 1, 1, "缺考")), "NUMBER_INVALID", "考评成绩/工作实绩"),
    ],
)
def test_fault_is_named_with_its_cell_and_nothing_is_written(office, changed, code, column):
    run = bring(office, changed, row("郑洋", OFFICER))
    assert (run.status, run.codes) == (1, [code]), run.findings
    assert (run.errors[0]["row"], run.errors[0]["column"]) == (5, column)
    assert not Candidacy.objects.exists()


def with_id(name, number):
    return [number if place == 2 else cell for place, cell in enumerate(row(name, OFFICER))]


def test_person_must_be_in_the_roster_and_name_and_number_must_agree(office):
    stranger = with_id("李娜", id_number("19700101", 71))
    other = with_id("郑洋", MEN["王芳"]["id"])
    run = bring(office, stranger, other)
    assert run.codes == ["NAME_MISMATCH", "PERSON_UNKNOWN"]


def test_same_person_twice_in_a_sheet_is_an_error_of_both_rows(office):
    run = bring(office, row("李娜", OFFICER), row("李娜", DIRECTOR))
    assert (run.codes, [one["row"] for one in run.errors]) == (["ID_DUPLICATE", "ID_DUPLICATE"], [5, 6])


def test_more_choices_than_the_policy_allows(office):
    headers = ["姓名", "身份证号", *(f"第{number}志愿岗位" for number in "一二三四")]
    posts = ["招商局 局长", "招商局 综合科 科长", "招商局 综合科 副科长", "招商局 综合科 主办"]
    run = office.bring({"a.xlsx": forms(["李娜", MEN["李娜"]["id"], *posts], headers=headers)})
    assert run.codes == ["CHOICES_TOO_MANY"]
    error = run.errors[0]
    assert (error["column"], error["limit"], error["actual"]) == ("第四志愿岗位", 3, 4)
    assert error["message"] == "填了4个志愿，最多3个。"


@pytest.mark.parametrize(
    ("post", "code", "hint"),
    [
        ("招商具 综合科 科长", "UNIT_UNKNOWN", "是否为“招商局”？"),
        ("招商局 综合处 科长", "POSITION_UNKNOWN", "是否为“综合科”？"),
        ("招商局 综合科 处长", "POSITION_UNKNOWN", "这里的岗位：科长、副科长、主办。"),
        ("招商局 科长", "POSITION_UNKNOWN", "该岗位在科室综合科，请填写科室。"),
        ("服从组织安排", "POSITION_UNKNOWN", "请写成“单位 科室 岗位”"),
    ],
)
def test_post_in_one_cell_that_is_unknown_is_told_apart_by_its_part(office, post, code, hint):
    run = office.bring({"a.xlsx": one_line(post=post)})
    assert run.codes == [code]
    assert run.errors[0]["column"] == "第一志愿岗位"
    assert hint in run.errors[0]["hint"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("", "WEIGHTS_MISSING"),
        ("2022年1月14日", "WEIGHTS_MISSING"),
        ("笔试35%、面试25%、民主测评25%、工作实绩10%", "WEIGHTS_TOTAL"),
        ("笔试50%、面试25%、民主测评25%", "SCORE_UNWEIGHTED"),
    ],
)
def test_scores_need_weights_that_total_100(office, line, code):
    run = bring(office, line=line)
    assert (run.status, run.codes) == (1, [code])
    assert not ItemScore.objects.exists()


def test_scores_without_a_line_go_by_the_weights_that_the_round_has(office):
    bring(office, row("李娜", OFFICER))
    run = bring(office, row("郑洋", OFFICER), line="")
    assert (run.status, run.counts("applications")) == (0, (1, 0, 0)), run.errors


def test_sheet_without_scores_needs_no_weights(office):
    run = bring(office, row("李娜", OFFICER, scores=(None,) * 4), line="")
    assert run.status == 0
    assert Round.objects.get().weights == {}


def test_reference_to_a_faulty_row_of_the_roster_is_no_fault_of_its_own(tmp_path):
    men = [one | ({"sex": "男"} if one["name"] == "李娜" else {}) for one in people()]
    office = Office(tmp_path)
    run = office.bring({"p.xlsx": positions(), "r.xlsx": roster(men), "a.xlsx": collected(*usual())})
    assert run.codes == ["SEX_MISMATCH"]
