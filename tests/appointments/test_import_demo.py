"""The demo zone's two rounds through the importer: the figures that its script counted, and back again."""

import json
from pathlib import Path

import pytest

from tests.import_cast import command, dump, summary, table_sizes

pytestmark = pytest.mark.django_db

DEMO = Path(__file__).parents[2] / "fixtures" / "demo"
EXPECTED = json.loads((DEMO / "expected.json").read_text(encoding="utf-8"))
COUNTED = (
    "promoted",
    "demoted",
    "lateral",
    "unchanged",
    "new",
    "unplaced",
    "appointed",
    "headcount",
    "positions",
)


def bring(year, *options):
    """Import a round's workbooks, the roster first and the positions last."""
    files = sorted(DEMO.glob(f"{year}-[0-3]-*.xlsx"), key=lambda path: path.name.replace("-2-", "-0-"))
    run = command(
        "import_workbooks", *files, "--round", year, "--kickoff", EXPECTED[year]["kickoff_on"], *options
    )
    assert run.status == 0, run.errors[:3]
    return run


def check(year):
    facts, expected = summary(year, "--people"), EXPECTED[year]
    assert {name: facts[name] for name in COUNTED} == {name: expected[name] for name in COUNTED}
    assert facts["by_level"] == expected["by_level"]
    assert len(facts["by_unit"]) == expected["units"]
    for change in ("promoted", "demoted"):
        kind = {"promoted": "PROMOTION", "demoted": "DEMOTION"}[change]
        found = {one["id_number"] for one in facts["people"] if one["change"] == kind}
        assert found == set(expected[f"{change}_ids"])
    return facts


def test_two_rounds_come_to_their_figures_and_can_be_taken_back_one_after_the_other():
    first = bring("2018")
    alone = check("2018")
    before = dump()
    second = bring("2022")
    check("2022")
    assert check("2018") == alone
    sizes = table_sizes()
    assert bring("2022").facts["written"] is False
    posts_and_results = [DEMO / f"2018-{name}.xlsx" for name in ("1-岗位设置一览表", "3-全员聘任结果汇总表")]
    again = command("import_workbooks", *posts_and_results)
    assert (again.status, again.facts["round"], again.facts["written"]) == (0, "2018", False)
    assert table_sizes() == sizes
    assert command("undo_upload", first.facts["upload"]).status == 1
    assert command("undo_upload", second.facts["upload"]).status == 0
    assert dump() == before
    assert check("2018") == alone
    assert command("undo_upload", first.facts["upload"]).status == 0
    bring("2018")
    bring("2022")
    check("2022")
