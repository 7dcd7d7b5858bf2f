"""选任纪实 (domain.md §3a): every paper of one proposed appointment, and what is still missing."""

from datetime import date

from appointments.models import (
    Application,
    Appointment,
    BatchPost,
    Candidacy,
    Inspection,
    MeetingVote,
    Publicity,
)
from appointments.rules.change import ChangeKind
from appointments.rules.proposals import is_carried
from appointments.states import ApplicationState, AppointmentState
from reform.models import ConductRecord
from reform.selectors import policy_of

from .dossier_parts import Dossier, DossierItem
from .dossier_parts import Standing as Standing
from .proposals import ProposalFact, proposal_facts
from .selection import INSPECTED_METHODS, inspection_gaps, vote_shares

_SCORED_METHODS = ("JP", "GX")
_SCREENED_METHODS = ("JP", "GX", "SX")


def dossier(application: Application, on: date | None = None) -> Dossier:
    """The dossier of one application; a fixed number of statements. on: the day on which a 核查 has to be
    valid; by default that of the meeting, else of the inspection."""
    one = Application.objects.select_related(
        "candidacy__person",
        "candidacy__batch__round__policy",
        "candidacy__round__zone",
        "candidacy__round__policy",
        "position__unit__parent",
        "reviewed_by",
    ).get(pk=application.pk)
    return _Writer(one, on).dossier()


class _Writer:
    """Reads what stands behind an application once, and says of each part where it stands."""

    def __init__(self, one: Application, on: date | None) -> None:
        self.one = one
        self.sheet = one.candidacy
        self.batch = one.candidacy.batch
        self.round = one.candidacy.round
        self.policy = policy_of(self.round.policy)
        post = BatchPost.objects.filter(batch=self.batch, position=one.position_id).first()
        self.method = post.method if post else (self.batch.method if self.batch else "")
        self.inspection = Inspection.objects.filter(application=one).first()
        self.vote = (
            MeetingVote.objects.filter(row__application=one)
            .select_related("meeting")
            .order_by("-row__list__number")
            .first()
        )
        self.publicity = (
            Publicity.objects.filter(proposal__rows__application=one).order_by("-proposal__number").first()
        )
        self.appointment = Appointment.objects.filter(application=one).first()
        self.records = list(
            ConductRecord.objects.filter(person=self.sheet.person_id).order_by("-happened_on", "-id")
        )
        self.fact: ProposalFact = proposal_facts(self.round, [one], ladder=self.policy.ladder)[0]
        met_on = self.vote.meeting.held_on if self.vote else None
        looked_on = self.inspection.inspected_on if self.inspection else None
        self.on = on or met_on or looked_on

    def dossier(self) -> Dossier:
        parts = (
            self._motion(),
            self._entry(),
            self._screening(),
            self._score(),
            self._inspection(),
            self._inquiry(),
            self._verification(),
            self._vote(),
            self._publicity(),
            self._appointment(),
        )
        return Dossier(self.one, self.method, parts)

    def _motion(self) -> DossierItem:
        number, on = self.round.plan_document_no, self.round.approved_on
        return _item("motion", "动议", bool(number), number or "实施方案", on)

    def _entry(self) -> DossierItem:
        is_nominated = self.sheet.source == Candidacy.Source.NOMINATED
        name, document = ("推荐", "提名") if is_nominated else ("报名", "竞聘报名表")
        detail = "：".join(part for part in (self.sheet.get_source_display(), self.sheet.remark) if part)
        return _item("entry", name, True, document, self.sheet.applied_on, detail)

    def _screening(self) -> DossierItem:
        is_taken_over = self.sheet.source == Candidacy.Source.TAKEN_OVER
        if self.method not in _SCREENED_METHODS or is_taken_over:
            return _not_applicable("screening", "资格")
        done = self.one.state not in (ApplicationState.SUBMITTED, ApplicationState.REJECTED)
        reviewer = self.one.reviewed_by
        who = f"复核：{reviewer.get_full_name() or reviewer.get_username()}" if reviewer else ""
        detail = "；".join(part for part in (self.one.conclusion_reason, who) if part)
        return _item("screening", "资格", done, "资格审查表", None, detail)

    def _score(self) -> DossierItem:
        is_taken_over = self.sheet.source == Candidacy.Source.TAKEN_OVER
        if self.method not in _SCORED_METHODS or is_taken_over or self.batch is None:
            return _not_applicable("score", "成绩")
        detail = f"综合成绩{self.one.total}，第{self.one.rank}名" if self.one.total is not None else ""
        on = self.batch.scores_published_on
        return _item("score", "成绩", bool(detail and on), "成绩汇总表", on, detail)

    def _inspection(self) -> DossierItem:
        if self.method not in INSPECTED_METHODS or self.batch is None:
            return _not_applicable("inspection", "考察")
        gaps = inspection_gaps(self.batch, [self.one], self.policy, self.on or date.max)
        on = self.inspection.inspected_on if self.inspection else None
        return _item("inspection", "考察", not gaps, "考察报告", on, "；".join(gaps))

    def _inquiry(self) -> DossierItem:
        """函询: only where there was one; what was answered once counts for every appointment after it."""
        found = [row for row in self.records if row.kind == ConductRecord.Kind.INQUIRY]
        if not found:
            return _not_applicable("inquiry", "函询")
        row = found[0]
        return _item(
            "inquiry", "函询", bool(row.result), row.document_no, row.happened_on, row.get_result_display()
        )

    def _verification(self) -> DossierItem:
        if self.fact.change.kind is not ChangeKind.PROMOTION:
            return _not_applicable("verification", "个人有关事项核查")
        row = next((row for row in self.records if self._is_valid(row)), None)
        ticked = self.inspection is not None and self.inspection.matters_checked
        on = (
            row.happened_on if row else (self.inspection.inspected_on if self.inspection and ticked else None)
        )
        done = ticked or (row is not None and row.result == ConductRecord.Result.TRUE)
        detail = row.get_result_display() if row else ""
        return _item(
            "verification", "个人有关事项核查", done, row.document_no if row else "核查结果", on, detail
        )

    def _is_valid(self, row: ConductRecord) -> bool:
        if row.kind != ConductRecord.Kind.VERIFICATION:
            return False
        if self.on is None:
            return True
        return row.happened_on <= self.on and (row.valid_before is None or self.on < row.valid_before)

    def _vote(self) -> DossierItem:
        if self.vote is None:
            return _item("vote", "表决", False, "会议纪要")
        meeting = self.vote.meeting
        _, majority = vote_shares(self.policy)
        done = is_carried(self.vote.in_favour, meeting.members, majority)
        return _item("vote", "表决", done, meeting.minutes_no, meeting.held_on, str(self.vote))

    def _publicity(self) -> DossierItem:
        shown = self.publicity
        if shown is None:
            return _item("publicity", "公示", False, "拟聘公示")
        detail = "；".join(part for part in (f"{shown.starts_on}至{shown.last_on}", shown.result) if part)
        done = shown.confirmed_by_id is not None
        return _item("publicity", "公示", done, shown.document_no or "拟聘公示", shown.starts_on, detail)

    def _appointment(self) -> DossierItem:
        row = self.appointment
        if row is None:
            return _item("appointment", "发文", False, "聘任文件")
        done = row.state != AppointmentState.PENDING and bool(row.document_no)
        detail = row.get_state_display()
        return _item(
            "appointment",
            "发文",
            done,
            row.document_no or "聘任文件",
            row.decided_on or row.starts_on,
            detail,
        )


def _item(
    code: str, name: str, done: bool, document: str = "", on: date | None = None, detail: str = ""
) -> DossierItem:
    return DossierItem(code, name, Standing.DONE if done else Standing.MISSING, document, on, detail)


def _not_applicable(code: str, name: str) -> DossierItem:
    return DossierItem(code, name, Standing.NOT_APPLICABLE)
