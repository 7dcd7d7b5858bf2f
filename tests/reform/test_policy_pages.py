"""A policy changes by a new version that two persons make: read, edit, compare, submit, approve, copy."""

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reform.errors import IllegalTransition, Refused, StaleState
from reform.models import AuditEvent, Person, PolicyVersion
from reform.policy_shape import value_faults
from reform.services.policy import (
    policy_approve,
    policy_copy_from,
    policy_differences,
    policy_draft,
    policy_edit,
    policy_editors,
    policy_return,
    policy_submit,
)
from tests import factories as make

ON = date(2026, 3, 1)
LEVELS = {"L70", "L60", "L30"}


@pytest.mark.parametrize(
    ("key", "present", "value", "fault"),
    [
        ("round.term_years", 3, 5, ""),
        ("round.term_years", 3, "三", "须为数字"),
        ("round.term_years", 3, 2.5, "须为整数"),
        ("round.term_years", 3, -1, "不能是负数"),
        ("round.allow_waiting", False, 1, "须为是或否"),
        ("pay.point_value", "4000.00", "4200.50", ""),
        ("pay.point_value", "4000.00", "四千", "须为数字"),
        ("round.probation_from_level", "L60", "L70", ""),
        ("round.probation_from_level", "L60", "L55", "层级表中没有“L55”"),
        ("round.publicity_workdays", 5, 4, "不得少于5，现为4"),
        ("round.opening_ratio", {"normal": 3, "lowest": 2}, {"normal": 3}, "缺少lowest"),
        ("round.opening_ratio", {"normal": 3, "lowest": 2}, {"normal": 3, "lowest": 2, "x": 1}, "多出x"),
        ("round.weights", {"L60-L70": {"written": 100}}, {"*": {"written": 40, "interview": 60}}, ""),
        ("round.weights", {"L60-L70": {"written": 100}}, {"*": {"written": 90}}, "合计90，须为100"),
        ("round.weights", {"L60-L70": {"written": 100}}, {"L80": {"written": 100}}, "层级表中没有“L80”"),
        ("round.warning_days", [90, 60, 30], [60, 30], ""),
        ("round.warning_days", [90, 60, 30], [60, 60], "有重复的项"),
        ("pay.ratio", [3, 3, 4], [5, 5], "须有3项，现为2项"),
        ("round.quorum", {"present": [2, 3]}, {"present": [2, 2]}, ""),
        ("caps.deputy_per_unit", [[7, 1], [None, 3]], [[9, 1], [None, 2]], ""),
        ("caps.deputy_per_unit", [[7, 1], [None, 3]], [[9, 1, 2], [None, 2]], "须有2项"),
        ("round.vote_weights", {"A": 40, "B": 30, "C": 30}, {"A": 50, "B": 30, "C": 30}, "合计110"),
    ],
)
def test_value_keeps_its_shape(key: str, present: Any, value: Any, fault: str):
    found = value_faults(key, present, value, levels=LEVELS)
    assert (fault in "；".join(found)) if fault else found == []


def test_names_come_from_the_known_ones():
    choices = {"results", "peer_vote"}
    assert value_faults("t", ["results"], ["peer_vote", "results"], levels=LEVELS, choices=choices) == []
    assert value_faults("t", ["results"], ["luck"], levels=LEVELS, choices=choices) == ["第1项：不认识“luck”"]


@pytest.fixture
def zone(db: None) -> Any:
    return make.a_zone()


@pytest.fixture
def maker(zone: Any) -> Any:
    return make.a_user(zone, "人事")


@pytest.fixture
def leader(zone: Any) -> Any:
    return make.a_user(zone, "领导")


@pytest.fixture
def draft(zone: Any, maker: Any) -> PolicyVersion:
    return policy_draft(zone=zone, actor=maker, on=ON)


def submitted(draft: PolicyVersion, maker: Any, **values: Any) -> PolicyVersion:
    policy_edit(
        version=draft, actor=maker, values=values or {"round.term_years": 5}, source="高办〔2026〕1号"
    )
    policy_submit(version=draft, actor=maker)
    return draft


def test_draft_is_a_full_copy_and_only_one_is_open(zone: Any, maker: Any, draft: PolicyVersion):
    old = PolicyVersion.objects.get(zone=zone, number=1)
    assert (draft.number, draft.state, draft.maker_id) == (2, "DRAFT", maker.pk)
    assert policy_differences(old, draft) == []
    assert draft.parameters.count() == old.parameters.count() > 50
    with pytest.raises(Refused, match="还在起草"):
        policy_draft(zone=zone, actor=maker, on=ON)


def test_two_persons_put_a_version_in_force(zone: Any, maker: Any, leader: Any, draft: PolicyVersion):
    submitted(draft, maker)
    policy_approve(version=draft, actor=leader, document_no="高办〔2026〕2号")
    draft.refresh_from_db()
    assert (draft.state, draft.checker_id) == ("IN_FORCE", leader.pk)
    actions = list(AuditEvent.objects.filter(zone=zone).order_by("id").values_list("action", flat=True))
    assert actions[-5:-1] == ["起草政策版本", "修改政策版本", "提交政策版本", "批准政策版本"]


def test_nobody_approves_what_they_made_or_edited(zone: Any, maker: Any, leader: Any, draft: PolicyVersion):
    from django.contrib.auth.models import Permission

    both = make.a_user(zone, "人事")
    both.user_permissions.add(Permission.objects.get(codename="approve_policy"))
    both = type(both).objects.get(pk=both.pk)
    policy_edit(version=draft, actor=both, values={"round.max_terms": 2})
    submitted(draft, maker)
    with pytest.raises(Refused, match="起草或修改过这个版本的人不能批准它"):
        policy_approve(version=draft, actor=both)
    with pytest.raises(Refused, match="没有“批准政策版本”的权限"):
        policy_approve(version=draft, actor=maker)
    policy_return(version=draft, actor=leader, reason="再议")
    assert policy_editors(draft) == {maker.pk, both.pk}
    policy_submit(version=draft, actor=maker)
    policy_approve(version=draft, actor=leader)


def test_version_starts_after_the_last_and_differs_from_it(zone: Any, maker: Any, draft: PolicyVersion):
    policy_edit(version=draft, actor=maker, starts_on=date(2018, 1, 1))
    with pytest.raises(Refused) as refused:
        policy_submit(version=draft, actor=maker)
    assert any("须晚于" in reason for reason in refused.value.reasons)
    assert any("完全相同" in reason for reason in refused.value.reasons)


def test_all_faults_are_told_at_once_and_nothing_is_written(maker: Any, draft: PolicyVersion):
    with pytest.raises(Refused) as refused:
        policy_edit(
            version=draft,
            actor=maker,
            values={"round.term_years": "三", "round.publicity_workdays": 3, "no.such": 1},
            levels={"L70": {"name": "中层副职"}},
        )
    assert len(refused.value.reasons) == 4
    assert "“聘期”须为数字" in refused.value.reasons
    assert draft.parameters.get(key="round.term_years").value == 3


def test_version_in_force_is_never_edited(zone: Any, maker: Any):
    with pytest.raises(Refused, match="不能再改"):
        policy_edit(version=PolicyVersion.objects.get(zone=zone), actor=maker, values={"round.term_years": 5})


def test_second_of_two_approvers_is_told(zone: Any, maker: Any, leader: Any, draft: PolicyVersion):
    submitted(draft, maker)
    stale = PolicyVersion.objects.get(pk=draft.pk)
    policy_approve(version=draft, actor=leader)
    with pytest.raises((StaleState, Refused)):
        policy_approve(version=stale, actor=make.a_user(zone, "领导"))
    with pytest.raises(IllegalTransition, match="已生效"):
        policy_submit(version=make_later(draft), actor=maker)


def make_later(version: PolicyVersion) -> PolicyVersion:
    version.starts_on = date(2030, 1, 1)
    version.source = "x"
    return version


def test_copy_of_another_zone_takes_values_and_ladder_but_nobody(zone: Any, maker: Any, leader: Any):
    other = make.a_zone("other", "经开区")
    make.a_person(other, "外区人")
    their_maker, their_leader = make.a_user(other, "人事"), make.a_user(other, "领导")
    theirs = policy_draft(zone=other, actor=their_maker, on=ON)
    policy_edit(
        version=theirs,
        actor=their_maker,
        values={"round.term_years": 5},
        levels={"L30": {"name": "雇员"}},
        source="经办〔2026〕1号",
    )
    policy_submit(version=theirs, actor=their_maker)
    policy_approve(version=theirs, actor=their_leader)
    mine = policy_copy_from(zone=zone, source=theirs, actor=maker, on=ON)
    assert mine.zone == zone
    assert mine.parameters.get(key="round.term_years").value == 5
    assert mine.levels.get(code="L30").name == "雇员"
    assert policy_differences(theirs, mine) == []
    assert not Person.objects.filter(zone=zone).exists()
    with pytest.raises(Refused, match="只能复制其他开发区"):
        policy_copy_from(zone=zone, source=mine, actor=maker, on=ON)


def logged_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def form_of(client: Client, version: PolicyVersion) -> dict[str, str]:
    """Everything that the edit page would send."""
    page = client.get(reverse("admin:policy_edit", args=[version.pk]))
    context = page.context
    sent = {"starts_on": f"{version.starts_on}", "source": version.source, "reason": ""}
    for _, editors in context["areas"]:
        for one in editors:
            sent |= {leaf.name: leaf.value for leaf in one.leaves}
            sent[f"clause~{one.key}"] = one.clause
            if one.is_nested:
                sent[f"json~{one.key}"] = one.text
    return sent


def test_form_sent_back_unchanged_changes_nothing(maker: Any, draft: PolicyVersion):
    client = logged_in(maker)
    before = {one.key: one.value for one in draft.parameters.all()}
    response = client.post(reverse("admin:policy_edit", args=[draft.pk]), form_of(client, draft), follow=True)
    assert "没有改动" in response.content.decode()
    assert {one.key: one.value for one in draft.parameters.all()} == before


def test_clerk_edits_by_field_and_by_text_and_sees_the_difference(maker: Any, draft: PolicyVersion):
    client = logged_in(maker)
    sent = form_of(client, draft) | {
        "round.term_years": "5",
        "round.opening_ratio~lowest": "1",
        "round.tie_breaks~0": "peer_vote",
        "round.tie_breaks~1": "results",
        "round.warning_days~3": "15",
        "json~caps.deputy_per_unit": json.dumps([[9, 1], [None, 2]]),
        "clause~round.term_years": "五年一届",
        "source": "高办〔2026〕1号",
    }
    response = client.post(reverse("admin:policy_edit", args=[draft.pk]), sent, follow=True)
    page = response.content.decode()
    assert "正在起草，改动5处" in page
    assert "五年一届" in page
    values = {one.key: one.value for one in draft.parameters.all()}
    assert values["round.term_years"] == 5
    assert values["round.opening_ratio"] == {"normal": 3, "lowest": 1}
    assert values["round.tie_breaks"][:2] == ["peer_vote", "results"]
    assert values["round.warning_days"] == [90, 60, 30, 15]
    assert values["caps.deputy_per_unit"] == [[9, 1], [None, 2]]


def test_faults_of_the_form_are_listed_in_chinese(maker: Any, draft: PolicyVersion):
    client = logged_in(maker)
    sent = form_of(client, draft) | {"round.term_years": "三年", "round.publicity_workdays": "3"}
    page = client.post(reverse("admin:policy_edit", args=[draft.pk]), sent).content.decode()
    assert "“聘期”须为数字" in page
    assert "“公示工作日数”不得少于5" in page
    assert 'value="三年"' in page
    broken = form_of(client, draft) | {"json~round.weights": "{"}
    page = client.post(reverse("admin:policy_edit", args=[draft.pk]), broken).content.decode()
    assert "“考评权重”的文本第1行" in page


def test_leader_approves_on_the_page_and_the_maker_does_not(maker: Any, leader: Any, draft: PolicyVersion):
    submitted(draft, maker)
    step = reverse("admin:policy_step", args=[draft.pk, "approve"])
    refused = logged_in(maker).post(step, follow=True).content.decode()
    assert "没有“批准政策版本”的权限" in refused
    done = logged_in(leader).post(step, {"document_no": "高办〔2026〕2号"}, follow=True).content.decode()
    assert "已批准" in done
    assert "第2版自2026年3月1日起有效" in done


def test_round_shows_on_the_version_that_it_has_fixed(zone: Any, maker: Any):
    make.a_round(zone)
    version = PolicyVersion.objects.get(zone=zone)
    page = logged_in(maker).get(reverse("admin:policy", args=[version.pk])).content.decode()
    assert "锁定第1版的：2022年全员聘任" in page
    assert "公务员法第三十二条" in page


@pytest.mark.parametrize("role", ["考评组", "考察组", "单位负责人", "财务", "系统管理员"])
def test_other_roles_do_not_open_the_policy(zone: Any, role: str):
    version = PolicyVersion.objects.get(zone=zone)
    client = logged_in(make.a_user(zone, role))
    assert client.get(reverse("admin:policy", args=[version.pk])).status_code == 403
    assert client.post(reverse("admin:policy_new")).status_code == 403


def test_other_zones_version_is_not_found(zone: Any, maker: Any):
    other = make.a_zone("other", "经开区")
    address = reverse("admin:policy", args=[PolicyVersion.objects.get(zone=other).pk])
    assert logged_in(maker).get(address).status_code == 404
    page = logged_in(maker).get(reverse("admin:policy_copy")).content.decode()
    assert "经开区" in page
