"""manage.py pay_run: computes a month up to CALCULATED, shows a later state, and says why where it cannot."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from compensation.models import PayRun
from reform.models import AuditEvent, RowChange
from tests import factories as make
from tests.compensation.casts import Cast, a_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = a_cast()
    made.join("甲", "L30", starts_on=date(2022, 3, 14))
    made.join("乙", "L70")
    return made


def answer(*args: str, status: int | None = None) -> dict[str, Any]:
    """The one JSON object that the command prints."""
    out = StringIO()
    if status is None:
        call_command("pay_run", *args, "--json", stdout=out, stderr=StringIO())
    else:
        with pytest.raises(SystemExit) as ending:
            call_command("pay_run", *args, "--json", stdout=out, stderr=StringIO())
        assert ending.value.code == status
    return json.loads(out.getvalue())


def test_a_month_is_computed_line_by_line(cast: Cast):
    found = answer("2022-03")
    assert {key: value for key, value in found.items() if key != "lines"} == {
        "month": "2022-03",
        "state": "CALCULATED",
        "people": 2,
        "gross": "9554.75",
        "pool": None,
        "pool_used_ratio": None,
    }
    line = found["lines"][0]
    assert line["id_number"] == cast.people["甲"].id_number
    components = ("base_pay", "position_pay", "performance_pay", "seniority_pay", "special_award")
    assert [line[name] for name in components] == ["772.41", "772.41", "617.93", "0.00", "0.00"]
    assert [line[name] for name in ("allowance", "protection", "back_pay", "gross")] == [
        "0.00",
        "0.00",
        "0.00",
        "2162.75",
    ]
    assert line["why"] == "甲局·L30岗计薪14个工作日"
    assert found["lines"][1]["why"] == ""
    event = AuditEvent.objects.filter(action="计算工资").latest("id")
    assert event.actor.get_username() == "命令行"


def test_the_pool_and_its_use_are_told_as_text(cast: Cast):
    cast.pool("95547.50")
    found = answer("2022-03", "--zone", "gaoxin", "--actor", cast.office.username)
    assert (found["pool"], found["pool_used_ratio"]) == ("95547.50", "0.1000")


def test_computed_twice_the_same_is_printed_and_nothing_written_but_the_look(cast: Cast):
    first = answer("2022-03")
    rows, events = RowChange.objects.count(), AuditEvent.objects.count()
    assert answer("2022-03") == first
    assert RowChange.objects.count() == rows
    (look,) = AuditEvent.objects.order_by("id")[events:]
    assert (look.action, look.details) == ("查看工资", {"people": 2})


def test_a_later_state_is_only_shown(cast: Cast):
    cast.checked("2022-03")
    cast.join("丙", "L30")
    found = answer("2022-03")
    assert (found["state"], found["people"]) == ("CHECKED", 2)
    look = AuditEvent.objects.latest("id")
    assert (look.action, look.details) == ("查看工资", {"people": 2})


@pytest.mark.parametrize("role", ["人事", "单位负责人", "财务"])
def test_a_later_state_is_shown_to_who_may_compute_only(cast: Cast, role: str):
    cast.checked("2022-03")
    user = make.a_user(cast.zone, role)
    found = answer("2022-03", "--actor", user.username, status=1)
    assert "由薪酬专员办理" in found["why"]
    assert set(found) == {"ok", "why"}


def test_what_cannot_be_computed_ends_with_1_and_leaves_no_run(cast: Cast):
    found = answer("2019-03", status=1)
    assert found["ok"] is False
    assert found["why"] == "这个月没有在岗人员。"
    assert not PayRun.objects.exists()
    cast.set_policy(post_coefficients={"L30": "1.0"})
    assert "没有层级“L70”" in answer("2022-03", status=1)["why"]


def test_a_month_before_the_first_policy_ends_with_1(cast: Cast):
    assert "没有生效的政策版本" in answer("1900-03", status=1)["why"]


def test_who_may_not_compute_ends_with_1(cast: Cast):
    assert "由薪酬专员办理" in answer("2022-03", "--actor", cast.finance.username, status=1)["why"]
    assert not PayRun.objects.exists()


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ((), "缺少月份"),
        (("2022-13",), "月份须写成 2022-03，现为“2022-13”"),
        (("2022Q1",), "月份须写成 2022-03，现为“2022Q1”"),
        (("2022",), "月份须写成 2022-03，现为“2022”"),
        (("2022-03", "--zone", "无"), "没有编码为“无”的开发区"),
        (("2022-03", "--zone"), "缺少开发区编码"),
        (("2022-03", "--actor", "无"), "没有用户“无”"),
        (("2022-03", "--actor"), "缺少用户名"),
    ],
)
def test_bad_options_end_with_2(cast: Cast, args: tuple[str, ...], why: str):
    assert why in answer(*args, status=2)["why"]


@pytest.mark.parametrize("extra", ["--wrong", "2022-04"])
def test_arguments_that_nobody_knows_end_with_2(cast: Cast, extra: str, monkeypatch, capsys):
    args = ["pay_run", "2022-03", extra, "--json"]
    monkeypatch.setattr("sys.argv", ["manage.py", *args])
    with pytest.raises(SystemExit) as ending:
        call_command(*args)
    assert ending.value.code == 2
    assert f"不认识的参数：{extra}" in json.loads(capsys.readouterr().out)["why"]


def test_a_user_of_another_zone_is_refused(cast: Cast):
    other = make.a_user(make.a_zone("other", "外区"), "薪酬专员")
    found = answer("2022-03", "--zone", "gaoxin", "--actor", other.username, status=2)
    assert "不属于高新区" in found["why"]


def test_in_words(cast: Cast):
    out = StringIO()
    call_command("pay_run", "2022-03", stdout=out)
    assert out.getvalue().splitlines()[0] == "2022年3月工资：已计算，2人，应发9,554.75元"
