"""A round's batches against working days as SVG: pure, one row for each step of each batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from xml.sax.saxutils import escape

from appointments.rules.calendar import LABELS, BatchPlan
from reform.workdays import Calendar, is_workday

DAY, ROW, HEAD, LABEL, MARGIN = 30, 24, 48, 190, 8
NARROWEST_DAY = 9
WIDEST = 1080
INK, MUTED, LINE, GROUND = "#1d2433", "#5d6778", "#e3e6ec", "#f1f3f6"
ACCENT, DONE, BAR = "#b4232a", "#1f7a5c", "#8b95a7"
WEEKDAYS = "一二三四五六日"
FONT = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"


@dataclass(frozen=True)
class Mark:
    """A day with a line of its own: 动员, 生效, 期限."""

    on: date
    label: str
    is_limit: bool = False


def gantt(
    plans: Sequence[BatchPlan],
    calendar: Calendar,
    *,
    on: date,
    marks: Sequence[Mark] = (),
    past: Mapping[str, frozenset[str]] | None = None,
) -> str:
    """The chart; '' where no batch has days. past: batch → kinds of the steps that lie behind it."""
    days = [day for plan in plans for step in plan.steps.values() for day in (step.starts_on, step.last_on)]
    if not days:
        return ""
    near = [mark.on for mark in marks if abs((mark.on - max(days)).days) <= 60]
    first = min([*days, *near]) - timedelta(days=1)
    last = max([*days, *near]) + timedelta(days=1)
    return _Chart(plans, calendar, first, last, on, marks, past or {}).svg()


class _Chart:
    def __init__(
        self,
        plans: Sequence[BatchPlan],
        calendar: Calendar,
        first: date,
        last: date,
        on: date,
        marks: Sequence[Mark],
        past: Mapping[str, frozenset[str]],
    ) -> None:
        self.plans, self.calendar, self.first, self.last = plans, calendar, first, last
        self.on, self.marks, self.past = on, marks, past
        count = (last - first).days + 1
        self.day = max(NARROWEST_DAY, min(DAY, (WIDEST - LABEL) / count))
        self.width = LABEL + count * self.day + MARGIN
        self.rows = [(plan, kind) for plan in plans for kind in (*LABELS,) if kind in plan.steps]
        self.height = HEAD + sum(ROW for _ in self.rows) + len(plans) * ROW + MARGIN + 20
        self.parts: list[str] = []

    def svg(self) -> str:
        self._ground()
        top: float = HEAD
        for plan in self.plans:
            self._text(MARGIN, top + 16, plan.name, INK, 13, weight=600)
            self._line(0, top, self.width, top)
            top += ROW
            for kind in LABELS:
                if kind in plan.steps:
                    self._bar(plan, kind, top)
                    top += ROW
        self._marks(top)
        width, height = _n(self.width), _n(self.height)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" role="img" aria-label="批次日程" font-family="{FONT}">'
        )
        return "\n".join([head, *self.parts, "</svg>"])

    def _x(self, day: date) -> float:
        return LABEL + (day - self.first).days * self.day

    def _ground(self) -> None:
        day = self.first
        while day <= self.last:
            x = self._x(day)
            if not is_workday(day, self.calendar):
                self.parts.append(
                    f'<rect x="{_n(x)}" y="{HEAD - 22}" width="{_n(self.day)}" '
                    f'height="{_n(self.height - HEAD)}" fill="{GROUND}"/>'
                )
            if day.day == 1 or day == self.first:
                self._text(x + 2, 16, f"{day.year}年{day.month}月", INK, 12)
            if self.day >= 16 or day.weekday() == 0:
                tone = MUTED if is_workday(day, self.calendar) else "#9aa3b2"
                self._text(x + self.day / 2, 36, f"{day.day}", tone, 11, "middle")
            if self.day >= 16:
                self._text(x + self.day / 2, 47, WEEKDAYS[day.weekday()], "#9aa3b2", 9, "middle")
            day += timedelta(days=1)

    def _bar(self, plan: BatchPlan, kind: str, top: float) -> None:
        step = plan.steps[kind]
        x, width = self._x(step.starts_on), self._x(step.ends_before) - self._x(step.starts_on)
        behind = kind in self.past.get(plan.name, frozenset())
        fill = DONE if behind else BAR
        edge = f' stroke="{ACCENT}" stroke-width="2"' if kind == "PUBLICITY" else ""
        days = (step.last_on - step.starts_on).days + 1
        worked = sum(
            is_workday(step.starts_on + timedelta(days=number), self.calendar) for number in range(days)
        )
        told = f"{plan.name} {LABELS[kind]}：{step.starts_on} 至 {step.last_on}，{worked}个工作日"
        self._text(MARGIN + 16, top + 16, LABELS[kind], MUTED, 12)
        dates = f"{step.starts_on:%m-%d}" + (f"—{step.last_on:%m-%d}" if days > 1 else "")
        self._text(LABEL - 8, top + 16, dates, "#9aa3b2", 11, "end")
        self.parts.append(
            f'<rect x="{_n(x + 1)}" y="{_n(top + 5)}" width="{_n(max(width - 2, 3))}" height="{ROW - 10}" '
            f'rx="3" fill="{"#fff" if kind == "PUBLICITY" and not behind else fill}"{edge}>'
            f"<title>{escape(told)}</title></rect>"
        )

    def _marks(self, bottom: float) -> None:
        today = [Mark(self.on, "今天")] if self.first <= self.on <= self.last else []
        for mark in (*self.marks, *today):
            if not self.first <= mark.on <= self.last:
                continue
            x = self._x(mark.on) + (self.day if mark.is_limit else self.day / 2)
            tone = ACCENT if mark.is_limit else INK
            dash = "" if mark.is_limit else ' stroke-dasharray="3 3"'
            self.parts.append(
                f'<line x1="{_n(x)}" y1="{HEAD - 4}" x2="{_n(x)}" y2="{_n(bottom + 4)}" '
                f'stroke="{tone}" stroke-width="1.5"{dash}/>'
            )
            anchor = "end" if x > self.width - 60 else "middle"
            self._text(x, bottom + 16, mark.label, tone, 11, anchor)

    def _line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self.parts.append(f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" stroke="{LINE}"/>')

    def _text(
        self, x: float, y: float, text: str, fill: str, size: int, anchor: str = "start", weight: int = 400
    ) -> None:
        self.parts.append(
            f'<text x="{_n(x)}" y="{_n(y)}" font-size="{size}" fill="{fill}" text-anchor="{anchor}"'
            f"{f' font-weight={chr(34)}{weight}{chr(34)}' if weight != 400 else ''}>{escape(text)}</text>"
        )


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
