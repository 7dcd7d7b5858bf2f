"""复核、申诉、仲裁: the days of §6 as a rule, then the register."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.models import Appeal, Appointment
from appointments.rules.appeals import (
    Filing,
    decision_due_on,
    decision_reasons,
    extended_due_on,
    filing_last_on,
    filing_reasons,
)
from appointments.services.appeals import appeal_decide, appeal_extend, appeal_file, appeal_withdraw
from reform.errors import Refused, RuleError
from reform.models import Membership, Zone
from tests.factories import a_person, a_position, a_round, a_unit, a_user, an_appointment

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


# --- the register -------------------------------------------------------------------------------------------


@pytest.fixture
def supervisor(zone: Zone) -> Any:
    return a_user(zone, "监督组")


@pytest.fixture
def appointment(zone: Zone) -> Appointment:
    round_ = a_round(zone)
    position = a_position(a_unit(zone), level="L50", setup=round_.setup)
    return an_appointment(round_, a_person(zone), position)


def an_appeal(appointment: Appointment, **facts: Any) -> Appeal:
    given = {
        "kind": "RE_EXAMINATION",
        "about": "降职决定（聘〔2022〕3号）",
        "known_on": KNOWN,
        "filed_on": date(2022, 2, 10),
        "claim": "请求撤销",
    }
    return Appeal(person=appointment.person, appointment=appointment, **given | facts)


def decide(appeal: Appeal, actor: Any, **facts: Any) -> None:
    given = {
        "upholds": False,
        "decision": "维持原决定",
        "document_no": "复〔2022〕1号",
        "decided_on": date(2022, 3, 1),
        "actor": actor,
    }
    appeal_decide(appeal=appeal, **given | facts)


def test_filed_appeal_knows_its_day_and_leaves_the_appointment_in_force(
    appointment: Appointment, office: Any
):
    appeal = appeal_file(appeal=an_appeal(appointment), actor=office)
    assert (appeal.due_on, appeal.state) == (date(2022, 3, 12), "OPEN")
    appointment.refresh_from_db()
    assert appointment.state == "ACTIVE"
    assert appointment.tenure is not None
    assert appointment.tenure.ends_before is None


def test_late_appeal_is_not_accepted(appointment: Appointment, office: Any):
    with pytest.raises(Refused, match="复核最迟2022-02-22提出，2022-03-01已超过期限"):
        appeal_file(appeal=an_appeal(appointment, filed_on=date(2022, 3, 1)), actor=office)
    assert not Appeal.objects.exists()


def test_same_decision_is_contested_once_at_a_time(appointment: Appointment, office: Any):
    appeal_file(appeal=an_appeal(appointment), actor=office)
    with pytest.raises(Refused, match="同一决定已有一件同种类的在办"):
        appeal_file(appeal=an_appeal(appointment), actor=office)


def test_person_files_for_oneself_only(zone: Zone, appointment: Appointment):
    own, stranger = (a_user(zone, "个人", name, is_staff=False) for name in ("本人", "旁人"))
    Membership.objects.filter(user=own).update(person=appointment.person)
    with pytest.raises(Refused, match="由本人提出"):
        appeal_file(appeal=an_appeal(appointment), actor=stranger)
    assert appeal_file(appeal=an_appeal(appointment), actor=own).pk


def test_office_does_not_decide_on_its_own_act(appointment: Appointment, office: Any, supervisor: Any):
    appeal = appeal_file(appeal=an_appeal(appointment), actor=office)
    with pytest.raises(Refused, match="不由聘任办公室登记"):
        decide(appeal, office)
    decide(appeal, supervisor)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.decided_on) == ("REJECTED", date(2022, 3, 1))
    with pytest.raises(RuleError, match="已维持原决定"):
        decide(appeal, supervisor)


def test_decision_to_a_lower_level_is_refused(appointment: Appointment, office: Any, supervisor: Any):
    appeal = appeal_file(appeal=an_appeal(appointment), actor=office)
    with pytest.raises(Refused, match="不得因复核、申诉加重处理"):
        decide(appeal, supervisor, upholds=True, level="L40")
    decide(appeal, supervisor, upholds=True, level="L60")
    assert Appeal.objects.get().state == "UPHELD"


def test_appeal_follows_the_re_examination_of_the_same_person(
    zone: Zone, appointment: Appointment, office: Any, supervisor: Any
):
    first = appeal_file(appeal=an_appeal(appointment), actor=office)
    decide(first, supervisor)
    facts = {"kind": "APPEAL", "after": first, "known_on": date(2022, 3, 2), "filed_on": date(2022, 3, 17)}
    foreign = an_appeal(appointment, **facts)
    foreign.person = a_person(zone, "李四")
    with pytest.raises(Refused, match="所针对的复核不是此人提出的"):
        appeal_file(appeal=foreign, actor=office)
    second = appeal_file(appeal=an_appeal(appointment, **facts), actor=office)
    assert second.due_on == date(2022, 5, 16)


def test_extension_comes_once_and_with_its_reason(appointment: Appointment, office: Any):
    appeal = appeal_file(appeal=an_appeal(appointment, kind="APPEAL"), actor=office)
    with pytest.raises(Refused, match="须写明延长的理由"):
        appeal_extend(appeal=appeal, reason=" ", actor=office)
    appeal_extend(appeal=appeal, reason="案情复杂", actor=office)
    assert Appeal.objects.get().due_on == date(2022, 5, 11)
    with pytest.raises(RuleError, match="已延长过一次"):
        appeal_extend(appeal=appeal, reason="案情复杂", actor=office)


def test_withdrawn_appeal_is_over(appointment: Appointment, office: Any, supervisor: Any):
    appeal = appeal_file(appeal=an_appeal(appointment), actor=office)
    appeal_withdraw(appeal=appeal, reason="本人撤回", actor=office)
    with pytest.raises(RuleError, match="已撤回，不能再办理"):
        decide(appeal, supervisor)
