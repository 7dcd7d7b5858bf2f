"""复核、申诉、仲裁: the days of §6 as a rule, then the register."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.rules.appeals import (
    Filing,
    decision_due_on,
    decision_reasons,
    extended_due_on,
    filing_last_on,
    filing_reasons,
)
from reform.errors import RuleError

DAYS = {
    "RE_EXAMINATION": {"file": 30, "decide": 30, "extend": 0},
    "APPEAL": {"file": 30, "file_after": 15, "decide": 60, "extend": 30},
    "ARBITRATION": {"file": 60, "decide": 60, "extend": 30},
}
KNOWN = date(2022, 1, 23)


@pytest.mark.parametrize(
    ("kind", "after", "last"),
    [
        ("RE_EXAMINATION", False, date(2022, 2, 22)),
        ("APPEAL", False, date(2022, 2, 22)),
        ("APPEAL", True, date(2022, 2, 7)),
        ("ARBITRATION", False, date(2022, 3, 24)),
    ],
)
def test_last_day_to_file_counts_from_the_day_after_knowing(kind: str, after: bool, last: date):
    assert filing_last_on(kind, KNOWN, DAYS, after=after) == last


def test_filing_on_the_last_day_is_in_time_and_a_day_later_is_not():
    assert filing_reasons(Filing("RE_EXAMINATION", KNOWN, date(2022, 2, 22)), DAYS) == []
    assert filing_reasons(Filing("RE_EXAMINATION", KNOWN, date(2022, 2, 23)), DAYS) == [
        "2022-01-23知道决定，复核最迟2022-02-22提出，2022-02-23已超过期限"
    ]


def test_filing_before_knowing_is_refused():
    assert filing_reasons(Filing("APPEAL", KNOWN, date(2022, 1, 22)), DAYS) == [
        "提出日期2022-01-22早于知道决定的日期2022-01-23"
    ]


def test_appeal_after_a_re_examination_waits_for_its_decision_and_has_fifteen_days():
    open_still = Filing("APPEAL", KNOWN, date(2022, 2, 7), "RE_EXAMINATION", "OPEN")
    assert filing_reasons(open_still, DAYS) == ["所针对的复核还没有作出决定"]
    late = Filing("APPEAL", KNOWN, date(2022, 2, 8), "RE_EXAMINATION", "REJECTED")
    assert filing_reasons(late, DAYS) == ["2022-01-23知道决定，申诉最迟2022-02-07提出，2022-02-08已超过期限"]


@pytest.mark.parametrize(
    ("kind", "after"), [("RE_EXAMINATION", "RE_EXAMINATION"), ("APPEAL", "APPEAL"), ("ARBITRATION", "APPEAL")]
)
def test_only_an_appeal_follows_a_re_examination(kind: str, after: str):
    assert "只有申诉可以针对复核决定提出" in filing_reasons(
        Filing(kind, KNOWN, KNOWN, after, "REJECTED"), DAYS
    )


def test_decision_is_due_in_thirty_or_sixty_days_and_an_appeal_may_take_thirty_more():
    assert decision_due_on("RE_EXAMINATION", KNOWN, DAYS) == date(2022, 2, 22)
    due = decision_due_on("APPEAL", KNOWN, DAYS)
    assert due == date(2022, 3, 24)
    assert extended_due_on("APPEAL", due, DAYS, is_extended=False) == date(2022, 4, 23)
    with pytest.raises(RuleError, match="申诉已延长过一次"):
        extended_due_on("APPEAL", due, DAYS, is_extended=True)
    with pytest.raises(RuleError, match="复核的办理期限不能延长"):
        extended_due_on("RE_EXAMINATION", due, DAYS, is_extended=False)


def test_kind_that_the_policy_lacks_is_named():
    with pytest.raises(RuleError, match="没有“仲裁”"):
        decision_due_on("ARBITRATION", KNOWN, {})


@given(st.none() | st.integers(10, 90), st.none() | st.integers(10, 90))
def test_decision_never_makes_things_worse(contested: int | None, decided: int | None):
    worse = contested is not None and decided is not None and decided < contested
    assert bool(decision_reasons(contested, decided)) is worse


@given(st.sampled_from(sorted(DAYS)), st.dates(date(2018, 1, 1), date(2040, 1, 1)), st.integers(-5, 90))
def test_what_is_in_time_stays_in_time_a_day_earlier(kind: str, known: date, wait: int):
    filed = known + timedelta(days=wait)
    if not filing_reasons(Filing(kind, known, filed), DAYS) and filed > known:
        assert not filing_reasons(Filing(kind, known, filed - timedelta(days=1)), DAYS)
