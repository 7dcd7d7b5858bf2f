"""A recorded vote on a tie stands when the scores are computed anew, as long as the tie is the same."""

from typing import Any

import pytest

from appointments.models import Application, Batch, ScoreEntry
from appointments.rules.ranking import Contender, rank_contenders
from appointments.rules.ties import tie_bases
from appointments.services.scores import scores_publish, tie_vote_record
from reform.models import AuditEvent
from tests.appointments.competition_cast import Cast
from tests.appointments.test_scores import ON, compute, everything, key_of, results_of, without_id_number
from tests.appointments.test_scores import cast as cast

pytestmark = pytest.mark.django_db
VOTED = {
    "乙": ("85.00", 1, "领导小组表决或加试"),
    "甲": ("85.00", 2, "领导小组表决或加试"),
    "丙": ("81.50", 3, ""),
}


def settle(cast: Cast, **votes: int) -> None:
    keys = {str(one.person): one.pk for one in Application.objects.select_related("candidacy__person")}
    tie_vote_record(
        batch=cast.batch,
        votes={keys[name]: number for name, number in votes.items()},
        document_no="会纪1号",
        actor=cast.leader,
        on=ON,
    )


@pytest.fixture
def voted(cast: Cast) -> Cast:
    without_id_number(cast)
    everything(cast, {"甲": 80, "乙": 80, "丙": 70})
    compute(cast)
    settle(cast, 甲=2, 乙=7)
    return cast


def change_written(cast: Cast, name: str, score: int) -> None:
    ScoreEntry.objects.filter(sheet__item="written", candidacy=key_of(cast, name)).update(score=score)


def test_the_vote_stands_while_the_tie_is_the_same(voted: Cast):
    scores_publish(batch=voted.batch, actor=voted.panel, on=ON)
    assert compute(voted).ties == []
    assert results_of(voted) == VOTED
    # Nothing has changed, so what was published still holds.
    assert Batch.objects.get(pk=voted.batch.pk).scores_published_on == ON
    assert not AuditEvent.objects.filter(action="同分表决作废").exists()


def test_the_vote_stands_where_others_move(voted: Cast):
    change_written(voted, "丙", 90)
    compute(voted)
    assert results_of(voted) == {
        "丙": ("88.50", 1, ""),
        "乙": ("85.00", 2, "领导小组表决或加试"),
        "甲": ("85.00", 3, "领导小组表决或加试"),
    }
    compute(voted)
    assert results_of(voted)["乙"][1] == 2


def test_the_vote_falls_with_a_line_where_a_total_changed(voted: Cast):
    for name in ("甲", "乙"):
        change_written(voted, name, 90)
    (tie,) = compute(voted).ties
    assert "甲、乙，须加试或由领导小组表决" in tie
    assert results_of(voted)["乙"] == ("88.50", 1, "同分未决")
    event = AuditEvent.objects.get(action="同分表决作废")
    assert sorted(event.details["votes"].values()) == [2, 7]
    assert not Application.objects.exclude(tie_vote=None).exists()


def test_the_vote_falls_where_another_joins_or_leaves_the_tie(voted: Cast):
    change_written(voted, "丙", 80)
    compute(voted)
    assert {one[1:] for one in results_of(voted).values()} == {(1, "同分未决")}
    assert AuditEvent.objects.filter(action="同分表决作废").count() == 1
    settle(voted, 甲=1, 乙=2, 丙=3)
    change_written(voted, "乙", 70)
    compute(voted)
    assert results_of(voted)["甲"][1:] == (1, "同分未决")
    assert AuditEvent.objects.filter(action="同分表决作废").count() == 2


def test_the_vote_falls_where_the_comparators_are_others(voted: Cast):
    order = voted.round.policy.parameters.filter(key="round.tie_breaks")
    order.update(value=["results", "peer_vote", "vote"])
    (tie,) = compute(voted).ties
    assert "甲、乙" in tie
    assert AuditEvent.objects.filter(action="同分表决作废").count() == 1


def test_a_second_vote_among_those_still_tied_stands_with_the_first(cast: Cast):
    without_id_number(cast)
    everything(cast, dict.fromkeys(("甲", "乙", "丙"), 80))
    compute(cast)
    settle(cast, 甲=5, 乙=2, 丙=2)
    settle(cast, 乙=9, 丙=1)
    before = results_of(cast)
    assert [before[name][1] for name in ("甲", "乙", "丙")] == [1, 2, 3]
    compute(cast)
    assert results_of(cast) == before


def test_a_tie_rests_on_its_persons_totals_and_comparators():
    def basis(order: tuple[str, ...] = ("results",), **changed: Any) -> str:
        rows = [Contender(1, 85, {"results": 80}), Contender(2, 85, {"results": 80} | changed)]
        return tie_bases(rows, rank_contenders(rows, order), order)[2]

    assert basis() == basis()
    assert basis() != basis(("results", "vote", "education"))
    assert basis() == basis(("results", "vote"))
    assert basis() != basis(interview=90)
    assert tie_bases([Contender(1, 85), Contender(2, 80)], rank_contenders([Contender(1, 85)], ()), ()) == {}
