"""Figures in words."""

from datetime import date

import pytest

from reports.words import day_word, deadline_words, join_levels, most_at, moves_finding, number_word

LEVELS = ("中层正职", "中层副职", "科室正职", "科室副职", "一般主办")


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((0, 0, 0, 0, 0), ("", False)),
        ((0, 0, 3, 0, 0), ("科室正职", True)),
        ((2, 4, 6, 8, 0), ("科室正副职", False)),
        ((0, 1, 3, 3, 10), ("一般主办", False)),
        ((0, 0, 0, 3, 3), ("科室副职", False)),
        ((2, 1, 2, 1, 2), ("", False)),
        ((5, 4, 0, 0, 2), ("中层正副职", False)),
    ],
)
def test_most_are_said_to_be_where_half_of_them_are(numbers, expected):
    assert most_at(list(zip(LEVELS, numbers, strict=True))) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("科室正职", "科室副职", "科室正副职"),
        ("科室副职", "一般主办", "科室副职和一般主办"),
        ("中层副职", "科室正职", "中层副职和科室正职"),
        ("一级", "二级", "一级和二级"),
    ],
)
def test_head_and_deputy_are_spoken_of_together(first, second, expected):
    assert join_levels(first, second) == expected


@pytest.mark.parametrize(
    ("rises", "falls", "expected"),
    [
        ((0, 0, 0, 0, 0), (0, 0, 0, 0, 0), "没有提拔，也没有降职"),
        ((0, 0, 0, 2, 0), (0, 0, 0, 0, 0), "提拔都在科室副职，没有降职"),
        ((2, 4, 6, 8, 0), (0, 1, 3, 3, 10), "提拔多在科室正副职，降职多到一般主办"),
        ((2, 1, 2, 1, 2), (0, 0, 0, 0, 1), "提拔分布在5个层级，降职都到一般主办"),
    ],
)
def test_heading_of_the_table_is_a_finding(rises, falls, expected):
    pairs = [list(zip(LEVELS, numbers, strict=True)) for numbers in (rises, falls)]
    assert moves_finding(*pairs, ("在", "到")) == expected


def test_days_and_numbers_read_as_in_a_document():
    assert day_word(date(2022, 1, 9)) == "2022年1月9日"
    assert day_word(date(2022, 1, 23), date(2022, 1, 9)) == "1月23日"
    assert day_word(date(2022, 1, 3), date(2021, 12, 20)) == "2022年1月3日"
    assert [number_word(number) for number in (1, 2, 8, 12)] == ["一", "两", "八", "12"]


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (date(2022, 1, 23), "比3月31日的期限提前67天"),
        (date(2022, 4, 2), "比3月31日的期限晚2天"),
        (date(2022, 3, 31), "正好在3月31日的期限完成"),
    ],
)
def test_deadline_is_compared_with_the_day_of_completion(done, expected):
    assert deadline_words(date(2022, 3, 31), done) == expected
