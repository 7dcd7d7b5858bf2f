"""Other zones' workbooks: other titles, header rows, orders, words and habits, and always the same
figures."""

import datetime
import random

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from appointments.models import Appointment
from tests.import_cast import (
    POSITION_LAYOUT,
    RESULT_LAYOUT,
    ROSTER_LAYOUT,
    SUMMARY,
    Office,
    figures,
    people,
    posts,
    sheet,
    summary,
)
from tests.workbooks import make_xls, make_xlsx, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def accepted(run, code="2022"):
    """The import went in whole and came to the cast's figures."""
    assert run.status == 0, run.errors
    assert figures(code) == SUMMARY


def one_sheet(rows, merges=()):
    return make_xlsx({"Sheet1": rows}, {"Sheet1": list(merges)})


def padded(name):
    """张三 as printed lists have it."""
    return f"{name[0]}　{name[1]}" if len(name) == 2 else name


def test_public_notice_of_another_zone(office):
    layout = {
        **{"序\n号": "number", "姓  名*": "name", "居民身份证号码": "id", "拟聘单位": "unit"},
        **{"拟聘科室": "section", "拟聘岗位": "title", "岗位级别：": "level", "聘期": "term"},
    }
    records = [one | {"term": "三年", "name": padded(one["name"])} for one in people()]
    title = "××经开区2023年度全员竞聘上岗结果公示表"
    notice = one_sheet(sheet(layout, records, title, "公示时间：2023年5月8日至2023年5月14日"))
    run = office.bring_all("--effective", "2023-06-01", results=notice)
    assert run.facts["round"] == "2023"
    accepted(run, "2023")
    assert summary("2023")["effective"] == "2023-06-01"


def test_header_in_the_very_first_row_and_no_title(office):
    run = office.bring_all(
        "--round",
        "2022",
        positions=one_sheet(sheet(POSITION_LAYOUT, posts())),
        roster=one_sheet(sheet(ROSTER_LAYOUT, people())),
        results=one_sheet(sheet(RESULT_LAYOUT, people())),
    )
    assert [file["header_rows"] for file in run.facts["files"]] == [[1], [1], [1]]
    accepted(run)
    assert summary()["effective"] == "2022-01-23"


def test_header_in_row_five_below_an_appendix_mark_and_sub_lines(office):
    above = [["附件2"], ["试验区2022年全员聘任结果汇总表"], ["填报单位：组织人事部"], []]
    run = office.bring_all(results=one_sheet([*above, *sheet(RESULT_LAYOUT, people())]))
    assert run.facts["files"][2]["header_rows"] == [5]
    accepted(run)


@pytest.mark.parametrize("merged", [True, False], ids=["merged", "not merged"])
def test_two_header_rows_with_groups(office, merged):
    head = [
        ["序号", "姓名", "公民身份号码", "拟聘情况", None, None, None, "聘期", None],
        [None, None, None, "单位", "科室", "岗位", "层级", "起始时间", "年限"],
    ]
    rows = [[one[key] for key in RESULT_LAYOUT.values()] for one in people()]
    merges = ["A2:A3", "B2:B3", "C2:C3", "D2:G2", "H2:I2"] if merged else []
    run = office.bring_all(results=one_sheet([["试验区2022年全员聘任结果"], *head, *rows], merges))
    assert run.facts["files"][2]["header_rows"] == [2, 3]
    accepted(run)


def test_three_header_rows(office):
    head = [
        ["序号", "单位", "科室", "岗位设置", None, None, "任职条件", None],
        [None, None, None, "岗位名称", "岗位层级", "职数", "基本条件", None],
        [None, None, None, None, None, None, "学历", "年龄(周岁)"],
    ]
    rows = [[one.get(key) for key in POSITION_LAYOUT.values()] + ["本科", "50"] for one in posts()]
    merges = ["A2:A4", "B2:B4", "C2:C4", "D2:F2", "D3:D4", "E3:E4", "F3:F4", "G2:H2", "G3:H3"]
    run = office.bring_all(positions=one_sheet([["试验区2022年岗位设置表"], *head, *rows], merges))
    assert run.facts["files"][0]["header_rows"] == [2, 3, 4]
    accepted(run)


def test_former_and_new_post_side_by_side_in_a_sheet_of_results(office):
    head = [
        ["序号", "姓名", "身份证号", "原任职情况", None, None, "聘任情况", None, None, None],
        [None, None, None, "单位", "科室", "职务", "单位", "科室", "岗位", "层级"],
    ]
    keys = [
        "number",
        "name",
        "id",
        "old_unit",
        "old_section",
        "old_title",
        "unit",
        "section",
        "title",
        "level",
    ]
    rows = [[one[key] for key in keys] for one in people()]
    merges = ["A3:A4", "B3:B4", "C3:C4", "D3:F3", "G3:J3"]
    title = [["试验区2022年全员聘任结果汇总表"], ["2022年1月23日"]]
    accepted(office.bring_all(results=one_sheet([*title, *head, *rows], merges)))


def test_columns_in_any_order(office):
    keys = list(RESULT_LAYOUT.items())
    random.Random(3).shuffle(keys)
    accepted(office.bring_all(results=one_sheet(sheet(dict(keys), people(), "2022年聘任结果"))))


def test_words_of_other_offices(office):
    roster = {
        **{"工号": "staff_no", "姓 名": "name", "身份证": "id", "所在单位": "old_unit"},
        **{"内设机构": "old_section", "现任职务": "old_title", "现层级": "old_level", "编制类别": "identity"},
    }
    positions = {
        **{"序号": "number", "用人\n单位": "unit", "内设机构": "section", "岗 位": "title"},
        **{"岗位级别": "level", "核定职数": "headcount"},
    }
    results = {
        **{"姓名": "name", "公民身份号码": "id", "拟聘用单位": "unit", "拟聘用科室": "section"},
        **{"拟聘用岗位": "title", "聘用级别": "level"},
    }
    records = [one | {"staff_no": f"00{one['number']}", "identity": "事业编制"} for one in people()]
    run = office.bring_all(
        "--effective",
        "2022-01-23",
        positions=one_sheet(sheet(positions, posts(), "岗位职数表")),
        roster=one_sheet(sheet(roster, records, "全体在职人员一览")),
        results=one_sheet(sheet(results, records, "聘用人员名单")),
    )
    accepted(run)
    assert sorted(run.warnings) == ["CAPS_EXCEEDED", "KICKOFF_ASSUMED"]


def test_department_beside_the_unit_is_the_section(office):
    layout = {
        **{"姓名": "name", "身份证号": "id", "拟聘单位": "unit", "拟聘部门": "section"},
        **{"拟聘岗位": "title", "聘期(年)": "term"},
    }
    accepted(office.bring_all(results=one_sheet(sheet(layout, people(), "拟聘人员", "2022年1月23日"))))


def test_department_alone_is_the_unit(office):
    layout = {
        **{"姓名": "name", "身份证号": "id", "拟聘部门": "unit", "拟聘科室": "section", "拟聘岗位": "title"},
    }
    accepted(office.bring_all(results=one_sheet(sheet(layout, people(), "拟聘人员", "2022年1月23日"))))


def test_merged_unit_and_section_cells_with_subtotals_notes_and_signatures(office):
    rows = [["试验区2022年岗位设置一览表"], ["单位：个"], [*POSITION_LAYOUT, "备注"]]
    merges = []
    for unit in dict.fromkeys(one["unit"] for one in posts()):
        own = [one for one in posts() if one["unit"] == unit]
        first = len(rows) + 1
        section = first + sum(1 for one in own if not one["section"])
        for number, one in enumerate(own):
            row = [one.get(key) for key in POSITION_LAYOUT.values()]
            row[1] = unit if number == 0 else None
            row[2] = one["section"] if first + number == section else None
            rows.append(row)
        last = len(rows)
        merges += [f"B{first}:B{last}"] if last > first else []
        merges += [f"C{section}:C{last}"] if last > section else []
        rows.append([None, None, "小 计", None, None, sum(one["headcount"] for one in own)])
    rows += [[None, "合  计", None, None, None, 10], ["注：职数以批复为准。"], ["填表人：", None, "审核人："]]
    run = office.bring_all(positions=one_sheet(rows, merges))
    accepted(run)
    why = [one["why"] for one in run.facts["files"][0]["skipped"]]
    assert why == ["小计行", "小计行", "小计行", "小计行", "合计行", "注释", "落款"]


def test_sample_row_hint_row_and_notes_box_are_set_aside(office):
    head = list(RESULT_LAYOUT)
    hint = ["必填", "必填", "必填，18位", "必填", "选填", "必填", "必填", "必填", "必填"]
    sample = [0, "张三", "410000000000000000", "招商局", None, "局长", "中层正职", "2022-01-23", 3]
    rows = [[one[key] for key in RESULT_LAYOUT.values()] for one in people()]
    notes = [["填写注意事项：1.不得改动表头。2.身份证号为文本格式。"], ["3.日期写成2022-01-23。"]]
    title = [["试验区2022年全员聘任结果汇总表"]]
    run = office.bring_all(results=one_sheet([*title, head, hint, sample, *rows, *notes]))
    accepted(run)
    why = [one["why"] for one in run.facts["files"][2]["skipped"]]
    assert why == ["提示行", "示例行", "注释", "注释"]


def test_old_excel_format(office):
    rows = sheet(RESULT_LAYOUT, people(), "试验区2022年全员聘任结果汇总表", "2022年1月23日")
    run = office.bring_all(
        positions=make_xls({"岗位": sheet(POSITION_LAYOUT, posts(), "2022年岗位设置表")}),
        roster=make_xls({"名册": sheet(ROSTER_LAYOUT, people(), "花名册")}),
        results=make_xls({"结果": rows}),
    )
    accepted(run)


def test_everything_in_one_workbook_with_a_cover(office):
    book = {
        "封面": [["试验区"], ["全员聘任材料汇编"], ["二〇二二年一月"]],
        "填写说明": [["一、请按岗位设置表填写。"], ["二、身份证号为文本格式。"]],
        "结果": sheet(RESULT_LAYOUT, people(), "试验区2022年全员聘任结果汇总表", "2022年1月23日"),
        "岗位": sheet(POSITION_LAYOUT, posts(), "试验区2022年岗位设置表"),
        "人员": sheet(ROSTER_LAYOUT, people(), "试验区改革前花名册"),
    }
    run = office.bring({"全部.xlsx": make_xlsx(book)})
    assert run.kinds() == ["other", "other", "appointments", "positions", "roster"]
    accepted(run)


def test_numbers_and_dates_as_offices_type_them(office):
    dates = [
        *("2022-01-23", "2022.1.23", "2022/1/23", "20220123", "2022年1月23日"),
        *(datetime.date(2022, 1, 23), datetime.datetime(2022, 1, 23, 9, 30), 44584),
    ]
    terms = [3, "3", "3年", "三年", "３", "36个月", 3.0, " 3 年"]
    full_width = str.maketrans("0123456789", "０１２３４５６７８９")
    records = [
        one | {"starts": starts, "term": term, "id": f" {one['id'][:6]} {one['id'][6:].lower()}\n"}
        for one, starts, term in zip(people(), dates, terms, strict=True)
    ]
    records[1]["id"] = records[1]["id"].strip().translate(full_width)
    rows = sheet(RESULT_LAYOUT, records, "试验区2022年全员聘任结果汇总表")
    heads = posts()
    heads[4]["headcount"] = "３人"
    accepted(
        office.bring_all(
            positions=one_sheet(sheet(POSITION_LAYOUT, heads, "试验区2022年岗位设置")),
            results=one_sheet(rows),
        )
    )


def test_results_that_repeat_half_the_roster_are_results(office):
    layout = {
        **{"序号": "number", "姓名": "name", "性别": "sex", "出生年月": "birth", "身份证号": "id"},
        **{"原单位": "old_unit", "原岗位": "old_title", "原层级": "old_level", "拟聘单位": "unit"},
        **{"拟聘科室": "section", "拟聘岗位": "title", "拟聘层级": "level"},
    }
    run = office.bring_all(
        "--effective", "2022-01-23", results=one_sheet(sheet(layout, people(), "干部名册"))
    )
    assert run.facts["files"][2]["kind"] == "appointments"
    accepted(run)


def test_old_excel_format_with_merged_cells(office):
    rows = [["试验区2022年岗位设置"], list(POSITION_LAYOUT)]
    rows += [[one.get(key) for key in POSITION_LAYOUT.values()] for one in posts()]
    for row, column in ((4, 1), (5, 1), (6, 1), (9, 1), (5, 2), (6, 2)):
        rows[row][column] = None
    merges = [(4, 2, 7, 2), (9, 2, 10, 2), (5, 3, 7, 3)]
    accepted(office.bring_all(positions=make_xls({"岗位": rows}, {"岗位": merges})))


def test_hints_and_marks_inside_the_headers(office):
    layout = {
        **{"姓名（必填）": "name", "身份证号码（18位，文本）": "id", "聘任单位*": "unit"},
        **{"聘任科室（没有的不填）": "section", "聘任岗位★": "title", "岗位层级【下拉】": "level"},
        **{"聘任起始时间（如2022-01-23）": "starts", "聘期（年）": "term"},
    }
    run = office.bring_all(results=one_sheet(sheet(layout, people(), "2022年聘任结果")))
    accepted(run)
    assert sorted(run.warnings) == ["CAPS_EXCEEDED", "KICKOFF_ASSUMED"]


def test_blank_columns_and_rows_between(office):
    rows = [[None, *(cell for one in row for cell in (one, None))] for row in sheet(RESULT_LAYOUT, people())]
    rows[3:3] = [[]]
    rows[6:6] = [[], []]
    accepted(office.bring_all(results=one_sheet([["2022年聘任结果"], *rows])))


def test_content_under_no_header_and_a_hidden_sheet_are_told(office):
    rows = sheet(RESULT_LAYOUT, people(), "2022年聘任结果")
    rows[4] += ["拟任新职"]
    run = office.bring_all(results=make_xlsx({"封面": [["2022年聘任"]], "结果": rows}, hidden=["结果"]))
    accepted(run)
    told = [one for one in run.findings if one["code"] in ("COLUMN_UNKNOWN", "SHEET_HIDDEN")]
    assert [(one["sheet"], one["cell"], one["value"], one["message"]) for one in told] == [
        ("结果", None, "", "这是隐藏的工作表，其中的内容也会导入。"),
        ("结果", "J5", "拟任新职", "J列没有表头，从第5行起的内容已忽略。"),
    ]


def test_day_numbers_of_a_workbook_that_counts_from_1904(office):
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    for row in sheet(RESULT_LAYOUT, [one | {"starts": 43122} for one in people()], "2022年聘任结果"):
        book.active.append(row)
    accepted(office.bring_all(results=saved(book)))
    assert set(Appointment.objects.values_list("starts_on", flat=True)) == {datetime.date(2022, 1, 23)}


def test_shortest_lists_that_an_office_may_send(office):
    positions = {
        **{"单位": "unit", "内设机构": "section", "职位名称": "title", "职务层次": "level"},
        **{"岗位数": "headcount"},
    }
    roster = {
        **{"姓名": "name", "性别": "sex", "身份证号码": "id", "现工作单位": "old_unit"},
        **{"所在科室": "old_section", "现任职务": "old_title", "职务层级": "old_level"},
    }
    results = {
        **{"姓名": "name", "身份证号": "id", "部门": "unit", "科室": "section", "职务": "title"},
        **{"任职时间": "starts"},
    }
    run = office.bring_all(
        positions=one_sheet(sheet(positions, posts(), "2022年岗位设置方案")),
        roster=one_sheet(sheet(roster, people(), "名单")),
        results=one_sheet(sheet(results, people(), "2022年竞聘上岗人员名单")),
    )
    accepted(run)
