"""公示异议: received, closed, and the seat that it frees."""

from datetime import date

import pytest

from appointments.models import Application, Appointment, BatchPost, Objection, ProposalList, Publicity
from appointments.rules.guards import Call, batch_appoint, batch_close
from appointments.selectors.closing import appoint_facts
from appointments.selectors.publicity import public_list
from appointments.selectors.seating import seating_of
from appointments.selectors.selection import publicity_facts
from appointments.services.appointing import LetterNumbers, appointments_draft, letters_sign
from appointments.services.intentions import intention_record
from appointments.services.objections import objection_close, objection_receive, substitute
from appointments.services.proposals import proposal_decide
from appointments.services.publicity import publicity_report
from reform.errors import IllegalTransition, Refused, StaleState
from reform.models import AuditEvent, Kinship
from tests import factories as make
from tests.appointments.selection_cast import Selection, a_selection

RECEIVED = date(2022, 1, 26)
CLOSED = date(2022, 1, 27)


@pytest.fixture
def cast(db: None) -> Selection:
    """张三 is proposed and before the public; 李四 and 王五 are next by rank."""
    cast = a_selection()
    rows = [
        cast.apply(name, "局长", place, before="副局长")
        for place, name in enumerate(("张三", "李四", "王五"), 1)
    ]
    cast.agree(*rows)
    cast.match(rows[0])
    cast.inspect(*rows)
    cast.publicize(cast.propose())
    return cast


def of(cast: Selection, name: str) -> Application:
    return Application.objects.get(candidacy__person=cast.people[name])


def receive(cast: Selection, name: str = "张三", **facts) -> Objection:
    return objection_receive(
        application=of(cast, name),
        actor=cast.users["监督组"],
        **{
            "received_on": RECEIVED,
            "on": RECEIVED,
            "from_whom": "孙某",
            "facts": "2019年项目验收中弄虚作假",
        }
        | facts,
    )


def close(cast: Selection, objection: Objection, *, upheld: bool, **facts) -> None:
    objection_close(
        objection=objection,
        upheld=upheld,
        actor=cast.users["监督组"],
        **{
            "on": CLOSED,
            "conclusion": "经核查属实" if upheld else "经核查不属实",
            "investigators": "周纪检、吴纪检",
        }
        | ({"document_no": "会纪〔2022〕2号"} if upheld else {"reply": "已当面答复"})
        | facts,
    )


def post_of(cast: Selection) -> BatchPost:
    return cast.batch.posts.get(position=cast.posts["局长"])


def test_nobody_is_taken_off_without_the_committees_decision(cast):
    objection = receive(cast)
    with pytest.raises(Refused, match="异议成立、取消拟聘的，须填写党工委决定文号"):
        close(cast, objection, upheld=True, document_no=" ")
    close(cast, objection, upheld=True)
    assert AuditEvent.objects.get(action="异议成立，取消拟聘").document_no == "会纪〔2022〕2号"


def test_objection_upheld_after_the_letter_was_printed_takes_the_draft_back(cast):
    publicity = Publicity.objects.get()
    cast.end_publicity(publicity, date(2022, 1, 29))
    cast.to("APPOINTING")
    numbers = LetterNumbers("聘书2022-")
    said = {"batch": cast.batch, "starts_on": date(2022, 2, 10), "actor": cast.users["人事"]}
    (draft,) = appointments_draft(document_no="聘〔2022〕1号", letters=numbers, **said)
    letters_sign(appointments=[draft], letter_signed_on=date(2022, 2, 8), actor=cast.users["人事"])
    objection = receive(cast, received_on=date(2022, 1, 28), on=date(2022, 2, 8))
    assert "张三：异议还没有办结" in batch_close(
        appoint_facts(cast.batch, date(2022, 2, 10)), Call(date(2022, 2, 10))
    )
    close(cast, objection, upheld=True, on=date(2022, 2, 9))
    assert of(cast, "张三").state == "DROPPED"
    assert not Appointment.objects.exists()
    assert seating_of(cast.round).vacant(cast.posts["局长"].pk) == 1


def test_objection_holds_the_person_until_it_is_answered(cast):
    objection = receive(cast)
    assert of(cast, "张三").state == "OBJECTED"
    assert publicity_facts(cast.batch, date(2022, 1, 29)).open_objections == ["张三"]
    close(cast, objection, upheld=False)
    assert of(cast, "张三").state == "PROPOSED"
    assert publicity_facts(cast.batch, date(2022, 1, 29)).open_objections == []
    kept = Objection.objects.get()
    assert (kept.state, kept.closed_on, kept.reply) == ("ANSWERED", CLOSED, "已当面答复")


def test_upheld_objection_takes_the_person_off_and_frees_the_seat(cast):
    seats = seating_of(cast.round, cast.batch)
    assert seats.vacant(cast.posts["局长"].pk) == 0
    close(cast, receive(cast), upheld=True)
    assert of(cast, "张三").state == "DROPPED"
    assert seating_of(cast.round, cast.batch).vacant(cast.posts["局长"].pk) == 1


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (
            {"received_on": date(2022, 1, 23)},
            "公示从2022-01-24到2022-01-28，2022-01-23收到的异议不在公示期内",
        ),
        (
            {"received_on": date(2022, 1, 29), "on": date(2022, 1, 29)},
            "公示从2022-01-24到2022-01-28，2022-01-29收到的异议不在公示期内",
        ),
        ({"from_whom": " "}, "实名异议须写明提出人"),
        ({"is_signed": False, "facts": " "}, "不实名的异议须有具体事实"),
        ({"on": date(2022, 1, 25)}, "收到日期2022-01-26在今天2022-01-25之后"),
    ],
    ids=["公示前", "公示后", "没有署名", "没有事实", "还没收到"],
)
def test_objection_that_is_not_taken(cast, facts, reason: str):
    with pytest.raises(Refused) as refusal:
        receive(cast, **facts)
    assert refusal.value.reasons == (reason,)
    assert of(cast, "张三").state == "PROPOSED"


@pytest.mark.parametrize("received_on", [date(2022, 1, 24), date(2022, 1, 28)])
def test_first_and_last_day_count(cast, received_on: date):
    receive(cast, received_on=received_on, on=received_on)
    assert of(cast, "张三").state == "OBJECTED"


def test_unsigned_objection_with_concrete_facts_is_taken(cast):
    assert receive(cast, is_signed=False, from_whom="").from_whom == "不实名"


def test_office_does_not_receive(cast):
    with pytest.raises(Refused, match="由监督组办理"):
        objection_receive(
            application=of(cast, "张三"),
            received_on=RECEIVED,
            from_whom="孙某",
            facts="弄虚作假",
            actor=cast.users["人事"],
            on=RECEIVED,
        )


def test_person_stays_held_until_the_last_objection_is_closed_and_one_upheld_is_enough(cast):
    first, second = receive(cast), receive(cast, from_whom="李某")
    close(cast, first, upheld=True)
    assert of(cast, "张三").state == "OBJECTED"
    close(cast, second, upheld=False)
    assert of(cast, "张三").state == "DROPPED"


def test_closing_needs_what_was_found_who_looked_and_a_reply(cast):
    with pytest.raises(Refused) as refusal:
        close(cast, receive(cast), upheld=False, conclusion="", investigators="", reply="")
    assert refusal.value.reasons == ("须写明核查结论", "须写明核查人员", "异议不成立的，须写明答复")


def test_second_who_closes_is_told_so(cast):
    objection = receive(cast)
    other = Objection.objects.get(pk=objection.pk)
    close(cast, objection, upheld=False)
    with pytest.raises(StaleState, match="刚被办结为“不成立，已答复”"):
        close(cast, other, upheld=True)


def test_result_is_not_reported_with_an_open_objection(cast):
    receive(cast)
    shown = ProposalList.objects.get().publicity
    with pytest.raises(Refused, match="还有1件异议没有办结"):
        publicity_report(publicity=shown, result="有异议", actor=cast.users["人事"], on=date(2022, 1, 29))


# --- substitution


def test_next_by_rank_takes_the_freed_seat_with_a_list_a_vote_and_a_publicity_of_its_own(cast):
    close(cast, receive(cast), upheld=True)
    second = substitute(post=post_of(cast), actor=cast.users["人事"], on=CLOSED)
    assert (second.number, [row.application.person.name for row in second.rows.all()]) == (2, ["李四"])
    assert publicity_facts(cast.batch, CLOSED).unpublicized == ["李四"]
    cast.vote(second, on=CLOSED)
    proposal_decide(proposal=second, actor=cast.users["领导"], on=CLOSED)
    assert [of(cast, name).state for name in ("李四", "王五")] == ["PROPOSED", "SHORTLISTED"]
    shown = cast.publicize(second, date(2022, 1, 28))
    assert [row.name for row in public_list(shown)] == ["李四"]
    first = ProposalList.objects.get(number=1).publicity
    cast.end_publicity(first, date(2022, 2, 10))
    on = date(2022, 2, 10)
    assert shown.last_on == date(2022, 2, 8)
    assert batch_appoint(publicity_facts(cast.batch, on), Call(on)) == [
        "第2份名单的公示的结果还没有由第二人确认"
    ]


def test_substitute_is_decided_on_by_the_same_guard_as_b8(cast):
    close(cast, receive(cast), upheld=True)
    second = substitute(post=post_of(cast), actor=cast.users["人事"], on=CLOSED)
    with pytest.raises(Refused) as refusal:
        proposal_decide(proposal=second, actor=cast.users["领导"], on=CLOSED)
    assert refusal.value.reasons == ("拟聘名单还没有审批", "没有登记研究会议")


def test_substitute_who_was_not_inspected_is_not_decided_on(db):
    cast = a_selection()
    rows = [
        cast.apply(name, "局长", place, before="副局长") for place, name in enumerate(("张三", "李四"), 1)
    ]
    cast.agree(*rows)
    cast.match(rows[0])
    cast.publicize(cast.propose())
    close(cast, receive(cast), upheld=True)
    second = substitute(post=post_of(cast), actor=cast.users["人事"], on=CLOSED)
    cast.vote(second, on=CLOSED)
    with pytest.raises(Refused, match="李四：没有考察"):
        proposal_decide(proposal=second, actor=cast.users["领导"], on=CLOSED)


def test_unit_may_still_say_yes_to_the_next_and_only_for_a_freed_seat(cast):
    later = cast.apply("钱七", "招商局局长", 1)
    with pytest.raises(Refused, match="公示期间只有因异议成立而空出的岗位"):
        intention_record(application=of(cast, "李四"), pass_no=2, unit_agrees=True, actor=cast.users["人事"])
    close(cast, receive(cast), upheld=True)
    intention_record(application=of(cast, "李四"), pass_no=2, unit_agrees=False, actor=cast.users["人事"])
    with pytest.raises(Refused, match="公示期间只有因异议成立而空出的岗位"):
        intention_record(application=later, unit_agrees=True, actor=cast.users["人事"])
    second = substitute(post=post_of(cast), actor=cast.users["人事"], on=CLOSED)
    assert [row.application.person.name for row in second.rows.all()] == ["王五"]


def test_relative_is_passed_over_for_the_next(cast):
    boss = cast.person("赵主任")
    make.an_appointment(cast.round, boss, cast.posts["主任"])
    Kinship.objects.create(person=boss, relative=cast.people["李四"], relative_name="李四", relation="20")
    close(cast, receive(cast), upheld=True)
    second = substitute(post=post_of(cast), actor=cast.users["人事"], on=CLOSED)
    assert [row.application.person.name for row in second.rows.all()] == ["王五"]


def test_nobody_is_substituted_without_a_freed_seat_or_a_candidate(cast):
    with pytest.raises(Refused) as refusal:
        substitute(post=post_of(cast), actor=cast.users["人事"], on=CLOSED)
    assert refusal.value.reasons == ("“经发局·局长”没有因异议成立而空出的职数", "“经发局·局长”没有空缺")
    close(cast, receive(cast), upheld=True)
    Application.objects.filter(state="SHORTLISTED").update(state="NOT_SELECTED")
    with pytest.raises(Refused, match="没有双方同意的递补人选，可转入下一批次"):
        substitute(post=post_of(cast), actor=cast.users["人事"], on=CLOSED)


def test_person_who_was_taken_off_does_not_come_back(cast):
    close(cast, receive(cast), upheld=True)
    with pytest.raises((Refused, IllegalTransition)):
        receive(cast)
