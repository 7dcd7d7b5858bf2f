"""The 岗位设置 of a round as a page: posts with their lineage, merged and split while it is drafted."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.services.setups import positions_copy_from
from appointments.states import RoundState
from reform.models import AuditEvent, Position
from tests import factories as make

from .pages_cast import logged_in
from .round_cast import Drafted, set_state

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


class Setup(Drafted):
    """Two posts of the last round, copied into the drafted one."""

    def __init__(self) -> None:
        super().__init__()
        self.other = make.a_position(self.unit, "业务科长", setup=self.former.setup, headcount=2)
        positions_copy_from(round_=self.round, source=self.former, actor=self.clerk)
        self.mine = list(Position.objects.filter(setup=self.round.setup_id).order_by("id"))
        self.page = reverse("admin:round_posts", args=[self.round.pk])

    def do(self, key: str, rows: list[Position], user: Any = None, **facts: Any) -> Any:
        address = reverse("admin:round_posts_do", args=[self.round.pk, key])
        sent = {f"{key}-{name}": value for name, value in ({"reason": "大部制"} | facts).items()}
        client = logged_in(user or self.clerk)
        return client.post(address, sent | {"row": [one.pk for one in rows]}, follow=True)


@pytest.fixture
def cast() -> Setup:
    return Setup()


def test_selected_posts_are_merged_and_the_page_shows_what_they_were(cast: Setup):
    kept, gone = cast.mine
    page = text_of(cast.do("merge", [kept, gone], kept=gone.code))
    assert f"2个岗位已合并为“{gone}”，职数3个" in page
    gone.refresh_from_db()
    assert (gone.headcount, gone.former_lineages) == (3, [kept.lineage])
    assert not Position.objects.filter(pk=kept.pk).exists()
    assert f"沿用 {cast.other}" in page
    assert f"并入</span> {cast.old}（职数1）" in page
    assert AuditEvent.objects.filter(action="合并岗位", reason="大部制", actor=cast.clerk).exists()


def test_one_post_is_split_into_several_with_seats(cast: Setup):
    section = make.a_unit(cast.zone, "招商科", cast.unit)
    whole = cast.mine[1]
    lines = "综合科长，1\n招商科长，2，招商科，科室副职"
    page = text_of(cast.do("split", [whole], parts=lines))
    assert "已分设为综合科长、招商科长，职数共3个" in page
    made = Position.objects.get(setup=cast.round.setup_id, title="招商科长")
    assert (made.unit, made.level, made.headcount) == (section, "L40", 2)
    assert made.former_lineages == [whole.lineage]
    assert f"前身</span> {cast.other}" in page


def test_faults_of_a_split_are_told_line_by_line_and_nothing_is_written(cast: Setup):
    page = text_of(cast.do("split", [cast.mine[0]], parts="综合科长，一\n业务科长，1，无此局，丞相"))
    for words in ("第1行职数“一”须为整数", "第2行单位“无此局”不存在", "第2行层级“丞相”不在本轮的层级表中"):
        assert words in page
    assert "分设一次一个岗位" in text_of(cast.do("split", cast.mine, parts="甲，1\n乙，1"))
    assert "分设须至少两个岗位" in text_of(cast.do("split", cast.mine[:1], parts="甲，1"))
    assert "合并须至少两个岗位" in text_of(cast.do("merge", cast.mine[:1]))
    assert "选中的岗位中没有编号“X”" in text_of(cast.do("merge", cast.mine, kept="X"))
    assert Position.objects.filter(setup=cast.round.setup_id).count() == 2


def test_only_the_office_and_only_in_the_draft(cast: Setup):
    assert cast.do("merge", cast.mine, cast.leader).status_code == 403
    assert "合并岗位…" not in text_of(logged_in(cast.leader).get(cast.page))
    for role in ("考评组", "系统管理员", "个人"):
        assert logged_in(make.a_user(cast.zone, role)).get(cast.page).status_code == 403
    stranger = logged_in(make.a_user(make.a_zone("other", "外区"), "人事"))
    assert stranger.get(cast.page).status_code == 404
    set_state(cast.round, RoundState.APPROVED)
    assert "方案批准不能再改岗位设置" in text_of(cast.do("merge", cast.mine))
    page = text_of(logged_in(cast.clerk).get(cast.page))
    assert "合并岗位…" not in page
    assert "方案批准后不再合并和分设" in page


def test_page_is_narrowed_and_its_statements_do_not_grow(cast: Setup):
    client = logged_in(cast.clerk)
    client.get(cast.page)
    with CaptureQueriesContext(connection) as few:
        client.get(cast.page)
    for number in range(60):
        make.a_position(cast.unit, f"主办{number}", "L30", cast.round.setup)
    with CaptureQueriesContext(connection) as many:
        page = text_of(client.get(cast.page))
    assert len(many) == len(few)
    assert "62个岗位" in page
    assert "第1页，共2页、62条" in page
    found = text_of(client.get(cast.page, {"q": "业务"}))
    assert "1个岗位" in found
    assert "新设" not in found
