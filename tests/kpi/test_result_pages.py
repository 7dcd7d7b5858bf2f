"""The pages on results: who reads what, who may decide, and what a decision comes to."""

from decimal import Decimal as D

import pytest
from django.test import Client
from django.urls import reverse

from kpi.models import (
    Adjustment,
    Competition,
    Consequence,
    Exclusion,
    Notice,
    PersonResult,
    ResultAppeal,
    TieDecision,
    UnitResult,
    Veto,
)
from kpi.selectors.boards import board_of
from kpi.services.appeals import result_appeal_submit
from tests import factories as make

from . import casts, result_cast

pytestmark = pytest.mark.django_db
OFFICE = "考核办"
PAGES = ("kpi_results", "kpi_decisions", "kpi_quotas", "kpi_appeals", "kpi_consequences", "kpi_competitions")


@pytest.fixture
def cast() -> casts.Cast:
    made = result_cast.with_more_units(casts.a_cast(staff=2))
    result_cast.counted(made)
    return made


def logged(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name, *args):
    return reverse(f"admin:{name}", args=args)


def shown(client, name, *args):
    answer = client.get(at(name, *args))
    assert answer.status_code == 200
    return answer.content.decode()


def unit(cast, name):
    return UnitResult.objects.get(cycle=cast.cycle, unit__name=name, current=True)


def person(cast, name):
    return PersonResult.objects.get(cycle=cast.cycle, person=cast.people[name], current=True)


def test_strangers_find_no_page(cast):
    result_cast.published(cast, cast.cycle)
    stranger = logged(make.a_user(make.a_zone("other", "别的区"), "领导"))
    for name in PAGES:
        assert Client().get(at(name, "2022")).status_code == 302
        assert stranger.get(at(name, "2022")).status_code == 404


def test_results_show_units_people_and_how_a_figure_comes_about(cast):
    client = logged(cast.office)
    page = shown(client, "kpi_results", "2022")
    assert "评分：5个单位、9人有结果，优秀1人（最多1人）" in page
    assert "97.10" in page
    assert "科技局" in page
    only = client.get(at("kpi_results", "2022"), {"unit": cast.units[1].pk})
    assert [one.name for one in only.context["people"]] == ["招甲", "招乙", "招丙"]
    detail = shown(client, "kpi_person_result", "2022", cast.people["经甲"].pk)
    assert "经甲综合得分97.10，优秀" in detail
    assert "首次计算" in detail
    assert "规划建设局70.00分，第3名，四等" in shown(client, "kpi_unit_result", "2022", cast.units[2].pk)
    assert client.get(at("kpi_unit_result", "2022", 999999)).status_code == 404


def test_leaves_of_a_unit_show_their_steps():
    cast = casts.a_cast(staff=1)
    casts.calibrating(cast)
    page = shown(logged(cast.office), "kpi_unit_result", "2022", cast.units[0].pk)
    assert "完成率 = 90 ÷ 100 = 90%" in page
    assert "90.0%" in page


def test_head_sees_the_own_unit_and_only_once_published(cast):
    client = logged(cast.head(cast.units[0]))
    page = shown(client, "kpi_results", "2022")
    assert "结果还没有公布" in page
    assert "97.10" not in page
    assert client.get(at("kpi_person_result", "2022", cast.people["经甲"].pk)).status_code == 404
    result_cast.published(cast, cast.cycle)
    page = shown(client, "kpi_results", "2022")
    assert "经济发展局98.00分，第1名，一等" in page
    assert "招商局" not in page
    assert "招甲" not in page
    assert client.get(at("kpi_unit_result", "2022", cast.units[1].pk)).status_code == 404
    assert client.get(at("kpi_person_result", "2022", cast.people["招甲"].pk)).status_code == 404
    assert client.get(at("kpi_person_result", "2022", cast.people["经乙"].pk)).status_code == 200


def test_calibration_is_proposed_by_one_and_decided_by_another(cast):
    result_cast.calibrated(cast, cast.cycle)
    office, leader = logged(cast.office), logged(cast.leader)
    assert "每个对象的校准合计不超过±3分" in shown(office, "kpi_decisions", "2022")
    given = {"unit-unit": cast.units[1].pk, "unit-delta": "4", "unit-reason": "数据口径调整"}
    refused = office.post(at("kpi_decisions_do", "2022", "unit"), given, follow=True).content.decode()
    assert "校准+4分，超过上限3分" in refused
    office.post(at("kpi_decisions_do", "2022", "unit"), given | {"unit-delta": "2.5"})
    row = Adjustment.objects.get()
    assert "等领导小组审定" in shown(office, "kpi_decisions", "2022")
    approve = at("kpi_decide", "2022", "adjustment", row.pk, "approve")
    assert approve not in shown(office, "kpi_decisions", "2022")
    assert office.post(approve).status_code == 403
    assert approve in shown(leader, "kpi_decisions", "2022")
    leader.post(approve)
    assert unit(cast, "招商局").total == D("92.50")
    assert "1项校准、0项一票否决，都已处理" in shown(leader, "kpi_decisions", "2022")


def test_maker_who_may_decide_sees_no_button(cast):
    result_cast.calibrated(cast, cast.cycle)
    both = make.a_user(cast.zone, OFFICE, "两任")
    both.groups.add(cast.leader.groups.get())
    client = logged(both)
    client.post(
        at("kpi_decisions_do", "2022", "person"),
        {"person-person": cast.people["招乙"].pk, "person-delta": "-1", "person-reason": "迟报"},
    )
    row = Adjustment.objects.get()
    assert "您提出的，由另一人审定" in shown(client, "kpi_decisions", "2022")
    approve = at("kpi_decide", "2022", "adjustment", row.pk, "approve")
    assert approve not in shown(client, "kpi_decisions", "2022")
    client.post(approve)
    assert Adjustment.objects.get().state == "PROPOSED"
    client.post(at("kpi_decide", "2022", "adjustment", row.pk, "withdraw"))
    assert Adjustment.objects.get().state == "WITHDRAWN"


def test_veto_is_raised_by_supervisors_and_decided_by_leaders(cast):
    watcher, leader = logged(cast.supervisor), logged(cast.leader)
    watcher.post(
        at("kpi_decisions_do", "2022", "unit-veto"),
        {"unit-veto-unit": cast.units[0].pk, "unit-veto-matter": "较大安全事故"},
    )
    row = Veto.objects.get()
    decide = at("kpi_decide", "2022", "veto", row.pk, "approve")
    assert watcher.post(decide).status_code == 403
    leader.post(decide, {"document_no": "党工委〔2023〕3号"})
    assert (unit(cast, "经济发展局").grade, unit(cast, "经济发展局").rank) == ("四等", 5)
    assert "党工委〔2023〕3号" in shown(watcher, "kpi_decisions", "2022")


def test_ties_are_decided_by_name_and_what_if_names_who_would_move(cast):
    result_cast.counted(
        cast, "2023", units={name: {"indicators": 100} for name in result_cast.UNITS},
        scores=(99, 80, 80, 99, 80, 80, 80, 80, 80),
    )  # fmt: skip
    leader, office = logged(cast.leader), logged(cast.office)
    page = shown(office, "kpi_quotas", "2023")
    scenarios = office.get(at("kpi_quotas", "2023")).context["scenarios"]
    # caps ⌊9 × 15, 20, 25 %⌋: 1, 1, 2 for the two who are equal
    assert [(one["share"], one["excellent"]) for one in scenarios] == [(15.0, 0), (20.0, 0), (25.0, 2)]
    assert [(one["line"].name, one["after"]) for one in scenarios[2]["moves"]] == [
        ("经甲", "优秀"), ("招甲", "优秀"),
    ]  # fmt: skip
    assert "9人参加，优秀名额1个，已用0个；1组同分，1个名额待决定" in page
    assert "由领导小组决定，系统不自行取舍" in page
    given = {"group": "合并计算单位", "reason": "经甲承担省级试点"}
    both = [cast.people["经甲"].pk, cast.people["招甲"].pk]
    refused = leader.post(at("kpi_tie_decide", "2023"), given | {"row": both}, follow=True).content.decode()
    assert "所选2人" in refused
    leader.post(at("kpi_tie_decide", "2023"), given | {"row": both[:1]})
    assert person(cast, "经甲").grade == "A"
    assert TieDecision.objects.filter(gets_seat=True).count() == 1
    page = shown(leader, "kpi_quotas", "2023")
    assert "已用1个" in page
    assert "列入优秀" in page


def test_excluded_people_are_listed_with_the_reason_and_taken_in_again(cast):
    office = logged(cast.office)
    office.post(
        at("kpi_quotas_do", "2022", "exclude"),
        {"exclude-person": cast.people["规丙"].pk, "exclude-cause": "LEAVE", "exclude-note": ""},
    )
    page = shown(office, "kpi_quotas", "2022")
    assert "不参加和不定等次 1人" in page
    assert "病事假累计超过半年" in page
    assert person(cast, "规丙").grade == ""
    office.post(at("kpi_include", "2022", Exclusion.objects.get().pk), {"reason": "已满半年"})
    assert person(cast, "规丙").grade == "B"


def test_vetoes_and_exclusions_are_entered_while_figures_are_still_collected():
    cast = casts.a_cast(staff=1)
    casts.collecting(cast)
    office = logged(cast.office)
    for name in ("kpi_decisions", "kpi_quotas"):
        assert at(name, "2022") in shown(office, "kpi_cycle", "2022")
    office.post(
        at("kpi_decisions_do", "2022", "unit-veto"),
        {"unit-veto-unit": cast.units[0].pk, "unit-veto-matter": "较大事故"},
    )
    assert Veto.objects.get().unit == cast.units[0]
    office.post(
        at("kpi_quotas_do", "2022", "exclude"),
        {"exclude-person": cast.people["招乙"].pk, "exclude-cause": "FIRST_YEAR"},
    )
    assert Exclusion.objects.get().person == cast.people["招乙"]


def test_appeal_upheld_shows_before_and_after(cast):
    cycle = result_cast.published(cast, cast.cycle)
    on = cycle.published_on
    appeal = result_appeal_submit(
        cycle=cycle, claim="信访积案已办结", actor=cast.head(cast.units[1]), on=on, unit=cast.units[1]
    )
    client = logged(cast.office)
    page = shown(client, "kpi_appeals", "2022")
    assert "1件申诉待答复，1件已过期限" in page  # read years later
    entry = cycle.unit_entries.get(unit=cast.units[1])
    address = at("kpi_appeal", "2022", appeal.pk)
    answer = client.post(address, {"decision": "uphold", "answer": "核实"}, follow=True).content.decode()
    assert "申诉成立的，须写明更正哪一项" in answer
    given = {
        "decision": "uphold", "answer": "扣分取消", "kind": "unit", "entry_unit": entry.pk, "deduction": "0",
    }  # fmt: skip
    page = client.post(address, given, follow=True).content.decode()
    assert ResultAppeal.objects.get().state == "UPHELD"
    assert unit(cast, "招商局").total == D("92.00")
    assert "更正前后" in page
    assert "<del>90.00</del>" in page
    assert "<ins>92.00</ins>" in page
    # 招甲: 0.7 × 92 + 0.3 × 90; the three of the unit change with it
    assert person(cast, "招甲").combined == D("91.40")
    assert "1个单位、3人的结果有变化" in page
    history = shown(client, "kpi_unit_result", "2022", cast.units[1].pk)
    assert "共2版" in history


def test_head_appeals_for_the_own_unit_only(cast, monkeypatch):
    cycle = result_cast.published(cast, cast.cycle)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *given: cycle.published_on)
    head = logged(cast.head(cast.units[1]))
    assert "替本单位申诉" in shown(head, "kpi_appeals", "2022")
    given = {"own-unit": cast.units[0].pk, "own-claim": "扣分有误"}
    head.post(at("kpi_appeals_do", "2022", "own"), given)
    assert not ResultAppeal.objects.exists()
    head.post(at("kpi_appeals_do", "2022", "own"), given | {"own-unit": cast.units[1].pk})
    assert ResultAppeal.objects.get().unit == cast.units[1]
    assert head.post(at("kpi_appeals_do", "2022", "unit"), given).status_code == 403


def test_appeal_rejected_keeps_the_result_and_its_own_head_cannot_decide(cast):
    cycle = result_cast.published(cast, cast.cycle)
    head = cast.head(cast.units[2])
    appeal = result_appeal_submit(
        cycle=cycle, claim="请求复核", actor=head, on=cycle.published_on, unit=cast.units[2]
    )
    address = at("kpi_appeal", "2022", appeal.pk)
    assert logged(head).get(address).status_code == 200
    assert logged(head).post(address, {"decision": "uphold", "answer": "x"}).status_code == 403
    assert logged(cast.head(cast.units[0])).get(address).status_code == 404
    logged(cast.office).post(address, {"decision": "reject", "answer": "数据无误"})
    assert ResultAppeal.objects.get().state == "REJECTED"
    assert unit(cast, "规划建设局").version == 1
    assert "数据无误" in shown(logged(head), "kpi_appeals", "2022")


def test_unit_takes_its_appeal_back_and_is_offered_none_once_the_days_are_over(cast):
    cycle = result_cast.published(cast, cast.cycle)
    head = cast.head(cast.units[1])
    appeal = result_appeal_submit(
        cycle=cycle, claim="漏计", actor=head, on=cycle.published_on, unit=cast.units[1]
    )
    client, office = logged(head), logged(cast.office)
    assert "撤回申诉" in shown(client, "kpi_appeal", "2022", appeal.pk)
    assert "撤回申诉" not in shown(office, "kpi_appeal", "2022", appeal.pk)
    office.post(at("kpi_appeal_withdraw", "2022", appeal.pk))
    assert ResultAppeal.objects.get().state == "OPEN"
    client.post(at("kpi_appeal_withdraw", "2022", appeal.pk))
    assert ResultAppeal.objects.get().state == "WITHDRAWN"
    page = shown(client, "kpi_appeals", "2022")  # read years later
    assert "申诉已于2023-01-30截止" in page
    assert "替本单位申诉" not in page


def test_consequences_are_carried_out_or_waived_and_notices_go_out(cast):
    result_cast.final(cast, cast.cycle)
    office, leader = logged(cast.office), logged(cast.leader)
    page = shown(office, "kpi_consequences", "2022")
    assert f"{Consequence.objects.count()}项待办理；还没有发通知书" in page
    lock = Consequence.objects.get(person=cast.people["招丙"], code="NO_PROMOTION")
    do = at("kpi_consequences_do", "2022", "carry-out")
    office.post(do, {"row": [lock.pk], "carry-out-document_no": "考发〔2023〕8号"})
    assert Consequence.objects.get(pk=lock.pk).state == "DONE"
    talk = Consequence.objects.get(person=cast.people["招丙"], code="ADMONISH")
    waive = at("kpi_consequences_do", "2022", "waive")
    assert office.post(waive, {"row": [talk.pk], "waive-reason": "x"}).status_code == 403
    leader.post(waive, {"row": [talk.pk], "waive-reason": "已调离"})
    assert Consequence.objects.get(pk=talk.pk).state == "WAIVED"
    office.post(at("kpi_consequences_do", "2022", "issue"), {"issue-document_no": "考通〔2023〕1号"})
    assert Notice.objects.count() == 9
    page = office.get(at("kpi_consequences", "2022"), {"tab": "notices"}).content.decode()
    assert "通知书9份，9份未签收" in page
    office.post(at("kpi_consequences_do", "2022", "receive"), {"row": [Notice.objects.first().pk]})
    assert Notice.objects.filter(received_on=None).count() == 8


def test_competition_ranks_units_by_completion_on_a_screen_that_refreshes_itself():
    cast = casts.a_cast(staff=1)
    entries = [
        casts.IndicatorEntry(
            "项目建设", "开工项目", subject=one,
            values={"data_source": "统计局", "responsible_unit": one, "rule": "PROP", "full": D(100)},
        )
        for one in cast.units
    ]  # fmt: skip
    casts.a_scheme(cast, entries=entries)
    casts.calibrating(cast)
    for item, actual in zip(cast.items(), (120, 80, 80), strict=True):
        type(item).objects.filter(pk=item.pk).update(actual=actual)
    office = logged(cast.office)
    office.post(
        at("kpi_competitions_do", "2022", "create"),
        {"create-name": "开工夺标赛", "create-measure": "RATE", "create-refresh_seconds": "30",
         "create-paths": ["项目建设 / 开工项目"]},
    )  # fmt: skip
    row = Competition.objects.get()
    places = [(one.rank, one.unit, one.value) for one in board_of(row).places]
    assert places == [
        (1, "经济发展局", D("120.00")),
        (2, "招商局", D("80.00")),
        (2, "规划建设局", D("80.00")),
    ]
    screen = logged(cast.leader).get(f"/reports/kpi/board/{row.pk}/").content.decode()
    assert '<meta http-equiv="refresh" content="30">' in screen
    assert "120.00" in screen
    assert logged(cast.head(cast.units[0])).get(f"/reports/kpi/board/{row.pk}/").status_code == 403
    office.post(at("kpi_competition_close", "2022", row.pk))
    screen = logged(cast.leader).get(f"/reports/kpi/board/{row.pk}/").content.decode()
    assert "http-equiv" not in screen


def test_desk_leads_to_what_waits(cast):
    result_cast.calibrated(cast, cast.cycle)
    logged(cast.office).post(
        at("kpi_decisions_do", "2022", "unit"),
        {"unit-unit": cast.units[1].pk, "unit-delta": "1", "unit-reason": "口径"},
    )
    page = logged(cast.leader).get(reverse("admin:index")).content.decode()
    assert "校准待审定" in page
    assert at("kpi_decisions", "2022") in page
