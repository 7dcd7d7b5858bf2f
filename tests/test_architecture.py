"""The rules of the house that a program can check: imports, writers, sizes, hosts, clock, bare numbers."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("reform", "appointments", "kpi", "compensation", "reports")
OTHER_CODE = ("tests", "scripts", "benchmarks", "fixtures")
LONGEST_FILE = 400

QUERYSET_MARKS = {
    "objects",
    "_default_manager",
    "_base_manager",
    "filter",
    "exclude",
    "all",
    "select_for_update",
}
BULK_WRITES = {"bulk_create", "bulk_update", "abulk_create", "abulk_update"}
QUERYSET_WRITES = {"update", "delete", "aupdate", "adelete"}
QUERYSET_NAMES = {"queryset", "qs"}
CLOCK_CALLS = {"now", "today", "utcnow", "localdate", "localtime"}
CLOCK_OWNERS = {"datetime", "date", "timezone", "dt"}
# Wholes, halves, quarters, months, percent. Any other number is a policy's and comes as an argument.
NUMBERS_OF_NO_POLICY = {0, 1, 2, 4, 12, 100}

Check = Callable[[Path, ast.Module], Iterator[str]]


def python_files(*directories: str) -> Iterator[Path]:
    for directory in directories:
        for path in sorted((ROOT / directory).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def module_name(path: Path) -> str:
    """reform/services/rounds.py → reform.services.rounds"""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_module(path: Path, *kinds: str) -> bool:
    """Is this file `<app>/<kind>.py`, or inside `<app>/<kind>/`?"""
    parts = module_name(path).split(".")
    return len(parts) > 1 and parts[0] in APPS and parts[1] in kinds


def findings(check: Check, paths: Iterator[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{found}"
        for path in paths
        for found in check(path, ast.parse(path.read_text(encoding="utf-8")))
    ]


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def model_variables() -> set[str]:
    """Names that in all likelihood hold a model instance: the models' own names, and Django's usual ones."""
    classes = (
        node.name
        for path in python_files(*APPS)
        if is_module(path, "models")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.bases
    )
    return {snake_case(name) for name in classes} | {"obj", "instance"}


def names_in_chain(node: ast.expr) -> list[str]:
    """`Person.objects.filter(…).exclude(…)` → ["exclude", "filter", "objects", "Person"]"""
    names = []
    while True:
        match node:
            case ast.Call(func=inner) | ast.Subscript(value=inner):
                node = inner
            case ast.Attribute(value=inner, attr=name):
                names.append(name)
                node = inner
            case ast.Name(id=name):
                return [*names, name]
            case _:
                return names


def method_calls(tree: ast.Module) -> Iterator[tuple[int, str, list[str]]]:
    """Line, method and what it is called on, for every `….method(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.lineno, node.func.attr, names_in_chain(node.func.value)


def unrecorded_writes(instances: set[str]) -> Check:
    def check(path: Path, tree: ast.Module) -> Iterator[str]:
        for line, method, chain in method_calls(tree):
            on_queryset = bool(QUERYSET_MARKS & set(chain)) or (chain and chain[0] in QUERYSET_NAMES)
            on_instance = method == "delete" and bool(chain) and chain[0] in instances
            if method in BULK_WRITES or (method in QUERYSET_WRITES and (on_queryset or on_instance)):
                yield f"{line} .{method}( is for reform.services alone: use save_all or set_state"

    return check


def clock_reads(path: Path, tree: ast.Module) -> Iterator[str]:
    for line, method, chain in method_calls(tree):
        if method in CLOCK_CALLS and chain and chain[0] in CLOCK_OWNERS:
            yield f"{line} {chain[0]}.{method}() reads the clock: take the date as an argument"


def bare_numbers(path: Path, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                pass
            case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=str() as text)]):
                number = float(text)
            case _:
                continue
        if number not in NUMBERS_OF_NO_POLICY:
            yield f"{node.lineno} {number} stands in a rule: it belongs to a policy version"


def test_import_contracts_hold():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_the_services_of_reform_write_in_bulk_or_delete():
    paths = (
        path
        for path in python_files(*APPS)
        if not (path.is_relative_to(ROOT / "reform") and is_module(path, "services"))
    )
    assert findings(unrecorded_writes(model_variables()), paths) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("Person.objects.filter(id=1).update(name='')", 1),
        ("people.exclude(id=1).delete()", 1),
        ("Person.objects.bulk_create(rows)", 1),
        ("appointment.delete()", 1),
        ("self.appointment.delete()", 1),
        ("queryset.delete()", 1),
        ("totals.update(more)", 0),
        ("hashlib.sha256().update(data)", 0),
        ("path.unlink()", 0),
        ("request.session.delete('key')", 0),
    ],
)
def test_unrecorded_write_is_recognised(code: str, expected: int):
    assert len(list(unrecorded_writes({"appointment"})(ROOT, ast.parse(code)))) == expected


def test_no_python_file_is_longer_than_400_lines():
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(*APPS, *OTHER_CODE)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_pages_refer_to_no_other_host():
    elsewhere = re.compile(
        r"https?://(?!www\.w3\.org\b)[^\s\"'<>)]*|(?:src|href)\s*=\s*[\"']//[^\"']*|url\(\s*[\"']?//[^)]*"
    )
    kinds = {".html", ".txt", ".css", ".js", ".mjs", ".svg", ".json", ".webmanifest"}
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for top in (ROOT, *(ROOT / app for app in APPS))
        for directory in ("templates", "static")
        for path in sorted((top / directory).rglob("*"))
        if path.suffix in kinds and path.is_file()
        for match in elsewhere.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_rules_states_and_selectors_do_not_read_the_clock():
    paths = (path for path in python_files(*APPS) if is_module(path, "rules", "states", "selectors"))
    assert findings(clock_reads, paths) == []


def test_no_bare_numbers_in_rules():
    paths = (path for path in python_files(*APPS) if is_module(path, "rules"))
    assert findings(bare_numbers, paths) == []
