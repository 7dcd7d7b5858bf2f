"""manage.py pay_split: E5 to the fen, whatever the order; and arguments that are refused."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

E5 = ("A=14.20:1.0711", "B=17.60:0.9856", "C=9.80:1.0000")
SHARES = {"A": "359088.57", "B": "409540.24", "C": "231371.19"}


def run(*args: str) -> str:
    out = StringIO()
    call_command("pay_split", *args, stdout=out, stderr=out)
    return out.getvalue()


def answer(*args: str) -> dict[str, Any]:
    return json.loads(run(*args, "--json"))


def test_e5_missing_fen_go_to_the_largest_fractions():
    assert answer("1000000.00", *E5) == {"shares": SHARES, "sum": "1000000.00"}


def test_order_of_the_units_changes_no_byte():
    assert run("1,000,000", *reversed(E5), "--json") == run("1000000.00", *E5, "--json")


def test_options_may_stand_between_the_arguments():
    out = StringIO()
    call_command("pay_split", "1000000.00", "--json", *E5, stdout=out)
    assert json.loads(out.getvalue())["shares"] == SHARES


def test_without_json_each_share_has_its_term():
    assert run("1000000.00", *E5).splitlines() == [
        "A = 1,000,000.00 × 14.2 × 1.0711 ÷ 42.35618 = 359,088.57",
        "B = 1,000,000.00 × 17.6 × 0.9856 ÷ 42.35618 = 409,540.24",
        "C = 1,000,000.00 × 9.8 × 1.0 ÷ 42.35618 = 231,371.19",
        "合计 = 1,000,000.00",
    ]


def test_equal_weights_give_the_odd_fen_to_the_lower_name():
    assert answer("0.01", "乙=1:1", "甲=1:1")["shares"] == {"乙": "0.01", "甲": "0.00"}


def test_pool_of_nothing_gives_nothing():
    assert answer("0", "A=1:1") == {"shares": {"A": "0.00"}, "sum": "0.00"}


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ((), "缺少总额"),
        (("100",), "没有参加分配的单位"),
        (("NaN", *E5), "总额须是数字"),
        (("-Infinity", *E5), "不认识的参数"),
        (("-5", *E5), "总额不能是负数"),
        (("100.001", *E5), "总额最多 2 位小数"),
        (("100", "A"), "“A”须写成 名称=岗位系数合计:单位系数"),
        (("100", "=1:1"), "须写成"),
        (("100", "A=1"), "须写成"),
        (("100", "A=-1:1"), "A的岗位系数合计不能是负数"),
        (("100", "A=1:Infinity"), "A的单位系数须是数字"),
        (("100", "A=1:"), "缺少A的单位系数"),
        (("100", "A=1:1", "A=2:1"), "单位“A”出现了两次"),
        (("100", "A=0:1", "B=1:0"), "各单位的权重合计为 0，无法分配。"),
        (("0", "A=0:1"), "各单位的权重合计为 0"),
        (("100", *E5, "--pool"), "不认识的参数：--pool"),
    ],
)
def test_bad_argument_ends_with_status_two_and_says_why(
    args: tuple[str, ...], why: str, capsys: pytest.CaptureFixture[str]
):
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("pay_split", *args, stdout=out, stderr=out)
    assert end.value.code == 2
    assert why in out.getvalue() + capsys.readouterr().err
