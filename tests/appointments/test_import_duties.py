"""岗位目标责任书 in and out (layout 17): targets by person and year, faults at their cell, undo."""

import io

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from appointments.models import Appointment, DutyContract, DutyTarget
from reform.exchange.context import Context, Options
from reform.exchange.plan import target_class
from reform.exchange.recognise import sheet_class
from reform.exchange.writing import write_workbook
from reform.models import Person, Zone
from reform.selectors import policy_of, policy_version_as_of
from tests.import_cast import Office, command, dump
from tests.workbooks import make_xlsx

pytestmark = pytest.mark.django_db
WORDS = "单位 岗位 姓名 聘期 年度 目标序号 目标内容 量化标准 权重 完成时限 甲方签字 乙方签字"
LAYOUT = WORDS.split()


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    assert office.bring_all("--round", "2022").status == 0
    return office


def line(name="孙伟", number=1, weight=60, content="招商", **more):
    given = {"unit": "招商局", "post": "综合科科长", "year": 2022, "standard": "5个项目", "due": "2022年12月"}
    given |= more
    return [
        *(given["unit"], given["post"], name, None, given["year"], number, content, given["standard"]),
        *(weight, given["due"], None, None),
    ]


def exported():
    zone = Zone.objects.get()
    reader = get_user_model().objects.get_or_create(username="root", is_superuser=True)[0]
    context = Context(
        zone=zone, actor=reader, now=timezone.now(), today=timezone.localdate(), options=Options()
    )
    context.policy = policy_of(policy_version_as_of(zone, context.today))
    assert target_class("round").choose(context, "2022")
    resource = sheet_class("duties")
    return write_workbook(resource(context), "试验区2022年岗位目标责任书", resource(context).records())


def bring(office, *rows, headers=LAYOUT, merges=()):
    data = make_xlsx({"Sheet1": [["试验区2022年度岗位目标责任书"], headers, *rows]}, {"Sheet1": merges})
    return office.bring({"d.xlsx": data})


def targets(name="孙伟"):
    rows = DutyTarget.objects.filter(contract__appointment__person__name=name).order_by("number")
    return [(one.contract.year, one.number, one.content, str(one.weight), one.due) for one in rows]


def test_lines_of_one_person_are_one_contract(office):
    other = line("钱秀英", post="局长", weight=100)
    run = bring(office, line(), line(number=2, weight="40%", content="服务"), other)
    assert (run.status, run.kinds(), run.counts("duties")) == (0, ["duties"], (3, 0, 0)), run.errors
    assert targets() == [
        (2022, 1, "招商", "60.00", "2022年12月"),
        (2022, 2, "服务", "40.00", "2022年12月"),
    ]
    assert DutyContract.objects.count() == 2


def test_merged_cells_of_one_person_are_filled_down(office):
    first, second = line(), line(number=2, weight=40, content="服务")
    second[:3] = [None, None, None]
    run = bring(office, first, second, merges=["A3:A4", "B3:B4", "C3:C4"])
    assert run.status == 0, run.errors
    assert len(targets()) == 2


def test_the_same_file_twice_changes_nothing_and_a_correction_is_shown(office):
    rows = [line(), line(number=2, weight=40, content="服务")]
    bring(office, *rows)
    before = dump()
    run = bring(office, *rows)
    assert (run.status, run.facts["written"]) == (0, False)
    assert dump() == before
    run = bring(office, line(content="招大商"), rows[1])
    assert run.counts("duties") == (0, 1, 1)
    assert targets()[0][2] == "招大商"


def test_a_total_that_is_not_100_is_told(office):
    run = bring(office, line(weight=60))
    assert run.status == 0
    assert run.warnings == ["DUTY_WEIGHTS"]


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (line(weight=0), "WEIGHT_INVALID", "权重"),
        (line(weight="很重"), "WEIGHT_INVALID", "权重"),
        (line(weight="NaN%"), "WEIGHT_INVALID", "权重"),
        (line(weight=None), "VALUE_MISSING", "权重"),
        (line(year="去年"), "YEAR_INVALID", "年度"),
        (line("陌生人"), "PERSON_UNKNOWN", "姓名"),
        (line(post="局长"), "DUTY_NO_APPOINTMENT", "岗位"),
        (line(content=None), "VALUE_MISSING", "目标内容"),
        (line(year=2030), "DUTY_REFUSED", "姓名"),
    ],
)
def test_fault_is_named_with_its_cell_and_nothing_is_written(office, row, code, column):
    run = bring(office, row, line("钱秀英", post="局长", weight=100))
    assert (run.status, run.codes) == (1, [code]), run.findings
    assert (run.errors[0]["row"], run.errors[0]["column"]) == (3, column)
    assert not DutyContract.objects.exists()


def test_a_number_twice_is_an_error(office):
    run = bring(office, line(), line(weight=40))
    assert run.codes == ["DUTY_NUMBER_TWICE"]


def test_what_is_signed_is_not_overwritten(office):
    bring(office, line(weight=100))
    DutyContract.objects.update(state="SIGNED")
    run = bring(office, line(weight=90))
    assert run.codes == ["DUTY_REFUSED"]
    assert "2022年责任书双方已签，须退回修订后再改" in run.errors[0]["message"]
    assert bring(office, line(weight=100)).status == 0


def test_export_has_layout_17_and_reads_back_unchanged(office):
    bring(office, line(), line(number=2, weight=40, content="服务"))
    sheet = openpyxl.load_workbook(io.BytesIO(exported())).worksheets[0]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert lines[0] == LAYOUT
    mine = [one for one in lines if one[2] == "孙伟"]
    assert [one[4:10] for one in mine] == [
        [2022, 1, "招商", "5个项目", 60, "2022年12月"],
        [2022, 2, "服务", "5个项目", 40, "2022年12月"],
    ]
    head = sheet.cell(1, 1).value
    again = make_xlsx({"Sheet1": [[head], LAYOUT, *mine]})
    run = office.bring({"again.xlsx": again})
    assert (run.status, run.facts["written"]) == (0, False), run.findings


def test_export_that_nobody_has_filled_in_is_unchanged(office):
    bring(office, line(weight=100))
    data, before = exported(), dump()
    run = office.bring({"导出.xlsx": data})
    assert (run.status, run.facts["written"], run.counts("duties")) == (0, False, (0, 0, 8)), run.errors
    assert dump() == before


def test_people_of_one_name_unit_and_post_have_their_numbers_in_the_export(office):
    Person.objects.filter(name="王芳").update(name="郑洋")
    data = exported()
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert [cell.value for cell in sheet[2]] == [*LAYOUT, "身份证号"]
    numbers = [row[12] for row in sheet.iter_rows(min_row=3, values_only=True) if row[2] == "郑洋"]
    assert sorted(numbers) == sorted(one.id_number for one in Person.objects.filter(name="郑洋"))
    assert office.bring({"导出.xlsx": data}).counts("duties") == (0, 0, 8)


def test_undo_removes_contract_and_targets(office):
    run = bring(office, line(weight=100))
    undone = command("undo_upload", run.facts["upload"])
    assert undone.status == 0, undone.facts
    assert not DutyContract.objects.exists()
    assert not DutyTarget.objects.exists()
    assert Appointment.objects.exists()
