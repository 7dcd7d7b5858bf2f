"""公示: its days by the calendar, what the public sees, who reports and who confirms; and the dossier."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Application, Publicity
from appointments.rules.guards import Call, batch_appoint
from appointments.selectors.dossier import Standing, dossier
from appointments.selectors.publicity import public_list
from appointments.selectors.selection import publicity_facts
from appointments.services.objections import objection_receive
from appointments.services.proposals import application_terms_set
from appointments.services.publicity import (
    publicity_confirm,
    publicity_correct,
    publicity_open,
    publicity_report,
)
from reform.errors import Refused, StaleState
from reform.models import ConductRecord
from tests import factories as make
from tests.appointments.selection_cast import DAY, OFFICE, Selection, a_selection


@pytest.fixture
def cast(db: None) -> Selection:
    cast = a_selection()
    cast.person(
        "张三",
        "副局长",
        sex="1",
        ethnicity="01",
        native_place="河南鲁山",
        political_status="01",
        education="21",
        degree="4",
        birth_on=date(1980, 3, 9),
        work_started_on=date(2002, 7, 15),
    )
    rows = [cast.apply("张三", "局长"), cast.apply("李四", "副科长", before="科长")]
    cast.match(*rows)
    return cast


@pytest.mark.parametrize(
    ("starts_on", "last_on"),
    [
        (date(2022, 1, 24), date(2022, 1, 28)),
        (date(2022, 1, 29), date(2022, 2, 9)),
        (date(2022, 1, 23), date(2022, 1, 28)),
    ],
    ids=["五个工作日", "调休上班，跨春节", "从星期日起"],
)
def test_last_day_follows_from_the_working_calendar(cast, starts_on: date, last_on: date):
    shown = cast.publicize(cast.propose(), starts_on)
    assert (shown.starts_on, shown.last_on) == (starts_on, last_on)


def test_year_that_the_calendar_lacks_is_told_in_a_warning(cast):
    opened = publicity_open(
        proposal=cast.propose(), starts_on=date(2031, 3, 3), actor=cast.users["人事"], on=DAY, **OFFICE
    )
    assert opened.publicity.last_on == date(2031, 3, 7)
    assert (
        opened.warning == "工作日历缺少 2031 年，暂按周一至周五计算，未扣除节假日和调休。请先维护工作日历。"
    )


def test_covered_year_needs_no_warning(cast):
    opened = publicity_open(
        proposal=cast.propose(), starts_on=date(2022, 1, 24), actor=cast.users["人事"], on=DAY, **OFFICE
    )
    assert opened.warning == ""


def test_everything_that_stands_against_a_publicity_is_said(cast):
    cast.to("DECIDING")
    proposal = cast.freeze()
    with pytest.raises(Refused) as refusal:
        publicity_open(
            proposal=proposal,
            starts_on=date(2022, 1, 24),
            actor=cast.users["人事"],
            on=DAY,
            phone="",
            address="管委会",
            office=" ",
        )
    assert refusal.value.reasons == (
        "批次在“党工委研究”，研究通过后才能公示",
        "名单还没有经会议研究",
        "须填写受理电话",
        "须填写受理部门",
    )


def test_publicity_does_not_begin_before_the_meeting_and_only_once(cast):
    proposal = cast.propose()
    with pytest.raises(Refused, match="公示从2022-01-17开始，早于会议日期2022-01-18"):
        cast.publicize(proposal, date(2022, 1, 17))
    cast.publicize(proposal)
    with pytest.raises(Refused, match="已经公示"):
        cast.publicize(proposal)


def test_days_that_are_over_do_not_count_as_public(cast):
    with pytest.raises(Refused, match="公示从2022-01-20开始，今天是2022-01-25，已过去的日子不能计入公示"):
        publicity_open(
            proposal=cast.propose(),
            starts_on=date(2022, 1, 20),
            actor=cast.users["人事"],
            on=date(2022, 1, 25),
            **OFFICE,
        )


def mend(cast: Selection, publicity: Publicity, starts_on: date, on: date, **facts: str) -> Publicity:
    given = {**OFFICE, **facts}
    return publicity_correct(
        publicity=publicity, starts_on=starts_on, actor=cast.users["人事"], on=on, **given
    ).publicity


def test_publicity_typed_wrong_is_given_all_its_days_anew(cast):
    publicity = cast.publicize(cast.propose(), date(2022, 3, 24))
    with pytest.raises(Refused, match="已过去的日子不能计入公示"):
        mend(cast, publicity, date(2022, 1, 20), date(2022, 1, 24))
    mended = mend(cast, publicity, date(2022, 1, 24), date(2022, 1, 24), phone="0375-2")
    assert (mended.starts_on, mended.last_on, mended.phone) == (
        date(2022, 1, 24),
        date(2022, 1, 28),
        "0375-2",
    )
    # The days stand, the telephone is mended while it runs.
    assert mend(cast, mended, date(2022, 1, 24), date(2022, 1, 26), phone="0375-3").last_on == date(
        2022, 1, 28
    )


def test_days_of_a_publicity_stand_once_somebody_has_objected(cast):
    publicity = cast.publicize(cast.propose())
    one = Application.objects.filter(state="PROPOSED").order_by("id").first()
    objection_receive(
        application=one,
        received_on=date(2022, 1, 25),
        from_whom="王某",
        facts="学历有疑",
        actor=cast.users["监督组"],
        on=date(2022, 1, 25),
    )
    with pytest.raises(Refused, match="已收到异议，起始日期不能再改"):
        mend(cast, publicity, date(2022, 2, 7), date(2022, 1, 26))


def test_reported_publicity_is_not_mended_any_more(cast):
    publicity = cast.publicize(cast.propose())
    publicity_report(publicity=publicity, result="无异议", actor=cast.users["人事"], on=date(2022, 1, 29))
    with pytest.raises(Refused, match="公示结果已经报告，不能再更正"):
        mend(cast, publicity, publicity.starts_on, date(2022, 1, 29))


def test_result_is_not_confirmed_while_an_objection_is_open(cast):
    publicity = cast.publicize(cast.propose())
    publicity_report(publicity=publicity, result="无异议", actor=cast.users["人事"], on=date(2022, 1, 29))
    one = Application.objects.filter(state="PROPOSED").order_by("id").first()
    objection_receive(
        application=one,
        received_on=date(2022, 1, 28),
        from_whom="王某",
        facts="学历有疑",
        actor=cast.users["监督组"],
        on=date(2022, 1, 29),
    )
    with pytest.raises(Refused, match="还有1件异议没有办结"):
        publicity_confirm(publicity=publicity, actor=cast.users["监督组"], on=date(2022, 1, 29))


def test_public_list_shows_layout_3_without_the_id_number_and_the_day_of_birth(cast):
    first, second = public_list(cast.publicize(cast.propose()))
    person = cast.people["张三"]
    assert (first.number, first.name, first.sex, first.birth) == (1, "张三", "男", "1980年3月")
    assert (first.ethnicity, first.native_place, first.political_status) == ("汉族", "河南鲁山", "中共党员")
    assert (first.education, first.work_started) == ("大学本科毕业、学士", "2002年7月")
    assert (first.former_post, first.post) == ("经发局·副局长", "经发局·局长")
    assert (first.level, first.change, first.remark) == ("中层正职", "提拔", "")
    assert (second.change, second.birth) == ("降职", "1980年1月")
    assert person.id_number not in repr([first, second])
    assert "1980-03-09" not in repr(first)


def test_public_list_gives_the_reason_of_an_exception(db):
    cast = a_selection()
    one = cast.apply("越", "副局长", before="副科长")
    application_terms_set(application=one, exception_reason="工作急需，业绩突出", actor=cast.users["人事"])
    cast.match(one)
    shown = cast.publicize(cast.propose())
    assert [row.remark for row in public_list(shown)] == ["工作急需，业绩突出"]
    assert publicity_facts(cast.batch, shown.last_on).unreasoned == ["越（缺上级批准文号）"]


def test_who_was_voted_out_or_taken_off_is_not_shown(cast):
    shown = cast.publicize(cast.propose(9, 2))
    assert [row.name for row in public_list(shown)] == ["张三"]
    Application.objects.filter(state="PROPOSED").update(state="DROPPED")
    assert public_list(shown) == []


def test_office_reports_after_the_last_day_and_somebody_else_confirms(cast):
    shown = cast.publicize(cast.propose())
    office, supervisor = cast.users["人事"], cast.users["监督组"]
    with pytest.raises(Refused, match="公示到2022-01-28结束，今天是2022-01-28"):
        publicity_report(publicity=shown, result="无异议", actor=office, on=date(2022, 1, 28))
    on = date(2022, 1, 29)
    with pytest.raises(Refused, match="还没有报告公示结果"):
        publicity_confirm(publicity=shown, actor=supervisor, on=on)
    publicity_report(publicity=shown, result="无异议", actor=office, on=on)
    with pytest.raises(Refused, match="由监督组办理"):
        publicity_confirm(publicity=shown, actor=office, on=on)
    both = make.a_user(cast.zone, "人事")
    both.groups.add(supervisor.groups.get())
    publicity_report(publicity=shown, result="无异议", actor=both, on=on)
    with pytest.raises(Refused, match="报告人不能确认自己的报告"):
        publicity_confirm(publicity=shown, actor=both, on=on)
    publicity_confirm(publicity=shown, actor=supervisor, on=on)
    with pytest.raises(StaleState, match="的结果刚由监督组确认"):
        publicity_confirm(publicity=Publicity.objects.get(), actor=make.a_user(cast.zone, "监督组"), on=on)


def test_b9_waits_for_the_end_and_the_confirmation(cast):
    proposal = cast.propose()
    assert batch_appoint(publicity_facts(cast.batch, date(2022, 1, 29)), Call(date(2022, 1, 29))) == [
        "还没有公示",
        "2人没有经过公示：张三、李四",
    ]
    shown = cast.publicize(proposal)
    for on, expected in (
        (date(2022, 1, 28), ["第1份名单的公示到2022-01-28结束，今天是2022-01-28"]),
        (date(2022, 1, 29), ["第1份名单的公示的结果还没有由第二人确认"]),
    ):
        assert batch_appoint(publicity_facts(cast.batch, on), Call(on)) == expected
    cast.end_publicity(shown)
    assert batch_appoint(publicity_facts(cast.batch, date(2022, 1, 29)), Call(date(2022, 1, 29))) == []


def test_shortened_publicity_is_counted_again_by_b9(cast):
    shown = cast.publicize(cast.propose())
    Publicity.objects.filter(pk=shown.pk).update(
        ends_before=date(2022, 1, 28), confirmed_by=cast.users["监督组"]
    )
    on = date(2022, 1, 29)
    assert batch_appoint(publicity_facts(cast.batch, on), Call(on)) == [
        "第1份名单的公示只有4个工作日，至少5个"
    ]


def test_statements_do_not_grow_with_the_public_list(db):
    cast = a_selection()
    cast.match(*(cast.apply(f"众{i}", "科长", i + 1) for i in range(7)))
    shown = cast.publicize(cast.propose())
    with CaptureQueriesContext(connection) as many:
        assert len(public_list(shown)) == 7
    Application.objects.filter(state="PROPOSED", rank__gt=1).update(state="DROPPED")
    with CaptureQueriesContext(connection) as one:
        assert len(public_list(shown)) == 1
    assert len(one) == len(many)


# --- dossier


def standings(application: Application) -> dict[str, str]:
    return {item.name: item.standing.label for item in dossier(application).items}


def test_dossier_of_a_promotion_by_competition_grows_step_by_step(cast):
    one = Application.objects.get(candidacy__person__name="张三")
    Application.objects.filter(pk=one.pk).update(total="88.50")
    assert standings(one) == {
        "动议": "已完成",
        "报名": "已完成",
        "资格": "已完成",
        "成绩": "缺",
        "考察": "缺",
        "函询": "不适用",
        "个人有关事项核查": "缺",
        "表决": "缺",
        "公示": "缺",
        "发文": "缺",
    }
    assert dossier(one).percentage == 33
    cast.batch.scores_published_on = date(2022, 1, 14)
    cast.batch.save()
    cast.inspect(one)
    cast.end_publicity(cast.publicize(cast.propose()))
    found = dossier(one)
    assert [item.name for item in found.missing] == ["发文"]
    assert found.percentage == 88
    vote = next(item for item in found.items if item.code == "vote")
    assert (vote.document, vote.on, vote.detail) == (
        "会纪〔2022〕1号",
        date(2022, 1, 18),
        "同意9 反对0 弃权0 回避0",
    )


def test_dossier_of_mutual_selection_asks_for_no_score_and_no_inspection(db):
    cast = a_selection("SX")
    one = cast.apply("张三", "主办", None, "QUALIFIED", before="主办")
    cast.match(one)
    found = {name for name, standing in standings(one).items() if standing == "不适用"}
    assert found == {"成绩", "考察", "函询", "个人有关事项核查"}


def test_answered_inquiry_and_valid_check_of_the_same_person_are_used_again(cast):
    one = Application.objects.get(candidacy__person__name="张三")
    cast.inspect(one, matters_checked=False)
    person = cast.people["张三"]
    inquiry = ConductRecord.objects.create(
        person=person, kind="INQUIRY", happened_on=date(2021, 5, 1), document_no="函〔2021〕3号"
    )
    assert standings(one)["函询"] == "缺"
    ConductRecord.objects.filter(pk=inquiry.pk).update(result="CLEARED")
    ConductRecord.objects.create(
        person=person,
        kind="VERIFICATION",
        result="TRUE",
        happened_on=date(2021, 6, 1),
        valid_before=date(2022, 6, 1),
        document_no="核〔2021〕8号",
    )
    items = {item.code: item for item in dossier(one).items}
    assert (items["inquiry"].standing, items["inquiry"].document) == (Standing.DONE, "函〔2021〕3号")
    assert (items["verification"].standing, items["verification"].document) == (
        Standing.DONE,
        "核〔2021〕8号",
    )
    late = {item.code: item.standing for item in dossier(one, date(2022, 6, 1)).items}
    assert late["verification"] is Standing.MISSING
