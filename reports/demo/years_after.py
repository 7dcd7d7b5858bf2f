"""The years after the demo's second round: probations, 挂职, an appeal, those who leave, the next term."""

from collections.abc import Sequence
from datetime import date, timedelta

from appointments.models import Appeal, Appointment, Demotion, Secondment, TermReview
from appointments.selectors.terms import Grounds, appointments_in_force, retirement_of
from appointments.services.appeals import appeal_decide, appeal_file
from appointments.services.exits import person_leave
from appointments.services.probations import probations_confirm
from appointments.services.renewals import appointments_renew, renewals_begin
from appointments.services.secondments import secondment_report, secondments_register
from appointments.services.terms import term_reviews_record
from appointments.states import AppointmentState
from reform.dated import add_years
from reform.ladder import Policy
from reform.models import TenureKind
from reform.selectors import policy_of

from .second_plan import EFFECTIVE_ON
from .stage import Stage, days, must

_DAY = timedelta(days=1)
SENT_OUT, HOST = 20, "嘉兴市秀洲区"
AWAY = days(date(2022, 2, 21), date(2022, 5, 20))
REPORTED_ON = date(2022, 5, 27)
CONFIRMED_ON = date(2023, 1, 23)
REVIEWED_ON, RENEWED_ON = date(2024, 12, 10), date(2025, 1, 10)
# Levels from which people are sent out, so that departments, parks and companies are among them.
SENT_FROM = ("L50", "L40")
# Who goes elsewhere, by the number among the officers: cause, first day away, document, why or where to.
LEAVERS = (
    (17, "T04", date(2023, 3, 1), "云溪人调〔2023〕4号", "市发展和改革委员会"),
    (64, "T03", date(2023, 9, 1), "云溪人〔2023〕17号", "本人辞职"),
    (151, "T04", date(2024, 6, 1), "云溪人调〔2024〕9号", "省商务厅"),
)


def play_years(stage: Stage, today: date) -> None:
    """Everything that happened from 2022 to this day, in its order."""
    policy = policy_of(stage.round.policy)
    _appeal_of_2022(stage)
    _send_out(stage)
    _confirm(stage, today)
    leavings = _leavings(stage, policy, today)
    first = [one for one in leavings if one[1] <= RENEWED_ON]
    _leave(stage, first)
    if today > RENEWED_ON:
        _renew(stage, today)
        renewals_begin(zone=stage.round.zone, actor=stage.cast.office, on=today)
    _leave(stage, [one for one in leavings if one not in first])
    _open_appeal(stage, today)


def _held(stage: Stage) -> list[Appointment]:
    """Main appointments in force, in the order of the sheets."""
    found = appointments_in_force(stage.round.zone).filter(kind=TenureKind.PRIMARY)
    return list(
        found.select_related(
            "round__policy", "round__zone", "person", "position__unit__parent", "tenure", "zone"
        ).order_by("position__sort_no", "id")
    )


def _appeal_of_2022(stage: Stage) -> None:
    """One of the demoted asks for a 复核, and the decision stands."""
    demotion = Demotion.objects.filter(round=stage.round).order_by("id")[3]
    appeal = appeal_file(
        appeal=Appeal(
            person=stage.people[demotion.person_id],
            appointment=Appointment.objects.get(round=stage.round, person=demotion.person_id),
            kind=Appeal.Kind.RE_EXAMINATION,
            about="2022年1月降职安排的决定",
            known_on=demotion.notice_on,
            filed_on=date(2022, 1, 28),
            claim="认为竞聘成绩计算有误，请求复核。",
        ),
        actor=stage.cast.office,
    )
    appeal_decide(
        appeal=appeal,
        upholds=False,
        decision="经复核，各项成绩登记和合计无误，维持原决定。",
        document_no="云溪监复〔2022〕1号",
        decided_on=date(2022, 2, 18),
        actor=stage.cast.supervisor,
    )


def _open_appeal(stage: Stage, today: date) -> None:
    """Another one is being looked into on the day of the set-up."""
    one = _held(stage)[201]
    appeal_file(
        appeal=Appeal(
            person=one.person,
            appointment=one,
            kind=Appeal.Kind.RE_EXAMINATION,
            about="调整分管工作的决定",
            known_on=today - 12 * _DAY,
            filed_on=today - 5 * _DAY,
            claim="认为调整没有听取本人意见，请求复核。",
        ),
        actor=stage.cast.supervisor,
    )


def _send_out(stage: Stage) -> None:
    """选派20名 … 三个月挂职: they keep their posts at home."""
    fit = [one for one in _held(stage) if one.position.level in SENT_FROM]
    chosen = fit[:: len(fit) // SENT_OUT][:SENT_OUT]
    secondments = [
        Secondment(
            person=one.person,
            direction=Secondment.Direction.OUT,
            host=HOST,
            post="挂职干部",
            starts_on=AWAY[0],
            ends_before=AWAY[1],
            document_no="云溪党组〔2022〕5号",
        )
        for one in chosen
    ]
    must(
        secondments_register(zone=stage.round.zone, secondments=secondments, actor=stage.cast.office),
        "登记挂职",
    )
    for one in secondments:
        secondment_report(
            secondment=one,
            report="参与园区招商和项目服务，学习“最多跑一次”改革做法，形成工作建议3条。",
            reported_on=REPORTED_ON,
            actor=stage.cast.office,
        )


def _confirm(stage: Stage, today: date) -> None:
    if today < CONFIRMED_ON:
        return
    rows = Appointment.objects.filter(round=stage.round, state=AppointmentState.PROBATION)
    refused = probations_confirm(
        appointments=list(rows.select_related("person", "zone", "position__unit__parent").order_by("id")),
        actor=stage.cast.office,
        on=CONFIRMED_ON,
        document_no="云溪党组〔2023〕2号",
    )
    must(refused, "试用期转正")


Leaving = tuple[int, date, str, str, str]
"""Person, first day away, cause, document, why."""


def _leavings(stage: Stage, policy: Policy, today: date) -> list[Leaving]:
    """Everybody who has reached retirement by now, and a few who went elsewhere; the earliest first."""
    found: list[Leaving] = []
    for person in stage.people.values():
        last_on = retirement_of(person, policy)
        if last_on and EFFECTIVE_ON < last_on < today:
            first_away = last_on + _DAY
            found.append(
                (person.pk, first_away, "T02", f"云溪人退〔{first_away.year}〕{person.pk}号", "到龄退休")
            )
    retired = {one[0] for one in found}
    officers = [one for one in _held(stage) if one.position.level == "L30"]
    for place, cause, on, document_no, why in LEAVERS:
        person_id = officers[place].person_id
        if on <= today and person_id not in retired:
            found.append((person_id, on, cause, document_no, why))
    return sorted(found, key=lambda one: (one[1], one[0]))


def _leave(stage: Stage, leavings: Sequence[Leaving]) -> None:
    for person_id, on, cause, document_no, why in leavings:
        resigned = cause == "T03"
        grounds = Grounds(
            asked_on=on - 45 * _DAY if resigned else None,
            both_agree=resigned,
            details=why if cause == "T04" else "",
        )
        person_leave(
            person=stage.people[person_id],
            cause=cause,
            left_on=on,
            document_no=document_no,
            actor=stage.cast.office,
            on=on,
            grounds=grounds,
            reason=why,
        )


def _renew(stage: Stage, today: date) -> None:
    """聘期考核 at the end of the term; those who passed go on until the next round has had its time."""
    held = _held(stage)
    reviews = [
        TermReview(
            appointment=one,
            result=TermReview.Result.PASSED,
            outcome=TermReview.Outcome.RENEW,
            reviewed_on=REVIEWED_ON,
            document_no="云溪聘考〔2024〕1号",
        )
        for one in held
    ]
    must(term_reviews_record(reviews=reviews, actor=stage.cast.office, on=REVIEWED_ON), "聘期考核")
    renewed = appointments_renew(
        appointments=held,
        document_no="云溪聘〔2025〕1号",
        actor=stage.cast.leader,
        on=RENEWED_ON,
        years=renewed_years(today),
    )
    must(renewed.refused, "续聘")


def renewed_years(today: date) -> int:
    """Whole years of the next term: the fewest that reach beyond the time which the third round takes."""
    begins = add_years(EFFECTIVE_ON, 3)
    years = 1
    while add_years(begins, years) <= today + 45 * _DAY:
        years += 1
    return years
