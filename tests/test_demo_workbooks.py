"""The demo workbooks in the repository are what their script writes."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

DEMO = Path(__file__).parents[1] / "fixtures" / "demo"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the script has written everything anew; it fails when its own recount disagrees."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-X", "utf8", "-B", str(DEMO / "make_demo.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def parts(path: Path) -> list[tuple[str, tuple[int, ...], bytes]]:
    """The files inside a workbook with their time stamps: all of it but the work of the zip library."""
    with zipfile.ZipFile(path) as archive:
        return [(info.filename, info.date_time, archive.read(info)) for info in archive.infolist()]


def test_script_writes_the_very_files_of_the_repository(written):
    committed = sorted(path for path in DEMO.iterdir() if path.suffix in {".xlsx", ".json"})
    assert [path.name for path in committed] == sorted(path.name for path in written.iterdir())
    for path in committed:
        fresh = written / path.name
        same = fresh.read_bytes() == path.read_bytes()  # another zlib may pack the same parts differently
        assert same or (path.suffix == ".xlsx" and parts(fresh) == parts(path)), path.name


def test_second_round_of_the_demo_has_the_figures_of_the_article():
    figures = json.loads((DEMO / "expected.json").read_text(encoding="utf-8"))["2022"]
    names = ("appointed", "promoted", "demoted", "unplaced")
    assert {name: figures[name] for name in names} == {
        "appointed": 613,
        "promoted": 20,
        "demoted": 17,
        "unplaced": 0,
    }


def test_everybody_but_the_leaders_applied_in_the_second_round():
    book = openpyxl.load_workbook(DEMO / "2022-4-竞聘报名及考评成绩汇总表.xlsx", read_only=True)
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[1][0] == "笔试20%、面试40%、民主测评20%、工作实绩20%"
    people = [row for row in rows if isinstance(row[0], int)]
    figures = json.loads((DEMO / "expected.json").read_text(encoding="utf-8"))["2022"]
    leaders = figures["by_level"]["班子正职"] + figures["by_level"]["班子副职"]
    assert len(people) == figures["appointed"] - leaders == 604
    assert all(row[4] and row[6] for row in people)
