"""Act four of the second round: the 公示 ends, letters are signed, the appointments take effect, the round is
completed."""

from datetime import date

from appointments.models import Appointment, Batch, Demotion, Publicity
from appointments.rules.change import ChangeKind
from appointments.selectors import change_summary, people_with
from appointments.services.appointing import LetterNumbers, appointments_draft, letters_sign
from appointments.services.batch_steps import batch_step
from appointments.services.demotions import demotions_record
from appointments.services.documents import appointment_document_draft, document_review
from appointments.services.publicity import publicity_confirm, publicity_report
from appointments.services.round_steps import round_complete, round_place
from appointments.services.superior import SuperiorEntry, appointments_by_superior
from reform.errors import Refused

from .second_plan import EFFECTIVE_ON
from .second_select import MINUTES
from .stage import Stage, must

OVER_ON = date(2022, 1, 22)
TALKED_ON = date(2022, 1, 17)
SUPERIOR_NO = "平组干〔2022〕6号"
LEADING = ("L90", "L80")
# 聘书编号 run on from batch to batch, behind those of the leaders.
FIRST_LETTER = {"1": 10, "2": 90, "3": 304}


def appoint(stage: Stage, code: str) -> None:
    """From the end of the 公示 to the appointments in force."""
    cast, batch = stage.cast, stage.batch(code)
    _confirm(stage, batch)
    batch_step(batch=batch, event="appoint", actor=cast.office, on=OVER_ON)
    batch = stage.batch(code)
    document_no = f"云溪聘〔2022〕{code}号"
    letters = LetterNumbers("云溪聘字2022", FIRST_LETTER[code])
    drafts = appointments_draft(
        batch=batch, starts_on=EFFECTIVE_ON, actor=cast.office, document_no=document_no, letters=letters
    )
    document = appointment_document_draft(
        batch=batch,
        actor=cast.office,
        on=OVER_ON,
        document_no=document_no,
        number=int(code),
        met_on=_met_on(batch),
        issued_on=EFFECTIVE_ON,
    )
    document_review(document=document, actor=cast.second, on=OVER_ON)
    letters_sign(appointments=drafts, actor=cast.office, letter_signed_on=OVER_ON, duties_signed_on=OVER_ON)
    batch_step(
        batch=stage.batch(code),
        event="close",
        actor=cast.leader,
        on=EFFECTIVE_ON,
        document_no=document_no,
    )


def _confirm(stage: Stage, batch: Batch) -> None:
    for publicity in Publicity.objects.filter(proposal__batch=batch).select_related("proposal__batch"):
        publicity_report(
            publicity=publicity, result="公示期满，没有收到异议。", actor=stage.cast.office, on=OVER_ON
        )
        publicity_confirm(publicity=publicity, actor=stage.cast.supervisor, on=OVER_ON)


def _met_on(batch: Batch) -> date | None:
    return batch.proposal_lists.order_by("-number").values_list("meeting__held_on", flat=True).first()


def appoint_leaders(stage: Stage) -> None:
    """The superior's 任命文件 is registered."""
    entries = [
        SuperiorEntry(stage.people[person], stage.positions[position], EFFECTIVE_ON)
        for person, position in stage.wanted.items()
        if stage.positions[position].level in LEADING
    ]
    _, refused = appointments_by_superior(
        round_=stage.round,
        entries=entries,
        document_no=SUPERIOR_NO,
        decided_on=OVER_ON,
        actor=stage.cast.leader,
    )
    must(refused, "上级任命")


def record_demotions(stage: Stage) -> None:
    """Whoever is appointed to a lower level has been talked to and told of the right to appeal."""
    fallen = [person for person in people_with(change_summary(stage.round).people, ChangeKind.DEMOTION)]
    demotions = []
    for number, person in enumerate(fallen, start=1):
        was = person.before.level if person.before else ""
        cut = was == "L70"  # the merger left fewer heads
        demotions.append(
            Demotion(
                round=stage.round,
                person=stage.people[person.person_id],
                reason_code=Demotion.Reason.D4 if cut else Demotion.Reason.D3,
                reason="机构合并，正职职数减少" if cut else "竞聘未入选，转聘低一级岗位",
                talk_on=TALKED_ON,
                talk_by="党工委副书记、党建工作部部长",
                talk_record="通报竞聘结果和拟安排岗位，听取本人意见；本人表示服从组织安排。",
                notice_no=f"云溪聘告〔2022〕{number}号",
                notice_on=TALKED_ON,
                appeal_rights_told=True,
            )
        )
    must(
        demotions_record(
            round_=stage.round, demotions=demotions, actor=stage.cast.office, on=EFFECTIVE_ON
        ).refused,
        "降职手续",
    )


def complete(stage: Stage) -> None:
    """T4 and T5: nobody is left, the invariants hold."""
    stage.round.refresh_from_db()
    left = round_place(round_=stage.round, actor=stage.cast.office, on=EFFECTIVE_ON)
    if left:
        raise Refused([f"还有{len(left)}人没有安置"])
    missing = stage.wanted.keys() - set(
        Appointment.objects.filter(round=stage.round).values_list("person_id", flat=True)
    )
    if missing:
        raise Refused([f"{len(missing)}人没有聘任"])
    round_complete(round_=stage.round, actor=stage.cast.leader, on=EFFECTIVE_ON, document_no=MINUTES["3"])
