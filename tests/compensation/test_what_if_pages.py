"""试算 on the pages: the six worked examples come out, and nothing of it is kept."""

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reform.models import AuditEvent
from tests import factories as make
from tests.appointments.pages_cast import logged_in
from tests.appointments.portal_cast import text
from tests.compensation.casts import Cast, a_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """E1 and E2: an officer and a head in a unit that scored 96.40."""
    made = a_cast()
    made.join("主办", "L30")
    made.join("正职", "L70")
    made.results(units={"甲局": "96.40"}, grades={"主办": "B", "正职": "A"})
    return made


def at(name: str = "pay_what_if") -> str:
    return reverse(f"admin:{name}")


def tried(cast: Cast, month: str = "2022-03", **data: Any) -> str:
    posted = {"month": month, **{key.replace("__", "~"): value for key, value in data.items()}}
    return text(logged_in(cast.leader).post(at(), posted))


def test_e1_and_e2_stand_on_the_page_of_the_month(cast: Cast):
    page = tried(cast)
    assert "没有改任何参数：两边相同" in page
    assert "4,113.76" in page
    assert "9,804.33" in page


def test_e3_a_demotion_costs_a_year(cast: Cast):
    cast.join("降职", "L60")
    cast.hold("降职", "L50", "甲局", date(2022, 1, 23))
    page = text(logged_in(cast.finance).get(at("pay_what_if_year"), {"q": "降职", "year": "2022"}))
    assert "降职2022年78,000.00元，比不变动少13,200.00元" in page
    assert "没有“无人”这个人" in text(logged_in(cast.finance).get(at("pay_what_if_year"), {"q": "无人"}))


def test_e1_e2_and_e4_come_out_of_a_post(cast: Cast):
    office = logged_in(cast.office)
    where = at("pay_what_if_post")
    given = {"coefficient": "1.00", "score": "96.40", "grade": "B", "months": "0"}
    assert "一个月应得4,113.76元" in text(office.get(where, given))
    assert "一个月应得9,804.33元" in text(office.get(where, given | {"coefficient": "2.2", "grade": "A"}))
    year = {"coefficient": "1.60", "score": "88.70", "grade": "B", "months": "12", "prepay": "0.60"}
    page = text(office.get(where, year))
    assert "12个月预发后清算11,845.63元" in page
    assert "30,277.63" in page
    assert "18,432.00" in page
    assert "月数须为 0 至 12 的整数" in text(office.get(where, year | {"months": "13"}))
    assert "低于下限" in text(office.get(where, year | {"ratio": "4:4:2"}))


@pytest.mark.parametrize("typed", ["1e999999999", "NaN", "Infinity", "9" * 20, "1.2345678", "", "-1", "壹"])
def test_a_figure_that_is_none_is_told(cast: Cast, typed: str):
    office = logged_in(cast.office)
    given = {"coefficient": typed or "x", "score": "96.40", "grade": "B", "months": "0"}
    assert "岗位系数" in text(office.get(at("pay_what_if_post"), given)).split("现为“")[0]
    pool = {"pool": typed or "x", "name": ["A"], "total": ["1"], "coefficient": ["1"]}
    assert "总额" in text(office.get(at("pay_what_if_split"), pool)).split("现为“")[0]
    assert "现为" in tried(cast, **{"pay.point_value": typed or "x"})


def test_e5_a_pool_is_split_to_the_fen(cast: Cast):
    given = {
        "pool": "1,000,000.00",
        "name": ["A", "B", "C"],
        "total": ["14.20", "17.60", "9.80"],
        "coefficient": ["1.0711", "0.9856", "1.0000"],
    }
    page = text(logged_in(cast.leader).get(at("pay_what_if_split"), given))
    assert "1,000,000.00元分到3个单位，合计1,000,000.00元" in page
    for share in ("359,088.57", "409,540.24", "231,371.19"):
        assert share in page


def test_e6_a_joiner_of_the_month(cast: Cast):
    cast.join("新人", "L30", starts_on=date(2022, 3, 14))
    page = tried(cast)
    assert "2,574.71" in page


def test_any_parameter_of_the_form_changes_the_month(cast: Cast):
    form = text(logged_in(cast.leader).get(at(), {"month": "2022-03"}))
    assert "薪点值" in form
    assert "降职过渡补差月数" in form
    page = tried(cast, pay__x="", **{"pay.point_value": "4400"})
    assert "2人增加，0人减少" in page
    assert "薪点值： 4000.00 → 4400" in page
    assert "+980.43" in page
    changed = tried(cast, **{"pay.grade_coefficients__B": "1.1", "pay.unit_coefficient__reference": "96.40"})
    assert "主办" in changed
    assert "个人绩效系数： 优秀：1.2，称职（合格）：1.0，" in changed
    assert "→ 优秀：1.2，称职（合格）：1.1，" in changed
    rule = tried(cast, **{"pay.effective_rule": "SAME_MONTH"})
    assert "调薪生效规则： 次月起 → 当月起" in rule
    assert "低于下限" in tried(cast, **{"pay.ratio__0": "4", "pay.ratio__1": "4", "pay.ratio__2": "2"})


def test_a_rounds_posts_are_tried(cast: Cast):
    round_ = make.a_round(cast.zone)
    make.Appointment.objects.create(
        zone=cast.zone,
        round=round_,
        person=cast.people["主办"],
        position=make.a_position(cast.unit("甲局"), "副局长", "L60"),
        held_level="L60",
        state="PENDING",
        starts_on=date(2022, 4, 1),
        ends_before=date(2025, 4, 1),
    )
    page = tried(cast, round=round_.pk)
    assert "1人增加，0人减少" in page
    assert "7,816.14" in page


def _rows() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for name in ("reform", "appointments", "kpi", "compensation")
        for model in apps.get_app_config(name).get_models()
        if model is not AuditEvent
    }


def test_nothing_is_kept_but_that_pay_was_looked_at(cast: Cast):
    leader = logged_in(cast.leader)
    before, events = _rows(), AuditEvent.objects.count()
    with CaptureQueriesContext(connection) as seen:
        leader.post(at(), {"month": "2022-03", "pay.point_value": "4400"})
    assert _rows() == before
    written = [
        one["sql"] for one in seen.captured_queries if not one["sql"].startswith(("SELECT", "SAVE", "REL"))
    ]
    assert all("reform_auditevent" in one for one in written)
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.subject, AuditEvent.objects.count()) == (
        "查看工资",
        "试算2022-03",
        events + 1,
    )


def test_statements_of_a_trial_do_not_grow_with_the_people(cast: Cast):
    leader = logged_in(cast.leader)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            leader.post(at(), {"month": "2022-03", "pay.point_value": "4400"})
        return len(seen)

    statements()
    few = statements()
    for number in range(10):
        cast.join(f"人{number}", "L30", f"第{number}局")
    assert statements() == few


def test_a_month_without_a_policy_says_so(cast: Cast):
    assert "这个月还没有生效的政策" in text(logged_in(cast.leader).get(at(), {"month": "1901-01"}))
    assert "须写成 2022-03" in text(logged_in(cast.leader).get(at(), {"month": "三月"}))
