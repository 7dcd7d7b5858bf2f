"""Blanks, text, titles and the nearest title: domain.md §8, headers.md "Layout habits"."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reform.exchange.cells import clean_text, clean_title, is_blank, nearest, title_key


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        " ",
        "\u3000",
        "\xa0",
        "\n",
        "-",
        "--",
        "—",
        "——",
        "无",
        "/",
        " 无 ",
        "（无）",
        float("nan"),
        "\u200b",
    ],
)
def test_blank_is_recognised(value: object):
    assert is_blank(value)


@pytest.mark.parametrize("value", [0, 0.0, False, "0", "无锡", "是", "a", "x" * 100])
def test_value_is_not_blank(value: object):
    assert not is_blank(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        ("\u3000综合科\xa0", "综合科"),
        ("出生\n年月", "出生年月"),
        ("出生_x000D_\r\n年月", "出生年月"),
        ("e\u0301", "é"),
        ("010200", "010200"),
        (3, "3"),
        (3.0, "3"),
        (34.41, "34.41"),
        (0.1 + 0.2, "0.3"),
        (15034378737.0, "15034378737"),
        (Decimal("2.50"), "2.5"),
        (Decimal("100"), "100"),
        (date(2022, 1, 23), "2022-01-23"),
        (datetime(2022, 1, 23), "2022-01-23"),
        (datetime(2022, 1, 23, 14, 30), "2022-01-23 14:30:00"),
        (float("inf"), ""),
    ],
)
def test_text_of_a_cell(value: object, expected: str):
    assert clean_text(value) == expected


@given(st.text())
def test_cleaning_text_and_titles_twice_changes_nothing(text: str):
    assert clean_text(clean_text(text)) == clean_text(text)
    assert clean_title(clean_title(text)) == clean_title(text)
    assert title_key(title_key(text)) == title_key(text)


@given(st.text())
def test_cleaning_a_title_keeps_its_key(text: str):
    if not is_blank(text):
        assert title_key(clean_title(text)) == title_key(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("单  位", "单位"),
        ("专　职", "专职"),
        ("部务督导（正职）", "部务督导（正职）"),
        ("副主任 3", "副主任3"),
        ("IT  Support 部", "IT Support部"),
        ("-", ""),
        (None, ""),
    ],
)
def test_title_is_cleaned(value: object, expected: str):
    assert clean_title(value) == expected


def test_title_key_ignores_width_of_brackets_and_blanks():
    keys = {
        title_key(text)
        for text in ("部务督导（正职）", "部务督导(正职)", "部务督导 〔正职〕", "部务督导【正 职】")
    }
    assert keys == {"部务督导(正职)"}


UNITS = [
    "高新投资发展集团有限公司",
    "高新城市建设开发有限公司",
    "经济发展部",
    "经济运行部",
    "科技创新部",
    "综合办公室",
]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("高新投资发展集团", "高新投资发展集团有限公司"),
        ("高新投资", "高新投资发展集团有限公司"),
        ("经济发展局", "经济发展部"),
        ("经济 发展部", "经济发展部"),
        ("党群综合办公室", "综合办公室"),
        ("高新", None),
        ("卫生院", None),
        ("", None),
    ],
)
def test_nearest_existing_name(word: str, expected: str | None):
    assert nearest(word, UNITS) == expected


@given(st.permutations(UNITS), st.text("高新投资发展经济部科技综合", max_size=8))
def test_order_of_candidates_changes_nothing(candidates: list[str], word: str):
    assert nearest(word, candidates) == nearest(word, UNITS)
