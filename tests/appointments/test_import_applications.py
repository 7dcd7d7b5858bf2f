"""竞聘报名表 by workbook: choices in one cell or three, scores with their weights, corrections, undo."""

from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import tests.factories as make
from appointments.models import Application, Candidacy, ItemScore, Round
from appointments.resources.weights import weights_in
from reform.exchange.context import Context, Options
from reform.exchange.plan import target_class
from reform.exchange.recognise import sheet_class
from reform.exchange.writing import write_workbook
from reform.models import Person, Position, Zone
from tests.application_cast import (
    HEAD_OF_SECTION,
    LAYOUT,
    MEN,
    OFFICER,
    WEIGHTS,
    bring,
    choices_of,
    collected,
    forms,
    one_line,
    row,
    usual,
)
from tests.import_cast import (
    SUMMARY,
    Office,
    command,
    dump,
    figures,
    id_number,
    people,
    positions,
    results,
    roster,
)
from tests.workbooks import make_xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    assert office.bring({"p.xlsx": positions(), "r.xlsx": roster()}).status == 0
    return office


def test_choices_scores_and_weights_of_the_collected_sheet_are_registered(office):
    run = bring(office)
    assert (run.status, run.kinds(), run.counts("applications")) == (0, ["applications"], (3, 0, 0)), (
        run.errors
    )
    assert choices_of("李娜") == ["招商局·综合科·科长", "招商局·局长"]
    sheet = Candidacy.objects.get(person__name="李娜")
    assert (sheet.batch, sheet.source, sheet.accepts_adjustment) == (None, "WORKBOOK", False)
    assert (sheet.declares_kin, sheet.remark) == (None, "现场报名")
    scores = dict(ItemScore.objects.filter(candidacy=sheet).values_list("item", "score"))
    assert scores == {
        **{"written": Decimal("80.00"), "interview": Decimal("70.50")},
        **{"peer_vote": Decimal("100.00"), "results": Decimal("66.25")},
    }
    weights = Round.objects.get().weights
    assert weights == {"*": {"written": 35, "interview": 25, "peer_vote": 25, "results": 15}}


def test_applications_go_in_together_with_positions_roster_and_results_in_any_order(tmp_path):
    office = Office(tmp_path)
    files = {"x.xlsx": results(), "a.xlsx": collected(*usual()), "r.xlsx": roster(), "p.xlsx": positions()}
    run = office.bring(files)
    assert (run.status, run.counts("applications")) == (0, (3, 0, 0)), run.errors
    assert figures() == SUMMARY
    again = office.bring(files)
    assert (again.facts["written"], again.counts("applications")) == (False, (0, 0, 3))


def test_applications_alone_go_into_the_round_of_the_year_in_their_title(office):
    office.bring({"p.xlsx": positions()}, "--round", "2025")
    run = bring(office)
    assert (run.status, run.facts["round"]) == (0, "2022"), run.errors


@pytest.mark.parametrize(
    "post",
    [
        *("招商局 综合科 科长", "招商局　综合科　科长", "招商局·综合科·科长", "招商局综合科科长"),
        *("招商局/综合科/科长", "招商局-综合科-科  长"),
    ],
)
def test_post_in_one_cell_is_read_however_its_parts_are_set_apart(office, post):
    run = office.bring({"a.xlsx": one_line(post=post)})
    assert run.status == 0, run.errors
    assert choices_of("李娜") == ["招商局·综合科·科长"]


def test_post_is_named_by_its_code(office):
    code = Position.objects.get(title="科长").code
    assert office.bring({"a.xlsx": one_line(post=code)}).status == 0
    assert choices_of("李娜") == ["招商局·综合科·科长"]


def test_single_post_in_columns_of_its_own(office):
    headers = ["姓名", "身份证号", "报名单位", "报名科室", "报名岗位", "服从分配"]
    run = office.bring(
        {"a.xlsx": forms(["李娜", MEN["李娜"]["id"], *HEAD_OF_SECTION, "服从"], headers=headers)}
    )
    assert (run.status, run.kinds(), run.warnings) == (0, ["applications"], []), run.findings
    assert Candidacy.objects.get().accepts_adjustment is True


@pytest.mark.parametrize(("answer", "stored"), [("有", True), ("无", False), (None, None)])
def test_no_relatives_is_an_answer_and_no_empty_cell(office, answer, stored):
    assert office.bring({"a.xlsx": one_line(有无回避关系=answer)}).status == 0
    assert Candidacy.objects.get().declares_kin is stored


def test_person_without_a_column_of_numbers_is_found_by_name_and_month_of_birth(tmp_path):
    office = Office(tmp_path)
    nothing = dict.fromkeys(("old_unit", "old_section", "old_title", "old_level"))
    twin = people()[3] | {"number": 9, "id": id_number("19910102", 9, "女"), "birth": "1991.01"} | nothing
    assert office.bring({"p.xlsx": positions(), "r.xlsx": roster([*people(), twin])}).status == 0
    headers = ["姓名", "出生年月", "第一志愿岗位"]
    run = office.bring({"a.xlsx": forms(["李娜", "1991年1月", "招商局 局长"], headers=headers)})
    assert (run.status, run.warnings) == (0, ["PERSON_BY_NAME"]), run.errors
    assert Candidacy.objects.get().person.birth_on.year == 1991
    run = office.bring({"a.xlsx": forms(["李娜", None, "招商局 局长"], headers=headers)})
    assert run.codes == ["PERSON_AMBIGUOUS"]


def test_facts_of_the_person_in_the_sheet_change_nothing(office):
    run = office.bring({"a.xlsx": one_line(籍贯="外地", 现岗位层级="没有这一级", 资格审查意见="同意")})
    assert (run.status, run.warnings) == (0, [])
    assert Candidacy.objects.get().person.native_place == ""


def test_same_file_twice_changes_nothing(office):
    bring(office)
    before = dump()
    again = bring(office)
    assert (again.status, again.facts["written"], again.counts("applications")) == (0, False, (0, 0, 3))
    assert dump() == before


def test_other_weights_alone_are_written_and_taken_back(office):
    bring(office)
    run = bring(office, line="笔试40%、面试20%、民主测评25%、工作实绩15%")
    assert (run.facts["written"], run.counts("applications")) == (True, (0, 0, 3))
    assert Round.objects.get().weights["*"]["written"] == 40
    assert command("undo_upload", run.facts["upload"]).status == 0
    assert Round.objects.get().weights["*"]["written"] == 35


def test_correction_changes_what_it_says_and_an_empty_cell_nothing(office):
    bring(office)
    run = bring(
        office,
        row("李娜", OFFICER, adjust=None, scores=(81, None, None, None)),
        row("郑洋", OFFICER, HEAD_OF_SECTION),
    )
    assert (run.status, run.counts("applications")) == (0, (0, 1, 1)), run.errors
    assert choices_of("李娜") == ["招商局·综合科·主办", "招商局·局长"]
    sheet = Candidacy.objects.get(person__name="李娜")
    assert (sheet.accepts_adjustment, sheet.remark) == (False, "现场报名")
    scores = dict(ItemScore.objects.filter(candidacy=sheet).values_list("item", "score"))
    assert (scores["written"], scores["interview"]) == (Decimal("81.00"), Decimal("70.50"))


def test_choice_that_has_been_screened_is_not_changed_by_a_sheet(office):
    bring(office)
    Application.objects.filter(candidacy__person__name="李娜").update(state="QUALIFIED")
    assert bring(office).counts("applications") == (0, 0, 3)
    run = bring(office, row("李娜", OFFICER), row("郑洋", OFFICER, HEAD_OF_SECTION))
    assert run.codes == ["APPLICATION_REFUSED"]
    assert run.errors[0]["message"] == "志愿已经审查，不能再更改。"
    assert choices_of("李娜") == ["招商局·综合科·科长", "招商局·局长"]


def test_sheet_of_a_round_that_is_over_is_compared_and_changes_nothing(office):
    bring(office)
    Round.objects.update(state="COMPLETED", is_registered=False)
    run = bring(office)
    assert (run.status, run.facts["written"], run.counts("applications")) == (0, False, (0, 0, 3)), run.errors
    run = bring(office, row("李娜", OFFICER), row("郑洋", OFFICER, HEAD_OF_SECTION))
    assert run.status == 1
    assert run.errors[-1]["message"] == "轮次已完成，不能再登记报名。"


def test_export_with_choices_of_a_later_batch_goes_back_in_unchanged(office):
    bring(office)
    batch = make.a_batch(Round.objects.get(), state="ASSESSING")
    Application.objects.filter(candidacy__person__name="李娜").update(state="WITHDRAWN")
    taken = make.an_application(
        batch, Person.objects.get(name="李娜"), Position.objects.get(title="主办"), "SCORED"
    )
    Candidacy.objects.filter(pk=taken.candidacy_id).update(source="TAKEN_OVER")
    again = make.an_application(
        batch, Person.objects.get(name="郑洋"), Position.objects.get(title="主办"), "SCORED"
    )
    Candidacy.objects.filter(pk=again.candidacy_id).update(source="TAKEN_OVER")
    Application.objects.filter(candidacy__person__name="王芳").update(state="WITHDRAWN")
    before = dump()
    context = Context(
        zone=Zone.objects.get(),
        actor=get_user_model().objects.create(username="root", is_superuser=True),
        now=timezone.now(),
        today=timezone.localdate(),
        options=Options(),
    )
    assert target_class("round").choose(context, "2022")
    resource = sheet_class("applications")
    rows = list(resource(context).records())
    assert [(one["name"], one["title_1"], one.get("title_3")) for one in rows] == [
        ("李娜", "招商局 综合科 主办", None),
        ("郑洋", "招商局 综合科 主办", None),
    ]
    before = dump()
    run = office.bring({"导出.xlsx": write_workbook(resource(context), "试验区2022年竞聘报名表", rows)})
    assert (run.status, run.facts["written"], run.counts("applications")) == (0, False, (0, 0, 2)), run.errors
    assert dump() == before


def test_rehearsal_writes_nothing_and_comes_to_what_the_import_comes_to(office):
    before = dump()
    rehearsed = office.bring({"报名.xlsx": collected(*usual())}, "--check")
    assert dump() == before
    confirmed = bring(office)
    assert rehearsed.facts["files"] == confirmed.facts["files"]


def test_undo_leaves_the_tables_as_before(office):
    before = dump()
    run = bring(office)
    assert command("undo_upload", run.facts["upload"]).status == 0
    assert dump() == before


def test_number_of_statements_does_not_grow_with_the_rows(office):
    def statements(*rows):
        with CaptureQueriesContext(connection) as queries:
            assert bring(office, *rows).status == 0
        return len(queries)

    few = statements(row("李娜", OFFICER))
    many = [row(name, OFFICER, HEAD_OF_SECTION) for name in MEN if name != "李娜"]
    assert statements(*many) <= few


def test_sheet_of_results_that_shows_the_choices_stays_a_sheet_of_results(office):
    headers = ["姓名", "身份证号", "第一志愿", "拟聘单位", "拟聘科室", "拟聘岗位", "聘任起始时间"]
    line = ["李娜", MEN["李娜"]["id"], "招商局局长", *HEAD_OF_SECTION, "2022-01-23"]
    run = office.bring({"x.xlsx": make_xlsx({"1": [["试验区2022年竞聘上岗结果"], headers, line]})}, "--check")
    assert run.kinds() == ["appointments"]


def test_sheet_of_scores_without_choices_is_no_application(office):
    headers = ["序号", "姓名", "身份证号", "单位", "民主测评得分", "领导评价得分", "KPI得分", "加分"]
    line = [1, "李娜", MEN["李娜"]["id"], "招商局", 90, 90, 90, 0]
    run = office.bring({"s.xlsx": make_xlsx({"1": [["试验区2021年度个人绩效考核得分表"], headers, line]})})
    assert (run.status, run.kinds()) == (1, ["personal_scores"])


def test_long_form_of_layout_2_is_not_taken_for_a_roster(office):
    run = office.bring({"a.xlsx": forms([1, "李娜", "女", *[None] * 17, "招商局 局长"], headers=LAYOUT)})
    assert (run.status, run.kinds()) == (0, ["applications"]), run.errors
    assert choices_of("李娜") == ["招商局·局长"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (WEIGHTS, {"written": 35, "interview": 25, "peer_vote": 25, "results": 15}),
        ("综合成绩＝笔试成绩×３０％＋面试成绩×７０％", {"written": 30, "interview": 70}),
        ("总分=笔试×0.35+面试×0.65", {"written": 35, "interview": 65}),
        ("笔试（占30%）、面试（占70%）", {"written": 30, "interview": 70}),
        ("40%笔试+60%面试", {"written": 40, "interview": 60}),
        ("笔试2022年1月10日，面试1月12日", {}),
        ("填报单位：党群工作部", {}),
    ],
)
def test_weights_are_read_from_the_lines_that_offices_write(line, found):
    assert weights_in(["", line]) == found
