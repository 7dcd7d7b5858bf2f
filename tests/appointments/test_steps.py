"""A step of a machine: the table, the permission, the guard, the write; and two who are there at the same
moment."""

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection

from appointments.models import Batch
from appointments.rules.guards import BatchesFacts
from appointments.states import BATCH_TRANSITIONS, ROUND_TRANSITIONS, BatchState, RoundState
from reform.errors import IllegalTransition, Refused, StaleState
from reform.models import AuditEvent, RowChange
from reform.services.steps import take_step, take_steps
from tests.factories import a_round, a_user, a_zone

ON = date(2022, 1, 10)


def a_batch(round_, code: str = "1", **facts) -> Batch:
    return Batch.objects.create(round=round_, code=code, name=f"第{code}批", **{"method": "JP"} | facts)


@pytest.fixture
def zone(db):
    return a_zone()


@pytest.fixture
def round_(zone):
    made = a_round(zone)
    made.state = RoundState.MOBILIZED.value
    made.save()
    return made


def run(round_, actor, facts, **more):
    return take_step(round_, table=ROUND_TRANSITIONS, event="run", facts=facts, actor=actor, on=ON, **more)


def test_step_moves_the_row_and_says_who_when_and_why(round_, zone):
    clerk = a_user(zone, "人事")
    run(
        round_,
        clerk,
        BatchesFacts(published=["第一批"], total=1),
        reason="批次已公布",
        document_no="聘〔2022〕1号",
    )
    round_.refresh_from_db()
    event = AuditEvent.objects.get(action="启动聘任")
    change = RowChange.objects.get(event=event)
    assert round_.state == RoundState.RUNNING
    assert (event.actor_id, event.reason, event.document_no) == (clerk.pk, "批次已公布", "聘〔2022〕1号")
    assert (change.before, change.after) == ({"state": "MOBILIZED"}, {"state": "RUNNING"})


def test_step_of_another_role_is_refused(round_, zone):
    with pytest.raises(Refused, match="“启动聘任”由聘任办公室办理"):
        run(round_, a_user(zone, "领导"), BatchesFacts(published=["第一批"], total=1))
    round_.refresh_from_db()
    assert round_.state == RoundState.MOBILIZED


def test_guard_refuses_with_the_figures(round_, zone):
    with pytest.raises(Refused, match="已公布的批次0个（共3个），至少须公布1个"):
        run(round_, a_user(zone, "人事"), BatchesFacts(total=3))


def test_event_that_the_state_does_not_know_is_refused(round_, zone):
    with pytest.raises(IllegalTransition, match="“已动员”状态下不能“完成”"):
        take_step(
            round_, table=ROUND_TRANSITIONS, event="complete", facts=None, actor=a_user(zone, "领导"), on=ON
        )


def test_second_of_two_is_told_who_was_first(round_, zone):
    first, second = a_user(zone, "人事", "zhangsan"), a_user(zone, "人事", "lisi")
    stale = type(round_).objects.get(pk=round_.pk)
    facts = BatchesFacts(published=["第一批"], total=1)
    run(round_, first, facts)
    with pytest.raises(StaleState, match="刚被人事“启动聘任”改变"):
        run(stale, second, facts)


def test_many_move_in_one_go_and_each_refusal_is_reported(round_, zone, django_assert_max_num_queries):
    leader = a_user(zone, "领导")
    leader.has_perm("appointments.decide_round")  # permissions are read once
    batches = [a_batch(round_, str(number)) for number in range(30)]
    batches += [a_batch(round_, "closed", state=BatchState.CLOSED.value)]
    with django_assert_max_num_queries(20):
        refused = take_steps(
            batches,
            table=BATCH_TRANSITIONS,
            event="cancel",
            facts_of=lambda batch: None,
            actor=leader,
            on=ON,
            reason="方案调整",
        )
    assert [str(one) for one in refused] == ["第closed批：“已办结”状态下不能“取消批次”。该状态已是终态。"]
    assert Batch.objects.filter(state=BatchState.CANCELLED).count() == 30
    assert AuditEvent.objects.filter(action="取消批次").count() == 1
    assert RowChange.objects.filter(event__action="取消批次").count() == 30


def test_nobody_moves_where_one_was_moved_by_somebody_else(round_, zone):
    leader = a_user(zone, "领导")
    batches = [a_batch(round_, "1"), a_batch(round_, "2")]
    Batch.objects.filter(pk=batches[1].pk).update(state=BatchState.PUBLISHED.value)
    with pytest.raises(StaleState, match="2条批次中有1条刚被别人改变"):
        take_steps(
            batches,
            table=BATCH_TRANSITIONS,
            event="cancel",
            facts_of=lambda batch: None,
            actor=leader,
            on=ON,
            reason="方案调整",
        )
    assert list(Batch.objects.order_by("code").values_list("state", flat=True)) == ["PLANNED", "PUBLISHED"]


@pytest.mark.threads
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_at_the_same_moment_one_wins_and_the_other_is_told():
    zone = a_zone()
    made = a_round(zone)
    type(made).objects.filter(pk=made.pk).update(state=RoundState.MOBILIZED.value)
    users = [a_user(zone, "人事", name) for name in ("zhangsan", "lisi")]
    rows = [type(made).objects.get(pk=made.pk) for _ in users]
    for user in users:
        user.has_perm("appointments.run_round")
    start = Barrier(2)
    outcomes: list[str] = []

    def go(row, user) -> None:
        try:
            start.wait()
            run(row, user, BatchesFacts(published=["第一批"], total=1))
            outcomes.append("won")
        except StaleState as fault:
            outcomes.append(str(fault))
        finally:
            connection.close()

    threads = [Thread(target=go, args=pair) for pair in zip(rows, users, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [one for one in outcomes if one != "won"]
    assert len(outcomes) == 2
    assert len(told) == 1
    assert "刚被人事“启动聘任”改变" in told[0]
    assert RowChange.objects.filter(event__action="启动聘任").count() == 1
