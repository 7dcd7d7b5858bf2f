"""考核结果运用 (domain.md §6): what follows from a final grade; a person carries it out, nothing happens by
itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kpi.rules.grading import grade_label
from reform.dated import add_months

COMMEND = "COMMEND"
PRIORITY = "PRIORITY"
ADMONISH = "ADMONISH"
NO_PROMOTION = "NO_PROMOTION"
NO_BONUS = "NO_BONUS"
DEMOTE = "DEMOTE"
DISMISS = "T05"
NO_HONOURS = "NO_HONOURS"
VETO = "veto"


@dataclass(frozen=True, slots=True)
class YearResult:
    """A person's final year. grade, last_grade: A–D, None without one (不定等次, or no result).  decided_on:
    when the result became final; locks run from then.  is_leader: responsible leader of the unit."""

    year: int
    grade: str | None
    decided_on: date
    last_grade: str | None = None
    identity: str = ""
    unit_veto: str = ""
    is_leader: bool = False


@dataclass(frozen=True, slots=True)
class Consequence:
    """text: what is to be done, with the facts.  clause: the source.  locked_before: no promotion before this
    day, None where it brings no lock."""

    code: str
    text: str
    clause: str
    locked_before: date | None = None


def consequences_of(result: YearResult, lock_months: Mapping[str, int]) -> tuple[Consequence, ...]:
    """Everything that a final result brings, in the order in which it is handled.

    lock_months: C, D and `veto` → months without promotion, 0 for none.
    """
    label = f"{result.year}年度考核{grade_label(result.grade, result.identity)}"
    found: list[Consequence] = []
    if result.grade == "A":
        found += _excellent(label)
    elif result.grade == "C":
        found += _basic(result, label, lock_months)
    elif result.grade == "D":
        found += _failed(result, label, lock_months)
    if result.unit_veto:
        found += _vetoed(result, lock_months)
    return tuple(found)


def _excellent(label: str) -> list[Consequence]:
    return [
        Consequence(COMMEND, f"{label}，给予嘉奖", "公务员考核规定"),
        Consequence(PRIORITY, f"{label}，晋升职务职级和聘任时优先考虑", "公务员考核规定"),
    ]


def _basic(result: YearResult, label: str, months: Mapping[str, int]) -> list[Consequence]:
    clause = "公务员考核规定"
    return [
        Consequence(ADMONISH, f"{label}，由单位负责人进行诫勉谈话，限期改进", clause),
        *_lock(result, label, months["C"], clause),
        Consequence(NO_BONUS, f"{label}，不享受年度考核奖金", clause),
    ]


def _failed(result: YearResult, label: str, months: Mapping[str, int]) -> list[Consequence]:
    found = []
    demotion = f"{label}，降低一个层级聘任"
    if result.last_grade == "D":
        years = f"{result.year - 1}、{result.year}年度连续两年{grade_label('D', result.identity)}"
        text = f"{years}，按解聘原因T05办理，先核对孕期、医疗期等保护情形"
        found.append(Consequence(DISMISS, text, "公务员法第八十八条、事业单位人事管理条例第十五条"))
        demotion += "（因保护情形不予解聘的）"
    found.append(Consequence(DEMOTE, demotion, "公务员法第五十条"))
    found += _lock(result, label, months["D"], "推进领导干部能上能下规定")
    found.append(Consequence(NO_BONUS, f"{label}，不享受年度考核奖金", "公务员考核规定"))
    return found


def _vetoed(result: YearResult, months: Mapping[str, int]) -> list[Consequence]:
    fact = f"所在单位{result.year}年度被一票否决（{result.unit_veto}）"
    clause = "某省开发区综合考核评价办法"
    found = [Consequence(NO_HONOURS, f"{fact}，取消单位当年评优评先资格", clause)]
    if result.is_leader:
        found += _lock(result, f"{fact}，本人为负责人", months[VETO], clause)
    return found


def _lock(result: YearResult, fact: str, months: int, clause: str) -> list[Consequence]:
    if not months:
        return []
    before = add_months(result.decided_on, months)
    text = f"{fact}，自{result.decided_on}起{months}个月内不得提拔"
    return [Consequence(NO_PROMOTION, text, clause, before)]
