"""Each kind of qualification rule against the facts of one person: what it finds, and the evidence in
words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from reform.dated import add_months, add_years, age_on
from reform.ladder import Ladder, Level

from .qualification_facts import LevelSpell, Outcome, PersonFacts, Requirement, RuleKind

Found = tuple[Outcome, str]

GRADE_WORDS = {"A": "优秀", "B": "称职", "C": "基本称职", "D": "不称职", "N": "不定等次"}
GOOD_GRADES = frozenset("AB")
POOR_GRADES = frozenset("CD")


def _yes(is_met: bool) -> Outcome:
    return Outcome.PASS if is_met else Outcome.FAIL


def check_tenure(item: Requirement, facts: PersonFacts, target: str, ladder: Ladder) -> Found:
    """Time at a level or above it, all spells together, counted from 始任 (§3a)."""
    level = ladder.by_code.get(item.level) or _below(target, ladder)
    if level is None:
        return Outcome.PASS, "没有更低的层级"
    present = ladder.by_code.get(facts.present_level)
    if item.number == 0:
        if present is None:
            return Outcome.UNKNOWN, "没有现任层级记录"
        return _yes(_reaches(present, level)), f"现任{present.name}"
    if not facts.spells:
        return Outcome.UNKNOWN, "没有任职记录"
    spells = [spell for spell in facts.spells if _reaches(ladder.by_code.get(spell.level), level)]
    held = f"任{level.name}" if level.is_outside else f"任{level.name}及以上"
    start = date.fromordinal(facts.on.toordinal() - _days(spells, facts.on))
    if add_years(start, item.number) <= facts.on:
        return Outcome.PASS, held + _span(start, facts.on)
    if any(spell.since is None for spell in spells):
        return Outcome.UNKNOWN, f"{held}的始任日期没有登记"
    if start == facts.on:
        return Outcome.FAIL, f"没有{held}的任职记录"
    return Outcome.FAIL, held + _span(start, facts.on)


def _below(target: str, ladder: Ladder) -> Level | None:
    place = ladder.by_code[target].index if target in ladder.by_code else 0
    return next((level for level in ladder.levels if level.index == place - 1 and not level.is_outside), None)


def _reaches(held: Level | None, level: Level) -> bool:
    """At a level or above it; outside the ladder only that very level will do."""
    if held is None or held.is_outside or level.is_outside:
        return held == level
    return held.rank_order >= level.rank_order


def _days(spells: Sequence[LevelSpell], on: date) -> int:
    """Days in at least one of the spells, up to a day."""
    days, reached = 0, date.min
    known = [(spell.since, min(spell.until or on, on)) for spell in spells if spell.since]
    for since, until in sorted(known):
        begin = max(since, reached)
        if until > begin:
            days += (until - begin).days
            reached = until
    return days


def _span(start: date, on: date) -> str:
    months = (on.year - start.year) * 12 + on.month - start.month
    if add_months(start, months) > on:
        months -= 1
    years, rest = divmod(months, 12)
    parts = [f"{years}年" if years else "", f"{rest}个月" if rest else ""]
    return "".join(parts) or "不足1个月"


def check_age(item: Requirement, facts: PersonFacts) -> Found:
    """Completed years on the day, by the archive's date of birth."""
    if facts.birth_on is None:
        return Outcome.UNKNOWN, "出生日期没有登记"
    age = age_on(facts.birth_on, facts.on)
    words = f"{facts.birth_on:%Y.%m}出生，{age}周岁"
    if item.born_from is not None:
        return _yes(facts.birth_on >= item.born_from), words
    return _yes(age <= item.number), words


def check_education(item: Requirement, facts: PersonFacts) -> Found:
    """By the comparison level of GB/T 4658; 其他 is for a clerk."""
    rank = facts.fulltime_education if item.is_fulltime else facts.education
    words = facts.fulltime_words if item.is_fulltime else facts.education_words
    if not rank:
        return Outcome.UNKNOWN, words or f"{'全日制' if item.is_fulltime else ''}学历没有登记"
    return _yes(rank >= item.number), words


def check_party(item: Requirement, facts: PersonFacts) -> Found:
    """政治面貌, by its code of GB/T 4762."""
    if not facts.political_status:
        return Outcome.UNKNOWN, "政治面貌没有登记"
    return _yes(facts.political_status in item.codes), facts.political_words


def check_service(item: Requirement, facts: PersonFacts) -> Found:
    """Completed years since 参加工作时间."""
    if facts.work_started_on is None:
        return Outcome.UNKNOWN, "参加工作时间没有登记"
    if facts.work_started_on > facts.on:
        return Outcome.FAIL, f"{facts.work_started_on:%Y.%m}参加工作"
    words = f"{facts.work_started_on:%Y.%m}参加工作，{_span(facts.work_started_on, facts.on)}"
    return _yes(add_years(facts.work_started_on, item.number) <= facts.on), words


def appraisal_window(grades: Mapping[int, str], on: date, years: int) -> tuple[int, ...]:
    """The years that count: up to last year or, where last year's grade is not out yet, the year before."""
    last = on.year - 1
    if last not in grades and last - 1 in grades:
        last -= 1
    return tuple(range(last - years + 1, last + 1))


def check_appraisals(facts: PersonFacts, years: int, good: frozenset[str] = GOOD_GRADES) -> Found:
    """The grades of the last years; a missing one, and 不定等次, are for a clerk."""
    good = good or GOOD_GRADES
    window = appraisal_window(facts.grades, facts.on, years)
    words = "、".join(
        f"{year}年{GRADE_WORDS[facts.grades[year]] if year in facts.grades else '没有登记'}"
        for year in window
    )
    found = {facts.grades.get(year, "") for year in window}
    if found & (POOR_GRADES | (GOOD_GRADES - good)):
        return Outcome.FAIL, words
    return (Outcome.PASS if found <= good else Outcome.UNKNOWN), words


def check_blocks(item: Requirement, facts: PersonFacts) -> Found:
    """处分, 立案审查 and 限制提拔 that hold on the day."""
    found = [
        block.words
        for block in facts.blocks
        if block.starts_on <= facts.on and (block.ends_before is None or facts.on < block.ends_before)
    ]
    return (Outcome.FAIL, "；".join(found)) if found else (Outcome.PASS, "没有记录")


# A word of a whole field of study: not finding it written says nothing.
_FIELD_WORDS = ("类", "相关", "等")


def check_profession(item: Requirement, facts: PersonFacts) -> Found:
    """The field of study, as it stands in 毕业院校及专业; one that is only named by its kind is for a
    clerk."""
    if not facts.schools:
        return Outcome.UNKNOWN, "毕业院校及专业没有登记"
    stems = [_stem(word) for word in item.words]
    if any(stem in facts.schools for stem in stems):
        return Outcome.PASS, facts.schools
    is_vague = any(word.endswith(_FIELD_WORDS) for word in item.words)
    return (Outcome.UNKNOWN if is_vague else Outcome.FAIL), facts.schools


def _stem(word: str) -> str:
    for ending in _FIELD_WORDS:
        word = word.removesuffix(ending)
    return word


def check_certificate(item: Requirement, facts: PersonFacts) -> Found:
    """Only a title that is written down is certain: papers are shown to the clerk."""
    if facts.technical_title and any(word in facts.technical_title for word in item.words):
        return Outcome.PASS, facts.technical_title
    return Outcome.UNKNOWN, facts.technical_title or "职称、证书没有登记"


def check_identity(item: Requirement, facts: PersonFacts) -> Found:
    """身份类别, by its code."""
    if not facts.identity:
        return Outcome.UNKNOWN, "身份类别没有登记"
    return _yes(facts.identity in item.codes), facts.identity_words


CHECKS: Mapping[RuleKind, Callable[[Requirement, PersonFacts], Found]] = {
    RuleKind.MAX_AGE: check_age,
    RuleKind.MIN_EDU: check_education,
    RuleKind.PARTY: check_party,
    RuleKind.MIN_SERVICE: check_service,
    RuleKind.NO_SANCTION: check_blocks,
    RuleKind.PROFESSION: check_profession,
    RuleKind.CERT: check_certificate,
    RuleKind.IDENTITY_IN: check_identity,
}
