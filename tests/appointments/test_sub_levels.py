"""档次 and 是否重要岗位 of posts: in the position sheet, in the admin, in a round's setup, and the 重用 of a
平级."""

import io
from datetime import date

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appointments.rules.change import ChangeKind
from appointments.selectors import change_summary
from appointments.services.setups import PositionPart, positions_copy_from, positions_split
from reform.access import command_actor
from reform.exchange.context import Context, Options
from reform.exchange.plan import target_class
from reform.exchange.recognise import sheet_class
from reform.exchange.writing import write_workbook
from reform.models import LadderLevel, PolicyParameter, Position, PositionSetup, Zone
from reform.selectors import policy_of, policy_version_as_of
from tests import factories as make
from tests.import_cast import POSITION_LAYOUT, SUMMARY, Office, figures, positions, posts

pytestmark = pytest.mark.django_db
NAMES = ["一级主办", "二级主办", "三级主办"]
LAYOUT = POSITION_LAYOUT | {"档次": "sub_level", "是否重要岗位": "key"}


@pytest.fixture
def office(tmp_path):
    LadderLevel.objects.filter(code="L30").update(sub_levels=NAMES)
    return Office(tmp_path)


def sheet(**cells: object) -> bytes:
    """The posts of the cast; the cells are those of its only 主办."""
    rows = [one | (cells if one["title"] == "主办" else {}) for one in posts()]
    return positions(rows, LAYOUT)


def clerk_post() -> tuple[int, bool]:
    post = Position.objects.get(title="主办")
    return post.sub_level, post.is_key_post


def exported() -> bytes:
    zone = Zone.objects.get()
    today = timezone.localdate()
    context = Context(
        zone=zone,
        actor=command_actor(None),
        now=timezone.now(),
        today=today,
        options=Options(),
        policy=policy_of(policy_version_as_of(zone, today)),
    )
    assert target_class("round").choose(context, "2022")
    resource = sheet_class("positions")(context)
    return write_workbook(resource, "岗位设置表", resource.records())


def headers(data: bytes) -> list[str]:
    return [str(one.value) for one in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0][2]]


@pytest.mark.parametrize(
    ("word", "number"), [("二级主办", 2), (1, 1), ("3", 3), (0, 0), (None, 0), ("一级 主办", 1)]
)
def test_a_sheet_names_the_sub_level_or_gives_its_number(office, word, number):
    run = office.bring({"岗位.xlsx": sheet(sub_level=word, key="是")})
    assert (run.status, run.errors, run.warnings) == (0, [], run.warnings)
    assert "COLUMN_UNKNOWN" not in run.warnings
    assert clerk_post() == (number, True)


def test_a_sheet_without_the_columns_leaves_both_as_they_are(office):
    office.bring({"岗位.xlsx": positions()})
    assert clerk_post() == (0, False)
    office.bring({"岗位.xlsx": sheet(sub_level=2, key="是")})
    run = office.bring({"岗位.xlsx": positions()})
    assert run.counts("positions") == (0, 0, 8)
    assert clerk_post() == (2, True)
    office.bring({"岗位.xlsx": sheet(sub_level=0, key="否")})
    assert clerk_post() == (0, False)


@pytest.mark.parametrize(
    ("cells", "code", "words"),
    [
        ({"sub_level": "四级主办"}, "CHOICE_INVALID", "层级“一般主办”没有“四级主办”这一档"),
        ({"sub_level": 4}, "CHOICE_INVALID", "可填：1（一级主办）、2（二级主办）、3（三级主办）。"),
        ({"sub_level": -1}, "NUMBER_NEGATIVE", "档次不能是负数"),
        ({"sub_level": 1.5}, "CHOICE_INVALID", "没有“1.5”这一档"),
        ({"sub_level": 1, "level": "科室副职"}, "CHOICE_INVALID", "这个层级不分档，请空着"),
        ({"key": "重要"}, "CHOICE_INVALID", "可填：是、否"),
    ],
)
def test_what_the_ladder_has_not_is_an_error_of_the_cell(office, cells, code, words):
    run = office.bring({"岗位.xlsx": sheet(**cells)})
    assert (run.status != 0, run.codes) == (True, [code])
    assert words in run.errors[0]["message"] + run.errors[0]["hint"]
    assert run.errors[0]["column"] in ("档次", "是否重要岗位")
    assert not Position.objects.exists()


def test_a_post_at_another_level_loses_its_sub_level(office):
    office.bring({"岗位.xlsx": sheet(sub_level=3)})
    level = LadderLevel.objects.filter(code="L20").first()
    rows = [one | ({"level": level.name} if one["title"] == "主办" else {}) for one in posts()]
    run = office.bring({"岗位.xlsx": positions(rows)})
    assert run.errors == []
    assert (Position.objects.get(title="主办").level, clerk_post()[0]) == ("L20", 0)


def test_both_go_out_behind_the_layout_where_used_and_back_in_unchanged(office):
    office.bring({"岗位.xlsx": sheet(sub_level=2, key="是")})
    data = exported()
    assert headers(data)[-3:] == ["备注", "档次", "是否重要岗位"]
    rows = list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].values)
    assert {row[4]: row[-2:] for row in rows[2:]}["主办"] == ("二级主办", "是")
    assert {row[4]: row[-2:] for row in rows[2:]}["局长"] == (None, "否")
    assert office.bring({"导出.xlsx": data}).counts("positions") == (0, 0, 8)


def test_a_zone_that_uses_neither_has_the_plain_layout(tmp_path):
    Office(tmp_path).bring({"岗位.xlsx": positions()})
    assert headers(exported())[-1] == "备注"


def test_key_posts_change_no_figure(office):
    rows = [one | {"key": "是"} for one in posts()]
    assert office.bring_all("--kickoff", "2022-01-09", positions=positions(rows, LAYOUT)).errors == []
    assert figures() == SUMMARY


# --- the setup of a round ---


def test_a_copied_post_keeps_both_and_a_part_at_another_level_has_no_sub_level():
    zone = make.a_zone()
    actor = make.a_user(zone, "人事")
    old, new = make.a_round(zone, "2018", date(2018, 12, 28)), make.a_round(zone)
    LadderLevel.objects.filter(version__zone=zone, code="L30").update(sub_levels=NAMES)
    unit = make.a_unit(zone)
    make.a_position(unit, "主办", "L30", old.setup, headcount=2, sub_level=3, is_key_post=True)
    (copied,) = positions_copy_from(round_=new, source=old, actor=actor).created
    assert (copied.sub_level, copied.is_key_post) == (3, True)
    parts = [PositionPart("主办", unit, 1), PositionPart("办事员", unit, 1, "L20")]
    first, second = positions_split(round_=new, position=copied, parts=parts, actor=actor, reason="分设")
    assert (first.sub_level, second.sub_level, second.level) == (3, 0, "L20")


# --- 重用 ---


def lateral(before_key: bool, after_key: bool):
    zone = make.a_zone()
    round_ = make.a_round(zone)
    unit = make.a_unit(zone)
    before = make.a_position(unit, "综合科长", "L50", is_key_post=before_key)
    after = make.a_position(unit, "财务科长", "L50", round_.setup, is_key_post=after_key)
    person = make.a_person(zone)
    make.a_baseline(round_, person, before)
    make.an_appointment(round_, person, after)
    return zone, round_


@pytest.mark.parametrize(
    ("before", "after", "label"),
    [
        (False, True, "平级（重用）"),
        (True, True, "平级"),
        (True, False, "平级"),
        (False, False, "平级"),
    ],
)
def test_a_lateral_move_to_a_key_post_is_called_weightier_and_counted_as_lateral(before, after, label):
    _, round_ = lateral(before, after)
    summary = change_summary(round_)
    (one,) = summary.people
    assert (one.change.kind, one.change.label) == (ChangeKind.LATERAL, label)
    assert summary.counts[ChangeKind.LATERAL] == 1


def test_lists_of_people_and_of_appointments_show_the_label(client: Client):
    zone, _ = lateral(False, True)
    client.force_login(make.a_user(zone, "人事"), "django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("admin:appointments_appointment_changelist")).content.decode()
    assert "平级（重用）" in page
    client.force_login(make.a_user(zone, "领导"), "django.contrib.auth.backends.ModelBackend")
    page = client.get("/reports/2022/people/", {"change": "LATERAL"}).content.decode()
    assert "平级（重用）" in page


# --- 级内分档计入升降 ---


@pytest.mark.parametrize(
    ("counts", "before", "after", "label"),
    [
        (False, 3, 1, "平级"),
        (True, 3, 1, "提拔（同层级升档）"),
        (True, 1, 2, "降职（同层级降档）"),
        (True, 2, 2, "平级"),
        (True, 0, 1, "平级"),  # a post that names no 档次 is neither above nor below
    ],
)
def test_sub_levels_are_rises_and_falls_where_the_policy_counts_them(counts, before, after, label):
    zone = make.a_zone()
    LadderLevel.objects.filter(version__zone=zone, code="L30").update(sub_levels=NAMES)
    PolicyParameter.objects.filter(version__zone=zone, key="round.sublevel_counts").update(value=counts)
    round_ = make.a_round(zone)
    unit, person = make.a_unit(zone), make.a_person(zone)
    make.a_baseline(round_, person, make.a_position(unit, "综合主办", "L30", sub_level=before))
    post = make.a_position(unit, "财务主办", "L30", round_.setup, sub_level=after)
    make.an_appointment(round_, person, post)
    (one,) = change_summary(round_).people
    assert one.change.label == label


# --- the admin of posts ---


def test_the_page_of_a_post_takes_both_and_refuses_what_the_level_has_not(client: Client):
    zone = make.a_zone()
    LadderLevel.objects.filter(version__zone=zone, code="L30").update(sub_levels=NAMES)
    round_ = make.a_round(zone)
    client.force_login(make.a_user(zone, "人事"), "django.contrib.auth.backends.ModelBackend")
    facts = {
        **{"setup": round_.setup_id, "unit": make.a_unit(zone).pk, "title": "主办", "level": "L30"},
        **{"headcount": "1", "sort_no": "0", "sub_level": "4", "is_key_post": "on"},
    }
    address = reverse("admin:reform_position_add")
    assert "层级“一般主办”没有第4档" in client.post(address, facts).content.decode()
    assert client.post(address, facts | {"sub_level": "2"}).status_code == 302
    assert clerk_post() == (2, True)
    listed = client.get(
        reverse("admin:reform_position_changelist"), {"setup": PositionSetup.objects.get().pk}
    )
    assert "二级主办" in listed.content.decode()
