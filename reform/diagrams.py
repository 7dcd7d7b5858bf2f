"""The machines of all apps as SVG: layers from top to bottom, drawn from the tables themselves.

settings.MACHINES names the tables of each app: key → (name, its states, its rows).

The longest way through a machine is its spine, in the middle; states that one comes back from stand at the
left, ends at the right. Every arrow has the number under which the legend names its event, actor and
document.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.module_loading import import_string

from reform.actors import ACTOR_LABELS
from reform.workflow import Transition

BOX_WIDTH, BOX_HEIGHT, ROW = 132, 44, 92
LANE, MARGIN, GUTTER, LABEL_GAP = 26, 24, 36, 16
INK, MUTED, LINE, PAPER, GROUND = "#1d2433", "#5d6778", "#8b95a7", "#ffffff", "#f6f7f9"
FONT = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
SPINE, LEFT, RIGHT = "spine", "left", "right"
# How the main way is chosen: a state that one comes back from makes it shorter, and so does an end of many.
COMES_BACK, MANY_SOURCES = 1.2, 0.5


@dataclass(frozen=True)
class Step:
    """One event of a machine, from all the states that it may start in: a line of the legend."""

    number: int
    code: str
    label: str
    actor: str
    sources: tuple[str, ...]
    target: str
    source_labels: tuple[str, ...]
    target_label: str
    document: str
    methods: tuple[str, ...]


@dataclass(frozen=True)
class Diagram:
    """A machine for a page: its name, the SVG and the legend."""

    key: str
    name: str
    svg: str
    steps: tuple[Step, ...]


def machines() -> dict[str, tuple[str, Any, tuple[Transition, ...]]]:
    """Every machine under the key of its diagram, in the order of settings.MACHINES."""
    found: dict[str, tuple[str, Any, tuple[Transition, ...]]] = {}
    for path in settings.MACHINES:
        found |= import_string(path)
    return found


def diagrams() -> list[Diagram]:
    """Every machine."""
    return [diagram(key) for key in machines()]


def diagram(key: str) -> Diagram:
    """One machine by the key under which its app's MACHINES has it."""
    name, states, table = machines()[key]
    steps = legend(states, table)
    return Diagram(key, name, _Drawing(name, list(states), steps).svg(), steps)


def legend(states: Any, table: Iterable[Transition]) -> tuple[Step, ...]:
    """The events in the order of the table; rows with the same event and target are one step."""
    groups: dict[tuple[str, str], list[Transition]] = defaultdict(list)
    for row in table:
        groups[row.event, row.target].append(row)
    return tuple(_step(number, rows, states) for number, rows in enumerate(groups.values(), 1))


def _step(number: int, rows: Sequence[Transition], states: Any) -> Step:
    first = rows[0]
    return Step(
        number=number,
        code=first.code,
        label=first.label or first.event,
        actor=ACTOR_LABELS[first.permission],
        sources=tuple(str(row.source) for row in rows),
        target=str(first.target),
        source_labels=tuple(states(row.source).label for row in rows),
        target_label=states(first.target).label,
        document=first.document,
        methods=tuple(sorted(first.methods)),
    )


class _Drawing:
    """Places the states, gives every arrow its lane, and writes the SVG."""

    def __init__(self, name: str, states: list[Any], steps: Sequence[Step]) -> None:
        self.name = name
        self.states = {str(state): state.label for state in states}
        self.order = {code: place for place, code in enumerate(self.states)}
        self.steps = steps
        self.arrows = [(source, step) for step in steps for source in step.sources]
        self.spine = self._longest_way()
        self.column = {code: self._column_of(code) for code in self.states}
        self.row = self._rows()
        self.left_lanes, self.right_lanes = self._lanes()
        self.x = self._columns()
        self.parts: list[str] = []
        self.numbers: list[str] = []  # over all lines
        self.ports: dict[tuple[str, str], list[tuple[float, Any]]] = defaultdict(list)

    # --- where the states stand ---

    def _longest_way(self) -> list[str]:
        best: dict[str, tuple[float, list[str]]] = {}
        for code in reversed(self.states):
            ways = [best[one] for one in self._targets(code) if self.order[one] > self.order[code]]
            length, way = max(ways, key=lambda one: one[0], default=(self._end_bonus(code), []))
            best[code] = (length + 1 - COMES_BACK * self._comes_back(code), [code, *way])
        return max(best.values(), key=lambda one: one[0])[1]

    def _targets(self, code: str) -> list[str]:
        return [step.target for source, step in self.arrows if source == code]

    def _comes_back(self, code: str) -> bool:
        back = (one for one in self._targets(code) if self.order[one] < self.order[code])
        return any(self._targets(one) for one in back)

    def _end_bonus(self, code: str) -> float:
        return -MANY_SOURCES if len({one for one, step in self.arrows if step.target == code}) > 1 else 0.0

    def _column_of(self, code: str) -> str:
        if code in self.spine:
            return SPINE
        return LEFT if self._is_beside(code) else RIGHT

    def _is_beside(self, code: str) -> bool:
        """A state from which a way leads back to the spine."""
        return any(one in self.spine for one in self._targets(code))

    def _rows(self) -> dict[str, float]:
        rows: dict[str, float] = {code: place for place, code in enumerate(self.spine)}
        for column in (LEFT, RIGHT):
            wanted = []
            for code in self.states:
                if self.column[code] == column:
                    near = [rows[one] for one in self._neighbours(code) if one in rows]
                    wanted.append((sum(near) / len(near) if near else 0.0, code))
            taken = -1.0
            for row, code in sorted(wanted, key=lambda one: (one[0], self.order[one[1]])):
                taken = rows[code] = max(row, taken + 1)
            self._pull_up(rows, [code for _, code in sorted(wanted)], column)
        return rows

    def _pull_up(self, rows: dict[str, float], codes: Sequence[str], column: str) -> None:
        """Keep a column inside the height of the spine where it fits."""
        last = len(self.spine) - 1.0
        for code in sorted(codes, key=lambda one: -rows[one]):
            rows[code] = max(0.0, min(rows[code], last))
            last = rows[code] - 1

    def _neighbours(self, code: str) -> set[str]:
        return {source for source, step in self.arrows if step.target == code} | {*self._targets(code)}

    # --- which way the arrows go ---

    def _is_straight(self, source: str, target: str) -> bool:
        return (
            self.column[source] == self.column[target] == SPINE and self.row[target] - self.row[source] == 1
        )

    def _lanes(self) -> tuple[dict[Any, int], dict[Any, int]]:
        """Lanes between the columns, numbered from the spine outwards; ways that do not meet share one."""
        left: list[tuple[float, float, Any]] = []
        right: list[tuple[float, float, Any]] = []
        for step in self.steps:
            if self.column[step.target] == RIGHT:
                rows = [self.row[one] for one in (*step.sources, step.target)]
                right.append((min(rows), max(rows), step.number))
                continue
            for source in step.sources:
                if not self._is_straight(source, step.target):
                    ends = sorted((self.row[source], self.row[step.target]))
                    left.append((ends[0], ends[1], (source, step.number)))
        return self._colour(left), self._colour(right)

    @staticmethod
    def _colour(ways: list[tuple[float, float, Any]]) -> dict[Any, int]:
        lanes: list[list[tuple[float, float]]] = []
        found = {}
        for start, end, key in sorted(ways, key=lambda way: (way[1] - way[0], way[0])):
            lane = next(
                (n for n, taken in enumerate(lanes) if all(end < a or start > b for a, b in taken)),
                len(lanes),
            )
            if lane == len(lanes):
                lanes.append([])
            lanes[lane].append((start, end))
            found[key] = lane
        return found

    def _columns(self) -> dict[str, float]:
        """The left edge of each column."""
        has_left = LEFT in self.column.values()
        left_room = (max(self.left_lanes.values(), default=-1) + 1) * LANE
        spine = MARGIN + (BOX_WIDTH if has_left else 0) + (GUTTER + left_room if self.left_lanes else 0)
        right_room = (max(self.right_lanes.values(), default=-1) + 1) * LANE + GUTTER * 2 + self._label_room()
        return {LEFT: MARGIN, SPINE: spine, RIGHT: spine + BOX_WIDTH + right_room}

    def _label_room(self) -> float:
        """What the longest label of a straight arrow takes beyond the right edge of the spine."""
        straight = [step for source, step in self.arrows if self._is_straight(source, step.target)]
        widest = max((max(_width(_label(step)), _width(step.actor)) for step in straight), default=0)
        return max(0, widest + LABEL_GAP - BOX_WIDTH / 2) + 16

    # --- the picture ---

    def svg(self) -> str:
        self._collect_ports()
        for source, step in self.arrows:
            if self._is_straight(source, step.target):
                self._straight(source, step)
            elif self.column[step.target] != RIGHT:
                self._by_the_left(source, step)
        for step in self.steps:
            if self.column[step.target] == RIGHT:
                self._by_the_right(step)
        for code in self.states:
            self._box(code)
        self.parts += self.numbers
        has_right = RIGHT in self.column.values()
        width = (
            self.x[RIGHT] + BOX_WIDTH if has_right else self.x[SPINE] + BOX_WIDTH + self._label_room()
        ) + MARGIN
        height = MARGIN * 2 + (max(self.row.values())) * ROW + BOX_HEIGHT
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" '
            f'width="{_n(width)}" height="{_n(height)}" role="img" font-family="{FONT}" font-size="13">\n'
            f"<title>{escape(self.name)}状态图</title>\n"
            '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
            f'orient="auto"><path d="M0 0L8 4L0 8z" fill="{MUTED}"/></marker></defs>\n'
            f'<rect width="100%" height="100%" fill="{PAPER}"/>\n'
        )
        return head + "\n".join(self.parts) + "\n</svg>\n"

    def _top(self, code: str) -> float:
        return MARGIN + self.row[code] * ROW

    def _collect_ports(self) -> None:
        """Every end of a lane gets its own height on the side of its box, in the order of where it leads."""
        for step in self.steps:
            if self.column[step.target] == RIGHT:
                self.ports[step.target, LEFT].append((self._lane_x(step), ("in", step.number)))
                for source in step.sources:
                    side = RIGHT if self.column[source] == SPINE else "below"
                    self.ports[source, side].append((self.row[step.target], (source, step.number)))
                continue
            for source in step.sources:
                if not self._is_straight(source, step.target):
                    here = RIGHT if self.column[source] == LEFT else LEFT
                    there = RIGHT if self.column[step.target] == LEFT else LEFT
                    self.ports[source, here].append((self.row[step.target], ("out", source, step.number)))
                    self.ports[step.target, there].append((self.row[source], ("to", source, step.number)))

    def _port(self, code: str, side: str, key: Any) -> float:
        ports = [one for _, one in sorted(self.ports[code, side], key=lambda port: (port[0], port[1][-1]))]
        return self._top(code) + BOX_HEIGHT * (ports.index(key) + 1) / (len(ports) + 1)

    def _lane_x(self, step: Step) -> float:
        return self.x[SPINE] + BOX_WIDTH + self._label_room() + self.right_lanes[step.number] * LANE

    def _straight(self, source: str, step: Step) -> None:
        x = self.x[SPINE] + BOX_WIDTH / 2
        top, bottom = self._top(source) + BOX_HEIGHT, self._top(step.target)
        self._path([(x, top), (x, bottom)])
        middle = (top + bottom) / 2 - 2
        self._number(x, middle, step.number)
        self._text(x + LABEL_GAP, middle - 2, _label(step), INK)
        self._text(x + LABEL_GAP, middle + 13, step.actor, MUTED, 12)

    def _by_the_left(self, source: str, step: Step) -> None:
        lane = self.x[SPINE] - GUTTER / 2 - self.left_lanes[source, step.number] * LANE
        here, there = self.column[source], self.column[step.target]
        start_x = self.x[LEFT] + BOX_WIDTH if here == LEFT else self.x[SPINE]
        end_x = self.x[LEFT] + BOX_WIDTH if there == LEFT else self.x[SPINE]
        start = self._port(source, RIGHT if here == LEFT else LEFT, ("out", source, step.number))
        end = self._port(step.target, RIGHT if there == LEFT else LEFT, ("to", source, step.number))
        self._path([(start_x, start), (lane, start), (lane, end), (end_x, end)])
        self._number(lane, (start + end) / 2, step.number)

    def _by_the_right(self, step: Step) -> None:
        """One lane for all the sources of an event, with one arrow at its end."""
        lane = self._lane_x(step)
        end = self._port(step.target, LEFT, ("in", step.number))
        heights = [end]
        for source in step.sources:
            if self.column[source] == SPINE:
                height = self._port(source, RIGHT, (source, step.number))
                self._path([(self.x[SPINE] + BOX_WIDTH, height), (lane, height)], arrow=False)
            else:
                height = self._from_beside(source, step, lane)
            heights.append(height)
        self._path([(lane, min(heights)), (lane, max(heights))], arrow=False)
        self._path([(lane, end), (self.x[RIGHT], end)])
        place = [key for _, key in sorted(self.ports[step.target, LEFT])].index(("in", step.number))
        apart = self.x[RIGHT] - GUTTER - LANE * place
        self._number(lane if len(step.sources) > 1 else apart, end, step.number)

    def _from_beside(self, source: str, step: Step, lane: float) -> float:
        """From a state at the left: below its box, under the spine's, to the lane."""
        ports = sorted(self.ports[source, "below"], key=lambda port: (port[0], str(port[1])))
        place = [key for _, key in ports].index((source, step.number))
        x = self.x[LEFT] + BOX_WIDTH * (place + 1) / (len(ports) + 1)
        below = self._top(source) + BOX_HEIGHT
        gap = ceil((below - MARGIN - BOX_HEIGHT) / ROW)
        height = MARGIN + gap * ROW + BOX_HEIGHT + 4 * (len(ports) - place) + 3
        self._path([(x, below), (x, height), (lane, height)], arrow=False)
        return height

    def _box(self, code: str) -> None:
        x, y = self.x[self.column[code]], self._top(code)
        ends = not any(source == code for source, _ in self.arrows)
        begins = not any(step.target == code for step in self.steps)
        fill = GROUND if ends else PAPER
        width, corner = 2.2 if begins else 1.2, BOX_HEIGHT / 2 if ends else 8
        self.parts.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" '
            f'rx="{_n(corner)}" fill="{fill}" stroke="{INK}" stroke-width="{width}"/>'
        )
        middle = x + BOX_WIDTH / 2
        self._text(middle, y + 20, self.states[code], INK, 15, "middle", weight=600)
        self._text(middle, y + 36, code, MUTED, 10, "middle")

    def _path(self, points: Sequence[tuple[float, float]], arrow: bool = True) -> None:
        d = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
        marker = ' marker-end="url(#arrow)"' if arrow else ""
        self.parts.append(f'<path d="{d}" fill="none" stroke="{LINE}" stroke-width="1.3"{marker}/>')

    def _number(self, x: float, y: float, number: int) -> None:
        self.numbers.append(
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="10" fill="{PAPER}" stroke="{MUTED}"/>'
            f'<text x="{_n(x)}" y="{_n(y + 4)}" text-anchor="middle" font-size="11" fill="{INK}">'
            f"{number}</text>"
        )

    def _text(
        self,
        x: float,
        y: float,
        text: str,
        fill: str,
        size: int = 13,
        anchor: str = "start",
        weight: int = 400,
    ) -> None:
        bold = f' font-weight="{weight}"' if weight != 400 else ""
        self.parts.append(
            f'<text x="{_n(x)}" y="{_n(y)}" font-size="{size}" text-anchor="{anchor}" fill="{fill}"{bold} '
            f'paint-order="stroke" stroke="{PAPER}" stroke-width="3">{escape(text)}</text>'
        )


def _label(step: Step) -> str:
    return f"{step.code} {step.label}".strip()


def _width(text: str) -> float:
    """About how wide a label is."""
    return sum(13 if ord(one) > 255 else 7.5 for one in text)


def _n(value: float) -> str:
    """A coordinate without superfluous decimals."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
