"""Workbooks out and in again: the layouts of §8 go back unchanged, and carry a zone into an empty
database."""

import io

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from reform.access import command_actor
from reform.exchange.context import Context, Options
from reform.exchange.id_number import mask_id
from reform.exchange.plan import target_class
from reform.exchange.recognise import sheet_class, sheet_classes
from reform.exchange.writing import GUIDE, write_workbook
from reform.models import Person, Position, Unit, Zone
from reform.selectors import policy_of, policy_version_as_of
from reform.services import audit_record, edit, save_all, zone_create
from tests.import_cast import (
    POSITION_LAYOUT,
    ROSTER_LAYOUT,
    SUMMARY,
    Office,
    command,
    dump,
    figures,
    people,
    positions,
    posts,
    results,
    roster,
    summary,
    table_sizes,
)
from tests.workbooks import make_xlsx

pytestmark = pytest.mark.django_db

LAYOUTS = {
    "positions": "序号 单位 科室 岗位编号 岗位名称 岗位层级 岗位类别 职数 现有人数 "
    "任用方式 岗位系数 任职条件 岗位职责 备注",
    "roster": "序号 人员编号 姓名 性别 民族 出生年月 年龄 身份证号 籍贯 政治面貌 入党时间 "
    "参加工作时间 进入本单位时间 全日制学历 全日制学位 全日制毕业院校及专业 "
    "在职学历 在职学位 在职毕业院校及专业 专业技术职务 身份类别 "
    "档案职务层次 职级 单位 科室 现任岗位 岗位层级 任现岗位时间 任现层级时间 聘期起 "
    "聘期止 试用期止 近三年考核 联系电话 备注",
    "units": "单位编码 单位名称 上级单位 类型 员额核定数 正职职数 副职职数 成立日期 文号",
    "appointments": "序号 姓名 身份证号 聘任单位 聘任科室 聘任岗位 岗位编号 岗位层级 任用方式 "
    "变动类型 聘任起始时间 聘期(年) 聘期止 试用期止 备注",
}
RICH_PEOPLE = ROSTER_LAYOUT | {
    **{"工号": "staff_no", "民族": "nation", "政治面貌": "party", "入党时间": "joined", "籍贯": "home"},
    **{"参加工作时间": "work", "全日制学历": "education", "全日制学位": "degree", "身份类别": "identity"},
    **{
        "档案职务层次": "rank",
        "任现职时间": "since",
        "联系电话": "phone",
        "近三年考核": "grades",
        "备注": "note",
    },
}
RICH_POSTS = POSITION_LAYOUT | {
    **{"岗位类别": "category", "任用方式": "method", "岗位系数": "factor", "任职条件": "conditions"},
    **{"岗位职责": "duties", "备注": "note"},
}
UNITS = ["单位编码", "单位名称", "上级单位", "类型", "员额核定数", "正职职数", "副职职数", "成立日期", "文号"]


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def rich_roster():
    facts = {
        **{
            "nation": "汉",
            "party": "党员",
            "joined": "2001.07",
            "home": "河南平顶山",
            "work": "1999年8月1日",
        },
        **{"education": "本科", "degree": "学士", "identity": "事业编制", "rank": "乡科级副职"},
        **{"since": "2018.12.28", "phone": "0375-2661234", "grades": "称职、优秀、称职", "note": "+1"},
    }
    return roster([one | facts | {"staff_no": f"00{one['number']}"} for one in people()], RICH_PEOPLE)


def rich_positions():
    facts = {
        **{"category": "管理", "method": "竞聘上岗", "factor": 1.25, "conditions": "本科及以上"},
        **{"duties": "-负责综合事务", "note": "@"},
    }
    return positions([one | facts for one in posts()], RICH_POSTS)


def units():
    rows = [
        ["01", "党工委管委会", "", "党工委/管委会", 9, 2, 7, "2015-06-18", "编〔2015〕1号"],
        ["0102", "招商局", "党工委管委会", "内设部门", 12, 1, 2, "2019.3.1", ""],
        ["0103", "科技园", "党工委管委会", "园区", "", "", "", "", ""],
        ["02", "建设有限公司", "", "一级国资公司", 20, "", "", "", ""],
    ]
    return make_xlsx({"机构": [["试验区机构员额表"], UNITS, *rows]})


def everything(office):
    files = {"u.xlsx": units(), "p.xlsx": rich_positions(), "r.xlsx": rich_roster(), "x.xlsx": results()}
    run = office.bring(files, "--kickoff", "2022-01-09")
    assert run.status == 0, run.errors
    by_hand(Person.objects.get(name="赵建国"), remark="=SUM(1,2)")


def by_hand(row, **values):
    """What a clerk changes in the admin."""
    event = audit_record(actor=command_actor(None), action="修改", zone=row.zone, subject=str(row))
    save_all(event, changed=[edit(row, **values)])


def context_of(actor=None, code="2022"):
    zone = Zone.objects.get()
    context = Context(
        zone=zone,
        actor=actor or clear_reader(),
        now=timezone.now(),
        today=timezone.localdate(),
        options=Options(),
        policy=policy_of(policy_version_as_of(zone, timezone.localdate())),
    )
    assert target_class("round").choose(context, code)
    return context


def clear_reader():
    return get_user_model().objects.get_or_create(username="root", is_superuser=True)[0]


def exported(kind, actor=None):
    context, resource = context_of(actor), sheet_class(kind)
    return write_workbook(resource(context), f"试验区2022年{resource.label}", resource(context).records())


def values(data):
    return list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].values)


@pytest.mark.parametrize("kind", LAYOUTS)
def test_export_has_the_columns_of_its_layout_in_their_order(office, kind):
    everything(office)
    rows = values(exported(kind))
    assert rows[0][0].startswith("试验区2022年")
    assert list(rows[1]) == LAYOUTS[kind].split()
    assert len(rows) == 2 + {"units": 4}.get(kind, 8)


@pytest.mark.parametrize("kind", LAYOUTS)
def test_export_goes_back_in_unchanged(office, kind):
    everything(office)
    before = table_sizes(), dump("User")
    data = exported(kind)
    run = office.bring({"导出.xlsx": data})
    assert (run.status, run.facts["written"]) == (0, False), run.errors
    assert set(run.kinds()) == {kind, "other"}  # the guide, and long lists of options
    assert run.counts(kind) == (0, 0, {"units": 4}.get(kind, 8))
    assert run.warnings == []
    sizes, rows = before
    assert (table_sizes() | {"User": 0}, dump("User")) == (sizes | {"User": 0}, rows)


def test_all_exports_together_go_back_in_unchanged(office):
    everything(office)
    run = office.bring({f"{kind}.xlsx": exported(kind) for kind in LAYOUTS})
    assert (run.status, run.facts["written"]) == (0, False)


def test_exports_carry_the_zone_into_an_empty_database(office):
    office.bring({"u.xlsx": units(), "p.xlsx": rich_positions(), "r.xlsx": rich_roster()})
    files = {f"{kind}.xlsx": exported(kind) for kind in ("units", "positions", "roster")}
    office.bring({"x.xlsx": results()}, "--kickoff", "2022-01-09")
    files["appointments.xlsx"] = exported("appointments")
    before = summary("2022", "--people")
    empty_the_zone()
    run = office.bring(files, "--kickoff", "2022-01-09")
    assert run.status == 0, run.errors
    assert summary("2022", "--people") == before
    assert figures() == SUMMARY
    assert Position.objects.get(title="局长").duties == "-负责综合事务"
    assert Unit.objects.get(name="招商局").parent == Unit.objects.get(name="党工委管委会")


def empty_the_zone():
    """Take every upload back, the last one first, and the zone with its policy."""
    for one in command("list_uploads").facts["uploads"]:
        assert command("undo_upload", one["id"]).status == 0
    assert not Person.objects.exists()
    assert not Unit.objects.exists()


@pytest.mark.parametrize("kind", ["roster", "appointments"])
def test_masked_export_is_refused_row_by_row(office, kind):
    everything(office)
    data = exported(kind, get_user_model().objects.create_user("reader"))
    column = list(values(data)[1]).index("身份证号")
    assert values(data)[2][column] == mask_id(people()[0]["id"])
    run = office.bring({"导出.xlsx": data})
    assert run.status == 1
    assert {one["code"] for one in run.errors} >= {"ID_MASKED"}
    masked = [one for one in run.errors if one["code"] == "ID_MASKED"]
    assert [one["row"] for one in masked] == list(range(3, 11))
    assert {one["column"] for one in masked} == {"身份证号"}


def test_text_that_looks_like_a_formula_stays_text(office):
    everything(office)
    sheet_out = openpyxl.load_workbook(io.BytesIO(exported("roster"))).worksheets[0]
    cell = sheet_out.cell(3, LAYOUTS["roster"].split().index("备注") + 1)
    assert (cell.data_type, cell.value) == ("s", "=SUM(1,2)")
    duties = openpyxl.load_workbook(io.BytesIO(exported("positions"))).worksheets[0]["M3"]
    assert (duties.data_type, duties.value) == ("s", "-负责综合事务")


def test_text_of_several_lines_entered_by_hand_goes_back_in_unchanged(office):
    everything(office)
    position = Position.objects.get(title="局长")
    by_hand(position, conditions="1．本科以上；\n2．五年以上。", duties="主持全面工作\r\n")
    run = office.bring({"导出.xlsx": exported("positions")})
    assert (run.status, run.facts["written"]) == (0, False)
    assert Position.objects.get(title="局长").conditions == "1．本科以上；\n2．五年以上。"


@pytest.mark.parametrize("kind", LAYOUTS)
def test_empty_template_opens_with_dropdowns_and_a_guide_and_reads_back(office, kind):
    everything(office)
    resource = sheet_class(kind)
    data = write_workbook(resource(context_of()), f"试验区2022年{resource.label}", ())
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert list(list(book.worksheets[0].values)[1]) == LAYOUTS[kind].split()
    assert GUIDE in book.sheetnames
    assert [row[0] for row in book[GUIDE].values][1:10] == LAYOUTS[kind].split()[:9]
    dropdowns = book.worksheets[0].data_validations.dataValidation
    assert dropdowns
    run = office.bring({"模板.xlsx": data})
    assert (run.status, run.facts["written"], run.kinds()[0]) == (0, False, kind)


def test_filled_template_of_a_new_zone_goes_in(office):
    files = {}
    zone_create(code="default", name="试验区", actor=command_actor(None))
    context = context_without_round()
    for resource in sheet_classes():
        files[resource.kind] = write_workbook(resource(context), f"试验区2022年{resource.label}", ())
    books = {kind: openpyxl.load_workbook(io.BytesIO(data)) for kind, data in files.items()}
    fill(books["positions"], posts(), {key: word for word, key in POSITION_LAYOUT.items()})
    words = {key: word for word, key in ROSTER_LAYOUT.items()}
    words |= {"old_unit": "单位", "old_section": "科室", "old_title": "现任岗位", "old_level": "岗位层级"}
    fill(books["roster"], people(), words)
    fill(books["appointments"], people(), RESULT_WORDS)
    out = {}
    for kind in ("positions", "roster", "appointments"):
        stream = io.BytesIO()
        books[kind].save(stream)
        out[f"{kind}.xlsx"] = stream.getvalue()
    run = office.bring(out)
    assert run.status == 0, run.errors
    assert figures() == SUMMARY


RESULT_WORDS = {
    **{"number": "序号", "name": "姓名", "id": "身份证号", "unit": "聘任单位", "section": "聘任科室"},
    **{"title": "聘任岗位", "level": "岗位层级", "starts": "聘任起始时间", "term": "聘期(年)"},
}


def context_without_round():
    zone = Zone.objects.get()
    context = Context(
        zone=zone,
        actor=clear_reader(),
        now=timezone.now(),
        today=timezone.localdate(),
        options=Options(),
    )
    context.policy = policy_of(policy_version_as_of(zone, context.today))
    return context


def fill(book, records, words):
    sheet_in = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet_in[2]}
    for row, record in enumerate(records, 3):
        for key, word in words.items():
            sheet_in.cell(row, places[word]).value = record.get(key)


def test_roster_exported_after_the_round_is_not_taken_for_the_posts_before_it(office):
    office.bring_all("--kickoff", "2022-01-09")
    files = {f"{kind}.xlsx": exported(kind) for kind in ("positions", "roster", "appointments")}
    empty_the_zone()
    run = office.bring(files, "--kickoff", "2022-01-09")
    assert run.status == 0, run.errors
    assert run.warnings.count("POST_AFTER_ROUND") == 8
    assert figures()["unchanged"] == 0
