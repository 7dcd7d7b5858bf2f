"""Grades unit by unit beside their quotas; no database."""

from decimal import Decimal as D

from kpi.rules.grading import GradeRules, Limit, Participant, assign_grades
from kpi.rules.quotas import POOL, QuotaRules, UnitStanding
from kpi.rules.spread import SpreadRow, grade_spread
from tests.appointments.policy_values import default_policy

POLICY = default_policy()
RULES = GradeRules(
    POLICY["kpi.person_grades"], QuotaRules(POLICY["kpi.excellent_quota"], "四等", pool_below=5)
)


def test_every_person_is_counted_once_and_the_quota_stands_beside():
    marks = ["95", "94", "80", "80", "65", "50", "80", "80", "80", "80"]
    people = [Participant(key, "甲", D(mark)) for key, mark in enumerate(marks)]
    people += [
        Participant(20, "甲", D(90), exclusion="试用期"),
        Participant(21, "甲", D(90), limit=Limit("", "受记过")),
        Participant(30, "乙", D(95)),
        Participant(31, "丙", D(70)),
        Participant(40, "丁", D(70), exclusion="试用期"),
    ]
    grading = assign_grades(people, {"甲": UnitStanding("甲", "二等", D(92))}, RULES)
    rows = grade_spread(people, grading)
    assert rows == (
        SpreadRow("丁", "", 0, (0, 0, 0, 0), 0, 1),
        SpreadRow("丙", POOL, 1, (0, 0, 1, 0), 0, 0, 0, 0),
        SpreadRow("乙", POOL, 1, (0, 1, 0, 0), 0, 0, 0, 0),
        SpreadRow("甲", "甲", 11, (2, 6, 1, 1), 1, 1, 2, 2),
    )
    assert rows[3].remaining == 0
    assert sum(row.total for row in rows) == len(people)
