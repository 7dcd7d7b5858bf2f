"""`workdays` and `publicity_end`: no zone needed, none made."""

import json
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from reform.models import Zone

pytestmark = pytest.mark.django_db


def run(name: str, *args: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(name, *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def answer(name: str, *args: str) -> Any:
    return json.loads(run(name, *args, "--json")[0])


def refusal(name: str, *args: str) -> str:
    """What a call says that ends with status 2."""
    out = StringIO()
    with redirect_stdout(out), pytest.raises(SystemExit) as end:
        call_command(name, *args, "--json", stderr=StringIO())
    assert end.value.code == 2
    facts = json.loads(out.getvalue())
    assert facts["ok"] is False
    return str(facts["why"])


def test_workdays_are_counted_and_listed():
    assert answer("workdays", "2022-01-28", "2022-02-07") == {
        "workdays": 4,
        "dates": ["2022-01-28", "2022-01-29", "2022-01-30", "2022-02-07"],
    }
    assert answer("workdays", "2022.1.9", "2022年1月23日")["workdays"] == 10
    assert not Zone.objects.exists()


@pytest.mark.parametrize(
    ("start", "end"),
    [("2022-01-24", "2022-01-28"), ("2022-01-29", "2022-02-09"), ("2024-02-07", "2024-02-19")],
)
def test_publicity_of_five_days_ends(start: str, end: str):
    assert answer("publicity_end", start, "5") == {"end": end}
    assert not Zone.objects.exists()


def test_year_outside_the_calendar_warns_on_stderr_and_keeps_the_form_of_stdout():
    out, err = run("publicity_end", "2027-01-04", "5", "--json")
    assert json.loads(out) == {"end": "2027-01-08"}
    assert "工作日历缺少 2027 年" in err
    out, err = run("workdays", "2026-12-31", "2027-01-01", "--json")
    assert json.loads(out)["workdays"] == 2
    assert "2027" in err


def test_text_for_people():
    assert run("publicity_end", "2022-01-24", "5") == (
        "2022-01-24 起公示 5 个工作日，最后一天是 2022-01-28\n",
        "",
    )
    assert run("workdays", "2022-01-22", "2022-01-24")[0] == (
        "2022-01-22 至 2022-01-24 共 1 个工作日\n2022-01-24\n"
    )


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (("workdays", "2022-01-32", "2022-02-01"), "没有这一天"),
        (("workdays", "2022-01", "2022-02-01"), "只到月份"),
        (("workdays", "2022-02-01", "2022-01-01"), "结束日期 2022-01-01 早于开始日期 2022-02-01"),
        (("workdays", "2022-02-01"), "缺少参数 END"),
        (("workdays",), "缺少参数 START"),
        (("publicity_end", "2022-01-24", "五"), "工作日数须是整数，现为“五”"),
        (("publicity_end", "2022-01-24"), "缺少参数 DAYS"),
        (("workdays", "2022-01-24", "2022-01-25", "2022-01-26"), "不认识的参数：2022-01-26"),
        (("publicity_end", "2022-01-24", "0"), "期限须为 1—2000 个工作日"),
        (("publicity_end", "2022-01-24", "-5"), "期限须为 1—2000 个工作日"),
        (("publicity_end", "2022-01-24", "999999"), "期限须为 1—2000 个工作日"),
    ],
)
def test_wrong_call_is_refused_with_status_two(call: tuple[str, ...], why: str):
    assert why in refusal(*call)
