"""What a unit types for a leaf, by the rule that scores it, and how that is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kpi.models import Item
from kpi.rules.codes import Rule
from kpi.rules.parameters import Milestones
from kpi.rules.scoring import Defaults
from kpi.selectors.cycle_facts import item_name, rule_of
from kpi.services.reporting import TRIGGERED, ActualValues

from .rows import figure, parameters_of, plain

NOTE = "note"
# What stands in the table beside or in the place of 完成值, and its words.
_INPUTS: Mapping[Rule, tuple[tuple[str, str], ...]] = {
    Rule.RANK: (("rank", "位次"),),
    Rule.MIXED: (("actual", "完成值"), ("rank", "位次")),
    Rule.MILESTONE: (("done", "已验收节点"),),
    Rule.DEDUCT: (("n", "项数"),),
    Rule.BONUS: (("n", "项数"),),
    Rule.GRADE: (),
    Rule.VETO: ((TRIGGERED, "已发生"),),
}
_DEFAULT = (("actual", "完成值"),)


@dataclass(frozen=True)
class Cell:
    """One thing to type. kind: number, check, or choices (value, label, chosen) for nodes to tick."""

    name: str
    label: str
    value: str
    kind: str = "number"
    choices: tuple[tuple[str, str, bool], ...] = ()


def input_names(item: Item) -> tuple[tuple[str, str], ...]:
    """Names and words of what is typed for a leaf."""
    rule = rule_of(item)
    return _DEFAULT if rule is None else _INPUTS.get(rule, _DEFAULT)


def cells_of(item: Item, defaults: Defaults, sent: Mapping[str, Any] | None) -> list[Cell]:
    """What is typed for a leaf, filled with what was sent or else with what is stored."""
    found = []
    for name, label in input_names(item):
        stored = plain(item.actual) if name == "actual" else item.inputs.get(name, "")
        value = stored if sent is None else sent.get(name, "")
        if name == TRIGGERED:
            found.append(Cell(name, label, "on" if value else "", "check"))
        elif name == "done":
            found.append(_nodes(item, label, value, defaults))
        else:
            found.append(Cell(name, label, str(value)))
    return found


def _nodes(item: Item, label: str, value: Any, defaults: Defaults) -> Cell:
    """Nodes to tick where the rule names them, else their per cents as text."""
    parts = list(value) if isinstance(value, list | tuple) else [one for one in str(value).split(",") if one]
    own = parameters_of(item.indicator, defaults)
    if not isinstance(own, Milestones) or not own.nodes:
        return Cell("done", f"{label}（%）", ",".join(map(str, parts)))
    left = list(map(str, parts))
    choices = []
    for node in own.nodes:
        weight = plain(node.weight)
        chosen = weight in left
        if chosen:
            left.remove(weight)
        choices.append((weight, f"{node.name}{weight}%", chosen))
    return Cell("done", label, "", "choices", tuple(choices))


def sent_of(item: Item, data: Any) -> dict[str, Any] | None:
    """What was sent for a leaf; None where its row was not on the page."""
    if f"on~{item.pk}" not in data:
        return None
    found: dict[str, Any] = {}
    for name, _ in input_names(item):
        values = [one.strip() for one in data.getlist(f"{name}~{item.pk}")]
        found[name] = [one for one in values if one] if name == "done" else (values[0] if values else "")
    return found | {NOTE: data.get(f"{NOTE}~{item.pk}", "").strip()}


def values_of(item: Item, sent: Mapping[str, Any]) -> ActualValues:
    """What was sent as the services take it.  Raises RuleError for what is no number."""
    values: dict[str, Any] = {NOTE: sent[NOTE][:300]}
    inputs = dict(item.inputs)
    for name, label in input_names(item):
        if name == "actual":
            values["actual"] = figure(sent[name], f"{item_name(item)}的{label}")
        elif name == TRIGGERED:
            inputs[name] = True if sent[name] else None
        elif name == "done":
            inputs[name] = _done(sent[name])
        else:
            inputs[name] = sent[name]
    return ActualValues(**values, inputs=inputs)  # type: ignore[typeddict-item]


def _done(parts: Sequence[str]) -> list[str]:
    """The per cents, however they were separated."""
    joined = ",".join(parts)
    for sign in ("，", "、", "；", ";", " "):
        joined = joined.replace(sign, ",")
    return [one.removesuffix("%").removesuffix("％") for one in joined.split(",") if one]


def told(item: Item) -> str:
    """What was reported beside the actual value, in words."""
    words = {"rank": "第{}位", "n": "{}项", "grade": "{}", "done": "已验收{}%"}
    parts = []
    for name, text in words.items():
        value = item.inputs.get(name)
        if value not in (None, "", []):
            parts.append(text.format("、".join(map(str, value)) if isinstance(value, list) else value))
    if rule_of(item) == Rule.VETO:
        parts.append("已发生" if item.inputs.get(TRIGGERED) else "未发生")
    return "，".join(parts)
