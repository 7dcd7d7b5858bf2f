"""成绩: computed from locked sheets, ranked with the ties of the zone's order, published, and shortlisted."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments import states
from appointments.models import Application, Batch, BatchPost, ItemScore
from appointments.rules.assessment import Scored, missing_items, weighted_total
from appointments.rules.guards import ApplicationFacts, listed
from appointments.rules.ranking import UNRESOLVED, Contender, Ranked, rank_contenders
from appointments.rules.ties import tie_bases
from appointments.selectors.assessment import COMPETITIVE, Material
from appointments.selectors.eligibility import honours_counted, person_facts
from appointments.selectors.people import id_numbers
from appointments.states import APPLICATION_TRANSITIONS, ApplicationState, BatchState
from reform.errors import Refused
from reform.services import Edit, audit_record, edit, save_all
from reform.services.steps import Refusal, require_permission, take_steps

from .tie_votes import votes_drop, votes_kept

_LONGEST_STEPS = 300
_LONGEST_TIE = 80


@dataclass
class Computed:
    """What a run came to. scored: applications with a total; refused: those that lack something; ties: what
    the zone's order could not part, in words."""

    scored: int = 0
    refused: list[Refusal] = field(default_factory=list)
    ties: list[str] = field(default_factory=list)


@transaction.atomic
def scores_compute(*, batch: Batch, actor: AbstractBaseUser, on: date) -> Computed:
    """Item scores, totals and ranks of everybody in a batch, and QUALIFIED → SCORED; a fixed number of
    statements. Sheets that are not locked, and 履职回避 breached, stand against all of it.

    Run again while the batch is assessed, everything is computed anew; results that change are published
    anew. A recorded vote on a tie stands while the tie is the same (tie_votes.py). A post is ranked when all
    its applicants have a total.
    """
    require_permission(actor, states.PANEL, "汇总成绩")
    batch = _assessed(batch)
    material = Material(batch, on)
    reasons = [] if material.applications else ["没有资格合格、等待考评的志愿"]
    if material.unlocked:
        reasons.append(
            f"还有{len(material.unlocked)}份评分表没有锁定：{listed(_shown(material.unlocked), '份')}"
        )
    reasons += material.breaches
    if reasons:
        raise Refused(reasons)
    scores = {key: material.scores(key) for key in material.names}
    totals: dict[int, Scored] = {}
    missing: dict[int, list[str]] = {}
    for one in material.applications:
        weights = material.weights_of(one)
        known = {item: found.score for item, found in scores[one.candidacy_id].items()}
        missing[one.pk] = missing_items(known, weights) if weights else ["考评权重"]
        if not missing[one.pk]:
            totals[one.pk] = weighted_total(known, weights)
    result = Computed()
    ranked, bases = _ranked(material, scores, totals)
    kept = votes_kept(material.applications, ranked, bases)
    votes_drop(batch=batch, applications=material.applications, kept=kept, actor=actor)
    ranked |= kept
    edits = _application_edits(material, totals, ranked, bases, kept)
    if any(edits) and batch.scores_published_on:
        edits.append(edit(batch, scores_published_on=None))
    _write(material, scores, edits, actor)
    result.refused = _take(material, missing, actor, on)
    result.scored = sum(1 for one in material.applications if one.state == ApplicationState.SCORED)
    result.ties = _ties(material, ranked)
    return result


def _shown(rows: Iterable[object]) -> list[str]:
    return [str(row) for row in rows]


def _ranked(
    material: Material, scores: Mapping[int, Mapping[str, Scored]], totals: Mapping[int, Scored]
) -> tuple[dict[int, Ranked], dict[int, str]]:
    """The place of each application, and what each unresolved tie rests on."""
    by_post: dict[int, list[Application]] = defaultdict(list)
    for one in material.applications:
        by_post[one.position_id].append(one)
    facts = person_facts(material.batch.round, set(material.people.values()), material.day, material.policy)
    numbers = id_numbers(material.people.values())
    honours = honours_counted(set(material.people.values()), material.day)
    order = material.policy["round.tie_breaks"]
    ranked: dict[int, Ranked] = {}
    bases: dict[int, str] = {}
    for rows in by_post.values():
        if any(one.pk not in totals for one in rows):
            continue
        contenders = []
        for one in rows:
            person = facts[one.candidacy.person_id]
            counted = material.grades.get(one.candidacy.person_id)
            contenders.append(
                Contender(
                    key=one.pk,
                    total=totals[one.pk].score,
                    items={item: found.score for item, found in scores[one.candidacy_id].items()},
                    work_started_on=person.work_started_on,
                    id_number=numbers[one.candidacy.person_id],
                    fulltime_education=person.fulltime_education,
                    education=person.education,
                    excellent_count=None if counted is None else list(counted.values()).count("A"),
                    honours=honours.get(one.candidacy.person_id, 0),
                    birth_on=person.birth_on,
                )
            )
        places = rank_contenders(contenders, order)
        ranked |= {place.key: place for place in places}
        bases |= tie_bases(contenders, places, order)
    return ranked, bases


def _application_edits(
    material: Material,
    totals: Mapping[int, Scored],
    ranked: Mapping[int, Ranked],
    bases: Mapping[int, str],
    kept: Collection[int],
) -> list[Edit | None]:
    edits: list[Edit | None] = []
    for one in material.applications:
        place = ranked.get(one.pk)
        edits.append(
            edit(
                one,
                total=totals[one.pk].score if one.pk in totals else None,
                rank=place.rank if place else None,
                tie_decided_by=place.decided_by[:_LONGEST_TIE] if place else "",
                tie_basis=bases.get(one.pk, ""),
                tie_vote=one.tie_vote if one.pk in kept else None,
            )
        )
    return edits


def _write(
    material: Material,
    scores: Mapping[int, Mapping[str, Scored]],
    edits: Sequence[Edit | None],
    actor: AbstractBaseUser,
) -> None:
    created: list[ItemScore] = []
    changes = list(edits)
    for key, found in scores.items():
        for item, one in found.items():
            steps = one.steps[:_LONGEST_STEPS]
            old = material.stored[key].get(item)
            if old is None:
                created.append(ItemScore(candidacy_id=key, item=item, score=one.score, steps=steps))
            else:
                changes.append(edit(old, score=one.score, steps=steps))
    batch = material.batch
    event = audit_record(
        actor=actor, action="汇总成绩", zone=batch.round.zone, subject=f"{batch}：{len(scores)}人"
    )
    save_all(event, created=created, changed=changes)


def _take(
    material: Material, missing: Mapping[int, Sequence[str]], actor: AbstractBaseUser, on: date
) -> list[Refusal]:
    def facts(one: Application) -> ApplicationFacts:
        return ApplicationFacts(
            name=one.candidacy.person.name,
            batch_state=material.batch.state,
            missing_items=tuple(missing[one.pk]),
        )

    return take_steps(
        [one for one in material.applications if one.state == ApplicationState.QUALIFIED],
        table=APPLICATION_TRANSITIONS,
        event="score",
        facts_of=facts,
        actor=actor,
        on=on,
        subject=f"{material.batch}成绩",
    )


def _ties(material: Material, ranked: Mapping[int, Ranked]) -> list[str]:
    groups: dict[tuple[int, int], list[Application]] = defaultdict(list)
    for one in material.applications:
        place = ranked.get(one.pk)
        if place and place.is_tied:
            groups[one.position_id, place.rank].append(one)
    return [
        f"“{rows[0].position}”第{rank}名同分{rows[0].total}："
        f"{listed([one.candidacy.person.name for one in rows])}，须加试或由领导小组表决"
        for (_, rank), rows in groups.items()
    ]


@transaction.atomic
def tie_vote_record(
    *, batch: Batch, votes: Mapping[int, int], document_no: str, actor: AbstractBaseUser, on: date
) -> list[Application]:
    """Settle an unresolved tie by the 领导小组's vote or a further test: application id → votes or score.

    All of those tied at one rank of one post are named; equal votes leave the tie. Returns the applications.
    """
    require_permission(actor, states.LEADERS, "同分表决")
    batch = _assessed(batch)
    rows = list(
        Application.objects.select_for_update(of=("self",))
        .filter(pk__in=votes, candidacy__batch=batch)
        .select_related("candidacy__person", "candidacy__round__zone", "position__unit__parent")
        .order_by("id")
    )
    reasons = _vote_reasons(batch, rows, votes, document_no)
    if reasons:
        raise Refused(reasons)
    first = rows[0].rank or 0
    contenders = [Contender(key=one.pk, total=Decimal(0), vote=votes[one.pk]) for one in rows]
    places = {place.key: place for place in rank_contenders(contenders, ["vote"])}
    changes: list[Edit | None] = []
    for one in rows:
        before = one.tie_decided_by.removesuffix(UNRESOLVED)
        decided = f"{before}{places[one.pk].decided_by}"
        changes.append(
            edit(
                one,
                rank=first + places[one.pk].rank - 1,
                tie_decided_by=decided[:_LONGEST_TIE],
                tie_vote=votes[one.pk],
            )
        )
    changes.append(edit(batch, scores_published_on=None))
    event = audit_record(
        actor=actor,
        action="同分表决",
        zone=batch.round.zone,
        subject=f"{rows[0].position}第{first}名",
        document_no=document_no,
        details={"votes": {str(key): number for key, number in votes.items()}},
    )
    save_all(event, changed=changes)
    return rows


def _vote_reasons(
    batch: Batch, rows: Sequence[Application], votes: Mapping[int, int], document_no: str
) -> list[str]:
    reasons = [] if document_no.strip() else ["须填写会议纪要文号"]
    if len(rows) < len(votes) or len(rows) < 2:
        return [*reasons, "请选择本批次同分的志愿，至少两个"]
    places = {(one.position_id, one.rank) for one in rows}
    if len(places) > 1 or any(UNRESOLVED not in one.tie_decided_by for one in rows):
        return [*reasons, "只能对同一岗位同一名次的未决同分表决"]
    position_id, rank = places.pop()
    tied = Application.objects.filter(candidacy__batch=batch, position=position_id, rank=rank)
    if tied.count() > len(rows):
        reasons.append(f"同分的有{tied.count()}人，须一并表决")
    return reasons


@transaction.atomic
def scores_publish(*, batch: Batch, actor: AbstractBaseUser, on: date) -> None:
    """Make the totals and ranks known on a day; B5 waits for it."""
    if not getattr(actor, "has_perm", lambda _: False)(states.OFFICE):
        require_permission(actor, states.PANEL, "公布成绩")
    batch_now = _assessed(batch)
    material = Material(batch_now, on)
    waiting = [
        one.candidacy.person.name
        for one in material.applications
        if one.state != ApplicationState.SCORED or one.rank is None
    ]
    reasons = [f"还有{len(waiting)}个志愿没有综合成绩和排名：{listed(waiting, '个')}"] if waiting else []
    if not material.applications:
        reasons.append("没有已汇总的成绩")
    if batch_now.scores_published_on:
        reasons.append(f"成绩已于{batch_now.scores_published_on}公布")
    if reasons:
        raise Refused(reasons)
    event = audit_record(actor=actor, action="公布成绩", zone=batch_now.round.zone, subject=str(batch_now))
    save_all(event, changed=[edit(batch_now, scores_published_on=on)])
    batch.scores_published_on = on


@dataclass
class Shortlisted:
    """How many came on the short list, and who was refused."""

    chosen: int
    refused: list[Refusal]


@transaction.atomic
def applications_shortlist(*, batch: Batch, actor: AbstractBaseUser, on: date) -> Shortlisted:
    """SCORED → SHORTLISTED for the ranks up to k × seats of each post (policy round.inspection_ratio), once
    the results are published; those at the same unresolved rank together."""
    require_permission(actor, states.OFFICE, "列入考察")
    batch = _locked(batch)
    reasons = ["批次已暂停"] if batch.is_suspended else []
    if batch.state != BatchState.MATCHING:  # before, a new run would rank without those who are on it
        reasons.append(f"批次在“{BatchState(batch.state).label}”，转入双向选择后才能确定入围人员")
    if batch.scores_published_on is None:
        reasons.append("成绩还没有公布")
    if reasons:
        raise Refused(reasons)
    material = Material(batch, on)
    ratio = material.policy["round.inspection_ratio"]
    posts = BatchPost.objects.filter(batch=batch, state=BatchPost.State.OPEN, method__in=COMPETITIVE)
    cuts = {key: ratio * seats for key, seats in posts.values_list("position_id", "seats")}
    rows = [
        one
        for one in material.applications
        if one.state == ApplicationState.SCORED
        and (one.rank is None or one.rank <= cuts.get(one.position_id, 0))
    ]
    refused = take_steps(
        rows,
        table=APPLICATION_TRANSITIONS,
        event="shortlist",
        facts_of=lambda one: ApplicationFacts(
            name=one.candidacy.person.name,
            batch_state=batch.state,
            rank=one.rank,
            cut=cuts.get(one.position_id, 0),
        ),
        actor=actor,
        on=on,
        subject=f"{batch}入围",
    )
    return Shortlisted(len(rows) - len(refused), refused)


def _assessed(batch: Batch) -> Batch:
    batch = _locked(batch)
    reasons = ["批次已暂停"] if batch.is_suspended else []
    if batch.state != BatchState.ASSESSING:
        reasons.append(f"批次在“{BatchState(batch.state).label}”，不在考评阶段")
    if reasons:
        raise Refused(reasons)
    return batch


def _locked(batch: Batch) -> Batch:
    return (
        Batch.objects.select_for_update(of=("self",))
        .select_related("round__zone", "round__policy")
        .get(pk=batch.pk)
    )
