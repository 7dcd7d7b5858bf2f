"""Tables that are parameters: points of the grades (GRADE) and weights of the nodes (MILESTONE)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reform.errors import RuleError

from .figures import HUNDRED, ZERO, number, packed, shown

_ROW = re.compile(r"([^0-9:=/.+-]+)[:=]?([0-9./]+)分?").fullmatch
_NODE = re.compile(r"(.+?)[:=]?([0-9.]+)%").fullmatch
_SEPARATORS = re.compile("[;,]")
# The institutions' words for the same grades (§6, two label sets).
_SAME_GRADE = {"合格": "称职", "基本合格": "基本称职", "不合格": "不称职"}


@dataclass(frozen=True, slots=True)
class GradeRow:
    """A grade and its points of a hundred, tier 1 first."""

    name: str
    points: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a project and its weight in per cent."""

    name: str
    weight: Decimal


def grade_table(value: str | Mapping[str, Sequence[object]]) -> tuple[GradeRow, ...]:
    """Grades with points from “优秀100/95/90;称职85/80/75” or a policy's table.  Raises RuleError."""
    rows = _written_rows(value) if isinstance(value, str) else value.items()
    table = tuple(GradeRow(same_grade(name), _points(name, points)) for name, points in rows)
    if not isinstance(value, str):
        # a database may keep the keys of a policy's table in another order
        table = tuple(sorted(table, key=lambda row: row.points, reverse=True))
    names = [row.name for row in table]
    if not table:
        raise RuleError("等次表为空。请写成“优秀100/95/90;称职85/80/75”。")
    if len(set(names)) < len(names):
        raise RuleError(f"等次表中有重复的等次：{'、'.join(names)}。")
    return table


def grades_text(table: Sequence[GradeRow]) -> str:
    """“优秀100/95/90;称职85/80/75”; grade_table reads it back."""
    return ";".join(f"{row.name}{'/'.join(shown(one) for one in row.points)}" for row in table)


def same_grade(name: str) -> str:
    """A grade in the civil servants' words: 合格 → 称职."""
    word = packed(name)
    return _SAME_GRADE.get(word, word)


def grade_points(table: Sequence[GradeRow], grade: str, tier: int = 1) -> Decimal:
    """Points of a grade; one with a single figure has it for every tier.  Raises RuleError for a grade or
    tier that the table lacks."""
    row = next((one for one in table if one.name == same_grade(grade)), None)
    if row is None:
        raise RuleError(f"等次须为{'、'.join(one.name for one in table)}之一，现为“{grade}”。")
    most = max(len(one.points) for one in table)
    if not 1 <= tier <= most:
        raise RuleError(f"档次须为1至{most}，现为{tier}。")
    if len(row.points) == 1:
        return row.points[0]
    if tier > len(row.points):
        raise RuleError(f"等次“{row.name}”只有{len(row.points)}档，现为第{tier}档。")
    return row.points[tier - 1]


def node_list(text: str) -> tuple[Node, ...]:
    """Nodes from “立项30%;开工20%;竣工50%”, which make up the whole.  Raises RuleError."""
    nodes = []
    for part in filter(None, _SEPARATORS.split(packed(text))):
        match = _NODE(part)
        if match is None:
            raise RuleError(f"节点“{part}”看不懂。请写成“立项30%;开工20%;竣工50%”。")
        nodes.append(Node(match.group(1), number(match.group(2), f"节点“{match.group(1)}”的权重")))
    names = [node.name for node in nodes]
    if len(set(names)) < len(names):
        raise RuleError(f"节点有重复：{'、'.join(names)}。")
    total = sum((node.weight for node in nodes), ZERO)
    if nodes and total != HUNDRED:
        raise RuleError(f"节点权重合计须为100%，现为{shown(total)}%。")
    return tuple(nodes)


def nodes_text(nodes: Sequence[Node]) -> str:
    """“立项30%;开工20%;竣工50%”; node_list reads it back."""
    return ";".join(f"{node.name}{shown(node.weight)}%" for node in nodes)


def _written_rows(text: str) -> Iterable[tuple[str, list[str]]]:
    for part in filter(None, _SEPARATORS.split(packed(text))):
        match = _ROW(part)
        if match is None:
            raise RuleError(f"等次“{part}”看不懂。请写成“优秀100/95/90;称职85/80/75”。")
        yield match.group(1), match.group(2).split("/")


def _points(name: str, values: Sequence[object]) -> tuple[Decimal, ...]:
    points = tuple(number(one, f"等次“{name}”的分数") for one in values)
    if not points or not all(ZERO <= one <= HUNDRED for one in points):
        raise RuleError(f"等次“{name}”的分数须为0至100，现为{'/'.join(str(one) for one in values) or '空'}。")
    return points
