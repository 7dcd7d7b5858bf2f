"""What a sheet says beside what is computed of it: scores that differ, leaves without one, another year."""

import pytest

from .sheets import INDICATORS, UNITS, an_office, bring, leaf, the_results, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(tmp_path):
    return an_office(tmp_path)


def scored(name, score, **more):
    return [*leaf(name, **more), score]


def test_score_of_a_leaf_that_differs_is_told_and_the_computed_one_counts(office):
    headers = [*INDICATORS, "得分"]
    rows = [scored("投资", 45), scored("税收", 48, actual=100), scored("出口", None, full=0)]
    run = bring(office, headers, *rows)
    assert (run.status, run.warnings) == (0, ["SCORE_DIFFERS"]), run.errors
    found = run.findings[0]
    assert (found["row"], found["column"], found["value"]) == (5, "得分", "48")
    assert found["message"] == "系统算得的得分是50.00，表中的没有采用。"
    assert the_results()["units"][0]["total"] == "95.00"
    assert bring(office, headers, *rows).warnings == ["SCORE_DIFFERS"]


def test_deduction_is_the_same_with_its_sign_or_without(office):
    minus = {"full": None, "target": None, "actual": 2, "rule": "扣分项", "parameters": "每个扣0.3分"}
    rows = [scored("投资", 45), scored("税收", 45), scored("督察问题", 0.6, **minus)]
    rows += [scored("通报", -0.6, **minus)]
    assert bring(office, [*INDICATORS, "得分"], *rows).warnings == []


def test_total_of_a_unit_that_differs_is_told(office):
    rows = [[*unit("招商局", 91.95, 1), 92.95], [*unit("科技园", 96, None, 0.3), 96]]
    run = bring(office, [*UNITS, "总分"], *rows)
    assert (run.status, run.warnings) == (0, ["SCORE_DIFFERS"]), run.errors
    assert run.findings[0]["message"] == "系统算得的总分是95.70，表中的没有采用。"


def test_leaves_without_an_actual_and_such_that_cannot_be_scored_are_told(office):
    rows = [leaf("投资", actual=None), leaf("税收", 30, target=0), leaf("出口", 20)]
    rows += [leaf("表彰", None, None, None, rule="加分项", parameters="每个加1分")]
    run = bring(office, INDICATORS, *rows)
    assert (run.status, run.warnings) == (0, ["ACTUAL_MISSING", "NOT_SCORABLE"]), run.errors
    told = [one["message"] for one in run.facts["findings"]]
    assert told == [
        "2021年度考核有1项指标没有实际值，按未报计0分：招商局·投资。",
        "2021年度考核有1项指标不能计分，没有计入：招商局·税收（目标值为0，“比例法”要用目标值作除数）。",
    ]
    assert the_results()["units"][0]["total"] == "18.00"


def test_title_of_another_year_than_the_line_is_told(office):
    run = bring(office, UNITS, unit("招商局"), lines=("考核周期:2020年度",))
    assert (run.status, run.warnings) == (0, ["CYCLE_DIFFERS"]), run.errors
    assert run.facts["files"][0]["target"]["cycle"] == "2020"
