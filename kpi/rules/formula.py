"""The formula in the second line of a sheet of personal scores: 个人得分=KPI得分×60%+…+加分-扣分 (domain.md
§6)."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kpi.rules.outcomes import WHOLE, plain, share
from reform.errors import RuleError
from reform.rounding import exact, to_score

RESULT = "个人得分"
BONUS = "加分"
DEDUCTION = "扣分"
_BONUS_WORDS = (BONUS, "加分项", "奖励加分")
_DEDUCTION_WORDS = (DEDUCTION, "扣分项", "减分", "减分项")
_DASHES = dict.fromkeys(map(ord, "−–—－﹣‐‑"), "-")
_TIMES = r"(?:[×*xX✕✖·⋅∙]|乘以?|占)"
_NUMBER = r"\d+(?:\.\d+)?|\.\d+"
_NAME_FIRST = re.compile(rf"^(?P<name>.+?){_TIMES}(?P<weight>{_NUMBER})(?P<percent>%?)$")
_WEIGHT_FIRST = re.compile(rf"^(?P<weight>{_NUMBER})(?P<percent>%?){_TIMES}(?P<name>.+)$")
_OPERATORS = re.compile(rf"{_TIMES}|[÷/%=]")


@dataclass(frozen=True, slots=True)
class Formula:
    """terms: (column, weight in per cent), 100 in all.  bonus, deduction: whether 加分 and 扣分 count."""

    terms: tuple[tuple[str, Decimal], ...]
    bonus: bool = False
    deduction: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a row needs a figure in."""
        return tuple(column for column, _ in self.terms)

    def __str__(self) -> str:
        """The formula as a sheet shows it; `read_formula` reads it back."""
        weighted = "+".join(f"{column}×{weight.normalize():f}%" for column, weight in self.terms)
        extras = f"+{BONUS}" if self.bonus else ""
        return f"{RESULT}={weighted}{extras}{f'-{DEDUCTION}' if self.deduction else ''}"


def is_formula(text: str) -> bool:
    """Whether a line above the table gives the formula: it says what 得分 is equal to, with a weight."""
    plain_text = _normal(text)
    left, equals, right = _sides(plain_text)
    return bool(equals and "得分" in left and re.search(_TIMES, right))


def read_formula(text: str, columns: Collection[str] = ()) -> Formula:
    """Read a formula as offices write it: × * x, per cent or decimals, full-width signs, blanks, brackets.

    columns: the headers of the sheet; given, every weighted term must be one of them.  Raises RuleError with
    everything that is wrong with it.
    """
    left, equals, right = _sides(_normal(text))
    body = _with_signs(right if equals else left)
    faults: list[str] = []
    terms: list[tuple[str, Decimal]] = []
    extras: list[str] = []
    headers = {_normal(column): column for column in columns}
    for sign, part in _parts(body, faults):
        word = BONUS if part in _BONUS_WORDS else DEDUCTION if part in _DEDUCTION_WORDS else ""
        if word:
            faults += _extra_faults(word, sign, extras)
            extras.append(word)
            continue
        found = _term(part)
        if found is None:
            faults.append(f"看不懂“{part}”：须写成“列名×权重%”，或{BONUS}、{DEDUCTION}")
            continue
        column, weight = found
        faults += _term_faults(column, weight, sign, [name for name, _ in terms], headers)
        terms.append((headers.get(column, column), weight))
    faults += _whole_faults(terms, faults)
    if faults:
        raise RuleError(f"计分公式“{text.strip()}”：{'；'.join(faults)}。")
    return Formula(tuple(terms), BONUS in extras, DEDUCTION in extras)


def apply(formula: Formula, values: Mapping[str, Decimal | None], *, highest: object) -> Decimal:
    """clamp(formula, 0, highest), rounded half up once.

    values: column → figure; 加分 and 扣分 under those names, empty counts as 0.  highest: 105.  Raises
    RuleError for a weighted column without a figure, and for a negative 加分 or 扣分.
    """
    missing = [column for column in formula.columns if values.get(column) is None]
    if missing:
        raise RuleError(f"缺少{'、'.join(missing)}，不能计算个人得分。")
    return to_score(_clamp(_raw(formula, values), exact(highest)))


def formula_steps(formula: Formula, values: Mapping[str, Decimal | None], *, highest: object) -> str:
    """The formula with the figures of one person: KPI得分94.63×60%+…+加分2=98.10."""
    score = apply(formula, values, highest=highest)
    words = "+".join(f"{column}{plain(values[column])}×{share(weight)}" for column, weight in formula.terms)
    for counts, name, sign in ((formula.bonus, BONUS, "+"), (formula.deduction, DEDUCTION, "-")):
        if counts and values.get(name):
            words += f"{sign}{name}{plain(values[name])}"
    raw = _raw(formula, values)
    if raw != _clamp(raw, exact(highest)):
        return f"{words}={plain(raw)}，限于0到{plain(highest)}，得{score}"
    return f"{words}={score}"


def _raw(formula: Formula, values: Mapping[str, Decimal | None]) -> Fraction:
    total = (
        sum((exact(values[column]) * exact(weight) for column, weight in formula.terms), Fraction(0)) / WHOLE
    )
    for counts, name, sign in ((formula.bonus, BONUS, 1), (formula.deduction, DEDUCTION, -1)):
        extra = exact(values.get(name) or 0)
        if extra < 0:
            raise RuleError(f"{name}不能是负数，现为{plain(extra)}。")
        total += sign * extra if counts else 0
    return total


def _clamp(value: Fraction, highest: Fraction) -> Fraction:
    return min(max(value, Fraction(0)), highest)


def _normal(text: str) -> str:
    """Half-width, no blanks, one kind of dash, no full stop at the end."""
    narrow = unicodedata.normalize("NFKC", text.translate(_DASHES)).translate(_DASHES)
    return "".join(narrow.split()).rstrip("。.;；,，")


def _sides(text: str) -> tuple[str, str, str]:
    """What stands left of the last =, the sign, and the rest; : will do where there is no =."""
    for sign in ("=", ":"):
        if sign in text:
            return text.rpartition(sign)
    return text, "", ""


def _parts(body: str, faults: list[str], sign: str = "+") -> Iterator[tuple[str, str]]:
    """The signed terms of a sum; brackets around a sum are opened, those inside a name are kept."""
    depth = 0
    start = 0
    cuts: list[tuple[str, str]] = []
    for place, char in enumerate(body + "+"):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 0 and char in "+-":
            if body[start:place] or place:
                cuts.append((sign, body[start:place]))
            sign, start = char, place + 1
    if depth or body.count("(") != body.count(")"):
        faults.append("括号不成对")
        return
    for each, part in cuts:
        if not part:
            faults.append("有一处“+”或“-”后面是空的")
        elif part.startswith("(") and _closes_at_end(part):
            inner = list(_parts(part[1:-1], faults))
            flipped = {"+": "-", "-": "+"}
            yield from ((flipped[one] if each == "-" else one, name) for one, name in inner)
        else:
            yield each, part


def _with_signs(body: str) -> str:
    """Weights without any % that total 100 are per cent: 甲×60+乙×40."""
    terms = [_term(part) for _, part in _parts(body, [])]
    weights = [term[1] for term in terms if term is not None]
    if "%" in body or sum(weights) != WHOLE * WHOLE:
        return body
    return re.sub(rf"{_TIMES}(?:{_NUMBER})(?=[-+)]|$)|(?<![^-+(])(?:{_NUMBER})(?={_TIMES})", r"\g<0>%", body)


def _closes_at_end(part: str) -> bool:
    """Whether the bracket that opens a term is the one that ends it."""
    depth = 0
    for place, char in enumerate(part):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 0:
            return place == len(part) - 1
    return False


def _term(part: str) -> tuple[str, Decimal] | None:
    """Column and weight in per cent; None where it cannot be read."""
    match = _NAME_FIRST.match(part) or _WEIGHT_FIRST.match(part)
    if match is None or _OPERATORS.search(_without_latin_x(match["name"])):
        return None
    weight = Decimal(match["weight"])
    return match["name"], weight if match["percent"] else weight * WHOLE


def _without_latin_x(name: str) -> str:
    """A Latin x, 乘 or 占 inside a name (Excel得分, 占比得分) is no sign of multiplication."""
    return re.sub("[xX占乘·]", "", name)


def _extra_faults(word: str, sign: str, before: list[str]) -> list[str]:
    right = "+" if word == BONUS else "-"
    faults = [f"{word}前面须为“{right}”，现为“{sign}”"] if sign != right else []
    return [*faults, f"{word}出现了两次"] if word in before else faults


def _term_faults(
    column: str, weight: Decimal, sign: str, before: list[str], headers: Mapping[str, str]
) -> list[str]:
    faults = []
    shown = headers.get(column, column)
    if sign == "-":
        faults.append(f"“{shown}”前面是减号，只有{DEDUCTION}可以减")
    if not weight:
        faults.append(f"“{shown}”的权重为0")
    if shown in before:
        faults.append(f"“{shown}”出现了两次")
    if headers and column not in headers:
        faults.append(f"表头中没有“{column}”这一列")
    return faults


def _whole_faults(terms: list[tuple[str, Decimal]], faults: list[str]) -> list[str]:
    """Weights are summed only where every term could be read: else the sum would mislead."""
    if any(fault.startswith(("看不懂", "括号", "有一处")) for fault in faults):
        return []
    if not terms:
        return ["没有任何“列名×权重%”"]
    whole = sum((exact(weight) for _, weight in terms), Fraction(0))
    return [] if whole == WHOLE else [f"权重合计{share(whole)}，须为100%"]
