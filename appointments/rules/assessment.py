"""Scores of a competition (domain.md §3): trimmed means, votes, totals; each says how it was reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from reform.errors import RuleError
from reform.ladder import Ladder

WHOLE = 100  # per cent, and the highest score

ITEM_WORDS = {
    "written": "笔试",
    "interview": "面试",
    "peer_vote": "民主测评",
    "results": "业绩",
    "fitness": "适岗评价",
}


@dataclass(frozen=True)
class Scored:
    """A score rounded half up to two places, and the steps that led to it, in words."""

    score: Decimal
    steps: str


@dataclass(frozen=True)
class Ballots:
    """Ballots of one group of voters on one candidate (§3a)."""

    expected: int
    present: int
    issued: int
    returned: int
    good: int
    better: int
    fair: int
    poor: int
    abstained: int = 0
    void: int = 0

    @property
    def marked(self) -> Mapping[str, int]:
        return {"good": self.good, "better": self.better, "fair": self.fair, "poor": self.poor}

    @property
    def valid(self) -> int:
        return sum(self.marked.values())


def half_up(value: Fraction) -> Decimal:
    """An exact value rounded half up to two places."""
    hundredths = (value.numerator * 2 * 100 + value.denominator) // (2 * value.denominator)
    return Decimal(hundredths).scaleb(-2)


def exact(value: object) -> Fraction:
    """A figure of a policy or a sheet, without the error of a float."""
    return Fraction(str(value))


def trimmed_mean(scores: Sequence[Decimal], *, panel: int, panel_min: int) -> Scored:
    """The mean without one highest and one lowest score where the panel is large enough, else of all.

    panel: members; fewer scores than members where somebody had to stand back.  Raises RuleError without a
    score.  Source: domain.md §3 评分.
    """
    if not scores:
        raise RuleError("没有评委评分。")
    kept = sorted(scores)
    trimmed = panel >= panel_min and len(kept) > 2
    words = f"{len(kept)}名评委"
    if trimmed:
        words += f"，去掉最高{kept[-1]}、最低{kept[0]}"
        kept = kept[1:-1]
    total = sum((exact(score) for score in kept), Fraction(0))
    score = half_up(total / len(kept))
    return Scored(score, f"{words}，{half_up(total)}÷{len(kept)}={score}")


def ballot_reasons(ballots: Ballots) -> list[str]:
    """Why the counts cannot be right: each is within the one before it, and the marks make up the
    returned."""
    reasons = []
    chain = [("应到", ballots.expected), ("实到", ballots.present), ("发出", ballots.issued)]
    chain.append(("收回", ballots.returned))
    for (first, more), (second, less) in pairwise(chain):
        if less > more:
            reasons.append(f"{second}{less}，多于{first}{more}")
    counted = ballots.valid + ballots.abstained + ballots.void
    if counted != ballots.returned:
        reasons.append(f"收回{ballots.returned}票，各选项、弃权和作废合计{counted}票，不相等")
    return reasons


def ballot_score(
    groups: Mapping[str, Ballots], weights: Mapping[str, object], values: Mapping[str, object]
) -> Scored:
    """民主测评: the mean mark of each group of voters, weighted.

    groups: voters (A, B, C) → counts; abstained and void ballots do not count.  A group without a valid
    ballot is absent: the weights of the others are taken as the whole.  Raises RuleError where nobody voted,
    or for voters without a weight.
    """
    means = {}
    parts = []
    for voters in sorted(groups):
        if voters not in weights:
            raise RuleError(f"政策没有{voters}票的权重。")
        ballots = groups[voters]
        if not ballots.valid:
            continue
        marks = sum((exact(values[mark]) * count for mark, count in ballots.marked.items()), Fraction(0))
        means[voters] = marks / ballots.valid
        parts.append(f"{voters}票{ballots.valid}张均分{half_up(means[voters])}")
    if not means:
        raise RuleError("没有有效的民主测评票。")
    whole = sum((exact(weights[voters]) for voters in means), Fraction(0))
    if not whole:
        raise RuleError("有效票的权重合计为0。")
    score = half_up(sum(mean * exact(weights[voters]) for voters, mean in means.items()) / whole)
    absent = [voters for voters in weights if voters not in means]
    shares = "+".join(f"{voters}×{_percent(weights[voters])}" for voters in means)
    words = f"{'，'.join(parts)}；{shares}"
    if absent:
        words += f"，缺{'、'.join(absent)}票，按合计{_percent(whole)}折算"
    return Scored(score, f"{words}={score}")


def _percent(weight: object) -> str:
    return f"{float(exact(weight)):g}%"


def grade_score(grades: Mapping[int, str], values: Mapping[str, object]) -> Scored:
    """业绩 from annual grades: the mean of what each year's grade is worth.

    grades: year → grade, the years that count; grades without a value (不定等次) do not count.  Raises
    RuleError where none counts.
    """
    counted = {year: exact(values[grade]) for year, grade in sorted(grades.items()) if grade in values}
    if not counted:
        raise RuleError("没有可以折算的年度考核等次。")
    score = half_up(sum(counted.values(), Fraction(0)) / len(counted))
    parts = "、".join(f"{year}年{half_up(value)}" for year, value in counted.items())
    return Scored(score, f"年度考核{parts}，平均{score}")


def weighted_total(scores: Mapping[str, Decimal], weights: Mapping[str, object]) -> Scored:
    """Σ item × weight, rounded half up once.

    scores: items as stored (two places).  weights: item → per cent, 100 in all.  Raises RuleError where an
    item with a weight has no score, or the weights do not total 100.
    """
    whole = sum((exact(weight) for weight in weights.values()), Fraction(0))
    if whole != WHOLE:
        raise RuleError(f"考评权重合计{half_up(whole)}，须为100。")
    missing = missing_items(scores, weights)
    if missing:
        raise RuleError(f"缺少{'、'.join(missing)}成绩。")
    total = sum((exact(scores[item]) * exact(weight) for item, weight in weights.items()), Fraction(0))
    score = half_up(total / WHOLE)
    parts = "+".join(
        f"{ITEM_WORDS.get(item, item)}{scores[item]}×{_percent(weight)}" for item, weight in weights.items()
    )
    return Scored(score, f"{parts}={score}")


def missing_items(scores: Mapping[str, Decimal], weights: Mapping[str, object]) -> list[str]:
    """The Chinese names of items that weigh something and have no score."""
    return [
        ITEM_WORDS.get(item, item) for item, weight in weights.items() if exact(weight) and item not in scores
    ]


def weights_reasons(table: Mapping[str, Mapping[str, object]]) -> list[str]:
    """What is wrong with a table of weights: unknown items, negative ones, sums other than 100."""
    reasons = [] if table else ["没有考评权重"]
    for levels, weights in table.items():
        shown = "全部层级" if levels == "*" else levels
        unknown = [item for item in weights if item not in ITEM_WORDS]
        if unknown:
            reasons.append(f"{shown}：没有“{'、'.join(unknown)}”这个考评项目")
        if any(exact(weight) < 0 for weight in weights.values()):
            reasons.append(f"{shown}：权重不能是负数")
        whole = sum((exact(weight) for weight in weights.values()), Fraction(0))
        if whole != WHOLE:
            reasons.append(f"{shown}考评权重合计{float(whole):g}，须为100")
    return reasons


def weights_for(
    level: str, table: Mapping[str, Mapping[str, object]], ladder: Ladder
) -> Mapping[str, object] | None:
    """The weights of a level: of the narrowest range that holds it (L60, L60-L70), else of * (all levels);
    None where the table has none (双向选择 has no scores). Items without weight are left out."""
    rank = ladder.by_code[level].rank_order
    found = []
    for key, weights in table.items():
        ends = sorted(ladder.by_code[code].rank_order for code in key.split("-") if code in ladder.by_code)
        if key != "*" and ends and ends[0] <= rank <= ends[-1]:
            found.append((ends[-1] - ends[0], weights))
    chosen = min(found, key=lambda one: one[0])[1] if found else table.get("*")
    if chosen is None:
        return None
    # In the order of the items: a database may keep the table in another one.
    return {item: chosen[item] for item in ITEM_WORDS if item in chosen and exact(chosen[item])}
