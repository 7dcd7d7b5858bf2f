"""双向选择意向表 in and out: posts wanted, posts offered, two passes, people told apart by unit, undo."""

import io

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import tests.factories as make
from appointments.models import Application, Batch, Intention, Round
from reform.exchange.context import Context, Options
from reform.exchange.plan import target_class
from reform.exchange.recognise import sheet_class
from reform.exchange.writing import write_workbook
from reform.models import Person, Position, Zone
from reform.selectors import policy_of, policy_version_as_of
from tests.import_cast import Office, command, dump, id_number, people, positions, roster
from tests.workbooks import make_xlsx

pytestmark = pytest.mark.django_db

LAYOUT = [
    *("姓名", "现单位", "志愿一", "志愿二", "志愿三", "用人单位", "用人单位意见(接收/不接收)"),
    *("接收岗位", "轮次"),
]
OFFICER, DIRECTOR, MANAGER = "招商局 综合科 主办", "招商局 局长", "建设有限公司 总经理"
CHOSEN = {"李娜": [OFFICER, DIRECTOR], "郑洋": [OFFICER], "王芳": [OFFICER, MANAGER]}


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    assert office.bring({"p.xlsx": positions(), "r.xlsx": roster()}, "--round", "2022").status == 0
    batch = make.a_batch(Round.objects.get(), method="SX", state="MATCHING")
    for name, posts in CHOSEN.items():
        for number, post in enumerate(posts, 1):
            position = Position.objects.get(title=post.split()[-1], unit__zone=batch.zone)
            make.an_application(batch, Person.objects.get(name=name), position, "QUALIFIED", choice_no=number)
    return office


def line(name="李娜", wishes=(OFFICER,), unit="招商局", answer="接收", post=OFFICER, number=1, at="招商局"):
    return [name, at, *[*wishes, None, None, None][:3], unit, answer, post, number]


def intentions(*rows, headers=None):
    return make_xlsx({"Sheet1": [["试验区2022年双向选择意向表"], headers or LAYOUT, *rows]})


def bring(office, *rows, **more):
    return office.bring({"i.xlsx": intentions(*rows, **more)})


def said(name, title="主办", pass_no=1):
    found = Intention.objects.filter(
        application__candidacy__person__name=name, application__position__title=title, pass_no=pass_no
    ).first()
    return (found.person_agrees, found.unit_agrees) if found else None


def test_words_of_both_sides_are_recorded(office):
    run = bring(office, line(), line("郑洋", answer="不接收"), line("王芳", wishes=()))
    assert (run.status, run.kinds(), run.counts("intentions")) == (0, ["intentions"], (3, 0, 0)), run.errors
    assert (said("李娜"), said("郑洋"), said("王芳")) == ((True, True), (True, False), (None, True))


def test_wish_for_several_posts_stands_beside_the_word_of_each_unit(office):
    run = bring(
        office,
        line("王芳", wishes=(OFFICER, MANAGER), unit="招商局", at=None),
        line("王芳", wishes=(OFFICER, MANAGER), unit="建设有限公司", answer="不接收", post=None, at=None),
    )
    assert run.status == 0, run.errors
    assert (said("王芳"), said("王芳", "总经理")) == ((True, True), (True, False))


@pytest.mark.parametrize("post", [OFFICER, "综合科主办", "主办", None])
def test_post_may_be_written_short_or_left_out_where_it_is_the_only_one(office, post):
    assert bring(office, line("郑洋", post=post)).status == 0
    assert said("郑洋") == (True, True)


def test_refusal_without_a_post_is_for_all_posts_of_the_unit(office):
    assert bring(office, line("李娜", answer="不接收", post=None)).status == 0
    assert (said("李娜"), said("李娜", "局长")) == ((True, False), (None, False))


@pytest.mark.parametrize(("word", "number"), [(2, 2), ("第二轮", 2), ("二", 2), ("第1轮", 1), (None, 1)])
def test_pass_is_read_as_figure_or_word(office, word, number):
    assert bring(office, line(number=word)).status == 0
    assert said("李娜", pass_no=number) == (True, True)


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (line("赵建国"), "INTENTION_NO_APPLICATION", "姓名"),
        (line("陌生人"), "PERSON_UNKNOWN", "姓名"),
        (line(wishes=(MANAGER,)), "INTENTION_NO_APPLICATION", "志愿一"),
        (line(wishes=("招商局 综合科 处长",)), "POSITION_UNKNOWN", "志愿一"),
        (line(unit="科技园"), "INTENTION_NO_APPLICATION", "用人单位"),
        (line(unit=None), "VALUE_MISSING", "用人单位"),
        (line(post="科长"), "INTENTION_NO_APPLICATION", "接收岗位"),
        (line(post=None), "INTENTION_POST_OPEN", "接收岗位"),
        (line(answer="再议"), "CHOICE_INVALID", "用人单位意见(接收/不接收)"),
        (line(number=3), "CHOICE_INVALID", "轮次"),
    ],
)
def test_fault_is_named_with_its_cell_and_nothing_is_written(office, row, code, column):
    run = bring(office, row, line("郑洋"))
    assert (run.status, run.codes) == (1, [code]), run.findings
    assert (run.errors[0]["row"], run.errors[0]["column"]) == (3, column)
    assert not Intention.objects.exists()


def test_two_words_of_a_unit_on_one_person_are_an_error(office):
    run = bring(office, line("郑洋"), line("郑洋", answer="不接收"))
    assert run.codes == ["INTENTION_CONFLICT"]


def test_people_of_one_name_are_told_apart_by_who_applied_then_by_the_unit(office):
    zone = Zone.objects.get()
    twin = make.a_person(zone, "李娜", id_number("19910102", 9, "女"))
    assert bring(office, line()).status == 0  # the other one has not applied
    make.an_application(Batch.objects.get(), twin, Position.objects.get(title="主办"), "QUALIFIED")
    assert bring(office, line(at=None, answer="不接收")).codes == ["PERSON_AMBIGUOUS"]
    run = bring(office, line(answer="不接收"))
    assert (run.status, run.counts("intentions")) == (0, (0, 1, 0)), run.errors
    assert not Intention.objects.filter(application__candidacy__person=twin).exists()


def test_person_is_named_by_the_number_where_a_sheet_has_it(office):
    run = bring(office, [*line(at=None), people()[3]["id"]], headers=[*LAYOUT, "身份证号"])
    assert run.status == 0, run.errors
    assert said("李娜") == (True, True)


def test_outside_the_matching_nothing_is_recorded(office):
    Batch.objects.update(state="SCREENING")
    run = bring(office, line())
    assert run.codes == ["INTENTION_REFUSED"]
    assert "批次不在双向选择阶段" in run.errors[0]["message"]


def test_same_file_twice_changes_nothing_even_after_the_choice_is_made(office):
    bring(office, line(), line("郑洋", answer="不接收"))
    again = bring(office, line(), line("郑洋", answer="不接收"))
    assert (again.facts["written"], again.counts("intentions")) == (False, (0, 0, 2))
    Batch.objects.update(state="DECIDING")
    assert bring(office, line()).status == 0


def test_unit_that_changes_its_mind_is_shown_with_old_and_new(office):
    bring(office, line("郑洋", answer="不接收"))
    run = bring(office, line("郑洋"))
    assert run.counts("intentions") == (0, 1, 0)
    assert said("郑洋") == (True, True)


def test_rehearsal_and_undo_leave_the_tables_as_before(office):
    before = dump()
    rehearsed = office.bring({"i.xlsx": intentions(line())}, "--check")
    assert dump() == before
    run = bring(office, line())
    assert rehearsed.facts["files"] == run.facts["files"]
    assert command("undo_upload", run.facts["upload"]).status == 0
    assert dump() == before


def test_number_of_statements_does_not_grow_with_the_rows(office):
    def statements(*rows):
        with CaptureQueriesContext(connection) as queries:
            assert bring(office, *rows).status == 0
        return len(queries)

    few = statements(line("郑洋"))
    many = [line(), line("李娜", post=DIRECTOR, wishes=()), line("王芳", at=None)]
    assert statements(*many) <= few


def exported():
    zone = Zone.objects.get()
    reader = get_user_model().objects.get_or_create(username="root", is_superuser=True)[0]
    context = Context(
        zone=zone, actor=reader, now=timezone.now(), today=timezone.localdate(), options=Options()
    )
    context.policy = policy_of(policy_version_as_of(zone, context.today))
    assert target_class("round").choose(context, "2022")
    resource = sheet_class("intentions")
    return write_workbook(resource(context), "试验区2022年双向选择意向表", resource(context).records())


def values(data):
    return list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].values)


def test_export_lists_whoever_may_be_chosen_in_the_columns_of_layout_16(office):
    bring(office, line())
    rows = values(exported())
    assert list(rows[1]) == LAYOUT
    assert rows[2] == ("李娜", "招商局", OFFICER, None, None, "招商局", "接收", OFFICER, 1)
    assert len(rows) == 2 + 5


def test_export_goes_back_in_unchanged(office):
    bring(office, line(), line("郑洋", answer="不接收"), line("李娜", number=2, post=DIRECTOR))
    data, before = exported(), dump()
    run = office.bring({"导出.xlsx": data})
    assert (run.status, run.facts["written"], run.warnings) == (0, False, []), run.errors
    assert dump() == before


def test_export_goes_back_in_unchanged_when_what_was_spoken_of_has_ended(office):
    bring(office, line(), line("郑洋", answer="不接收"))
    data = exported()
    Application.objects.filter(candidacy__person__name__in=["李娜", "郑洋"]).update(state="NOT_SELECTED")
    before = dump()
    assert len(values(exported())) == 2 + 2 + 2
    for sheet in (exported(), data):
        run = office.bring({"导出.xlsx": sheet})
        assert (run.status, run.facts["written"], run.warnings) == (0, False, []), run.errors
    assert dump() == before
    run = bring(office, line(answer="不接收"))
    assert run.codes == ["INTENTION_REFUSED"]


def test_people_of_one_name_and_unit_have_their_numbers_in_the_export(office):
    rows = [*people(), people()[3] | {"number": 9, "id": id_number("19900101", 9, "女"), "birth": "1990.01"}]
    assert office.bring({"r.xlsx": roster(rows)}, "--round", "2022").status == 0
    post = Position.objects.get(title="主办")
    for person in Person.objects.filter(name="李娜").order_by("-id")[:1]:
        make.an_application(Batch.objects.get(), person, post, "QUALIFIED")
    headers = [*LAYOUT, "身份证号"]
    bring(
        office,
        *([*line(), person.id_number] for person in Person.objects.filter(name="李娜")),
        headers=headers,
    )
    data, before = exported(), dump()
    rows = values(data)
    assert list(rows[1]) == headers
    assert [bool(row[-1]) for row in rows[2:]] == [row[0] == "李娜" for row in rows[2:]]
    run = office.bring({"导出.xlsx": data})
    assert (run.status, run.facts["written"]) == (0, False), run.errors
    assert dump() == before
