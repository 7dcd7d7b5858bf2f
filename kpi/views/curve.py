"""The curve of a rule on its page: score over what the rule looks at, as a small drawing with its figures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kpi.rules.codes import Rule
from kpi.rules.inputs import argument
from kpi.rules.parameters import Interval, MinMax
from kpi.rules.scoring import Inputs, Parameters, curve, score_value

from .rows import plain

WIDTH, HEIGHT = 440, 220
LEFT, RIGHT, TOP, BOTTOM = 44, 16, 36, 34
POINTS = 240
PLACES = 20
AROUND = 20  # percentage points on either side of a growth target
STEPPED = (Rule.RANK, Rule.DEDUCT, Rule.BONUS)
AXES = {
    Rule.RANK: "位次",
    Rule.DEDUCT: "扣分项数",
    Rule.BONUS: "加分项数",
    Rule.MILESTONE: "已验收%",
}


@dataclass(frozen=True)
class Mark:
    """A figure on the drawing: where, and its words."""

    x: float
    y: float
    text: str
    anchor: str = "middle"

    @property
    def label_y(self) -> float:
        """Where the words stand: above the point, TOP leaves room for them."""
        return self.y - 12


@dataclass(frozen=True)
class Drawing:
    """What the template draws."""

    width: int
    height: int
    line: str
    base: float
    left: float
    right: float
    top: float
    bottom: float
    x_marks: tuple[Mark, ...]
    y_marks: tuple[Mark, ...]
    here: Mark | None
    axis: str
    table: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Scale:
    """Figures to places on the drawing."""

    first: Decimal
    last: Decimal
    lowest: Decimal
    highest: Decimal

    def x(self, value: Decimal) -> float:
        return LEFT + float((value - self.first) / (self.last - self.first)) * (WIDTH - LEFT - RIGHT)

    def y(self, value: Decimal) -> float:
        share = float((value - self.lowest) / (self.highest - self.lowest))
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def drawing(rule: Rule, inputs: Inputs, parameters: Parameters) -> Drawing | None:
    """The drawing of a rule with these figures; None where there is nothing to draw (等次、否决) or nothing
    can be scored."""
    points = [] if rule in (Rule.GRADE, Rule.VETO) else _points(rule, inputs, parameters)
    if len(points) < 2:
        return None
    lowest = min(Decimal(0), *(one for _, one in points))
    highest = max(Decimal(0), *(one for _, one in points))
    scale = Scale(points[0][0], points[-1][0], lowest, highest if highest > lowest else lowest + 1)
    return Drawing(
        width=WIDTH,
        height=HEIGHT,
        line=" ".join(f"{scale.x(one):.1f},{scale.y(two):.1f}" for one, two in points),
        base=round(scale.y(Decimal(0)), 1),
        left=LEFT,
        right=WIDTH - RIGHT,
        top=TOP,
        bottom=HEIGHT - BOTTOM,
        x_marks=tuple(
            Mark(round(scale.x(one), 1), HEIGHT - BOTTOM + 16, text, anchor)
            for one, text, anchor in _ticks(rule, inputs, scale)
        ),
        y_marks=tuple(
            Mark(LEFT - 6, round(scale.y(one) + 4, 1), plain(one), "end")
            for one in (scale.lowest, scale.highest)
        ),
        here=_here(rule, inputs, parameters, scale),
        axis=AXES.get(rule, "实际值"),
        table=_table(points),
    )


def _here(rule: Rule, inputs: Inputs, parameters: Parameters, scale: Scale) -> Mark | None:
    """Where the figures that were typed stand on the curve."""
    at = Decimal(inputs.rank) if rule == Rule.RANK and inputs.rank else argument(rule, inputs, parameters)
    found = score_value(rule, inputs, parameters)
    if at is None or found is None or not scale.first <= at <= scale.last:
        return None
    x = scale.x(at)
    anchor = "end" if x > WIDTH * 3 / 4 else "start" if x < WIDTH / 4 else "middle"
    return Mark(round(x, 1), round(scale.y(found), 1), f"{plain(at)} → {found}", anchor)


def _points(rule: Rule, inputs: Inputs, parameters: Parameters) -> list[tuple[Decimal, Decimal]]:
    if rule == Rule.RANK:
        scored = (
            (Decimal(place), score_value(rule, replace(inputs, rank=place), parameters))
            for place in range(1, PLACES + 1)
        )
        return [(one, found) for one, found in scored if found is not None]
    first, last = _span(rule, inputs, parameters)
    if rule in STEPPED:
        step = max(1, int(last) // POINTS)
        xs = [Decimal(one) for one in range(int(first), int(last) + step, step)]
    else:
        xs = [first + (last - first) * one / POINTS for one in range(POINTS + 1)]
        special = [one for one in (inputs.actual, inputs.target) if one is not None and first <= one <= last]
        xs = sorted({*xs, *special})
    # What stands in place of the actual is left out: the curve runs over it.
    return curve(rule, replace(inputs, done=None, n=None, grade=""), parameters, xs)


def _span(rule: Rule, inputs: Inputs, parameters: Parameters) -> tuple[Decimal, Decimal]:
    """From where to where the curve runs."""
    known = [one for one in (inputs.actual, inputs.target) if one is not None]
    match parameters:
        case MinMax(min=low, max=high) if low is not None and high is not None and low < high:
            return low, high
        case Interval(bands=bands) if bands:
            ends = [one for band in bands for one in (band.low, band.high) if one is not None]
            if ends and min(ends) < max(ends):
                return min(ends), max(ends)
    if rule == Rule.MILESTONE:
        return Decimal(0), Decimal(100)
    if rule in STEPPED:
        return Decimal(0), Decimal(max(10, (inputs.n or 0) + 2))
    if rule == Rule.BASE80:
        middle = inputs.target or Decimal(0)
        far = max(Decimal(AROUND), *(abs(one - middle) * 6 / 5 for one in known or [middle]))
        return middle - far, middle + far
    most = max([*known, Decimal(1)])
    return Decimal(0), most * 3 / 2


def _ticks(rule: Rule, inputs: Inputs, scale: Scale) -> list[tuple[Decimal, str, str]]:
    """Both ends, and the target between them."""
    ticks = [
        (scale.first, plain(round(scale.first, 2)), "start"),
        (scale.last, plain(round(scale.last, 2)), "end"),
    ]
    target = inputs.target
    if target is not None and scale.first < target < scale.last and rule not in AXES:
        ticks.append((target, f"目标{plain(target)}", "middle"))
    return ticks


def _table(points: Sequence[tuple[Decimal, Decimal]]) -> tuple[tuple[str, str], ...]:
    """The curve in a few figures."""
    every = max(1, (len(points) - 1) // 10)
    return tuple((plain(round(one, 2)), f"{found}") for one, found in points[::every])
