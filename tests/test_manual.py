"""The manual lists every code that an import can give, and no other."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GIVERS = {
    "error",
    "warning",
    "_warn",
    "CellError",
    "Finding",
    "_finding",
    "_cell",
    "finding",
    "_find",
    "_fault",
}
CODE = re.compile(r"[A-Z]+(?:_[A-Z]+)+")


def codes_in(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in GIVERS:
                words = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
                found |= {word for word in words if isinstance(word, str) and CODE.fullmatch(word)}
        elif (
            isinstance(node, ast.keyword)
            and node.arg == "blank_code"
            and isinstance(node.value, ast.Constant)
        ):
            found.add(node.value.value)
    return found


def test_manual_lists_exactly_the_codes_that_the_import_gives():
    apps = ("reform", "appointments", "kpi", "compensation")
    sources = [path for name in apps for path in (ROOT / name).rglob("*.py")]
    given = set().union(*(codes_in(ast.parse(path.read_text(encoding="utf-8"))) for path in sources))
    manual = (ROOT / "docs" / "manual-zh.md").read_text(encoding="utf-8")
    section = manual[manual.index("## 6.") : manual.index("## 7.")]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")][1:]
    assert given == set(CODE.findall(" ".join(rows)))
