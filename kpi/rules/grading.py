"""Grades of units and people (domain.md §6): thresholds, quota of 优秀, veto and sanctions, two sets of
labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpi.rules.outcomes import WHOLE, plain
from kpi.rules.quotas import (
    Award,
    Candidate,
    Decision,
    Quota,
    QuotaRules,
    Tie,
    UnitStanding,
    award_seats,
)
from reform.errors import RuleError
from reform.rounding import exact

LOWEST_UNIT_GRADE = "四等"
EXCELLENT = "A"
COMPETENT = "B"
INCOMPETENT = "D"
GRADES = "ABCD"
NO_GRADE = "不定等次"
CIVIL_IDENTITIES = ("XZ", "CG")
_CIVIL_LABELS = {"A": "优秀", "B": "称职", "C": "基本称职", "D": "不称职"}
_OTHER_LABELS = {"A": "优秀", "B": "合格", "C": "基本合格", "D": "不合格"}


@dataclass(frozen=True, slots=True)
class Limit:
    """The best grade that a sanction leaves (A–D), or '' for 不定等次; with the reason, such as
    受记过处分."""

    grade: str
    reason: str


@dataclass(frozen=True, slots=True)
class Participant:
    """A person who is graded. unit: held on the cycle's last day.  score: combined, None where there is none.
    is_leader: 主要负责人 of the unit; leads: one of its leaders, 正职 or 副职.  veto: the matter, '' without
    one. exclusion: why the person does not count in n, see `exclusion_reason`."""

    key: int
    unit: str
    score: Decimal | None
    identity: str = ""
    is_leader: bool = False
    leads: bool = False
    veto: str = ""
    limit: Limit | None = None
    exclusion: str = ""


@dataclass(frozen=True, slots=True)
class GradeRules:
    """lines: A, B, C → least score (policy kpi.person_grades).  bottom_ratio: least share of C and D, 0 for
    none."""

    lines: Mapping[str, object]
    quotas: QuotaRules
    bottom_ratio: object = 0


@dataclass(frozen=True, slots=True)
class Graded:
    """grade: A–D, None for 不定等次.  group: whose quota the person counts in, '' for who is excluded."""

    key: int
    grade: str | None
    label: str
    why: str
    group: str


@dataclass(frozen=True, slots=True)
class Bottom:
    """Share of C and D: how many the zone requires, how many there are, how many are missing."""

    required: int
    found: int

    @property
    def missing(self) -> int:
        return max(0, self.required - self.found)


@dataclass(frozen=True, slots=True)
class Grading:
    """people: in the order of their keys.  cap: ⌊N × share⌋ of the whole zone; n: N."""

    people: tuple[Graded, ...]
    quotas: tuple[Quota, ...]
    ties: tuple[Tie, ...]
    cap: int
    n: int
    bottom: Bottom
    unused: tuple[Decision, ...]

    @property
    def by_key(self) -> dict[int, Graded]:
        return {one.key: one for one in self.people}


def unit_grade(
    score: Decimal, lines: Mapping[str, object], *, is_vetoed: bool, lowest: str = LOWEST_UNIT_GRADE
) -> str:
    """一等 … 四等 of a unit's score; a veto makes it the lowest and leaves the score as it is.

    lines: grade → least score (policy kpi.unit_grades).
    """
    if is_vetoed:
        return lowest
    reached = [(exact(least), grade) for grade, least in lines.items() if exact(score) >= exact(least)]
    return max(reached)[1] if reached else lowest


def grade_label(grade: str | None, identity: str) -> str:
    """The grade in the words of the identity: 称职 for 公务员 and 参公 (公务员法第三十八条), 合格 for the
    others (事业单位人事管理条例第二十一条).

    grade: A–D; None for 不定等次.  Raises RuleError for another.
    """
    if grade is None:
        return NO_GRADE
    labels = _CIVIL_LABELS if identity in CIVIL_IDENTITIES else _OTHER_LABELS
    if grade not in labels:
        raise RuleError(f"没有等次“{grade}”。")
    return labels[grade]


def exclusion_reason(*, is_first_year_on_trial: bool, leave_days: int, year_days: int) -> str:
    """Why somebody does not count in n and gets 不定等次; '' for who takes part.

    leave_days: 病假 and 事假 of the year together.  year_days: days of the year; more than half excludes.
    """
    if is_first_year_on_trial:
        return "新录用人员试用期内，参加考核，不定等次"
    if leave_days * 2 > year_days:
        return f"病、事假累计{leave_days}天，超过全年{year_days}天的一半，不参加考核"
    return ""


def sanction_limit(kinds: Mapping[str, str], limits: Mapping[str, str]) -> Limit | None:
    """The strictest limit that sanctions in force put on the grade; None where there is none.

    kinds: code → Chinese name of the sanctions in force.  limits: code → best grade, '' for 不定等次.  A code
    that the policy does not name raises RuleError.
    """
    unknown = [name for code, name in kinds.items() if code not in limits]
    if unknown:
        raise RuleError(f"政策没有规定受{'、'.join(unknown)}处分人员的等次。")
    # 不定等次 before any grade: nothing is fixed until the matter is closed
    found = [("" if not limits[code] else limits[code], name) for code, name in sorted(kinds.items())]
    if not found:
        return None
    undecided = [name for grade, name in found if not grade]
    if undecided:
        return Limit("", f"受{'、'.join(undecided)}")
    strictest = max(grade for grade, _ in found)
    return Limit(strictest, f"受{'、'.join(name for grade, name in found if grade == strictest)}")


def assign_grades(
    people: Sequence[Participant],
    standings: Mapping[str, UnitStanding],
    rules: GradeRules,
    decisions: Sequence[Decision] = (),
) -> Grading:
    """Grade everybody of a zone: the thresholds, then 优秀 within the quotas, the rest of those over the line
    B.

    standings: unit → its result.  The order of the input never matters.  Raises RuleError where a person
    appears twice.
    """
    if len({one.key for one in people}) < len(people):
        raise RuleError("同一人在考核名单中出现了两次。")
    counts: dict[str, int] = {}
    for one in people:
        if not one.exclusion:
            counts[one.unit] = counts.get(one.unit, 0) + 1
    candidates = [
        Candidate(one.key, one.unit, one.score)
        for one in people
        if one.score is not None and _may_excel(one, standings.get(one.unit), rules)
    ]
    award = award_seats(counts, standings, candidates, rules.quotas, decisions)
    writer = _Reasons(award, rules, standings)
    graded = tuple(writer.graded(one) for one in sorted(people, key=lambda one: one.key))
    low = sum(1 for one in graded if one.grade is not None and one.grade > COMPETENT)
    # rounded up: the zone asks for at least this share
    required = -int(-exact(rules.bottom_ratio) * award.n // 1)
    return Grading(graded, award.quotas, award.ties, award.cap, award.n, Bottom(required, low), award.unused)


def _may_excel(one: Participant, standing: UnitStanding | None, rules: GradeRules) -> bool:
    """Whether a person competes for a seat: over the line and barred by nothing."""
    if one.exclusion or one.veto or one.score is None or (one.limit and one.limit.grade != EXCELLENT):
        return False
    return exact(one.score) >= exact(rules.lines[EXCELLENT]) and not _bars_leader(one, standing, rules)


def _bars_leader(one: Participant, standing: UnitStanding | None, rules: GradeRules) -> bool:
    """A veto bars all leaders of the unit, the lowest grade the 主要负责人 only."""
    if standing is None:
        return False
    if standing.is_vetoed:
        return one.leads or one.is_leader
    return one.is_leader and standing.grade == rules.quotas.lowest


class _Reasons:
    """Writes for each person the grade and why, with the figures compared."""

    def __init__(self, award: Award, rules: GradeRules, standings: Mapping[str, UnitStanding]) -> None:
        self._award = award
        self._rules = rules
        self._standings = standings
        self._quotas = {quota.group: quota for quota in award.quotas}
        self._ties = {key: tie for tie in award.ties for key in tie.keys}

    def graded(self, one: Participant) -> Graded:
        group = "" if one.exclusion else self._award.group_by_unit[one.unit]
        grade, why = self._grade(one, group)
        return Graded(one.key, grade, grade_label(grade, one.identity), why, group)

    def _grade(self, one: Participant, group: str) -> tuple[str | None, str]:
        if one.exclusion:
            return None, one.exclusion
        if one.veto:
            return INCOMPETENT, f"本人被一票否决：{one.veto}"
        if one.limit and not one.limit.grade:
            return None, f"{one.limit.reason}，{NO_GRADE}"
        if one.score is None:
            return None, f"没有综合得分，{NO_GRADE}"
        grade, why = self._by_line(one, one.score)
        if grade == EXCELLENT:
            grade, why = self._by_quota(one, group, why)
        # the letters run from the best to the worst
        if one.limit and one.limit.grade > grade:
            return one.limit.grade, f"{why}；{one.limit.reason}，最高为{self._label(one, one.limit.grade)}"
        return grade, why

    def _by_line(self, one: Participant, score: Decimal) -> tuple[str, str]:
        lines = self._rules.lines
        for grade in GRADES:
            if grade in lines and exact(score) >= exact(lines[grade]):
                return grade, f"综合得分{score}，达到{self._label(one, grade)}线{plain(lines[grade])}"
        last = max(lines)
        return INCOMPETENT, f"综合得分{score}，低于{self._label(one, last)}线{plain(lines[last])}"

    def _by_quota(self, one: Participant, group: str, why: str) -> tuple[str, str]:
        standing = self._standings.get(one.unit)
        if standing is not None and _bars_leader(one, standing, self._rules):
            fact = "被一票否决，单位正副职" if standing.is_vetoed else f"考核为{standing.grade}，主要负责人"
            return COMPETENT, f"{why}；所在单位{fact}不得评为{self._label(one, EXCELLENT)}"
        if one.limit and one.limit.grade != EXCELLENT:
            return EXCELLENT, why
        quota = self._quotas[group]
        seats = f"{group}优秀名额{quota.quota}个（{self._quota_words(quota)}）"
        place = f"第{self._award.places[one.key]}名"
        if one.key in self._award.granted:
            return EXCELLENT, f"{why}；{seats}，{place}"
        tie = self._ties.get(one.key)
        if tie is not None:
            return COMPETENT, (
                f"{why}；{tie.group}{len(tie.keys)}人并列（{tie.score}分），余{tie.seats}个名额，"
                f"待研究决定，暂定{self._label(one, COMPETENT)}"
            )
        return COMPETENT, f"{why}；{seats}，{place}，名额已满，定为{self._label(one, COMPETENT)}"

    def _quota_words(self, quota: Quota) -> str:
        if quota.quota == quota.by_rate:
            return quota.rate_words
        zone = self._rules.quotas.rates["zone"]
        cap = f"全区{self._award.n}人×{plain(exact(zone) * WHOLE)}%封顶{self._award.cap}个"
        return f"{quota.rate_words}得{quota.by_rate}个，{cap}"

    def _label(self, one: Participant, grade: str) -> str:
        return grade_label(grade, one.identity)
