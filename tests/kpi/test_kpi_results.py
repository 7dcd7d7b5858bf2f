"""The command kpi_results: what is stored, as JSON or as tables."""

import json
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import pytest
from django.core.management import call_command

from kpi.management.commands.kpi_results import Command
from kpi.services.results import results_compute
from reform.models import AuditEvent
from tests import factories as make
from tests.kpi import casts
from tests.kpi.registered_cast import ALL, a_registered_cycle, nine

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> casts.Cast:
    made = casts.a_cast(staff=2)
    a_registered_cycle(made, ALL | {"招商局": "88.5"}, nine(made, [99, 80, 80, 99, 80, 80, 80, 80, 50]))
    results_compute(cycle=made.cycle, actor=made.office)
    return made


def run(*args, status=0):
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        if not status:
            call_command("kpi_results", *args)
        else:
            with pytest.raises(SystemExit) as ended:
                call_command("kpi_results", *args)
            assert ended.value.code == status
    return out.getvalue(), err.getvalue()


def test_json_has_the_stored_results_with_scores_as_strings(cast):
    events = AuditEvent.objects.count()
    facts = json.loads(run("2022", "--json")[0])
    assert list(facts) == ["cycle", "state", "zone_total", "units", "people", "quotas", "ties"]
    assert (facts["cycle"], facts["state"], facts["zone_total"]) == ("2022", "SCORING", None)
    last = facts["units"][-1]
    assert last == {
        "unit": "招商局", "indicators": "88.50", "bonus": "0.00", "deduction": "0.00", "veto": False,
        "total": "88.50", "rank": 3, "grade": "三等",
    }  # fmt: skip
    head = next(one for one in facts["people"] if one["name"] == "经甲")
    assert list(head) == [
        "id_number", "name", "unit", "personal", "unit_score", "combined", "grade", "grade_label",
        "coefficient", "why",
    ]  # fmt: skip
    assert (head["combined"], head["grade"], head["grade_label"]) == ("99.70", "A", "优秀")
    assert head["coefficient"] == "1.2000"
    assert head["id_number"] == cast.people["经甲"].id_number
    assert facts["quotas"] == [{"group": "合并计算单位", "n": 9, "quota": 1, "used": 1}]
    assert facts["ties"] == []
    assert AuditEvent.objects.count() == events


def test_tables_are_for_reading(cast):
    text = run("2022")[0]
    assert text.startswith("2022年度考核：评分\n全区得分：—\n")
    assert "单位" in text
    assert "经甲" in text
    assert "全区9人，优秀最多1人，现有1人。" in text


def test_tie_names_its_people_by_id_number(cast):
    a_registered_cycle(cast, ALL, nine(cast, [99, 80, 80, 99, 80, 80, 80, 80, 80]), code="2022Q1")
    results_compute(cycle=cast.cycle, actor=cast.office)
    facts = json.loads(run("2022q1", "--json", "--zone", "gaoxin")[0])
    numbers = [cast.people[name].id_number for name in ("经甲", "招甲")]
    assert facts["ties"] == [{"group": "合并计算单位", "score": "99.70", "seats": 1, "id_numbers": numbers}]
    assert "并列待决定：合并计算单位2人（99.70分），余1个名额：经甲、招甲" in run("2022Q1")[0]


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ((), "缺少参数 CYCLE"),
        (("2020",), "高新区没有考核周期“2020”"),
        (("去年",), "“去年”不是考核周期的编号"),
        (("2022", "--zone", "nowhere"), "nowhere"),
    ],
)
def test_wrong_call_ends_with_status_2_and_says_why(cast, args, why):
    assert why in run(*args, status=2)[1]
    refused = json.loads(run(*args, "--json", status=2)[0])
    assert refused["ok"] is False
    assert why in refused["why"]


def test_zone_is_asked_for_where_there_are_two(cast):
    make.a_zone("other", "另一区")
    assert "--zone" in run("2022", status=2)[1]


def test_option_that_there_is_not_ends_with_status_2_in_chinese(capsys):
    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv(["manage.py", "kpi_results", "2022", "--zones"])
    assert ended.value.code == 2
    assert "不认识的参数：--zones。用法：manage.py kpi_results" in capsys.readouterr().err


def test_units_of_one_name_are_told_apart_and_a_section_makes_no_name_doubtful(cast):
    park = cast.units[0]
    make.a_unit(cast.zone, "招商局", kind="SECTION", parent=park)
    assert {one["unit"] for one in json.loads(run("2022", "--json")[0])["units"]} == set(ALL)
    make.a_unit(cast.zone, "招商局", is_historical=True)
    facts = json.loads(run("2022", "--json")[0])
    own = next(one for one in cast.units if one.name == "招商局")
    name = f"招商局（{own.code}）"
    assert name in {one["unit"] for one in facts["units"]}
    assert {one["unit"] for one in facts["people"]} == {name, *ALL} - {"招商局"}
