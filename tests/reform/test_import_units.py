"""机构员额表: chains of 上级单位 in any order, sections, renaming, mergers, and what makes no tree."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reform.models import Unit, UnitLineage
from tests.import_cast import SUMMARY, Office, figures, positions, posts, roster, summary, table_sizes
from tests.workbooks import make_xlsx

pytestmark = pytest.mark.django_db

HEADERS = [
    "单位编码",
    "单位名称",
    "上级单位",
    "类型",
    "员额核定数",
    "正职职数",
    "副职职数",
    "成立日期",
    "文号",
]


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def units(*rows, more=()):
    return {"u.xlsx": make_xlsx({"机构": [["试验区2022年机构员额表"], [*HEADERS, *more], *map(list, rows)]})}


def tree():
    return {(one.code, one.name, one.parent and one.parent.name, one.kind) for one in Unit.objects.all()}


def told(run):
    return [(one["code"], one["cell"]) for one in run.errors]


def test_children_may_stand_before_their_parents_and_sections_may_have_the_same_name(office):
    run = office.bring(
        units(
            ["", "综合科", "招商局", "科室", 3],
            ["02", "招商局", "党工委管委会", "部门", 10, 1, 2, "2019.1.1"],
            ["", "党工委管委会", "", "", 9],
            ["", "综合科", "经济局"],
            ["", "经济局", "党工委管委会"],
            ["", "建设集团"],
            ["", "城建公司", "建设集团"],
        )
    )
    assert run.status == 0, run.errors
    assert run.counts("units") == (7, 0, 0)
    assert tree() == {
        ("01", "党工委管委会", None, "COMMITTEE"),
        ("02", "招商局", "党工委管委会", "DEPT"),
        ("0101", "经济局", "党工委管委会", "DEPT"),
        ("0201", "综合科", "招商局", "SECTION"),
        ("010101", "综合科", "经济局", "SECTION"),
        ("03", "建设集团", None, "SOE"),
        ("0301", "城建公司", "建设集团", "SOE_SUB"),
    }


def test_same_table_twice_changes_nothing_with_or_without_codes(office):
    files = units(["", "综合科", "招商局"], ["", "招商局", "党工委管委会"], ["", "党工委管委会"])
    office.bring(files)
    before = table_sizes()
    run = office.bring(files)
    assert (run.status, run.facts["written"], run.counts("units")) == (0, False, (0, 0, 3))
    assert table_sizes() == before


def test_units_before_the_positions_are_the_units_of_the_positions(office):
    office.bring(units(["A2", "招商局", "党工委管委会"], ["A1", "党工委管委会"], ["A5", "综合科", "招商局"]))
    assert office.bring_all().status == 0
    assert Unit.objects.filter(name="招商局").count() == Unit.objects.filter(name="综合科").count() == 1
    assert figures() == SUMMARY


def test_units_after_the_positions_give_them_codes_and_parents(office):
    office.bring_all()
    run = office.bring(
        units(["A1", "党工委管委会"], ["A2", "招商局", "党工委管委会"], ["A5", "综合科", "招商局"])
    )
    assert run.counts("units") == (0, 3, 0)
    assert ("A5", "综合科", "招商局", "SECTION") in tree()
    assert office.bring_all().facts["written"] is False
    assert figures() == SUMMARY


def test_code_given_in_a_later_row_is_not_handed_out_before(office):
    run = office.bring(units(["", "招商局"], ["01", "财政局"]))
    assert run.status == 0, run.errors
    assert {(code, name) for code, name, _, _ in tree()} == {("02", "招商局"), ("01", "财政局")}


def test_code_with_a_new_name_renames_the_unit(office):
    office.bring(units(["A1", "招商局"]))
    run = office.bring(units(["A1", "投资促进局"]))
    assert run.counts("units") == (0, 1, 0)
    assert tree() == {("A1", "投资促进局", None, "DEPT")}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["", "甲", "乙"], ["", "乙", "甲"]], [("UNIT_PARENT", "C3"), ("UNIT_PARENT", "C4")]),
        ([["", "甲", "甲"]], [("UNIT_PARENT", "C3")]),
        ([["", "甲", "丁"]], [("UNIT_UNKNOWN", "C3")]),
        ([["5", "甲"], ["5", "乙"]], [("UNIT_DUPLICATE", "A3"), ("UNIT_DUPLICATE", "A4")]),
        ([["", "甲"], ["", "甲 "]], [("UNIT_DUPLICATE", "B3"), ("UNIT_DUPLICATE", "B4")]),
        ([["", ""], ["", "甲"]], []),
        ([["1", None]], [("VALUE_MISSING", "B3")]),
        ([["", "甲", "", "怪"]], [("CHOICE_INVALID", "D3")]),
        ([["", "甲", "", "", -1, "x"]], [("NUMBER_NEGATIVE", "E3"), ("NUMBER_INVALID", "F3")]),
        ([["", "甲", "", "", "", "", "", "2019.2.30"]], [("DATE_INVALID", "H3")]),
        (
            [
                ["", "一"],
                ["", "二", "一"],
                ["", "三", "二"],
                ["", "四", "三"],
                ["", "五", "四"],
                ["", "六", "五"],
            ],
            [("UNIT_PARENT", "C8")],
        ),
        (
            [["", "甲"], ["", "乙"], ["", "综合部", "甲"], ["", "综合部", "乙"], ["", "丙", "综合部"]],
            [("UNIT_AMBIGUOUS", "C7")],
        ),
    ],
)
def test_faults_of_the_table_are_told_at_their_cells(office, rows, expected):
    assert told(office.bring(units(*rows))) == expected


def test_code_may_not_take_the_name_of_another_unit(office):
    office.bring(units(["A1", "招商局"], ["A2", "科技园"]))
    run = office.bring(units(["A1", "科技园"]))
    assert told(run) == [("UNIT_DUPLICATE", "B3")]
    assert run.errors[0]["message"] == "编码“A1”是“招商局”，而“科技园”已有编码“A2”。"


def test_merger_closes_the_former_units_on_the_day_of_founding(office):
    office.bring(units(["", "招商一局"], ["", "招商二局"]))
    row = ["", "招商局", "", "", "", "", "", "2019-03-01", "", "招商一局、招商二局"]
    run = office.bring(units(row, more=["前身单位"]))
    assert run.status == 0, run.errors
    ended = Unit.objects.exclude(ends_before=None)
    assert {(one.name, str(one.ends_before)) for one in ended} == {
        ("招商一局", "2019-03-01"),
        ("招商二局", "2019-03-01"),
    }
    assert UnitLineage.objects.filter(kind="MERGE", successor__name="招商局").count() == 2
    assert office.bring(units(row, more=["前身单位"])).facts["written"] is False


def test_merger_without_its_day_is_an_error(office):
    office.bring(units(["", "招商一局"], ["", "招商二局"]))
    run = office.bring(units(["", "招商局"] + [""] * 7 + ["招商一局、招商三局"], more=["前身单位"]))
    assert told(run) == [("UNIT_UNKNOWN", "J3")]
    run = office.bring(units(["", "招商局"] + [""] * 7 + ["招商一局、招商二局"], more=["前身单位"]))
    assert told(run) == [("VALUE_MISSING", "H3")]


def test_same_unit_in_two_tables_of_an_upload_must_say_the_same(office):
    (first,) = units(["", "招商局", "", "", 5]).values()
    (second,) = units(["", "财政局"], ["", "招商局", "", "", 6]).values()
    run = office.bring({"a.xlsx": first, "b.xlsx": second})
    assert told(run) == [("UNIT_DUPLICATE", "B4")]
    assert run.errors[0]["message"] == "与“a.xlsx”机构第3行是同一单位，内容不同。"
    assert office.bring({"a.xlsx": first, "b.xlsx": first}).status == 0


def test_unit_over_its_quota_is_a_fault_of_the_whole_round(office):
    office.bring(units(["", "招商局", "", "", 4]))
    run = office.bring_all()
    (fault,) = run.errors
    assert (fault["code"], fault["limit"], fault["actual"], fault["row"]) == ("OVER_QUOTA", 4, 5, None)
    office.bring(units(["", "招商局", "", "", 5]))
    assert office.bring_all().status == 0
    assert next(one for one in summary()["checks"] if one["code"] == "I4")["ok"] is True


def test_unit_founded_by_a_roster_becomes_an_open_one(office):
    office.bring({"r.xlsx": roster()})
    assert Unit.objects.filter(is_historical=True).exists()
    office.bring(units(["", "招商局"]))
    assert not Unit.objects.get(name="招商局").is_historical
    office.bring({"p.xlsx": positions(posts())})
    assert Unit.objects.filter(name="招商局").count() == 1


def test_more_units_take_no_more_statements(office):
    counts = []
    office.bring(units(["", "起步"]))
    for size, letter in ((10, "甲"), (200, "乙")):
        files = units(*[["", f"{letter}{number}局", "起步"] for number in range(size)])
        with CaptureQueriesContext(connection) as queries:
            assert office.bring(files).status == 0
        counts.append(len(queries))
    assert counts[1] <= counts[0]


def test_kinds_are_read_in_the_words_of_offices_whatever_the_width_of_brackets(office):
    words = {
        **{"党工委/管委会（班子）": "COMMITTEE", "大部制内设部门": "DEPT", "园区（管理办公室）": "PARK"},
        **{"园区(管理办公室)": "PARK", "街道办事处": "TOWN", "镇／街道办事处": "TOWN", "ＤＥＰＴ": "DEPT"},
    }
    run = office.bring(units(*(["", f"单位{n}", "", word] for n, word in enumerate(words, 1))))
    assert run.status == 0, run.errors
    assert list(Unit.objects.order_by("id").values_list("kind", flat=True)) == list(words.values())
