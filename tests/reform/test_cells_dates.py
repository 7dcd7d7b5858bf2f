"""Dates in every spelling: domain.md §8 common rules, headers.md "Layout habits"."""

from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reform.errors import CellError
from reform.exchange.cells import clean_date, format_day, format_month


def refused(call: Any, *args: Any) -> CellError:
    with pytest.raises(CellError) as caught:
        call(*args)
    return caught.value


DAY_SPELLINGS = [
    "2019-02-03",
    "2019/2/3",
    "2019.2.3",
    "2019.02.03",
    "20190203",
    20190203,
    20190203.0,
    "2019年2月3日",
    "2019 年 2 月 3 日",
    "２０１９．０２．０３",
    "2019/2/3  14:30",
    "2019-02-03T14:30:00",
    "2019-02-03 00:00:00.000",
    "2019年2月3日14:30",
    " 2019. 2. 3 ",
    "2019.2.3.",
    "2019—2—3",
    date(2019, 2, 3),
    datetime(2019, 2, 3, 14, 30),
    43499,
    43499.0,
    43499.604,
    "43499",
]
MONTH_SPELLINGS = [
    "2018.08",
    "2018.8",
    "201808",
    201808,
    "2018年8月",
    "2018 年 08 月",
    "2018-8",
    "2018/08",
    2018.08,
]


@pytest.mark.parametrize("value", DAY_SPELLINGS)
def test_day_in_every_spelling(value: object):
    parsed = clean_date(value)
    assert (parsed.on, parsed.precision, parsed.text) == (date(2019, 2, 3), "day", "2019-02-03")


@pytest.mark.parametrize("value", MONTH_SPELLINGS)
def test_month_in_every_spelling(value: object):
    parsed = clean_date(value)
    assert (parsed.on, parsed.precision, parsed.text) == (date(2018, 8, 1), "month", "2018.08")


@pytest.mark.parametrize(
    ("value", "month"),
    [
        (2018.01, 1),
        (2018.09, 9),
        (2018.11, 11),
        (2018.12, 12),
        ("2018.10", 10),
        ("2018.01", 1),
        ("2017.6", 6),
        (2017.6, 6),
    ],
)
def test_month_that_cannot_be_mistaken(value: object, month: int):
    assert clean_date(value).on.month == month


@pytest.mark.parametrize("value", [2018.1, "2018.1", "２０１８．１", "2018. 1"])
def test_january_or_october_is_asked_and_not_guessed(value: object):
    error = refused(clean_date, value)
    assert error.code == "DATE_INVALID"
    assert error.message == "“2018.1”分不清是 2018 年 1 月还是 10 月（按数字录入的 2018.10 会变成 2018.1）。"
    assert error.hint == "请把该列设为“文本”格式，写成 2018.01 或 2018.10。"


@pytest.mark.parametrize("value", ["2018年1月", "2018-1", "2018/1", "2018.1月"])
def test_january_with_other_signs_is_january(value: str):
    assert clean_date(value).on == date(2018, 1, 1)


def test_workbook_that_counts_from_1904():
    assert clean_date(43499 - 1462, epoch1904=True).on == date(2019, 2, 3)
    assert clean_date(43499 - 1462).on == date(2015, 2, 2)


def test_day_that_does_not_exist_is_named():
    assert refused(clean_date, "2022.2.30").message == "没有这一天：2022年2月30日（2022年2月只有 28 天）。"
    assert refused(clean_date, 20210431).message == "没有这一天：2021年4月31日（2021年4月只有 30 天）。"
    assert refused(clean_date, "2022年13月").message == "没有这个月：2022年13月。"


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "至今",
        "2018",
        "2018年",
        2018,
        2018.0,
        2018.13,
        2018.081,
        "2018 1",
        "2018122",
        "1.5",
        3,
        99999,
        6999,
        -5,
        True,
        time(0, 0),
        "1850-01-01",
        date(2101, 1, 1),
        "18.12.28",
        "2018.12.00",
        "2018-08-01至2019-01-01",
        float("nan"),
        float("inf"),
        1e300,
    ],
)
def test_other_values_are_no_dates(value: object):
    assert refused(clean_date, value).code == "DATE_INVALID"


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_date_survives_a_round_trip(on: date):
    for text in (
        format_day(on),
        on.strftime("%Y/%m/%d"),
        f"{on.year}年{on.month}月{on.day}日",
        on.strftime("%Y%m%d"),
    ):
        assert clean_date(text).on == on
    assert clean_date(format_month(on)).on == on.replace(day=1)
    assert clean_date(clean_date(format_month(on)).text).precision == "month"
