"""What the qualification rules read and what they find (domain.md §3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class RuleKind(StrEnum):
    """What a rule is about. ANY: alternatives of different kinds; OTHER: words that no rule understands."""

    MIN_LEVEL_TENURE = "MIN_LEVEL_TENURE"
    MAX_AGE = "MAX_AGE"
    MIN_EDU = "MIN_EDU"
    PARTY = "PARTY"
    MIN_SERVICE = "MIN_SERVICE"
    APPRAISAL_LAST3 = "APPRAISAL_LAST3"
    NO_SANCTION = "NO_SANCTION"
    PROFESSION = "PROFESSION"
    CERT = "CERT"
    IDENTITY_IN = "IDENTITY_IN"
    ANY = "ANY"
    OTHER = "OTHER"

    @property
    def label(self) -> str:
        return RULE_LABELS[self]


RULE_LABELS = {
    RuleKind.MIN_LEVEL_TENURE: "任职年限",
    RuleKind.MAX_AGE: "年龄",
    RuleKind.MIN_EDU: "学历",
    RuleKind.PARTY: "政治面貌",
    RuleKind.MIN_SERVICE: "工作年限",
    RuleKind.APPRAISAL_LAST3: "近年考核",
    RuleKind.NO_SANCTION: "处分与限制提拔",
    RuleKind.PROFESSION: "专业",
    RuleKind.CERT: "职称与证书",
    RuleKind.IDENTITY_IN: "身份",
    RuleKind.ANY: "任一条件",
    RuleKind.OTHER: "其他条件",
}


def kind_of(rule: str) -> RuleKind:
    """The kind of a stored rule's code: MIN_EDU, or MIN_EDU.2 for the second of its kind."""
    return RuleKind(rule.partition(".")[0])


def rule_label(rule: str) -> str:
    """The Chinese name of a stored rule's code."""
    kind, _, number = rule.partition(".")
    return RuleKind(kind).label + (f"（{number}）" if number else "")


class Outcome(StrEnum):
    """What a rule finds."""

    PASS = "PASS"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class LevelSpell:
    """Time at a level: `since` its 始任日期 (None: not known), half-open; `until` None: still held."""

    level: str
    since: date | None
    until: date | None = None


@dataclass(frozen=True)
class Block:
    """A 处分, an open investigation or a lock, as it stands on the day."""

    words: str
    starts_on: date
    ends_before: date | None


@dataclass(frozen=True)
class PersonFacts:
    """A person as of `on` (报名截止日). present_level: by the baseline, else the main post; '' without one.

    education, fulltime_education: comparison level 0–6 (codes.education_rank), None not known.  grades: year
    → A, B, C, D or N.  schools: 毕业院校及专业 as written.  identity, political_status: codes, '' not known.
    """

    on: date
    present_level: str = ""
    spells: Sequence[LevelSpell] = ()
    birth_on: date | None = None
    education: int | None = None
    education_words: str = ""
    fulltime_education: int | None = None
    fulltime_words: str = ""
    political_status: str = ""
    political_words: str = ""
    work_started_on: date | None = None
    grades: Mapping[int, str] = field(default_factory=dict)
    blocks: Sequence[Block] = ()
    identity: str = ""
    identity_words: str = ""
    schools: str = ""
    technical_title: str = ""


@dataclass(frozen=True)
class Requirement:
    """One condition. level: of MIN_LEVEL_TENURE, '' the level below the post's.  number: years, age, or
    comparison level of the education.  codes: accepted codes.  words: accepted words.  born_from: instead of
    an age, the first accepted day of birth.
    """

    kind: RuleKind
    text: str
    level: str = ""
    number: int = 0
    codes: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    is_fulltime: bool = False
    born_from: date | None = None


@dataclass(frozen=True)
class Group:
    """Alternatives: one of them is enough."""

    text: str
    items: tuple[Requirement, ...]

    @property
    def kind(self) -> RuleKind:
        kinds = {item.kind for item in self.items}
        return kinds.pop() if len(kinds) == 1 else RuleKind.ANY


@dataclass(frozen=True)
class Result:
    """What one rule found, with both sides in words."""

    rule: str
    outcome: Outcome
    required: str
    actual: str
