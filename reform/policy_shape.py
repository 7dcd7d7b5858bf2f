"""Whether a new policy value has the shape of the one that it takes the place of; pure.

The rules read values by their shape (a number, a table by level, a row of numbers), so a value may change
and its shape may not. Tables by level take other levels; everything else keeps its keys.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

LEVEL_KEY = re.compile(r"^(L\d+)(?:-(L\d+))?$")
ALL_LEVELS = "*"
_DECIMAL_TEXT = re.compile(r"[+-]?([0-9]{1,15}(\.[0-9]{0,6})?|\.[0-9]{1,6})").fullmatch
# Rows of numbers that mean something by their place: never longer, never shorter.
FIXED_ROWS = frozenset({"round.quorum", "pay.ratio", "caps.bands"})
# Percentages and shares that make up a whole.
WHOLES: Mapping[str, Decimal] = {
    "round.vote_weights": Decimal(100),
    "kpi.factor_weights": Decimal(100),
    "kpi.year_end_weights": Decimal(100),
    "kpi.year_end_factors": Decimal(100),
    "kpi.annual_weights": Decimal(1),
}
WHOLES_BY_LEVEL: Mapping[str, Decimal] = {"round.weights": Decimal(100)}
# What the law, or the notice that a rule comes from, does not let a zone go below.
LEAST: Mapping[str, Decimal] = {
    "round.publicity_workdays": Decimal(5),
    "pay.probation_factor": Decimal("0.8"),
}

# What a parameter of one name may hold.
NAMES: Mapping[str, Mapping[str, str]] = {
    "pay.effective_rule": {"NEXT_MONTH": "次月起", "SAME_MONTH": "当月起", "DECISION_DAY": "决定当日起"},
    "pay.reference_rule": {"FIXED": "固定分数", "ZONE_MEAN": "全区单位得分的平均"},
    "pay.pool_preset": {"A": "对应公务员年收入乘以倍数", "B": "开发区自定绩效总量", "C": "批复的总额"},
}


def value_faults(
    key: str, present: Any, value: Any, *, levels: Collection[str], choices: Collection[str] = ()
) -> list[str]:
    """All that is wrong with a new value, in Chinese, without the parameter's name.

    levels: codes of the version's ladder.  choices: the codes that a parameter of names may hold; none
    given: any text.
    """
    faults = list(_faults(key, present, value, set(levels), set(choices), ""))
    if not faults:
        faults += _sums(key, value)
        least = LEAST.get(key)
        if least is not None and Decimal(str(value)) < least:
            faults.append(f"不得少于{least}，现为{value}")
    return faults


def _faults(
    key: str, present: Any, value: Any, levels: set[str], choices: set[str], where: str
) -> Iterator[str]:
    place = f"{where}：" if where else ""
    match present:
        case bool():
            if not isinstance(value, bool):
                yield f"{place}须为是或否"
        case int() | float():
            yield from _number_faults(present, value, place)
        case str():
            yield from _text_faults(present, value, levels, choices, place)
        case Mapping():
            yield from _table_faults(key, present, value, levels, choices, where)
        case Sequence():
            yield from _row_faults(key, present, value, levels, choices, where)
        case None if value is not None and not _is_number(value):
            yield f"{place}须为数字，或空着"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number_faults(present: Any, value: Any, place: str) -> Iterator[str]:
    if not _is_number(value):
        yield f"{place}须为数字"
    elif isinstance(present, int) and not isinstance(value, int) and value != int(value):
        yield f"{place}须为整数，现为{value}"
    elif value < 0:
        yield f"{place}不能是负数，现为{value}"


def is_decimal_text(text: str) -> bool:
    """Whether a text is an amount kept as text, so that it stays exact: written out, as no power of ten."""
    return bool(_DECIMAL_TEXT(text))


def _text_faults(present: str, value: Any, levels: set[str], choices: set[str], place: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{place}须为文字"
    elif is_decimal_text(present):
        if not is_decimal_text(value):
            yield f"{place}须为数字，现为“{value}”"
        elif Decimal(value) < 0:
            yield f"{place}不能是负数，现为{value}"
    elif present in levels:
        if value not in levels:
            yield f"{place}层级表中没有“{value}”"
    elif choices and value not in choices:
        yield f"{place}不认识“{value}”"
    elif not value.strip() and present.strip():
        yield f"{place}不能空着"


def _by_level(keys: Collection[str]) -> bool:
    return bool(keys) and all(one == ALL_LEVELS or LEVEL_KEY.match(one) for one in keys)


def _table_faults(
    key: str, present: Mapping[str, Any], value: Any, levels: set[str], choices: set[str], where: str
) -> Iterator[str]:
    place = f"{where}：" if where else ""
    if not isinstance(value, Mapping):
        yield f"{place}须为对照表"
        return
    if _by_level(present):
        for one in value:
            found = LEVEL_KEY.match(one)
            if one != ALL_LEVELS and (not found or not {part for part in found.groups() if part} <= levels):
                yield f"{place}层级表中没有“{one}”"
    elif not _free_keys(key):
        lacking = [one for one in present if one not in value]
        strange = [one for one in value if one not in present]
        if lacking:
            yield f"{place}缺少{'、'.join(lacking)}"
        if strange:
            yield f"{place}多出{'、'.join(strange)}"
    template = next(iter(present.values()), None)
    for name, inner in value.items():
        below = f"{where}·{name}" if where else name
        like = present.get(name, template)
        if like is not None or name in present:
            yield from _faults(key, like, inner, levels, choices, below)


def _free_keys(key: str) -> bool:
    """Tables in which a zone may name its own entries: the items scored on, the grades of units."""
    return key in ("round.weights", "round.qualifications", "kpi.unit_grades", "round.rank_defaults")


def _row_faults(
    key: str, present: Sequence[Any], value: Any, levels: set[str], choices: set[str], where: str
) -> Iterator[str]:
    place = f"{where}：" if where else ""
    if not isinstance(value, Sequence) or isinstance(value, str):
        yield f"{place}须为一列"
        return
    fixed = key in FIXED_ROWS or where.endswith("项")  # a row inside a row
    if fixed and len(value) != len(present):
        yield f"{place}须有{len(present)}项，现为{len(value)}项"
        return
    if not value and present:
        yield f"{place}至少一项"
    if all(isinstance(one, str | int) for one in value) and len(set(value)) < len(value) and not fixed:
        yield f"{place}有重复的项"
    for number, inner in enumerate(value):
        likes = [*present[number : number + 1], *present] or [inner]
        found = [
            list(_faults(key, like, inner, levels, choices, f"{where}第{number + 1}项"))
            for like in (likes[:1] if fixed else likes)
        ]
        yield from min(found, key=len)


def _sums(key: str, value: Any) -> Iterator[str]:
    if key in WHOLES:
        yield from _sum_fault(WHOLES[key], value, "")
    if key in WHOLES_BY_LEVEL:
        for name, row in value.items():
            yield from _sum_fault(WHOLES_BY_LEVEL[key], row, f"{name}：")


def _sum_fault(whole: Decimal, row: Mapping[str, Any], place: str) -> Iterator[str]:
    total = sum((Decimal(str(one)) for one in row.values()), Decimal(0))
    if total != whole:
        yield f"{place}合计{total}，须为{whole}"
