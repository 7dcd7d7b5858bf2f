"""The documents are true of the code: the codes of an import, and the files, commands and policy values that
they name."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
APPS = ("reform", "appointments", "kpi", "compensation", "reports")
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
    sources = [path for name in APPS[:-1] for path in (ROOT / name).rglob("*.py")]
    given = set().union(*(codes_in(ast.parse(path.read_text(encoding="utf-8"))) for path in sources))
    manual = (ROOT / "docs" / "manual-zh.md").read_text(encoding="utf-8")
    section = manual[manual.index("## 6.") : manual.index("## 7.")]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")][1:]
    assert given == set(CODE.findall(" ".join(rows)))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_document_names_only_what_there_is(document: Path):
    text = document.read_text(encoding="utf-8")
    quoted = set(re.findall(r"`([^`\n]+)`", text))
    top = (*APPS, "tests", "fixtures", "templates", "benchmarks", "scripts", "docs")
    paths = {one for one in quoted if one.split("/")[0] in top and "/" in one and "<" not in one}
    paths |= {f"{document.parent}/{one}" for one in re.findall(r"\]\(([^)#:]+)[#)]", text)}
    values = {one for one in quoted if re.fullmatch(r"(round|kpi|pay|caps)\.[a-z_]+", one)}
    keys = (ROOT / "fixtures" / "policy.json").read_text(encoding="utf-8")
    commands = set(re.findall(r"manage\.py (\w+)", text)) - {"migrate"}
    found = {file.stem for name in APPS for file in ROOT.glob(f"{name}/management/commands/*.py")}
    assert [one for one in sorted(paths) if not (ROOT / one).exists()] == []
    assert [one for one in sorted(values) if f'"{one}"' not in keys] == []
    assert sorted(commands - found) == []
