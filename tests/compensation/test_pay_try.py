"""manage.py pay_try: E1 and E2 to the fen, the default policy's values, and arguments that are refused."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from reform.models import PolicyParameter, PolicyVersion

pytestmark = pytest.mark.django_db
E1 = ("--post-coefficient", "1.00", "--unit-score", "96.40", "--grade", "B")


def run(*args: str) -> str:
    out = StringIO()
    call_command("pay_try", *args, stdout=out, stderr=out)
    return out.getvalue()


def answer(*args: str) -> dict[str, Any]:
    return json.loads(run(*args, "--json"))


def test_e1_officer_in_a_unit_above_the_reference():
    found = answer(*E1)
    assert found == {
        "standard": "4000.00",
        "base_pay": "1200.00",
        "position_pay": "1200.00",
        "performance_base": "1600.00",
        "unit_coefficient": "1.0711",
        "personal_coefficient": "1.0",
        "performance_pay": "1713.76",
        "gross": "4113.76",
        "steps": [
            "标准 = 4,000.00 × 1.0 = 4,000.00",
            "基础 = 4,000.00 × 1.0 × 3/10 = 1,200.00",
            "岗位 = 4,000.00 × 1.0 × 3/10 = 1,200.00",
            "绩效基数 = 4,000.00 × 1.0 × 4/10 = 1,600.00",
            "单位系数 = 96.40 ÷ 90.0 = 1.0711",
            "个人系数 = B 等 1.0",
            "绩效 = 1,600.00 × 1.0711 × 1.0 = 1,713.76",
            "应发 = 1,200.00 + 1,200.00 + 1,713.76 = 4,113.76",
        ],
    }


def test_e2_head_of_a_department_graded_excellent():
    found = answer("--post-coefficient", "2.20", "--unit-score", "96.40", "--grade", "A")
    assert (found["standard"], found["performance_pay"], found["gross"]) == (
        "8800.00",
        "4524.33",
        "9804.33",
    )


def test_without_json_every_step_is_a_line():
    assert run(*E1).splitlines()[-1] == "应发 = 1,200.00 + 1,200.00 + 1,713.76 = 4,113.76"


def test_options_take_the_place_of_the_policys_values():
    found = answer(*E1, "--reference", "96.4", "--point", "5,000", "--ratio", "2:2:6")
    assert (found["base_pay"], found["performance_pay"], found["gross"]) == (
        "1000.00",
        "3000.00",
        "5000.00",
    )


def test_what_is_not_given_comes_from_the_default_policy():
    row = PolicyParameter.objects.get(version__zone=None, key="pay.point_value")
    row.value = "4200.00"
    row.save()
    assert answer(*E1)["standard"] == "4200.00"


def test_grade_d_earns_no_performance_pay():
    found = answer(*E1[:-1], "D")
    assert (found["performance_pay"], found["gross"]) == ("0.00", "2400.00")


def test_unit_coefficient_stays_between_its_limits():
    assert answer(*E1[:2], "--unit-score", "0", "--grade", "B")["unit_coefficient"] == "0.6000"
    assert answer(*E1[:2], "--unit-score", "140", "--grade", "B")["unit_coefficient"] == "1.2000"


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ((), "缺少岗位系数"),
        (E1[:4], "缺少个人等次"),
        ((*E1[:2], *E1[4:]), "缺少单位得分"),
        ((*E1[:-1], "E"), "没有等次“E”，可用的是A、B、C、D。"),
        (("--post-coefficient", "NaN", *E1[2:]), "岗位系数须是数字，如 96.40，现为“NaN”。"),
        (("--post-coefficient", "Infinity", *E1[2:]), "岗位系数须是数字"),
        (("--post-coefficient", "-Infinity", *E1[2:]), "不认识的参数：-Infinity"),
        (("--post-coefficient", "-1", *E1[2:]), "岗位系数不能是负数，现为“-1”。"),
        (("--post-coefficient", "0", *E1[2:]), "岗位系数须大于 0。"),
        (("--post-coefficient", "1e3", *E1[2:]), "岗位系数须是数字"),
        (("--post-coefficient", "１．２", *E1[2:]), "岗位系数须是数字"),
        (("--post-coefficient", "123", *E1[2:]), "岗位系数太大，整数部分最多 2 位"),
        (("--post-coefficient", "1.00001", *E1[2:]), "岗位系数最多 4 位小数"),
        ((*E1, "--unit-score"), "缺少单位得分"),
        ((*E1, "--reference", "0"), "基准分须大于 0。"),
        ((*E1, "--point", "4000.005"), "薪点值最多 2 位小数"),
        ((*E1, "--point", "9" * 30), "薪点值太大"),
        ((*E1, "--ratio", "3:7"), "比例须写成 基础:岗位:绩效 三项"),
        ((*E1, "--ratio", "3:x:4"), "比例须是数字"),
        ((*E1, "--ratio", "0:0:0"), "不全为 0"),
        ((*E1, "--ratio", "4:3:3"), "绩效占比 30% 低于下限 40%（4:3:3）"),
        ((*E1, "--colour", "red"), "不认识的参数：--colour"),
    ],
)
def test_bad_argument_ends_with_status_two_and_says_why(
    args: tuple[str, ...], why: str, capsys: pytest.CaptureFixture[str]
):
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("pay_try", *args, stdout=out, stderr=out)
    assert end.value.code == 2
    assert why in out.getvalue() + capsys.readouterr().err


def test_database_without_a_default_policy_ends_with_status_one():
    PolicyVersion.objects.filter(zone=None).delete()
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("pay_try", *E1, stdout=out, stderr=out)
    assert (end.value.code, out.getvalue()) == (1, "数据库中没有默认政策。请先运行 migrate。\n")


def test_refusal_with_json_is_one_object():
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("pay_try", *E1[:-1], "E", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"ok": False, "why": "没有等次“E”，可用的是A、B、C、D。"}


def test_unknown_option_from_a_shell_is_told_in_chinese():
    manage = Path(__file__).resolve().parents[2] / "manage.py"
    done = subprocess.run(
        [sys.executable, manage, "pay_try", "--colour", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert json.loads(done.stdout)["why"].startswith("不认识的参数：--colour。用法：manage.py pay_try")
