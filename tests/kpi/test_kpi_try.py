"""manage.py kpi_try: one score on the command line, as text or as one JSON object."""

import json
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from kpi.management.commands.kpi_try import Command, joined
from reform.access import command_actor
from reform.models import PolicyParameter
from reform.services import zone_create

pytestmark = pytest.mark.django_db


def run(*args: str) -> tuple[int, str]:
    """Exit status and what was printed."""
    out = StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(out):
            call_command("kpi_try", *args)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue().strip()
    return 0, out.getvalue().strip()


def answer(*args: str) -> dict[str, Any]:
    status, text = run(*args, "--json")
    assert status == 0
    return json.loads(text)


def test_score_with_its_steps_as_one_object():
    assert answer("PROP", "--full", "10", "--actual", "165", "--target", "198") == {
        "rule": "PROP",
        "score": "8.33",
        "scorable": True,
        "reason": "",
        "steps": [
            "完成率 = 165 ÷ 198 = 83.33%",
            "实际值165未达到目标值198，按比例计分",
            "得分 = 10 × 165 ÷ 198 = 8.33",
        ],
    }


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("PROP_BONUS --full 10 --actual 41.5 --target 34.41", "11.50"),
        ("STEP_DEDUCT --full 10 --actual 0.931 --target 1", "7.00"),
        ("STEP_DEDUCT --full 5 --actual 64 --target 70 --param step=2 --param per=0.5", "3.00"),
        ("BASE80 --full 10 --actual 16.4 --target 12.0", "10.20"),
        ("BASE80 --full 10 --actual=-1 --target -3 --param per=1 --param cap=1", "10.00"),
        ("FLOAT --full 10 --actual 1.206 --target 1", "9.28"),
        ("FLOAT --full 10 --actual 1 --target 1 --param band=0", "10.00"),
        ("TARGET --full 10 --actual 1 --target 1", "10.00"),
        ("RANK --full 10 --param rank=4", "8.50"),
        ("RANK --full 10 --param rank=4 --param per=0.1", "7.00"),
        ("MIXED --full 6 --actual 9 --target 8 --param rank=3", "5.40"),
        ("MIXED --full 6 --actual 8 --target 8 --param first=3", "3.00"),
        ("MINMAX --full 100 --actual 77 --param min=42 --param max=118", "73.03"),
        ("INTERVAL --full 5 --actual 30 --param bands=[0,30):2;[30,100]:5", "5.00"),
        ("LOWER --full 10 --actual 3.4 --target 3", "8.82"),
        ("GRADE --full 10 --param grade=优秀 --param tier=2", "9.50"),
        ("MILESTONE --full 10 --param done=30,20", "5.00"),
        ("DEDUCT --param per=0.3 --param n=2 --param cap=1", "-0.60"),
        ("BONUS --param per=3 --param n=2 --param cap=5", "5.00"),
        ("比例法 --full 10 --actual 50 --target 100 --param floor=0.6", "0.00"),
    ],
)
def test_every_rule_takes_its_parameters(line: str, expected: str):
    assert answer(*line.split(" "))["score"] == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("PROP --full 10 --actual 1 --target 0", "目标值为0，“比例法”要用目标值作除数。"),
        ("PROP --full 10 --actual 1", "缺少目标值。"),
        ("PROP --actual 1 --target 1", "缺少满分。"),
        ("RANK --full 10", "缺少位次（rank）。"),
        ("VETO", "一票否决不计分：单位定为四等并排在最后，得分不变。"),
    ],
)
def test_what_cannot_be_scored_is_no_error(line: str, reason: str):
    found = answer(*line.split(" "))
    assert (found["score"], found["scorable"], found["reason"], found["steps"]) == (None, False, reason, [])


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("NOSUCH --full 10", "没有“NOSUCH”这种计分规则；可用：比例法（PROP）、"),
        ("", "缺少参数 RULE。"),
        ("PROP --full abc", "参数 full（满分）须为数字，现为“abc”；可填不小于0的数字。"),
        ("PROP --full -1", "参数 full（满分）须为不小于0的数字，现为-1。"),
        ("PROP --full 10 --actual NaN --target 1", "参数 actual（实际值）须为数字，现为“NaN”；可填数字。"),
        ("PROP --full 10 --actual 1 --target Infinity", "参数 target（目标值）须为数字，现为“Infinity”"),
        ("PROP --full 10 --param floor", "参数“floor”须写成 名称=值"),
        ("PROP --full 10 --param floor=1 --param floor=1", "参数 floor 写了两次。"),
        ("PROP --full 10 --param cap=1", "规则“比例法”没有参数 cap；可用：floor（完成率低于此数不得分）。"),
        ("RANK --full 10 --param rank=0", "参数 rank（位次）须为不小于1的整数，现为0。"),
        ("RANK --full 10 --param rank=1.5", "参数 rank（位次）须为不小于1的整数，现为1.5。"),
        ("GRADE --full 10 --param grade=良好", "等次须为优秀、称职、基本称职、不称职之一，现为“良好”。"),
        ("GRADE --full 10 --param grade=优秀 --param tier=4", "档次须为1至3，现为4。"),
        (
            "MILESTONE --full 10 --param done=60,50",
            "参数 done（已验收节点的百分比）：各节点的百分比须不小于0",
        ),
        ("DEDUCT --param per=1 --param n=-1", "参数 n（项数）须为不小于0的整数，现为-1。"),
        (
            "INTERVAL --full 5 --param bands=[0,30):2;[31,100]:5",
            "参数 bands（分档）：分档[0,30)与[31,100]之间",
        ),
        ("MINMAX --full 5 --param min=3 --param max=2", "参数 min（最小值）须不大于 max（最大值）2，现为3。"),
        ("PROP --full 10 --zone nowhere", "还没有开发区。"),
    ],
)
def test_wrong_call_ends_with_status_two_and_says_why(line: str, why: str):
    status, text = run(*line.split(), "--json")
    assert status == 2
    assert json.loads(text)["why"].startswith(why)
    status, text = run(*line.split())
    assert status == 2
    assert text.startswith(why)


def test_text_names_the_rule_and_its_steps():
    assert run("RANK", "--full", "10", "--param", "rank=2") == (
        0,
        "争先进位法（RANK）\n位次第2，每降一位扣满分的5%，共扣5%\n得分 = 10 × 95% = 9.50",
    )
    assert run("VETO") == (
        0,
        "一票否决（VETO）\n不能计分：一票否决不计分：单位定为四等并排在最后，得分不变。",
    )


def test_defaults_are_those_of_the_only_zones_policy():
    zone = zone_create(code="z", name="某开发区", actor=command_actor(None))
    parameter = PolicyParameter.objects.get(version__zone=zone, key="kpi.rule_defaults")
    parameter.value = {**parameter.value, "RANK": {"per": "0.1"}}
    parameter.save()
    assert answer("RANK", "--full", "10", "--param", "rank=2")["score"] == "9.00"


def test_figure_with_a_minus_belongs_to_its_option():
    assert joined(["kpi_try", "PROP", "--full", "10", "--actual", "-Infinity", "--json"]) == [
        "kpi_try",
        "PROP",
        "--full=10",
        "--actual=-Infinity",
        "--json",
    ]
    assert joined(["--actual", "--json"]) == ["--actual", "--json"]


def test_unknown_option_is_answered_in_chinese_with_status_two(capsys):
    with pytest.raises(SystemExit) as end:
        Command().run_from_argv(["manage.py", "kpi_try", "PROP", "--nope", "3", "--json"])
    assert end.value.code == 2
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is False
    assert found["why"].startswith("不认识的参数：--nope 3。用法：manage.py kpi_try 规则")
