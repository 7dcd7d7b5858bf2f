"""竞聘报名表 out in the columns of layout 2, and in again unchanged."""

import io

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reform.access import command_actor
from reform.exchange.context import Context, Options
from reform.exchange.id_number import mask_id
from reform.exchange.plan import target_class
from reform.exchange.recognise import sheet_class
from reform.exchange.writing import GUIDE, write_workbook
from reform.models import Zone
from reform.selectors import policy_of, policy_version_as_of
from tests.application_cast import LAYOUT, MEN, OFFICER, bring, one_line, row, usual
from tests.import_cast import ROSTER_LAYOUT, Office, dump, people, positions, roster

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    assert office.bring({"p.xlsx": positions(), "r.xlsx": roster()}).status == 0
    return office


def context_of(actor):
    zone = Zone.objects.get()
    context = Context(
        zone=zone, actor=actor, now=timezone.now(), today=timezone.localdate(), options=Options()
    )
    context.policy = policy_of(policy_version_as_of(zone, context.today))
    assert target_class("round").choose(context, "2022")
    return context


def exported(actor):
    context, resource = context_of(actor), sheet_class("applications")
    return write_workbook(resource(context), "试验区2022年竞聘报名表", resource(context).records())


def clear_reader():
    return get_user_model().objects.get_or_create(username="root", is_superuser=True)[0]


def values(data):
    return list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].values)


def test_export_has_the_columns_of_layout_2_in_their_order_and_the_number_behind_them(office):
    bring(office)
    rows = values(exported(clear_reader()))
    assert list(rows[1]) == [*LAYOUT, "身份证号"]
    record = dict(zip(rows[1], rows[2], strict=True))
    assert (record["姓名"], record["第一志愿岗位"]) == ("李娜", "招商局 综合科 科长")
    assert (record["现单位及岗位"], record["现岗位层级"]) == ("招商局 综合科 科长", "科室正职")
    assert (record["是否服从调剂"], record["有无回避关系"], record["出生年月"]) == ("否", None, "1985.06")


def test_export_goes_back_in_unchanged(office):
    bring(office)
    office.bring({"a.xlsx": one_line("王芳", "招商局 综合科 主办", 有无回避关系="无", 奖惩情况="=嘉奖一次")})
    data, before = exported(clear_reader()), dump()
    run = office.bring({"导出.xlsx": data})
    assert (run.status, run.facts["written"], run.counts("applications")) == (0, False, (0, 0, 3)), run.errors
    assert run.warnings == []
    assert dump() == before


def test_masked_export_is_refused_row_by_row(office):
    bring(office)
    data = exported(command_actor(None))
    assert values(data)[2][-1] == mask_id(MEN["李娜"]["id"])
    run = office.bring({"导出.xlsx": data})
    assert (run.status, run.codes) == (1, ["ID_MASKED"] * 3)


def test_phone_is_masked_too(office):
    layout = ROSTER_LAYOUT | {"联系电话": "phone"}
    office.bring({"r.xlsx": roster([one | {"phone": "13800000001"} for one in people()], layout)})
    bring(office)
    assert values(exported(command_actor(None)))[2][LAYOUT.index("联系电话")] == "138****0001"


def test_export_takes_a_fixed_number_of_statements(office):
    reader = clear_reader()

    def statements():
        with CaptureQueriesContext(connection) as queries:
            exported(reader)
        return len(queries)

    bring(office, row("李娜", OFFICER))
    few = statements()
    bring(office, *usual())
    assert statements() == few


def test_empty_template_has_a_guide_and_dropdowns_and_reads_back(office):
    resource = sheet_class("applications")
    data = write_workbook(resource(context_of(clear_reader())), "试验区2022年竞聘报名表", ())
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert GUIDE in book.sheetnames
    assert book.worksheets[0].data_validations.dataValidation
    run = office.bring({"模板.xlsx": data})
    assert (run.status, run.facts["written"], run.kinds()[0]) == (0, False, "applications")
