"""Which cycle the lines above a sheet name."""

import pytest

from kpi.sheet_periods import said_cycle


@pytest.mark.parametrize(
    ("title", "line", "code"),
    [
        ("高新区2021年度KPI指标完成情况表", "考核周期:2021年1月1日至2021年12月31日", "2021"),
        ("完成情况表", "考核周期：2021.1.1-2021.12.31", "2021"),
        ("完成情况表", "考核周期:2021-01-01至2021-03-31", "2021Q1"),
        ("完成情况表", "考核年度：2021", "2021"),
        ("完成情况表", "（2021年1月—12月）", "2021"),
        ("完成情况表", "2021年10-12月", "2021Q4"),
        ("完成情况表", "考核周期:2021Q3", "2021Q3"),
        ("完成情况表", "2021年第2季度", "2021Q2"),
        ("完成情况表", "2021-03", "2021-03"),
        ("完成情况表", "考核期间：2021年2月1日至28日", "2021-02"),
        ("2022年第二季度部门得分", "填报日期：2022年7月1日", "2022Q2"),
        ("2022年3月份得分", "单位：分", "2022-03"),
        ("2021年度得分", "个人得分=KPI得分×60%+民主测评得分×40%", "2021"),
    ],
)
def test_line_decides_before_the_title(title, line, code):
    said = said_cycle(title, [line])
    assert said is not None
    assert said.code == code


@pytest.mark.parametrize(
    "line", ["考核周期：2021年上半年", "考核周期：2021年1月1日至2022年12月31日", "考核周期：2021年2月至5月"]
)
def test_period_that_is_no_cycle_is_told_as_it_stands(line):
    said = said_cycle("2021年度得分", [line])
    assert said is not None
    assert (said.code, said.text) == ("", line)


def test_title_with_two_years_names_no_cycle():
    said = said_cycle("2021-2022年度考核得分", [])
    assert said is not None
    assert said.code == ""


def test_sheet_that_says_nothing_has_no_cycle():
    assert said_cycle("考核得分表", ["2022年1月10日", "填报单位：考核办"]) is None
