"""A person's result (domain.md §6): the personal score in the way of the cycle, combined with the unit's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kpi.rules.combination import combined
from kpi.rules.formula import BONUS, DEDUCTION, Formula, apply, formula_steps
from kpi.rules.outcomes import Outcome, not_scorable
from kpi.rules.personal import (
    GROUPS,
    YEAR_END_WORDS,
    Rating,
    group_scores,
    quarter_of_groups,
    year_of_two_parts,
    year_score,
)
from reform.errors import RuleError
from reform.rounding import exact, to_score

from .figures import ZERO, shown

YEAR = "YEAR"
QUARTER = "QUARTER"


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What a person's result is made of. values, bonus, deduction, points: as handed in.  ratings: ballots.
    quarters: number → personal score of a published quarter (None: not scored); absent: the person took no
    part in it or it is not published.  expected: the quarters that count for this person.  adjustment: Σ of
    the approved ones."""

    key: int
    level: str
    values: Mapping[str, Decimal] = field(default_factory=dict)
    bonus: Decimal | None = None
    deduction: Decimal | None = None
    points: Decimal | None = None
    ratings: Sequence[Rating] = ()
    quarters: Mapping[int, Decimal | None] = field(default_factory=dict)
    expected: Sequence[int] = ()
    adjustment: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class PersonRules:
    """period: of the cycle.  formula: of its sheet.  highest: policy kpi.totals.  weights, rated_weights:
    kpi.rater_weights.  points_range and quarters_share: kpi.personal_year.  unit_weights: kpi.combination.
    year_end: kpi.year_end_weights where the year is 平时考核 and 年终考核, else None."""

    period: str
    formula: Formula | None
    highest: Decimal
    factor_weights: Mapping[str, object]
    weights: Mapping[str, object]
    rated_weights: Mapping[str, object]
    quarters_share: object
    points_range: tuple[object, object]
    unit_weights: Mapping[str, object]
    year_end: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class PersonScoring:
    """combined: with the calibration.  why: which part is missing, '' where none is."""

    key: int
    personal: Decimal | None
    combined: Decimal | None
    why: str
    steps: tuple[str, ...]


def score_person(facts: PersonFacts, rules: PersonRules, unit_score: Decimal | None) -> PersonScoring:
    """Personal and combined score of one person; what stands against either is told, never 0 by accident.

    unit_score: of the unit of the cycle's last day.
    """
    personal = _told(lambda: personal_outcome(facts, rules))
    whole = _told(lambda: combined(unit_score, personal.score, rules.unit_weights, facts.level))
    steps = [*(f"个人：{one}" for one in personal.steps), *(f"综合：{one}" for one in whole.steps)]
    reasons = [one.rstrip("。") for one in (personal.reason, whole.reason) if one]
    total = whole.score
    if total is not None and facts.adjustment:
        total = to_score(max(ZERO, min(rules.highest, total + facts.adjustment)))
        steps.append(f"校准{facts.adjustment:+}分，得{total}")
    return PersonScoring(facts.key, personal.score, total, "；".join(reasons), tuple(steps))


def personal_outcome(facts: PersonFacts, rules: PersonRules) -> Outcome:
    """The personal score: by the sheet's formula, else from quarters and points (year), else from ratings
    (quarter).  Raises RuleError where figures are outside what they may be."""
    if rules.formula is not None:
        return _by_formula(facts, rules, rules.formula)
    if rules.period == YEAR and rules.year_end is not None:
        return _by_year_end(facts, rules, rules.year_end)
    if rules.period == YEAR:
        return year_score(
            facts.quarters,
            facts.points,
            quarters_share=rules.quarters_share,
            points_range=rules.points_range,
            expected=facts.expected,
        )
    if rules.period == QUARTER:
        return _by_ratings(facts, rules)
    return not_scorable("月度考核没有个人得分公式。")


def _told(compute: Callable[[], Outcome]) -> Outcome:
    try:
        return compute()
    except RuleError as fault:
        return not_scorable(str(fault))


def _by_formula(facts: PersonFacts, rules: PersonRules, formula: Formula) -> Outcome:
    values: dict[str, Decimal | None] = dict(facts.values)
    values |= {BONUS: facts.bonus, DEDUCTION: facts.deduction}
    score = apply(formula, values, highest=rules.highest)
    return Outcome(score, (formula_steps(formula, values, highest=rules.highest),))


def _by_year_end(facts: PersonFacts, rules: PersonRules, weights: Mapping[str, object]) -> Outcome:
    """平时考核 is the mean of the quarters; 年终考核 what a sheet gives, else the ratings of the year."""
    given = next((facts.values[word] for word in YEAR_END_WORDS if word in facts.values), None)
    rated = Outcome(given) if given is not None else _by_ratings(facts, rules)
    whole = year_of_two_parts(facts.quarters, rated.score, weights=weights, expected=facts.expected)
    steps = (*(f"年终考核：{one}" for one in rated.steps), *whole.steps)
    # what the ratings lack says more than that there is no score of the year's end
    return Outcome(
        whole.score, steps, rated.reason if rated.score is None and facts.ratings else whole.reason
    )


def _by_ratings(facts: PersonFacts, rules: PersonRules) -> Outcome:
    """Ballots by group; what a sheet gives for a group counts where there are no ballots of it."""
    scores = {
        group: exact(value)
        for group, word in GROUPS.items()
        if (value := facts.values.get(word, facts.values.get(f"{word}得分"))) is not None
    }
    scores |= group_scores(facts.ratings, rules.factor_weights)
    counts = {group: sum(1 for one in facts.ratings if one.group == group) for group in scores}
    told = counts if facts.ratings else None
    outcome = quarter_of_groups(scores, rules.weights, rules.rated_weights, counts=told)
    extra = (facts.bonus or ZERO) - (facts.deduction or ZERO)
    if outcome.score is None or not extra:
        return outcome
    score = to_score(max(ZERO, min(rules.highest, outcome.score + extra)))
    words = f"加分{shown(facts.bonus or ZERO)}、扣分{shown(facts.deduction or ZERO)}，得{score}"
    return Outcome(score, (*outcome.steps, words))
