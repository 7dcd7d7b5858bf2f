"""Policy values as fields to fill in: every number of a nested value gets its own input under its Chinese
name.

What is posted is put back into the structure that stands there; the structure itself is changed as text
(JSON), where one really has to.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from reform.models import PolicyParameter
from reform.policy_shape import FIXED_ROWS, is_decimal_text

from .policy_words import AREAS, PLACES, policy_choices, value_text, words_for

SPARE = 1  # empty places behind a row of names or numbers, for one more
PATH = "~"


@dataclass(frozen=True)
class Leaf:
    """One input. kind: choice, number or text; `group` is the heading that several share."""

    name: str
    group: str
    label: str
    kind: str
    value: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Editor:
    """One parameter on the form: how it reads now, its inputs, and its text for changing the structure."""

    key: str
    label: str
    unit: str
    clause: str
    reading: str
    leaves: tuple[Leaf, ...]
    text: str
    is_nested: bool


def editor(
    parameter: PolicyParameter,
    words: Mapping[str, str],
    levels: Mapping[str, str],
    post: Mapping[str, str] | None = None,
) -> Editor:
    """The inputs of a parameter; words: Chinese for keys and codes; levels: code → name; post: what was
    filled in and could not be saved."""
    post = post or {}
    key, value = parameter.key, parameter.value
    known = words_for(key, words)
    found = (_leaf(key, path, inner, known, levels) for path, inner in _walk(key, value))
    leaves = tuple(replace(one, value=post.get(one.name, one.value)) for one in found)
    text = json.dumps(value, ensure_ascii=False, indent=1)
    nested = isinstance(value, list | dict)
    return Editor(
        key,
        parameter.label,
        parameter.unit,
        parameter.clause,
        value_text(key, value, words),
        leaves,
        text,
        nested,
    )


def area_of(key: str) -> str:
    """The heading under which a parameter stands."""
    return AREAS.get(key.partition(".")[0], "其他")


def by_area(parameters: Iterable[PolicyParameter]) -> list[PolicyParameter]:
    """Parameters in the order of the areas, then of their keys."""
    order = list(AREAS)

    def place(one: PolicyParameter) -> tuple[int, str]:
        area = one.key.partition(".")[0]
        return (order.index(area) if area in order else len(order), one.key)

    return sorted(parameters, key=place)


def _walk(key: str, value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    match value:
        case dict():
            for name, inner in value.items():
                yield from _walk(key, inner, (*path, name))
        case list():
            for number, inner in enumerate(value):
                yield from _walk(key, inner, (*path, number))
            if _may_grow(key, value, path):
                for number in range(SPARE):
                    yield (*path, len(value) + number), ""
        case _:
            yield path, value


def _may_grow(key: str, value: list[Any], path: tuple[Any, ...]) -> bool:
    """A row of names or numbers in which each place means the same."""
    plain = bool(value) and all(isinstance(one, str | int | float) for one in value)
    return plain and key not in FIXED_ROWS and not (path and isinstance(path[-1], int))


def _leaf(
    key: str, path: tuple[Any, ...], value: Any, words: Mapping[str, str], levels: Mapping[str, str]
) -> Leaf:
    labels = [_place(key, one, words, last=place == len(path) - 1) for place, one in enumerate(path)]
    group = " · ".join(labels[:-1]) if len(labels) > 1 else ""
    kind, options = _input(key, path, value, levels)
    shown = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return Leaf(_name(key, path), group, labels[-1] if labels else "", kind, shown, options)


def _place(key: str, one: Any, words: Mapping[str, str], *, last: bool) -> str:
    if isinstance(one, str):
        return words.get(one, one)
    places = PLACES.get(key, ())
    return places[one] if last and one < len(places) else f"第{one + 1}项"


def _input(
    key: str, path: tuple[Any, ...], value: Any, levels: Mapping[str, str]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    if isinstance(value, bool):
        return "choice", (("true", "是"), ("false", "否"))
    choices = policy_choices(key)
    if choices and isinstance(value, str):
        return "choice", (("", "（不用）"), *choices.items())
    if isinstance(value, str) and value in levels:
        return "choice", tuple(levels.items())
    if value is None or isinstance(value, int | float) or is_decimal_text(value):
        return "number", ()
    return "text", ()


def _name(key: str, path: tuple[Any, ...]) -> str:
    return PATH.join((key, *map(str, path)))


def posted_value(parameter: PolicyParameter, post: Mapping[str, str]) -> Any:
    """The value that a form gives a parameter; the present one where the form does not show it.

    Raises ValueError with a Chinese message for text that is no JSON.
    """
    text = post.get(f"json{PATH}{parameter.key}")
    present = json.dumps(parameter.value, ensure_ascii=False, indent=1)
    if text is not None and _tidy(text) != _tidy(present):
        try:
            return json.loads(text)
        except json.JSONDecodeError as fault:
            raise ValueError(
                f"“{parameter.label}”的文本第{fault.lineno}行第{fault.colno}列不合格式，请核对括号、引号和逗号"
            ) from None
    return _rebuilt(parameter.key, parameter.value, (), post.get)


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _rebuilt(key: str, value: Any, path: tuple[Any, ...], given: Callable[[str], str | None]) -> Any:
    match value:
        case dict():
            return {name: _rebuilt(key, inner, (*path, name), given) for name, inner in value.items()}
        case list():
            row = [_rebuilt(key, inner, (*path, number), given) for number, inner in enumerate(value)]
            if _may_grow(key, value, path):
                more = given(_name(key, (*path, len(value))))
                row += [_parsed(value[0], more)] if more else []
                return [one for one in row if one != ""]
            return row
    text = given(_name(key, path))
    return value if text is None else _parsed(value, text)


def _parsed(present: Any, text: str) -> Any:
    """The text as a value of the present one's kind; what cannot be one stays text, and the service says
    so."""
    text = text.strip()
    if isinstance(present, bool):
        return text == "true"
    if present is None or isinstance(present, int | float):
        if text == "":
            return None if present is None else ""
        if not is_decimal_text(text):
            return text
        number = Decimal(text)
        return int(number) if number == number.to_integral_value() else float(number)
    return text
