"""拟聘名单: what each line stands on now, and whether that is still what was frozen and approved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from appointments.models import Application, Baseline, Batch, Inspection, ProposalList, ProposalRow, Round
from appointments.rules.change import Change, Holding, classify_change
from appointments.rules.proposals import RowFact, digest_rows
from appointments.states import ApplicationState
from reform.ladder import Ladder
from reform.selectors import policy_of


@dataclass(frozen=True)
class ProposalFact:
    """One application as it would go onto a list today. former_level: of the baseline, None for 新聘."""

    application: Application
    name: str
    change: Change
    former_level: str | None
    row: RowFact


@dataclass(frozen=True)
class ListCheck:
    """A list against what its rows stand on now."""

    proposal: ProposalList
    rows: Sequence[ProposalRow]
    facts: Sequence[ProposalFact]

    @cached_property
    def digest(self) -> str:
        return digest_rows(fact.row for fact in self.facts)

    @property
    def is_current(self) -> bool:
        """Neither a row nor anything behind it has changed since the list was made."""
        now = {fact.row.application_id: fact.row for fact in self.facts}
        same = all(
            (row.held_level, row.change, row.steps, row.former_post)
            == (now[row.application_id].held_level, *_computed(now[row.application_id]))
            for row in self.rows
        )
        return same and self.digest == self.proposal.digest

    @property
    def is_approved(self) -> bool:
        return self.proposal.approved_by_id is not None

    @property
    def approval_holds(self) -> bool:
        """Approved, and still what was approved."""
        return self.is_approved and self.is_current and self.proposal.approved_digest == self.digest


def _computed(row: RowFact) -> tuple[str, int | None, str]:
    return row.change, row.steps, row.former_post


def matched_of(batch: Batch) -> QuerySet[Application]:
    """Those of a batch who were chosen and wait for the decision, in the order of posts and ranks."""
    return (
        Application.objects.filter(candidacy__batch=batch, state=ApplicationState.MATCHED)
        .select_related("candidacy__person", "position__unit__parent")
        .order_by("position__sort_no", "position_id", "rank", "id")
    )


def latest_list(batch: Batch) -> ProposalList | None:
    """The batch's last 拟聘名单: an earlier one that was not decided on is superseded by it."""
    return (
        ProposalList.objects.filter(batch=batch)
        .select_related("batch__round__zone", "batch__round__policy", "approved_by", "frozen_by")
        .order_by("-number")
        .first()
    )


def list_check(proposal: ProposalList, *, ladder: Ladder | None = None) -> ListCheck:
    """A list with its rows as frozen and as they stand now; a fixed number of statements."""
    rows = list(ProposalRow.objects.filter(list=proposal).order_by("id"))
    applications = (
        Application.objects.filter(proposal_rows__list=proposal)
        .select_related("candidacy__person", "position__unit__parent")
        .order_by("proposal_rows__id")
    )
    facts = proposal_facts(proposal.batch.round, applications, ladder=ladder)
    return ListCheck(proposal, rows, facts)


def proposal_facts(
    round_: Round, applications: Iterable[Application], *, ladder: Ladder | None = None
) -> list[ProposalFact]:
    """What each application comes to: the change against the baseline and everything behind it. Two
    statements beside those of the applications (which bring person, position and unit) and of the ladder."""
    applications = list(applications)
    ladder = ladder or policy_of(round_.policy).ladder
    people = {one.candidacy.person_id for one in applications}
    baselines = {
        row.person_id: row
        for row in Baseline.objects.filter(round=round_).select_related("position")
        if row.person_id in people
    }
    keys = {one.pk for one in applications}
    inspections = {
        row.application_id: row
        for row in Inspection.objects.filter(application__candidacy__round=round_)
        if row.application_id in keys
    }
    return [
        _fact(one, baselines.get(one.candidacy.person_id), inspections.get(one.pk), ladder)
        for one in applications
    ]


def _fact(
    application: Application, baseline: Baseline | None, inspection: Inspection | None, ladder: Ladder
) -> ProposalFact:
    level = application.held_level or application.position.level
    change = classify_change(former_holding(baseline, ladder), holding_of(application, level, ladder))
    row = RowFact(
        application_id=application.pk,
        person_id=application.candidacy.person_id,
        position_id=application.position_id,
        held_level=level,
        change=str(change.kind),
        steps=change.steps,
        former_post=former_post(baseline),
        total="" if application.total is None else f"{application.total:.2f}",
        held_level_reason=application.held_level_reason,
        exception_reason=application.exception_reason,
        superior_document_no=application.superior_document_no,
        inspection=_inspection_text(inspection),
    )
    name = application.candidacy.person.name
    return ProposalFact(application, name, change, baseline.level if baseline else None, row)


def former_holding(baseline: Baseline | None, ladder: Ladder) -> Holding | None:
    """A baseline as the classification takes it."""
    if baseline is None:
        return None
    level = ladder.by_code[baseline.level]
    position = baseline.position
    return Holding(
        level.rank_order,
        level.index,
        position.lineage,
        baseline.unit_name,
        is_key_post=position.is_key_post,
        sub_rank=ladder.sub_rank(baseline.level, position.level, position.sub_level),
    )


def holding_of(application: Application, code: str, ladder: Ladder) -> Holding:
    """The post that an application is for, held at the level of a code, to compare with the baseline."""
    level, position = ladder.by_code[code], application.position
    return Holding(
        level.rank_order,
        level.index,
        position.lineage,
        position.unit.owner.name,
        tuple(position.former_lineages),
        position.is_key_post,
        ladder.sub_rank(code, position.level, position.sub_level),
    )


def former_post(baseline: Baseline | None) -> str:
    """单位·科室·岗位 of the baseline; '' for 新聘."""
    if baseline is None:
        return ""
    parts = (baseline.unit_name, baseline.section_name, baseline.title)
    return "·".join(part for part in parts if part)


def _inspection_text(row: Inspection | None) -> str:
    if row is None:
        return ""
    facts = (
        row.inspectors,
        row.inspected_on.isoformat(),
        row.material,
        row.discipline_opinion,
        row.discipline_clear,
        row.archive_checked,
        row.matters_checked,
    )
    return "|".join(str(one) for one in facts)
