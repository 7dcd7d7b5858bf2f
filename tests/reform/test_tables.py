"""Where the header of a table is, and what its columns are called."""

import datetime

import pytest

from reform.exchange.raw import ANNOTATION_HEADER, RawSheet
from reform.exchange.tables import Table, bare_header_key, find_table, header_key
from tests.workbooks import Areas, raw_sheet

KNOWN = frozenset(
    {
        *("序号", "姓名", "性别", "身份证号", "工号", "单位", "科室", "岗位", "岗位名称", "岗位层级", "职数"),
        *("现任数", "学历", "年龄", "任职条件", "备注", "现层级", "笔试", "面试", "服从调剂", "聘期", "得分"),
    }
)
PERSON = ["姓名", "身份证号", "单位", "岗位"]
ZHU = ["朱荣", "419900196307010459", "企业服务部", "部长"]


def table_of(*rows: list[object], merges: Areas = ()) -> Table:
    table = find_table(raw_sheet(*rows, merges=merges), KNOWN.__contains__)
    assert table is not None
    return table


def headers_of(table: Table) -> list[str]:
    return [header.text for header in table.headers]


def numbers_of(table: Table) -> list[int]:
    return [row.number for row in table.rows]


# --- keys


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("姓  名", "姓名"),
        ("姓　名*", "姓名"),
        ("出生\n年月", "出生年月"),
        ("＊身份证号：", "身份证号"),
        ("聘期（年）", "聘期(年)"),
        ("ＫＰＩ得分", "KPI得分"),
        ("单位\u200b", "单位"),
    ],
)
def test_header_key_leaves_out_what_has_no_meaning(text: str, key: str):
    assert header_key(text) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("年龄(周岁)", "年龄"),
        ("人员类别[M]", "人员类别"),
        ("职数（名）*", "职数"),
        ("聘期【三年（含）】", "聘期"),
        ("（兼职1）", "(兼职1)"),
        ("姓名", "姓名"),
    ],
)
def test_bare_header_key_leaves_out_brackets(text: str, key: str):
    assert bare_header_key(text) == key


# --- the header


def test_header_in_the_first_row():
    table = table_of(PERSON, ZHU)
    assert (table.title, table.preface, table.header_rows) == ("", [], [1])
    assert headers_of(table) == PERSON
    assert table.rows[0].cells == ZHU


def test_title_and_lines_above_the_header():
    table = table_of(
        ["附件2"],
        ["高新区2022年全员聘任\n结果汇总表"],
        ["填报单位：党群工作部", None, "填报日期:", datetime.date(2022, 1, 10)],
        ["笔试35%、面试25%"],
        PERSON,
        ZHU,
        merges=[(2, 1, 2, 4), (4, 1, 4, 4)],
    )
    assert table.title == "高新区2022年全员聘任结果汇总表"
    assert table.preface == ["附件2", "填报单位：党群工作部 填报日期: 2022-01-10", "笔试35%、面试25%"]
    assert table.header_rows == [5]
    assert numbers_of(table) == [6]


def test_a_title_that_holds_known_words_is_no_header():
    table = table_of(["单位", "岗位", "聘任名单"], ["序号", *PERSON], [1, *ZHU])
    assert table.header_rows == [2]
    assert table.title == "单位 岗位 聘任名单"


def test_two_header_rows_with_merges_read_as_upper_and_lower():
    table = table_of(
        ["岗位设置表"],
        ["序号", "单位", "岗位名称", "任职条件", None, None, "备注"],
        [None, None, None, "学历", "年龄(周岁)", "任下一层级\n年限", None],
        [1, "党群工作部", "部长", "本科", "不超过50", 3, None],
        merges=[(1, 1, 1, 7), (2, 1, 3, 1), (2, 2, 3, 2), (2, 3, 3, 3), (2, 4, 2, 6), (2, 7, 3, 7)],
    )
    assert headers_of(table) == [
        "序号",
        "单位",
        "岗位名称",
        "任职条件/学历",
        "任职条件/年龄(周岁)",
        "任职条件/任下一层级年限",
        "备注",
    ]
    assert (table.headers[4].upper, table.headers[4].lower, table.headers[4].index) == (
        "任职条件",
        "年龄(周岁)",
        4,
    )
    assert (table.headers[0].upper, table.headers[0].lower) == ("", "序号")
    assert table.header_rows == [2, 3]
    assert numbers_of(table) == [4]


WISHES = ["序号", "姓名", "第一志愿", None, None, "第二志愿", None, None, "服从调剂"]
WISHED = [None, None, "单位", "科室", "岗位", "单位", "科室", "岗位", None]
WISHED_HEADERS = [
    "序号",
    "姓名",
    *(f"第{n}志愿/{what}" for n in "一二" for what in ("单位", "科室", "岗位")),
    "服从调剂",
]


@pytest.mark.parametrize(
    "merges",
    [
        [],
        [(1, 3, 1, 5), (1, 6, 1, 8)],
        [(1, 1, 2, 1), (1, 2, 2, 2), (1, 9, 2, 9)],
        [(1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 5), (1, 6, 1, 8), (1, 9, 2, 9)],
    ],
    ids=["not merged", "groups merged", "columns merged", "all merged"],
)
def test_second_header_row_is_found_with_and_without_merges(merges: Areas):
    table = table_of(
        WISHES, WISHED, [1, "张勇", "甲部", "一科", "科长", "乙部", None, "副部长", "是"], merges=merges
    )
    assert headers_of(table) == WISHED_HEADERS
    assert table.header_rows == [1, 2]
    assert numbers_of(table) == [3]


def test_groups_over_a_full_second_row():
    table = table_of(
        ["基本情况", None, "岗位情况", None],
        ["姓名", "身份证号", "单位", "岗位"],
        ZHU,
        merges=[(1, 1, 1, 2), (1, 3, 1, 4)],
    )
    assert headers_of(table) == ["基本情况/姓名", "基本情况/身份证号", "岗位情况/单位", "岗位情况/岗位"]


def test_three_header_rows():
    table = table_of(
        ["单位", "正处级干部", None, None, "备注"],
        [None, "职数", "现任情况", None, None],
        [None, None, "现任数", "姓名", None],
        ["党群工作部", 3, 1, "朱荣", None],
        merges=[(1, 1, 3, 1), (1, 2, 1, 4), (2, 2, 3, 2), (2, 3, 2, 4), (1, 5, 3, 5)],
    )
    assert headers_of(table) == [
        "单位",
        "正处级干部/职数",
        "正处级干部/现任情况/现任数",
        "正处级干部/现任情况/姓名",
        "备注",
    ]
    assert table.headers[2].upper == "正处级干部/现任情况"
    assert numbers_of(table) == [4]


def test_first_data_row_of_text_is_not_taken_for_a_header():
    table = table_of(["姓名", "单位", "岗位", None], ["朱荣", "企业服务部", "部长", "兼"])
    assert table.header_rows == [1]
    assert numbers_of(table) == [2]


def test_a_line_about_the_sheet_is_not_taken_for_a_header():
    table = table_of(["单位：", "党群工作部", None, "填报日期：2022年1月"], PERSON, ZHU)
    assert table.header_rows == [2]


def test_years_as_numbers_are_headers():
    assert headers_of(
        table_of(["姓名", "单位", "岗位", 2020, 2021], ["朱荣", "甲", "乙", "优秀", "合格"])
    ) == [
        "姓名",
        "单位",
        "岗位",
        "2020",
        "2021",
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [["填写说明"], ["一、姓名填写全名"]],
        [["姓名", "朱荣", "某某", "某某", "某某"]],
        [["姓名", "单位", "甲", "乙", "丙"]],
        [*([["说明"]] * 10), PERSON],
    ],
)
def test_a_sheet_without_header_in_its_first_ten_rows_is_no_table(rows: list[list[object]]):
    assert find_table(raw_sheet(*rows), KNOWN.__contains__) is None


def test_an_empty_sheet_is_no_table():
    assert find_table(RawSheet("空", [], [], True), KNOWN.__contains__) is None


def test_our_own_column_is_left_out():
    table = table_of([*PERSON, ANNOTATION_HEADER], [*ZHU, "身份证号：校验码错误"], [None] * 4 + ["旧"])
    assert headers_of(table) == PERSON
    assert table.rows[0].cells == [*ZHU, None]
    assert numbers_of(table) == [2]
    assert table.skipped == []
