"""What 实际值 means by the row's rule: a figure, a grade, accepted nodes, a number of cases, whether it came
about."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from kpi.rules.codes import Rule
from kpi.rules.figures import packed
from kpi.rules.scoring import Parameters, needs_rank, parse_inputs
from kpi.services import ActualValues
from reform.errors import CellError, RuleError
from reform.exchange.cells import quoted

from .figure_widgets import FigureWidget, plain

_FIGURE = FigureWidget("实际值", 4)
_GRADE = re.compile(r"([^\d\W]+?)[(]?(?:第?([1-9一二三])[档级])?[)]?").fullmatch
_TIERS = {"一": "1", "二": "2", "三": "3"}
_PLACE_UNITS = ("位", "名", "位次", "名次")
_PLACE = re.compile(r"第?(\d+)(?:位|名)?").fullmatch
_CASES = re.compile(r"(\d+)(?:项|个|起|次|件|例|人|家|处|篇|宗)?").fullmatch
_YES = ("是", "有", "发生", "已发生", "√")
_NO = ("否", "没有", "未发生", "无", "×", "0")


def actual_values(
    text: str, rule: Rule | None, parameters: Parameters | None, measure: str, rank: Decimal | None
) -> ActualValues:
    """Read a cell of 实际值 for a rule. rank: of a column of its own.  Raises CellError ACTUAL_INVALID,
    NUMBER_INVALID."""
    reader = _READERS.get(rule) if rule is not None else None
    if reader is not None:
        found = reader(text)
    elif rule == Rule.RANK and rank is None and measure in _PLACE_UNITS and (place := _PLACE(packed(text))):
        found = ActualValues(inputs={"rank": place.group(1)})
    else:
        found = ActualValues(actual=_FIGURE.clean(text))
    if rank is not None and rule is not None and needs_rank(rule):
        found["inputs"] = dict(found.get("inputs", {})) | {"rank": f"{plain(rank)}"}
    given = {name: one for name, one in found.get("inputs", {}).items() if name != "triggered"}
    if given and rule is not None and parameters is not None:
        _check(rule, given, parameters)
    return found


def _check(rule: Rule, given: Mapping[str, Any], parameters: Parameters) -> None:
    try:
        joined = {name: ",".join(one) if isinstance(one, list) else one for name, one in given.items()}
        parse_inputs(rule, joined, parameters)
    except RuleError as fault:
        raise CellError("ACTUAL_INVALID", str(fault), "请按计分规则填写实际值。") from None


def _grade(text: str) -> ActualValues:
    """优秀, 优秀1档, 称职(二档); a number is points of the grade."""
    word = packed(text)
    match = _GRADE(word)
    if match is None:
        return ActualValues(actual=_FIGURE.clean(text))
    tier = match.group(2)
    inputs: dict[str, Any] = {"grade": match.group(1)}
    if tier:
        inputs["tier"] = _TIERS.get(tier, tier)
    return ActualValues(inputs=inputs)


def _nodes(text: str) -> ActualValues:
    """30,20 or 30%、20%: weights of the nodes that were accepted."""
    parts = [one.removesuffix("%") for one in packed(text).replace(";", ",").split(",") if one]
    return ActualValues(inputs={"done": parts})


def _cases(text: str) -> ActualValues:
    match = _CASES(packed(text))
    if match is None:
        raise CellError("ACTUAL_INVALID", f"{quoted(text)}不是项数。", "请填写发生的项数，如 2。")
    return ActualValues(inputs={"n": match.group(1)})


def _happened(text: str) -> ActualValues:
    word = packed(text)
    if word not in (*_YES, *_NO):
        raise CellError("ACTUAL_INVALID", f"看不出{quoted(text)}是否发生。", "否决项请填“是”或“否”。")
    return ActualValues(inputs={"triggered": word in _YES})


_READERS: Mapping[Rule, Callable[[str], ActualValues]] = {
    Rule.GRADE: _grade,
    Rule.MILESTONE: _nodes,
    Rule.DEDUCT: _cases,
    Rule.BONUS: _cases,
    Rule.VETO: _happened,
}


def actual_text(rule: str, actual: Decimal | None, inputs: Mapping[str, Any]) -> Any:
    """What is written under 实际值, so that `actual_values` reads it back."""
    if "grade" in inputs:
        tier = inputs.get("tier")
        return f"{inputs['grade']}{tier}档" if tier else str(inputs["grade"])
    if "done" in inputs:
        done = inputs["done"]
        return ",".join(done) if isinstance(done, list) else str(done)
    if "n" in inputs:
        return str(inputs["n"])
    if "triggered" in inputs:
        return "是" if inputs["triggered"] else "否"
    if rule == Rule.RANK and actual is None and "rank" in inputs:
        return f"第{inputs['rank']}位"
    return actual
