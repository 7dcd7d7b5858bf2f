"""Which rows under a header are data, and why the others are not."""

import datetime

import pytest

from reform.exchange.raw import CellFault
from reform.exchange.tables import Table, find_table
from tests.workbooks import Areas, raw_sheet

KNOWN = frozenset(
    {
        *("序号", "姓名", "性别", "身份证号", "工号", "单位", "科室", "岗位", "岗位名称", "岗位层级", "职数"),
        *("现任数", "学历", "年龄", "任职条件", "备注", "现层级", "笔试", "面试", "服从调剂", "聘期", "得分"),
    }
)
PERSON = ["姓名", "身份证号", "单位", "岗位"]
ZHU = ["朱荣", "419900196307010459", "企业服务部", "部长"]
LI = ["李鑫", "419900196909087058", "企业服务部", "科长"]
WISHES = ["序号", "姓名", "第一志愿", None, None, "第二志愿", None, None, "服从调剂"]
WISHED = [None, None, "单位", "科室", "岗位", "单位", "科室", "岗位", None]


def table_of(*rows: list[object], merges: Areas = ()) -> Table:
    table = find_table(raw_sheet(*rows, merges=merges), KNOWN.__contains__)
    assert table is not None
    return table


def numbers_of(table: Table) -> list[int]:
    return [row.number for row in table.rows]


def test_vertical_merges_are_filled_down():
    table = table_of(
        ["单位", "岗位", "职数", "备注"],
        ["甲部", "部长", 1, "统一"],
        [None, "副部长", 2, None],
        [None, None, None, None],
        ["乙部", "部长", 1, None],
        merges=[(2, 1, 4, 1), (2, 4, 3, 4)],
    )
    assert [row.cells for row in table.rows] == [
        ["甲部", "部长", 1, "统一"],
        ["甲部", "副部长", 2, "统一"],
        ["乙部", "部长", 1, None],
    ]


def test_a_horizontal_merge_gives_its_first_column_only():
    table = table_of(
        ["单位", "科室", "岗位", "职数"],
        ["甲部", None, "部长", 1],
        [None, None, "副部长", 1],
        merges=[(2, 1, 3, 2)],
    )
    assert [row.cells[:2] for row in table.rows] == [["甲部", None], ["甲部", None]]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ([None, "小计", None, None, 9], "小计行"),
        ([None, "合  计", None, None, 9], "合计行"),
        (["总计", None, None, None, "613人"], "合计行"),
        (["合计：", None, None, None, CellFault("=SUM(E2:E9)", "formula")], "合计行"),
        ([None, "甲部小计", None, None, 9], "小计行"),
        ([None, "甲部", "小计", None, 9], "小计行"),
        (["合计：共613个岗位，其中空岗12个", None, None, None, None], "合计行"),
        (["注：1.中层副职同时担任科室正职的，不另占职数。", None, None, None, None], "注释"),
        (["说明：", None, None, None, None], "注释"),
        (["备注：见方案", None, None, None, None], "注释"),
        (["填表说明", None, None, None, None], "注释"),
        (["※注1：含兼任", None, None, None, None], "注释"),
        (["本表一式三份，党群工作部、人力资源部门各存一份。", None, None, None, None], "注释"),
        (["以下空白", None, None, None, None], "注释"),
        (["（以下空白）", None, None, None, None], "注释"),
        (["本页由党群工作部填写", None, None, None, None], "注释"),
        (["共8人", None, None, None, None], "合计行"),
        ([None, "共 8 个", None, None, None], "合计行"),
        (["填表人:            审核人:            单位盖章:", None, None, None, None], "落款"),
        (["填表人：", "朱荣", None, "审核人：", "李鑫"], "落款"),
        (["单位（盖章）：", None, None, None, None], "落款"),
        (["制表日期：2022年1月", None, None, None, None], "落款"),
        ([None, None, None, "2022年1月23日", None], "落款"),
        ([None, None, None, datetime.date(2022, 1, 23), None], "落款"),
        (["一、党政机关", None, None, None, None], "标题行"),
        (["序号", "单位", "科室", "岗位名称", "职数"], "重复表头"),
        ([7, None, None, None, None], "仅有序号"),
        (["8", None, None, None, None], "仅有序号"),
    ],
)
def test_rows_that_are_no_data_are_set_aside_with_the_reason(row: list[object], reason: str):
    table = table_of(
        ["序号", "单位", "科室", "岗位名称", "职数"],
        [1, "甲部", None, "部长", 1],
        row,
        [2, "乙部", None, "部长", 1],
    )
    assert table.skipped == [(3, reason)]
    assert numbers_of(table) == [2, 4]


@pytest.mark.parametrize(
    "row",
    [
        [2, "合计划处", None, "处长", 1],
        [2, "统计局", "会计科", "总会计师", 1],
        [2, None, None, "部长", None],
        [None, "甲部", None, None, None],
        [2, "甲部", None, None, None],
        [None, "合计", "综合科", "科长", 1],
        [None, "公共事务部", None, None, 1],
        ["注", "甲部", None, "部长", 1],
        [2, "甲部", None, CellFault("#REF!", "error"), None],
    ],
)
def test_rows_that_could_be_data_are_kept(row: list[object]):
    table = table_of(["序号", "单位", "科室", "岗位名称", "职数"], [1, "甲部", None, "部长", 1], row)
    assert (numbers_of(table), table.skipped) == ([2, 3], [])


def test_blank_rows_are_left_out_without_a_word():
    table = table_of(PERSON, ZHU, [None, " ", None, None], LI)
    assert (numbers_of(table), table.skipped) == ([2, 4], [])


def test_wide_merges_are_titles_and_notes():
    long = "以上人员聘期三年，自2022年1月23日起，至2025年1月22日止。"
    table = table_of(
        PERSON, ["党政机关", None, None, None], ZHU, [long, None, None, None],
        merges=[(2, 1, 2, 4), (4, 1, 6, 4)],
    )  # fmt: skip
    assert (numbers_of(table), table.skipped) == ([3], [(2, "标题行"), (4, "注释")])


def test_lines_that_go_on_a_note_belong_to_it():
    table = table_of(PERSON, ZHU, ["注：", None], ["1.聘期三年；"], ["空岗另行补充"], ["2022年1月"], LI)
    assert [reason for _, reason in table.skipped] == ["注释", "注释", "注释", "落款"]
    assert numbers_of(table) == [2, 7]


def test_a_note_box_beside_the_table_is_not_data():
    table = table_of(
        [*PERSON, None, None],
        [*ZHU, None, "填写注意事项：…"],
        [None] * 5 + ["二、"],
        LI,
        merges=[(2, 6, 2, 9)],
    )
    assert (numbers_of(table), table.skipped) == ([2, 4], [(3, "注释")])


@pytest.mark.parametrize(
    "row",
    [
        ["必填", "必填，与系统内一致", "选填", None],
        ["必填", "18位", "必填", "下拉选择"],
        ["(必填)", None, None, None],
        [1, 2, 3, 4],
        ["（1）", "（2）", "（3）", "（4）"],
    ],
)
def test_hint_row_under_the_header_is_set_aside(row: list[object]):
    table = table_of(PERSON, row, ZHU)
    assert (numbers_of(table), table.skipped) == ([3], [(2, "提示行")])


@pytest.mark.parametrize(
    ("row", "is_sample"),
    [
        (["张三", "110101199001011234", "甲部", "部长"], True),
        (["张　三", "123456789012345678", "甲部", "部长"], True),
        (["李四", "xxxxxx", "甲部", "部长"], True),
        (["例：朱荣", None, "甲部", "部长"], True),
        (["示例", "419900196307010459", "甲部", "部长"], True),
        (["王五", "11010519491231002X", "甲部", "部长"], False),
        (["朱荣", "110101199001011234", "甲部", "部长"], False),
        (["张三", None, "甲部", "部长"], False),
    ],
)
def test_only_a_sample_person_without_a_valid_number_is_a_sample(row: list[object], is_sample: bool):
    table = table_of(PERSON, row, ZHU)
    assert table.skipped == ([(2, "示例行")] if is_sample else [])
    assert numbers_of(table) == ([3] if is_sample else [2, 3])


@pytest.mark.parametrize(("number", "is_sample"), [("00001", True), ("123456", True), ("20210034", False)])
def test_a_sample_is_known_by_its_staff_number_where_there_is_no_id_number(number: str, is_sample: bool):
    table = table_of(["工号", "姓名", "单位"], [number, "张三", "甲部"])
    assert table.skipped == ([(2, "示例行")] if is_sample else [])


def test_a_sample_name_among_the_data_is_a_person():
    table = table_of(PERSON, ZHU, ["张三", "110101199001011234", "甲部", "部长"])
    assert (numbers_of(table), table.skipped) == ([2, 3], [])


def test_second_row_of_a_repeated_header_is_set_aside_too():
    merges = [(1, 3, 1, 5), (1, 6, 1, 8)]
    data: list[object] = [1, "张勇", "甲部", "一科", "科长", "乙部", None, "副部长", "是"]
    table = table_of(WISHES, WISHED, data, WISHES, WISHED, data, merges=merges)
    assert (numbers_of(table), table.skipped) == ([3, 6], [(4, "重复表头"), (5, "重复表头")])
