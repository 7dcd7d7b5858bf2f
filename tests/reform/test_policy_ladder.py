"""The ladder of a draft: levels added, moved, divided and taken out, and what stands against it (§2, §12)."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reform.errors import Refused
from reform.models import LadderLevel, PolicyVersion, Position
from reform.selectors import policy_of
from reform.services.policy import (
    policy_approve,
    policy_differences,
    policy_draft,
    policy_edit,
    policy_editors,
    policy_return,
    policy_submit,
)
from tests import factories as make
from tests.appointments.pages_cast import logged_in
from tests.reform.test_policy_pages import form_of

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 1)
NEW = {
    "code": "L45",
    "rank_order": 45,
    "name": "主管",
    "method": "ZP",
    "sub_levels": ["一级主管", "二级主管"],
}


@pytest.fixture
def zone() -> Any:
    return make.a_zone()


@pytest.fixture
def maker(zone: Any) -> Any:
    return make.a_user(zone, "人事")


@pytest.fixture
def draft(zone: Any, maker: Any) -> PolicyVersion:
    return policy_draft(zone=zone, actor=maker, on=ON)


def reasons_of(**call: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        policy_edit(**call)
    return list(refused.value.reasons)


def codes_of(version: PolicyVersion) -> list[str]:
    return [one.code for one in policy_of(PolicyVersion.objects.get(pk=version.pk)).ladder.levels]


def test_added_level_stands_in_its_place_and_in_the_difference(zone: Any, maker: Any, draft: PolicyVersion):
    assert policy_edit(version=draft, actor=maker, added=[NEW]) == 1
    assert codes_of(draft)[4:7] == ["L50", "L45", "L40"]
    old = PolicyVersion.objects.get(zone=zone, number=1)
    (found,) = policy_differences(old, draft)
    assert (found.label, found.old) == ("层级 L45", None)
    assert found.new == "主管（高低次序45，直接聘任，一级主管、二级主管）"


def test_two_levels_change_places(maker: Any, draft: PolicyVersion):
    swap = {"L50": {"rank_order": 40}, "L40": {"rank_order": 50}}
    assert policy_edit(version=draft, actor=maker, levels=swap) == 2
    assert codes_of(draft)[4:6] == ["L40", "L50"]
    moved = {one.code: one.rank_order for one in LadderLevel.objects.filter(version=draft)}
    assert (moved["L40"], moved["L50"]) == (50, 40)


def test_a_level_may_take_the_place_of_one_taken_out(maker: Any, draft: PolicyVersion):
    policy_edit(version=draft, actor=maker, added=[NEW])
    policy_edit(
        version=draft, actor=maker, removed=["L45"], added=[{"code": "L46", "rank_order": 45, "name": "专员"}]
    )
    assert codes_of(draft)[4:7] == ["L50", "L46", "L40"]


def test_all_faults_of_a_ladder_are_told_at_once(maker: Any, draft: PolicyVersion):
    found = reasons_of(
        version=draft,
        actor=maker,
        levels={"L40": {"rank_order": 50}, "L30": {"sub_levels": ["甲", "甲"]}, "L20": {"rank_order": "低"}},
        added=[
            {"code": "L50", "rank_order": 55, "name": "科室副职"},
            {"code": "中层", "rank_order": 1, "name": ""},
        ],
    )
    for reason in (
        "层级编码“L50”重复",
        "层级名称“科室副职”重复",
        "高低次序50重复：科室正职、科室副职",
        "“一般主办”的档次“甲”重复",
        "层级编码“中层”须写成 L 加一至三位数字，如 L45",
        "中层的名称不能空着",
    ):
        assert reason in found
    assert any("的高低次序须为大于0的整数" in reason for reason in found)
    assert codes_of(draft) == ["L90", "L80", "L70", "L60", "L50", "L40", "L30", "L20"]
    nine = [f"{number}级" for number in range(10)]
    assert reasons_of(version=draft, actor=maker, levels={"L30": {"sub_levels": nine}}) == [
        "“一般主办”的档次最多9个，现为10个"
    ]


def test_level_in_use_or_named_by_a_value_cannot_vanish(zone: Any, maker: Any):
    round_ = make.a_round(zone)
    draft = policy_draft(zone=zone, actor=maker, on=ON)
    post = make.a_position(make.a_unit(zone), "副科长", "L40", round_.setup)
    make.a_tenure(make.a_person(zone), post)
    found = reasons_of(version=draft, actor=maker, removed=["L40"])
    assert "层级“科室副职”（L40）还在使用：1个岗位、1人，不能删去" in found
    assert any("还用到层级L40" in reason for reason in found)
    assert "L40" in codes_of(draft)


def test_a_sub_level_that_a_post_has_cannot_vanish(zone: Any, maker: Any, draft: PolicyVersion):
    post = make.a_position(make.a_unit(zone), "主办", "L30")
    policy_edit(
        version=draft, actor=maker, levels={"L30": {"sub_levels": ["一级", "二级", "三级"]}}, source="文〔1〕"
    )
    Position.objects.filter(pk=post.pk).update(sub_level=3)
    told = "层级“一般主办”有2个档次，1个岗位的档次比它多，请先改正岗位的档次"
    assert reasons_of(version=draft, actor=maker, levels={"L30": {"sub_levels": ["一级", "二级"]}}) == [told]
    policy_submit(version=draft, actor=maker)
    leader = make.a_user(zone, "领导")
    Position.objects.filter(pk=post.pk).update(sub_level=4)
    with pytest.raises(Refused, match="有3个档次，1个岗位的档次比它多"):
        policy_approve(version=draft, actor=leader)
    policy_return(version=draft, actor=leader, reason="档次")
    with pytest.raises(Refused, match="有3个档次，1个岗位的档次比它多"):
        policy_submit(version=draft, actor=maker)
    Position.objects.filter(pk=post.pk).update(sub_level=3)
    policy_submit(version=draft, actor=maker)
    policy_approve(version=draft, actor=leader)


def test_who_took_a_level_out_is_an_editor(zone: Any, maker: Any, draft: PolicyVersion):
    other = make.a_user(zone, "人事")
    policy_edit(version=draft, actor=maker, added=[NEW])
    assert other.pk not in policy_editors(draft)
    policy_edit(version=draft, actor=other, removed=["L45"])
    assert other.pk in policy_editors(draft)


def test_new_level_needs_a_value_where_every_level_has_one(maker: Any, draft: PolicyVersion):
    policy_edit(version=draft, actor=maker, added=[NEW], source="高办〔2026〕1号")
    with pytest.raises(Refused) as refused:
        policy_submit(version=draft, actor=maker)
    lacking = [one for one in refused.value.reasons if one.endswith("没有层级“主管”（L45）的值")]
    assert lacking
    full = [one for one in draft.parameters.all() if isinstance(one.value, dict) and "L20" in one.value]
    values = {one.key: {**one.value, "L45": one.value["L40"]} for one in full if "L40" in one.value}
    policy_edit(version=draft, actor=maker, values=values)
    policy_submit(version=draft, actor=maker)


def ladder_form(client: Client, version: PolicyVersion) -> dict[str, str]:
    """Everything that the edit page would send, its ladder included."""
    page = client.get(reverse("admin:policy_edit", args=[version.pk]))
    sent = form_of(client, version)
    for one in page.context["levels"]:
        stem = f"level~{one['row'].code}"
        sent |= {
            f"{stem}~name": one["name"],
            f"{stem}~rank_order": one["rank"],
            f"{stem}~method": one["chosen"],
            f"{stem}~aliases": one["aliases"],
            f"{stem}~sub_levels": one["sub_levels"],
            f"{stem}~is_outside": one["outside"],
            f"{stem}~clause": one["row"].clause,
        }
    return sent


def test_clerk_edits_the_ladder_on_the_page(maker: Any, draft: PolicyVersion):
    client = logged_in(maker)
    address = reverse("admin:policy_edit", args=[draft.pk])
    unchanged = client.post(address, ladder_form(client, draft), follow=True).content.decode()
    assert "没有改动" in unchanged
    sent = ladder_form(client, draft) | {
        "level~L30~sub_levels": "一级主办、二级主办，三级主办",
        "new~0~code": "l45",
        "new~0~rank_order": "45",
        "new~0~name": "主管",
    }
    page = client.post(address, sent, follow=True).content.decode()
    assert "已保存，改动2处" in page
    assert "一级主办、二级主办、三级主办" in page
    assert "主管（高低次序45）" in page
    sent = ladder_form(client, draft) | {"level~L45~remove": "yes", "level~L50~rank_order": "高"}
    page = client.post(address, sent).content.decode()
    assert "“科室正职”的高低次序须为大于0的整数" in page
    assert 'name="level~L45~remove" value="yes" aria-label="删去主管" checked' in page
    page = client.post(address, sent | {"level~L50~rank_order": "50"}, follow=True).content.decode()
    assert "已保存，改动1处" in page
    assert "L45" not in codes_of(draft)


def test_clerk_sets_a_level_outside_the_ladder_on_the_page(zone: Any, maker: Any, draft: PolicyVersion):
    client = logged_in(maker)
    address = reverse("admin:policy_edit", args=[draft.pk])
    sent = ladder_form(client, draft) | {
        "new~0~code": "L15",
        "new~0~rank_order": "55",
        "new~0~name": "聘任制",
        "new~0~is_outside": "yes",
    }
    page = client.post(address, sent, follow=True).content.decode()
    assert "已保存，改动1处" in page
    assert "聘任制（高低次序55，无级别）" in page
    assert 'data-label="高低次序">无级别</td>' in page
    assert codes_of(draft)[-1] == "L15"
    page = client.get(address).content.decode()
    assert 'aria-label="聘任制的级别"><option value="">分高低</option><option value="yes" selected>' in page
    assert "没有改动" in client.post(address, ladder_form(client, draft), follow=True).content.decode()
    sent = ladder_form(client, draft) | {"level~L30~is_outside": "yes", "level~L15~is_outside": ""}
    page = client.post(address, sent, follow=True).content.decode()
    assert "已保存，改动2处" in page
    (moved,) = [
        one
        for one in policy_differences(PolicyVersion.objects.get(zone=zone, number=1), draft)
        if one.key == "level.L30.is_outside"
    ]
    assert (moved.label, moved.old, moved.new) == ("层级“一般主办”的无级别", False, True)
    assert (codes_of(draft)[4], codes_of(draft)[-1]) == ("L15", "L30")


def test_level_that_others_are_compared_with_cannot_stand_outside(maker: Any, draft: PolicyVersion):
    found = reasons_of(version=draft, actor=maker, levels={"L70": {"is_outside": True}})
    assert any("用到层级L70的高低，L70不能是无级别" in reason for reason in found)
    every = {code: {"is_outside": True} for code in codes_of(draft)}
    found = reasons_of(version=draft, actor=maker, levels=every)
    assert "层级表不能空着，至少要有一个分高低的层级" in found


@pytest.mark.parametrize("role", ["领导", "监督组", "系统管理员", "单位负责人"])
def test_other_roles_do_not_edit_the_ladder(zone: Any, draft: PolicyVersion, role: str):
    user = make.a_user(zone, role)
    assert logged_in(user).post(reverse("admin:policy_edit", args=[draft.pk])).status_code == 403
    with pytest.raises(Refused, match="没有“修改政策版本”的权限"):
        policy_edit(version=draft, actor=user, added=[NEW])
