"""Two at the same moment: one seat is given once, one list approved once; and a batch that stands still."""

from collections.abc import Callable, Sequence
from threading import Barrier, Thread

import pytest
from django.db import connection

from appointments.models import Application, Batch, ProposalList, Round
from appointments.selectors.selection import avoidance_notes
from appointments.services.matching import match_pairs
from appointments.services.proposals import proposal_approve
from reform.errors import Refused, RuleError
from reform.models import Kinship
from tests import factories as make
from tests.appointments.selection_cast import DAY, Selection, a_selection


def at_once(works: Sequence[Callable[[], object]]) -> list[str]:
    """What each came to: its result as text, or why it was refused."""
    start, outcomes = Barrier(len(works)), list[str]()

    def go(work: Callable[[], object]) -> None:
        try:
            start.wait()
            outcomes.append(str(work()))
        except RuleError as fault:
            outcomes.append(str(fault))
        finally:
            connection.close()

    threads = [Thread(target=go, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.threads
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_last_seat_is_given_once_however_many_ask_at_the_same_moment():
    cast = a_selection()
    rows = [cast.apply(name, "局长", place) for place, name in enumerate(("张三", "李四", "王五"), start=1)]
    cast.agree(*rows)
    clerks = [make.a_user(cast.zone, "人事") for _ in rows]

    def work(one: Application, clerk) -> Callable[[], object]:
        pairs = [(one.candidacy.person_id, one.position_id)]
        return lambda: [
            reason
            for refused in match_pairs(batch=cast.batch, pairs=pairs, actor=clerk, on=DAY).refused
            for reason in refused.reasons
        ]

    outcomes = at_once([work(*pair) for pair in zip(rows, clerks, strict=True)])
    assert sorted(outcomes) == ["['岗位已没有空缺']", "['岗位已没有空缺']", "[]"]
    assert Application.objects.filter(state="MATCHED").count() == 1


@pytest.mark.threads
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_leaders_at_the_same_moment_one_approves_and_the_other_is_told_who():
    cast = a_selection()
    cast.match(cast.apply("张三", "局长", before="副局长"))
    proposal = cast.freeze()
    leaders = [make.a_user(cast.zone, "领导", first_name=name) for name in ("赵书记", "钱主任")]

    def work(leader) -> Callable[[], object]:
        mine = ProposalList.objects.get(pk=proposal.pk)
        return lambda: proposal_approve(proposal=mine, actor=leader, on=DAY)

    outcomes = at_once([work(leader) for leader in leaders])
    winner = ProposalList.objects.get().approved_by
    told = [one for one in outcomes if one != "None"]
    assert told == [f"“第1批拟聘名单（第1份）”刚由{winner.first_name}审批，没有再次写入。请刷新后再看。"]


@pytest.fixture
def cast(db: None) -> Selection:
    return a_selection()


def test_suspended_batch_stands_still(cast):
    cast.match(cast.apply("张三", "局长", before="副局长"))
    Batch.objects.update(is_suspended=True, suspend_reason="收到举报")
    with pytest.raises(Refused, match="批次已暂停：收到举报"):
        cast.freeze()
    with pytest.raises(Refused, match="批次已暂停：收到举报"):
        cast.agree(cast.apply("李四", "招商局局长"))


def test_nothing_moves_in_a_round_that_has_been_terminated(cast):
    Round.objects.update(state="TERMINATED")
    with pytest.raises(Refused, match="轮次已中止，批次不能再办理"):
        cast.agree(cast.apply("张三", "局长"))


def test_relatives_on_the_short_list_are_pointed_out_before_anybody_is_chosen(cast):
    head, deputy, other = cast.apply("张三", "局长"), cast.apply("李四", "副局长"), cast.apply("王五", "主办")
    Kinship.objects.create(
        person=cast.people["张三"], relative=cast.people["李四"], relative_name="李四", relation="12"
    )
    notes = avoidance_notes(cast.batch)
    assert notes.keys() == {head.pk, deputy.pk}
    assert notes[head.pk] == [
        "张三（经发局·局长）与李四（经发局·副局长）是夫妻（妻），同一单位正职与副职，须岗位回避"
    ]
    assert other.pk not in notes


def test_relation_that_needs_judgement_is_a_note_and_no_block(cast):
    one, two = cast.apply("张三", "局长"), cast.apply("李四", "副局长")
    Kinship.objects.create(
        person=cast.people["张三"], relative=cast.people["李四"], relative_name="李四", relation="97"
    )
    assert avoidance_notes(cast.batch)[one.pk][0].endswith("是否回避需人工判断")
    cast.match(one, two)
    assert Application.objects.filter(state="MATCHED").count() == 2
