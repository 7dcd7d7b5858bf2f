"""Qualification rules (资格条件, domain.md §3): facts of a person as of 报名截止日 against what a post asks.

A rule without its data is UNKNOWN, which a clerk decides; it is never a failure.
"""

from collections.abc import Sequence

from reform.ladder import Ladder, Policy

from .conditions import parse_conditions
from .qualification_checks import CHECKS, Found, check_appraisals, check_tenure
from .qualification_facts import (
    RULE_LABELS,
    Block,
    Group,
    LevelSpell,
    Outcome,
    PersonFacts,
    Requirement,
    Result,
    RuleKind,
    kind_of,
    rule_label,
)

__all__ = [
    "RULE_LABELS",
    "Block",
    "Group",
    "LevelSpell",
    "Outcome",
    "PersonFacts",
    "Requirement",
    "Result",
    "RuleKind",
    "default_groups",
    "evaluate",
    "is_promotion",
    "kind_of",
    "parse_conditions",
    "rule_label",
]

# Who applies at their own level or lower is exempt from these (§3).
FOR_PROMOTION = (
    RuleKind.MIN_LEVEL_TENURE,
    RuleKind.MAX_AGE,
    RuleKind.APPRAISAL_LAST3,
    RuleKind.NO_SANCTION,
)

# What the law asks always: a post's own words may add to it, never replace it.
ALWAYS = (RuleKind.APPRAISAL_LAST3, RuleKind.NO_SANCTION)

EDUCATION_WORDS = ("学历不限", "小学", "初中", "高中、中专", "大学专科", "大学本科", "研究生")


def is_promotion(present: str, target: str, ladder: Ladder) -> bool:
    """Whether the target level is above the present one; nobody is promoted without a level, or to or from
    one outside the ladder."""
    if present not in ladder.by_code or target not in ladder.by_code:
        return False
    return ladder.steps(present, target) > 0


def default_groups(target: str, policy: Policy) -> list[Group]:
    """What the zone asks for a level where the post itself says nothing (policy round.qualifications), and
    the rules that always hold for a promotion."""
    table = policy["round.qualifications"].get(target, {})
    ladder = policy.ladder
    groups = []
    if table.get("tenure"):
        items = tuple(
            Requirement(
                RuleKind.MIN_LEVEL_TENURE,
                f"任{ladder.name_of(level)}满{years}年" if years else f"现任{ladder.name_of(level)}及以上",
                level=level,
                number=years,
            )
            for level, years in table["tenure"]
        )
        groups.append(Group("，或".join(item.text for item in items), items))
    if table.get("max_age"):
        age = table["max_age"]
        groups.append(_single(RuleKind.MAX_AGE, f"不超过{age}周岁", age))
    if table.get("min_education"):
        rank = table["min_education"]
        groups.append(_single(RuleKind.MIN_EDU, f"{EDUCATION_WORDS[rank]}及以上", rank))
    years = policy["round.appraisal_years"]
    groups.append(_single(RuleKind.APPRAISAL_LAST3, f"近{years}年年度考核均为称职（合格）及以上", years))
    groups.append(_single(RuleKind.NO_SANCTION, "没有立案审查，不在处分影响期和限制提拔期内", 0))
    return groups


def _single(kind: RuleKind, text: str, number: int) -> Group:
    return Group(text, (Requirement(kind, text, number=number),))


def evaluate(
    facts: PersonFacts, target: str, conditions: Sequence[Group], policy: Policy
) -> tuple[Result, ...]:
    """All rules of a post for one person, in the order of RuleKind.

    target: the post's level.  conditions: the post's own, from parse_conditions; where they speak of a kind,
    the zone's default of that kind gives way (not what always holds).  Tenure, age, appraisals, sanctions and
    locks stand only against a promotion.  Source: domain.md §3.
    """
    spoken = {group.kind for group in conditions}.difference(ALWAYS)
    groups = [group for group in default_groups(target, policy) if group.kind not in spoken]
    exempt = _exempt_kinds(facts, target, policy)
    results: list[Result] = []
    counted: dict[RuleKind, int] = {}
    order = list(RuleKind)
    for group in sorted([*groups, *conditions], key=lambda one: order.index(one.kind)):
        kind = group.kind
        number = counted[kind] = counted.get(kind, 0) + 1
        rule = kind.value if number == 1 else f"{kind.value}.{number}"
        found = []
        for item in group.items:
            outcome, words = _check(item, facts, target, policy)
            if item.kind in exempt:  # the figure stands beside the words that it does not count
                why = exempt[item.kind]
                outcome, words = Outcome.PASS, f"{words}（{why}）" if facts.present_level else why
            found.append((outcome, words))
        results.append(_combined(rule, group.text, found))
    return tuple(results)


def _exempt_kinds(facts: PersonFacts, target: str, policy: Policy) -> dict[RuleKind, str]:
    """Kinds that do not apply, with the words that say why."""
    ladder = policy.ladder
    if is_promotion(facts.present_level, target, ladder):
        return {}
    if facts.present_level in ladder.by_code:
        return dict.fromkeys(FOR_PROMOTION, "不属提拔，不受此限")
    if target not in policy["round.qualifications"]:
        return {RuleKind.APPRAISAL_LAST3: "新进人员，该层级不要求"}
    return {}


def _combined(rule: str, required: str, found: Sequence[Found]) -> Result:
    """One alternative is enough; none is enough only where all are known."""
    outcomes = [outcome for outcome, _ in found]
    if Outcome.PASS in outcomes:
        outcome = Outcome.PASS
    else:
        outcome = Outcome.UNKNOWN if Outcome.UNKNOWN in outcomes else Outcome.FAIL
    shown = [words for one, words in found if one == outcome and words]
    return Result(rule, outcome, required, "；".join(dict.fromkeys(shown)))


def _check(item: Requirement, facts: PersonFacts, target: str, policy: Policy) -> Found:
    match item.kind:
        case RuleKind.MIN_LEVEL_TENURE:
            return check_tenure(item, facts, target, policy.ladder)
        case RuleKind.APPRAISAL_LAST3:
            return check_appraisals(facts, item.number or policy["round.appraisal_years"], item.codes)
        case _:
            check = CHECKS.get(item.kind)
            return check(item, facts) if check else (Outcome.UNKNOWN, "须由审查人核实")
