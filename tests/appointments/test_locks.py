"""能上能下: how long promotion stays locked, how long a 处分 counts."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.models import Demotion, Round
from appointments.rules.locks import PROBATION_FAILED, Lock, lock_interval
from appointments.services.demotions import demotion_record, demotions_record
from reform.errors import Refused, RuleError
from reform.models import PromotionLock
from reform.sanctions import sanction_end
from tests.factories import a_baseline, a_person, a_position, a_round, a_unit, a_user, a_zone

MONTHS = {"D1": 24, "D2": 24, "D6": 24, "transfer": 12, "D3": 0, "D4": 0, "D5": 0}
SANCTIONS = {"WARNING": 6, "DEMERIT": 12, "GRAVE_DEMERIT": 18, "DOWNGRADE": 24, "REMOVAL": 24}
DAY = date(2022, 1, 23)
days = st.dates(date(2018, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("cause", "is_demotion", "ends_before"),
    [
        ("D1", True, date(2024, 1, 23)),
        ("D2", True, date(2024, 1, 23)),
        ("D2", False, date(2023, 1, 23)),
        ("D6", False, date(2023, 1, 23)),
        (PROBATION_FAILED, False, date(2023, 1, 23)),
        ("D3", True, None),
        ("D4", True, None),
        ("D5", False, None),
    ],
)
def test_demotion_locks_two_years_and_transfer_one(cause: str, is_demotion: bool, ends_before: date | None):
    lock = lock_interval(cause, DAY, MONTHS, is_demotion=is_demotion)
    assert (lock.ends_before if lock else None) == ends_before


def test_zone_may_lock_those_who_lost_a_competition():
    lock = lock_interval("D3", DAY, MONTHS | {"D3": 6}, is_demotion=True)
    assert lock == Lock(DAY, date(2022, 7, 23))


@pytest.mark.parametrize("cause", ["D9", "transfer"])
def test_unknown_cause_is_refused(cause: str):
    with pytest.raises(RuleError, match=f"没有原因“{cause}”"):
        lock_interval(cause, DAY, MONTHS, is_demotion=True)


def test_lock_that_began_on_29_february_ends_on_the_28th():
    lock = lock_interval("D1", date(2024, 2, 29), MONTHS, is_demotion=True)
    assert lock is not None
    assert lock.ends_before == date(2026, 2, 28)


@given(st.sampled_from(["D1", "D2", "D6"]), days, st.integers(1, 60), st.integers(1, 60))
def test_transfer_never_locks_longer_than_demotion(cause: str, on: date, own: int, transfer: int):
    months = {cause: own, "transfer": transfer}
    demoted = lock_interval(cause, on, months, is_demotion=True)
    moved = lock_interval(cause, on, months, is_demotion=False)
    assert demoted is not None
    assert moved is not None
    assert moved.ends_before <= demoted.ends_before
    assert moved.holds_on(on)
    assert not moved.holds_on(moved.ends_before)


@pytest.mark.parametrize(
    ("kind", "ends_before"),
    [
        ("WARNING", date(2022, 7, 23)),
        ("DEMERIT", date(2023, 1, 23)),
        ("GRAVE_DEMERIT", date(2023, 7, 23)),
        ("DOWNGRADE", date(2024, 1, 23)),
        ("REMOVAL", date(2024, 1, 23)),
        ("INVESTIGATION", None),
        ("EXPULSION", None),
    ],
)
def test_sanction_counts_for_the_months_of_its_kind(kind: str, ends_before: date | None):
    assert sanction_end(kind, DAY, SANCTIONS) == ends_before


def test_sanction_without_months_is_refused():
    with pytest.raises(RuleError, match="没有处分种类“FINE”"):
        sanction_end("FINE", DAY, SANCTIONS)


# --- services ---


@pytest.fixture
def round_(db: None) -> Round:
    return a_round(a_zone())


@pytest.fixture
def office(round_: Round) -> Any:
    return a_user(round_.zone, "人事")


def demoted(round_: Round, name: str = "张三", **facts: Any) -> Demotion:
    person = a_person(round_.zone, name)
    a_baseline(round_, person, a_position(a_unit(round_.zone, f"{name}原单位")))
    given = {
        "reason_code": "D1",
        "talk_on": date(2022, 1, 15),
        "talk_by": "组织部长",
        "talk_record": "已说明原因",
        "notice_no": "告〔2022〕1号",
        "notice_on": date(2022, 1, 18),
        "appeal_rights_told": True,
    }
    return Demotion(round=round_, person=person, **given | facts)


def test_demotion_is_recorded_with_its_lock(round_: Round, office: Any):
    demotion_record(demotion=demoted(round_), actor=office, on=DAY)
    lock = PromotionLock.objects.get()
    assert (lock.cause, lock.reason, lock.document_no) == ("D1", "年度考核不称职（降职）", "告〔2022〕1号")
    assert (lock.starts_on, lock.ends_before) == (date(2022, 1, 18), date(2024, 1, 18))


def test_lost_competition_brings_no_lock(round_: Round, office: Any):
    demotion_record(demotion=demoted(round_, reason_code="D3"), actor=office, on=DAY)
    assert not PromotionLock.objects.exists()


def test_incomplete_papers_are_refused_with_all_that_is_missing(round_: Round, office: Any):
    with pytest.raises(Refused) as refused:
        demotion_record(
            demotion=demoted(
                round_,
                talk_record=" ",
                notice_no="",
                talk_on=date(2022, 1, 20),
                notice_on=date(2022, 1, 18),
                appeal_rights_told=False,
            ),
            actor=office,
            on=date(2022, 1, 17),
        )
    assert refused.value.reasons == (
        "缺少谈话记录",
        "缺少告知书文号",
        "告知日期2022-01-18早于谈话日期2022-01-20",
        "告知日期2022-01-18还没有到，今天是2022-01-17",
        "告知书须写明复核、申诉的权利和期限",
    )


def test_of_many_demotions_the_good_ones_are_written_and_the_others_returned(round_: Round, office: Any):
    good, bad = demoted(round_), demoted(round_, "李四", talk_by="")
    stranger = demoted(round_, "王五")
    stranger.person = a_person(round_.zone, "新人")
    done = demotions_record(round_=round_, demotions=[good, bad, stranger], actor=office, on=DAY)
    assert (done.recorded, len(done.locks)) == ([good], 1)
    assert [one.reasons for one in done.refused] == [("缺少谈话人",), ("本轮没有此人的基准，不是降职",)]
    again = demotions_record(round_=round_, demotions=[good], actor=office, on=DAY)
    assert again.refused[0].reasons == ("本轮已登记过降职手续",)


def test_only_the_office_writes_locks(round_: Round):
    stranger = a_user(round_.zone, "监督组")
    with pytest.raises(Refused, match="由聘任办公室办理"):
        demotion_record(demotion=demoted(round_), actor=stranger, on=DAY)
