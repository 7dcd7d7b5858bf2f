"""年度考核 as offices write it: years as headers, and text whose years are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reform.errors import CellError
from reform.exchange.grades import GRADE_OF, GradeWidget, grades_in, header_year, years_named


@pytest.mark.parametrize(
    ("text", "years", "found"),
    [
        ("2019优秀、2020称职、2021称职", (), {2019: "A", 2020: "B", 2021: "B"}),
        ("2019年度：优秀；2020年度：基本称职；2021年度：不合格", (), {2019: "A", 2020: "C", 2021: "D"}),
        ("2019年考核优秀 2020年未定等次", (), {2019: "A", 2020: "N"}),
        ("优秀,称职,称职", (2019, 2020, 2021), {2019: "A", 2020: "B", 2021: "B"}),
        ("优秀,称职,称职", (), {}),
        ("优秀、称职", (2019, 2020, 2021), {}),
        ("2019优秀、2019称职", (), {}),
        ("2019优秀、2020称职（因病）", (), {}),
        ("三年均为称职", (2019, 2020, 2021), {}),
        ("2019优秀，其余称职", (), {}),
        ("", (2019,), {}),
    ],
)
def test_only_text_that_leaves_nothing_open_is_read(text, years, found):
    assert grades_in(text, years) == found


@pytest.mark.parametrize(
    ("header", "year"),
    [
        ("2018年", 2018),
        ("2018", 2018),
        (" 2018 年度考核结果", 2018),
        ("2018年度等次", 2018),
        ("2018年收入", None),
        ("近三年考核", None),
    ],
)
def test_a_year_as_header(header, year):
    assert header_year(header) == year


@pytest.mark.parametrize(
    ("header", "years"),
    [
        ("近三年考核（2019-2021）", [2019, 2020, 2021]),
        ("近三年考核结果（2021年至2019年）", [2021, 2020, 2019]),
        ("2021、2020、2019年度考核结果", [2021, 2020, 2019]),
        ("近三年考核", []),
    ],
)
def test_years_that_a_header_names(header, years):
    assert years_named(header) == years


def test_a_word_that_is_no_grade_is_told_with_those_that_are():
    with pytest.raises(CellError) as caught:
        GradeWidget().clean("良好")
    assert (caught.value.code, caught.value.hint) == (
        "GRADE_UNKNOWN",
        "可填：优秀、称职、基本称职、不称职、不定等次。",
    )


@given(st.dictionaries(st.integers(2010, 2030), st.sampled_from(sorted(GRADE_OF)), min_size=1, max_size=4))
def test_what_is_written_year_by_year_is_read_back(said: dict[int, str]):
    text = "、".join(f"{year}{word}" for year, word in said.items())
    assert grades_in(text) == {year: GRADE_OF[word] for year, word in said.items()}
