"""The eight checks as the pages show them: what each asks, what it found, who stands against it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from appointments.rules.change import ChangeKind
from appointments.selectors import ChangeSummary, Check, PersonChange, id_numbers
from reform.exchange.id_number import mask_id
from reports.words import number_word

from .common import RoundHead, head_of

MEANINGS = {
    "I1": "范围内每个人有且只有一个主任职聘任，或者已登记离开。",
    "I2": "没有人降职超过政策允许的级数。",
    "I3": "提拔一级为正常；越级须有书面理由和上级批准，更多的不允许。",
    "I4": "每个岗位的聘任人数不超过职数，每个单位不超过员额；未核定员额的单位不核对员额。",
    "I5": "没有尚未了结的回避、异议和处分限制。",
    "I6": "每个提拔都经过公示，或有上级任命文号；应有试用期的都有试用期。",
    "I7": "每个降职都有原因、谈话记录、告知书和申诉权利告知。",
    "I8": "各类变动人数相加等于范围内人数，报表合计等于名单长度。",
}
NOT_RECORDED = "本轮由聘任结果表登记，系统里没有这项的过程记录，所以不算通过，也不算不通过。"


@dataclass(frozen=True)
class CheckLine:
    """One check in the list of eight: `fact` is what it found, in a few words."""

    code: str
    name: str
    ok: bool | None
    fact: str

    @property
    def mark(self) -> str:
        return {True: "✓", False: "!", None: "–"}[self.ok]

    @property
    def verdict(self) -> str:
        return {True: "通过", False: "不通过", None: "未记录"}[self.ok]


@dataclass(frozen=True)
class OffenderLine:
    """Who or what stands against a check; the posts of a person beside it."""

    name: str
    id_number: str
    unit: str
    why: str
    before: str = ""
    after: str = ""

    @property
    def query(self) -> str:
        return urlencode({"q": self.name})


@dataclass(frozen=True)
class CheckReport:
    """One check with everything against it."""

    head: RoundHead
    line: CheckLine
    meaning: str
    offenders: tuple[OffenderLine, ...]
    lines: tuple[CheckLine, ...]

    @property
    def title(self) -> str:
        if self.line.ok is False:
            return f"{self.line.name}：{self.line.fact}"
        return f"{self.line.name}：{self.line.verdict}"


def check_lines(summary: ChangeSummary) -> tuple[CheckLine, ...]:
    """All checks, each with its finding in a few words."""
    return tuple(
        CheckLine(check.code, check.name, check.ok, _fact(summary, check)) for check in summary.checks
    )


def checks_title(lines: tuple[CheckLine, ...]) -> str:
    """八项检查，五项通过，三项未记录."""
    parts = [f"{number_word(len(lines))}项检查"]
    for ok, word in ((False, "项不通过"), (True, "项通过"), (None, "项未记录")):
        number = sum(1 for line in lines if line.ok is ok)
        if number:
            parts.append(f"{number_word(number)}{word}")
    return "，".join(parts)


def _fact(summary: ChangeSummary, check: Check) -> str:
    if check.ok is None:
        return "未记录"
    if not check.ok:
        people = {one.person_id for one in check.offenders if one.person_id}
        others = sum(1 for one in check.offenders if not one.person_id)
        words = [f"{len(people)}人"] if people else []
        return "、".join(words + ([f"{others}处"] if others else [])) + "不符"
    facts: dict[str, Callable[[], str]] = {
        "I1": lambda: f"{summary.appointed} / {summary.in_scope}",
        "I2": lambda: _falls(summary),
        "I3": lambda: _rises(summary),
        "I4": lambda: f"{len(summary.positions)}个岗位",
        "I8": lambda: str(summary.in_scope),
    }
    return facts[check.code]() if check.code in facts else "通过"


def _falls(summary: ChangeSummary) -> str:
    steps = summary.max_demotion_steps
    return f"最多降{number_word(steps)}级" if steps else "没有降职"


def _rises(summary: ChangeSummary) -> str:
    number = summary.counts[ChangeKind.PROMOTION]
    return f"{number}人都升一级" if number else "没有提拔"


def check_report(summary: ChangeSummary, code: str, *, clear_ids: bool) -> CheckReport | None:
    """One check with its offenders; None for a code that is none."""
    lines = check_lines(summary)
    found = next((pair for pair in zip(summary.checks, lines, strict=True) if pair[0].code == code), None)
    if found is None:
        return None
    check, line = found
    numbers = id_numbers(one.person_id for one in check.offenders)
    people: Mapping[int, PersonChange] = {person.person_id: person for person in summary.people}
    offenders = []
    for one in check.offenders:
        person = people.get(one.person_id or 0)
        number = numbers.get(one.person_id or 0, "")
        offenders.append(
            OffenderLine(
                one.name,
                number if clear_ids else mask_id(number),
                one.unit,
                one.why,
                person.before.place if person and person.before else "",
                person.after.place if person and person.after else "",
            )
        )
    meaning = NOT_RECORDED if line.ok is None else MEANINGS.get(code, "")
    return CheckReport(head_of(summary.round, summary.as_of), line, meaning, tuple(offenders), lines)
