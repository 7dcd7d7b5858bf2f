"""工资条 as the page and the PDF show it: one object for both."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from compensation.models import PayLine
from compensation.rules.figures import money_text, number_text
from compensation.states import PayRunState
from reform.ladder import Ladder

from .outcome import COMPONENTS, DEDUCTIONS, NOTHING


@dataclass(frozen=True)
class Slip:
    """One person's pay in a run. parts and deductions: word → amount of which there is anything; facts: what
    they were computed from; terms: how, line by line."""

    key: int
    code: str
    title: str
    zone: str
    state: str
    is_paid: bool
    paid_on: date | None
    name: str
    unit: str
    post: str
    level: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, Decimal], ...]
    deductions: tuple[tuple[str, Decimal], ...]
    gross: Decimal
    net: Decimal
    why: str
    terms: tuple[str, ...]

    @property
    def deducted(self) -> Decimal:
        return sum((amount for _, amount in self.deductions), NOTHING)


def slip_of(line: PayLine, ladder: Ladder) -> Slip:
    """The slip of a line that is loaded with run, person and unit; ladder: of the run's policy."""
    run = line.run
    return Slip(
        key=line.pk,
        code=run.code,
        title=str(run),
        zone=run.zone.name,
        state=PayRunState(run.state).label,
        is_paid=run.state == PayRunState.PAID,
        paid_on=run.paid_on,
        name=line.person.name,
        unit=line.unit.owner.name if line.unit else "",
        post=post_inside(line),
        level=ladder.name_of(line.level),
        facts=tuple(_facts(line)),
        parts=tuple(_amounts(line, COMPONENTS)),
        deductions=tuple(_amounts(line, DEDUCTIONS)),
        gross=line.gross,
        net=line.net,
        why=line.why,
        terms=tuple(line.terms),
    )


def post_inside(line: PayLine) -> str:
    """The post without the name of its unit, for where that stands beside it: 组织科·科长."""
    return line.post.removeprefix(f"{line.unit.owner.name}·") if line.unit else line.post


def _amounts(line: PayLine, words: dict[str, str]) -> list[tuple[str, Decimal]]:
    return [(word, getattr(line, name)) for name, word in words.items() if getattr(line, name)]


_COEFFICIENTS = {
    "post_coefficient": "岗位系数",
    "unit_coefficient": "单位系数",
    "personal_coefficient": "个人系数",
}
_BASES = {"performance_base": "绩效基数", "performance_due": "应发绩效", "prepaid": "已预发"}


def _facts(line: PayLine) -> list[tuple[str, str]]:
    known = [(word, getattr(line, name)) for name, word in _COEFFICIENTS.items()]
    found = [(word, number_text(value)) for word, value in known if value is not None]
    bases = [(word, getattr(line, name)) for name, word in _BASES.items()]
    return [*found, *((word, money_text(amount)) for word, amount in bases if amount)]
