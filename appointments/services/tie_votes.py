"""A recorded 同分表决 when the scores are computed anew: it stands while the tie is the same."""

from collections.abc import Collection, Mapping, Sequence

from django.contrib.auth.models import AbstractBaseUser

from appointments.models import Application, Batch
from appointments.rules.ranking import UNRESOLVED, Ranked
from reform.services import audit_record


def votes_kept(
    applications: Sequence[Application], ranked: Mapping[int, Ranked], bases: Mapping[int, str]
) -> dict[int, Ranked]:
    """Application id → the place by the recorded vote, for every tie that rests on what it rested on when it
    was voted on: the same persons, totals and comparators."""
    groups: dict[str, list[Application]] = {}
    for one in applications:
        if one.pk in bases:
            groups.setdefault(bases[one.pk], []).append(one)
    found: dict[int, Ranked] = {}
    for basis, rows in groups.items():
        ranks = [one.rank for one in rows if one.rank is not None]
        if len(ranks) < len(rows) or not all(one.tie_basis == basis and _is_voted(one) for one in rows):
            continue
        for one, rank in zip(rows, ranks, strict=True):
            place = ranked[one.pk].rank + rank - min(ranks)
            found[one.pk] = Ranked(one.pk, place, one.tie_decided_by, UNRESOLVED in one.tie_decided_by)
    return found


def votes_drop(
    *, batch: Batch, applications: Sequence[Application], kept: Collection[int], actor: AbstractBaseUser
) -> None:
    """Say of each recorded vote that no longer stands what it was; the rows are written with the scores."""
    posts: dict[int, list[Application]] = {}
    for one in applications:
        if _is_voted(one) and one.pk not in kept:
            posts.setdefault(one.position_id, []).append(one)
    for rows in posts.values():
        audit_record(
            actor=actor,
            action="同分表决作废",
            zone=batch.round.zone,
            subject=f"{rows[0].position}：{'、'.join(one.candidacy.person.name for one in rows)}",
            reason="重新汇总后，同分的人、成绩或比较项目有变化",
            details={"votes": {str(one.pk): one.tie_vote for one in rows}},
        )


def _is_voted(one: Application) -> bool:
    return one.tie_vote is not None
