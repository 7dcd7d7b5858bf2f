"""亲属关系表 in and out: relatives by number or by a name that only one has, words and codes, undo."""

import io

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reform.access import command_actor
from reform.exchange.context import Context, Options
from reform.exchange.recognise import sheet_class
from reform.exchange.writing import write_workbook
from reform.models import Kinship, Zone
from tests.import_cast import Office, command, dump, id_number, people, positions, roster
from tests.workbooks import make_xlsx

pytestmark = pytest.mark.django_db

LAYOUT = ["姓名", "身份证号", "亲属姓名", "亲属身份证号", "关系代码", "亲属单位及职务", "是否本区人员"]
NAMES = {one["name"]: one["id"] for one in people()}
SPOUSES = ["赵建国", NAMES["赵建国"], "钱秀英", NAMES["钱秀英"], "妻", "招商局局长", "是"]
FATHER = ["孙伟", NAMES["孙伟"], "孙大山", None, "父亲", "已退休", "否"]


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    assert office.bring({"p.xlsx": positions(), "r.xlsx": roster()}).status == 0
    return office


def kinships(*rows, headers=None):
    return make_xlsx({"Sheet1": [["试验区亲属关系表"], headers or LAYOUT, *rows]})


def one(**values):
    """The row of a couple with some cells replaced, by header."""
    row = dict(zip(LAYOUT, SPOUSES, strict=True)) | values
    return list(row.values())


def bring(office, *rows, **more):
    return office.bring({"k.xlsx": kinships(*rows, **more)})


def test_relatives_of_the_zone_and_from_elsewhere_are_registered(office):
    run = bring(office, SPOUSES, FATHER)
    assert (run.status, run.kinds(), run.counts("kinships")) == (0, ["kinships"], (2, 0, 0)), run.errors
    couple, father = Kinship.objects.order_by("id")
    assert (couple.person.name, couple.relative.name, couple.relation) == ("赵建国", "钱秀英", "12")
    assert (father.relative, father.relative_name, father.workplace) == (None, "孙大山", "已退休")


@pytest.mark.parametrize(
    ("word", "code"),
    [("12", "12"), (12, "12"), ("妻子", "12"), ("夫妻", "10"), ("配偶", "10"), ("岳父", "55"), ("x1", "X1")],
)
def test_relation_is_read_as_code_or_as_the_word_offices_write(office, word, code):
    assert bring(office, one(关系代码=word)).status == 0
    assert Kinship.objects.get().relation == code


def test_other_words_for_the_headers_and_for_the_answers(office):
    headers = [
        "干部姓名",
        "公民身份号码",
        "家庭成员姓名",
        "家庭成员身份证号码",
        "与本人关系",
        "工作单位及职务",
    ]
    run = bring(office, SPOUSES[:6], headers=headers)
    assert (run.status, run.counts("kinships")) == (0, (1, 0, 0)), run.findings
    assert Kinship.objects.get().relative.name == "钱秀英"


def test_relative_of_the_zone_without_a_number_is_found_by_a_name_that_only_one_has(office):
    assert bring(office, one(亲属身份证号=None)).status == 0
    assert Kinship.objects.get().relative.name == "钱秀英"


@pytest.mark.parametrize(
    ("values", "code", "column"),
    [
        ({"身份证号": "419700197001010012"}, "ID_CHECKSUM", "身份证号"),
        ({"姓名": "李四"}, "NAME_MISMATCH", "姓名"),
        ({"亲属姓名": "王五"}, "NAME_MISMATCH", "亲属姓名"),
        ({"亲属姓名": "王五", "亲属身份证号": None}, "RELATIVE_UNKNOWN", "亲属姓名"),
        ({"关系代码": "朋友"}, "CODE_UNKNOWN", "关系代码"),
        ({"关系代码": None}, "VALUE_MISSING", "关系代码"),
        ({"是否本区人员": "不清楚"}, "CHOICE_INVALID", "是否本区人员"),
        ({"亲属姓名": "赵建国", "亲属身份证号": NAMES["赵建国"]}, "KINSHIP_SELF", "亲属姓名"),
        ({"身份证号": "4197****0011"}, "ID_MASKED", "身份证号"),
    ],
)
def test_fault_is_named_with_its_cell_and_nothing_is_written(office, values, code, column):
    run = bring(office, one(**values), FATHER)
    assert (run.status, run.codes) == (1, [code]), run.findings
    assert (run.errors[0]["row"], run.errors[0]["column"]) == (3, column)
    assert not Kinship.objects.exists()


def test_number_that_nobody_of_the_zone_has_is_refused_only_where_the_relative_is_said_to_be_ours(office):
    stranger = id_number("19700101", 77)
    run = bring(office, one(亲属姓名="钱大海", 亲属身份证号=stranger))
    assert run.codes == ["RELATIVE_UNKNOWN"]
    run = bring(office, one(亲属姓名="钱大海", 亲属身份证号=stranger, 是否本区人员="否"))
    assert run.status == 0
    assert Kinship.objects.get().relative is None


def test_one_of_ours_said_to_be_from_elsewhere_is_pointed_out_and_registered_as_ours(office):
    run = bring(office, one(是否本区人员="否"))
    assert (run.status, run.warnings) == (0, ["RELATIVE_IN_ZONE"])
    assert Kinship.objects.get().relative.name == "钱秀英"


def test_same_relation_twice_in_a_sheet_is_an_error(office):
    run = bring(office, SPOUSES, FATHER, one(关系代码="12"))
    assert run.codes == ["KINSHIP_DUPLICATE"]
    assert run.errors[0]["message"] == "与第3行是同一个亲属关系。"


def test_same_file_twice_changes_nothing_and_a_correction_only_what_differs(office):
    bring(office, SPOUSES, FATHER)
    again = bring(office, SPOUSES, FATHER)
    assert (again.facts["written"], again.counts("kinships")) == (False, (0, 0, 2))
    corrected = bring(office, one(亲属单位及职务="招商局"), [*FATHER[:5], None, None])
    assert corrected.counts("kinships") == (0, 1, 1)
    assert list(Kinship.objects.order_by("id").values_list("workplace", flat=True)) == ["招商局", "已退休"]


def test_rehearsal_writes_nothing_and_finds_what_the_import_finds(office):
    before = dump()
    rehearsed = office.bring({"k.xlsx": kinships(SPOUSES, FATHER)}, "--check")
    assert dump() == before
    confirmed = bring(office, SPOUSES, FATHER)
    assert rehearsed.counts("kinships") == confirmed.counts("kinships") == (2, 0, 0)


def test_undo_removes_the_relations(office):
    before = dump()
    run = bring(office, SPOUSES, FATHER)
    assert command("undo_upload", run.facts["upload"]).status == 0
    assert dump() == before


def test_number_of_statements_does_not_grow_with_the_rows(office):
    def statements(*rows):
        with CaptureQueriesContext(connection) as queries:
            assert bring(office, *rows).status == 0
        return len(queries)

    few = statements(FATHER)
    many = [
        one(关系代码=str(code), 亲属姓名="钱大海", 亲属身份证号=None, 是否本区人员="否")
        for code in range(51, 70)
    ]
    assert statements(*many) == few


def exported(actor):
    zone = Zone.objects.get()
    context = Context(
        zone=zone, actor=actor, now=timezone.now(), today=timezone.localdate(), options=Options()
    )
    resource = sheet_class("kinships")
    return write_workbook(resource(context), "试验区亲属关系表", resource(context).records())


def test_export_has_the_columns_of_layout_12_and_goes_back_in_unchanged(office):
    bring(office, SPOUSES, FATHER)
    clear = get_user_model().objects.create_user("root", is_superuser=True)
    data = exported(clear)
    rows = list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].values)
    assert list(rows[1]) == LAYOUT
    assert rows[2] == (*SPOUSES,)
    run = office.bring({"k.xlsx": data})
    assert (run.status, run.facts["written"], run.counts("kinships")) == (0, False, (0, 0, 2))


def test_masked_export_is_refused(office):
    bring(office, SPOUSES)
    run = office.bring({"k.xlsx": exported(command_actor(None))})
    assert (run.status, set(run.codes)) == (1, {"ID_MASKED"})
