"""考核结果通知书 and 年度考核登记表: words, columns, one or all, who may."""

import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kpi.documents import PAPERS, paper_file, sample
from kpi.documents.kinds import FORM, NOTICE
from kpi.documents.papers import BUILDERS, Occasion
from kpi.models import Cycle, Notice, PersonResult
from kpi.selectors.papers import results_printed
from kpi.services import PersonScoreEntry, UnitScoreEntry, cycle_create, unit_entries_register
from kpi.services.entries import cycle_formula_set, cycle_register, person_entries_register
from kpi.services.finals import notices_issue, notices_receive
from kpi.services.papers import paper_export
from kpi.services.results import results_compute
from reform.documents.templates import default_template, placeholders, template_kinds
from reform.documents.word import check_template
from reform.errors import Refused
from reform.models import AuditEvent, Membership
from reform.selectors import policy_of
from tests import factories as make
from tests.appointments.papers import rows_of, text_of
from tests.kpi import casts

pytestmark = pytest.mark.django_db
ON = date(2023, 2, 10)
COLUMNS = (
    "年度 姓名 性别 出生年月 政治面貌 单位及职务 任现职时间 从事或分管工作 本人总结 学法用法/培训情况 "
    "主管领导评语和考核等次建议 机关负责人或考核委员会意见 本人意见(签名) 未确定等次说明"
)


def a_final_year(cast: casts.Cast) -> Cycle:
    """Everybody's score came by workbook; the year is final and the notices are out."""
    cycle = cycle_create(zone=cast.zone, code="2022", actor=cast.office)
    units = [UnitScoreEntry(one, {"indicators": Decimal("91.20")}) for one in cast.units]
    unit_entries_register(cycle=cycle, entries=units, actor=cast.office)
    cycle_formula_set(cycle=cycle, formula="个人得分=KPI得分×100%", actor=cast.office)
    people = [
        PersonScoreEntry(one, {"values": {"KPI得分": str(80 + number % 5)}})
        for number, one in enumerate(cast.people.values())
    ]
    person_entries_register(cycle=cycle, entries=people, actor=cast.office)
    cycle_register(cycle=cycle, actor=cast.office)
    results_compute(cycle=cycle, actor=cast.office)
    Cycle.objects.filter(pk=cycle.pk).update(
        state="FINAL", published_on=date(2023, 1, 18), document_no="考发〔2023〕1号"
    )
    cycle = Cycle.objects.select_related("zone", "policy", "scheme").get(pk=cycle.pk)
    notices_issue(cycle=cycle, actor=cast.office, on=ON)
    return cycle


@pytest.fixture
def cast() -> casts.Cast:
    made = casts.a_cast(staff=2)
    made.cycle = a_final_year(made)
    return made


def test_notice_says_grade_scores_and_whom(cast):
    person = cast.people["经乙"]
    name, data, kind = paper_file(
        NOTICE, cycle=cast.cycle, on=ON, people=[person.pk], until=date(2023, 1, 31)
    )
    assert name == "高新区2022年度考核结果通知书－经乙.docx"
    assert "wordprocessingml" in kind
    text = text_of(data)
    assert "经乙同志" in text
    assert "2022年度考核结果已经确定" in text
    result = PersonResult.objects.get(person=person, current=True)
    assert f"综合得分{result.combined}分，其中单位得分91.20分、个人得分81.00分" in text
    assert "2023年1月31日（含当日）" in text
    assert "考发〔2023〕1号" in text
    assert "{{" not in text


def test_all_come_in_one_file_in_the_order_of_the_units(cast):
    text = text_of(paper_file(NOTICE, cycle=cast.cycle, on=ON)[1])
    places = [text.index(f"{name}同志") for name in cast.people]
    assert places == sorted(places)


def test_form_has_the_columns_of_its_layout(cast):
    notices_receive(
        notices=Notice.objects.filter(result__person=cast.people["经乙"]), actor=cast.office, on=ON
    )
    rows = rows_of(paper_file(FORM, cycle=cast.cycle, on=ON, fmt="xlsx")[1])
    assert rows[1] == COLUMNS.split(" ")
    row = dict(zip(rows[1], rows[3], strict=True))
    assert row["姓名"] == "经乙"
    assert row["年度"] == 2022
    assert row["单位及职务"] == "经济发展局主办1"
    assert row["任现职时间"] == "2021.01"
    assert row["机关负责人或考核委员会意见"].startswith("确定为")
    assert row["本人意见(签名)"] == "2023年2月10日签收通知书"
    assert not row["本人总结"]
    book = load_workbook(io.BytesIO(paper_file(FORM, cycle=cast.cycle, on=ON, fmt="xlsx")[1]))
    assert book.sheetnames[1] == "填写说明"
    assert "年度考核登记表" in text_of(paper_file(FORM, cycle=cast.cycle, on=ON)[1])


def test_who_has_no_grade_has_the_reason_on_the_form(cast):
    PersonResult.objects.filter(person=cast.people["经乙"]).update(grade="", why="病、事假累计超过半年")
    rows = rows_of(paper_file(FORM, cycle=cast.cycle, on=ON, people=[cast.people["经乙"].pk], fmt="xlsx")[1])
    row = dict(zip(rows[1], rows[2], strict=True))
    assert row["机关负责人或考核委员会意见"] == "不定等次。"
    assert row["未确定等次说明"] == "病、事假累计超过半年"


def test_form_is_of_a_year_and_papers_only_of_public_results(cast):
    Cycle.objects.filter(pk=cast.cycle.pk).update(state="CALIBRATING")
    cast.cycle.refresh_from_db()
    with pytest.raises(Refused, match="结果公布后才能出"):
        paper_file(FORM, cycle=cast.cycle, on=ON)
    cast.cycle.state, cast.cycle.period = "FINAL", "QUARTER"
    with pytest.raises(Refused, match="不是年度考核"):
        paper_file(FORM, cycle=cast.cycle, on=ON)


def test_nobody_gets_a_notice_that_was_not_issued(cast):
    Notice.objects.all().delete()
    with pytest.raises(Refused, match="还没有发出"):
        paper_file(NOTICE, cycle=cast.cycle, on=ON)


def shape(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return [shape(value[0])]
    return "list" if isinstance(value, list) else "value"


@pytest.mark.parametrize("kind", PAPERS)
def test_example_of_a_template_has_the_very_names_that_the_paper_gives(cast, kind):
    rows = results_printed(cast.cycle)
    paper = BUILDERS[kind](Occasion(cast.cycle, policy_of(cast.cycle.policy), ON, rows))
    assert shape(paper.values) == shape(sample(kind))


@pytest.mark.parametrize("kind", PAPERS)
def test_templates_come_with_the_system_and_are_offered_for_editing(kind):
    assert kind in [one.key for one in template_kinds()]
    check_template(default_template(kind), sample(kind))
    assert ("开发区", "某高新区") in placeholders(kind)


def test_office_may_print_for_all_and_a_person_for_themselves(cast):
    _, person = cast.people["经甲"], cast.people["经乙"]
    own = make.a_user(cast.zone, "个人", is_staff=False)
    Membership.objects.filter(user=own).update(person=person)
    paper_export(NOTICE, cycle=cast.cycle, actor=cast.office, on=ON)
    paper_export(NOTICE, cycle=cast.cycle, actor=own, on=ON, people=[person.pk])
    events = AuditEvent.objects.filter(action="导出文书").order_by("id")
    assert [one.subject for one in events] == ["2022年度考核考核结果通知书", "2022年度考核考核结果通知书 1人"]
    for people in (None, [cast.people["经甲"].pk]):
        with pytest.raises(Refused, match="本人只能下载自己的"):
            paper_export(NOTICE, cycle=cast.cycle, actor=own, on=ON, people=people)


def test_statements_do_not_grow_with_the_people(cast):
    few = [one.pk for one in list(cast.people.values())[:1]]
    counts = []
    for people in (few, None):
        with CaptureQueriesContext(connection) as queries:
            paper_file(FORM, cycle=cast.cycle, on=ON, people=people)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_page_of_the_papers_lists_people_and_sends_files(cast):
    visitor = Client()
    visitor.force_login(cast.office)
    page = visitor.get("/admin/kpi/cycles/2022/papers/?q=经乙").content.decode()
    assert "经乙" in page
    assert "经丙" not in page
    answer = visitor.get(f"/admin/kpi/cycles/2022/papers/{FORM}.xlsx")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    visitor.force_login(cast.scorer)
    assert visitor.get("/admin/kpi/cycles/2022/papers/").status_code == 403
