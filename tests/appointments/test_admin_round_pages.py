"""The page of a batch: its tabs, its actions on one row and on all, and that nothing typed breaks it."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from appointments.models import (
    Application,
    Batch,
    BatchPost,
    PanelMember,
    RuleResult,
    ScoreEntry,
    ScoreSheet,
    Secondment,
)
from appointments.states import BatchState
from appointments.views.batch import TABS
from appointments.views.placements import ACTIONS as PLACEMENT_ACTIONS
from appointments.views.round_actions import ROUND_ACTIONS
from appointments.views.years import ALL as YEAR_ACTIONS
from reform.models import ChangeRequest
from tests import factories as make

from .pages_cast import Office, logged_in
from .round_cast import set_state

pytestmark = pytest.mark.django_db
ACTIONS = [(tab, action) for tab in TABS for action in tab.actions]


def everything(cast: Office) -> Any:
    """A user who may do all there is, to see what the pages themselves make of it."""
    user = make.a_user(cast.zone, "人事")
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label__in=("appointments", "reform"))
    )
    return user


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.mark.parametrize("method", ["JP", "SX", "ZP", "ZZ"])
def test_every_tab_opens_in_every_state(method: str):
    cast = Office()
    client = logged_in(everything(cast))
    address = reverse("admin:batch", args=[cast.batch.pk])
    for state in BatchState:
        Batch.objects.filter(pk=cast.batch.pk).update(state=state, method=method)
        assert client.get(address).status_code == 200, state
        for tab in TABS:
            if not tab.methods or method in tab.methods:
                assert client.get(address, {"tab": tab.key}).status_code == 200, (state, tab.key)


@pytest.mark.parametrize("state", [BatchState.SCREENING, BatchState.MATCHING, BatchState.PUBLICITY])
def test_no_action_breaks_on_empty_or_wrong_input(state: str):
    cast = Office(state)
    client = logged_in(everything(cast))
    rows = [str(one.pk) for one in cast.applications] + ["999999", "x"]
    for _, action in ACTIONS:
        address = reverse("admin:batch_do", args=[cast.batch.pk, action.key])
        for sent in ({}, {"row": rows}, {"row": rows, **_nonsense(action)}):
            response = client.post(address, sent)
            assert response.status_code == 302, (action.key, sent)
    for action in (*ROUND_ACTIONS, *PLACEMENT_ACTIONS):
        name = "placement_do" if action in PLACEMENT_ACTIONS else "round_do"
        for sent in ({}, {"row": rows, **_nonsense(action)}):
            response = client.post(reverse(f"admin:{name}", args=[cast.round.pk, action.key]), sent)
            assert response.status_code == 302, action.key
    for key, (_, action) in YEAR_ACTIONS.items():
        for sent in ({}, {"row": rows, **_nonsense(action)}):
            assert client.post(reverse("admin:years_do", args=[key]), sent).status_code == 302, key


def _nonsense(action: Any) -> dict[str, str]:
    """Something in every field that the action has, wrong in most."""
    if action.form is None:
        return {}
    return {f"{action.key}-{name}": "二〇二二" for name in action.form.base_fields}


def test_unknown_action_and_foreign_batch_are_not_found():
    cast = Office()
    client = cast.client("人事")
    assert client.post(reverse("admin:batch_do", args=[cast.batch.pk, "fly"])).status_code == 404
    assert client.get(reverse("admin:batch_do", args=[cast.batch.pk, "screen"])).status_code == 405
    other = make.a_batch(make.a_round(make.a_zone("other", "经开区")))
    assert client.get(reverse("admin:batch", args=[other.pk])).status_code == 404


def do(client: Any, cast: Office, key: str, **sent: Any) -> str:
    return text_of(client.post(reverse("admin:batch_do", args=[cast.batch.pk, key]), sent, follow=True))


def test_screening_in_bulk_reports_each_refusal_and_needs_a_second_person():
    cast = Office()
    clerk, supervisor = cast.client("人事"), cast.client("监督组")
    assert "审查了4个志愿" in do(clerk, cast, "evaluate")
    RuleResult.objects.update(outcome="PASS")
    RuleResult.objects.filter(application=cast.applications[0]).update(outcome="FAIL")
    rows = [one.pk for one in cast.applications]
    page = do(clerk, cast, "screen", row=rows, **{"screen-conclusion": "QUALIFIED"})
    assert "已下结论3个志愿。" in page
    assert "甲0人" in page
    assert "有1条没有办理" in page or "甲0人 → " in page
    assert (
        clerk.post(reverse("admin:batch_do", args=[cast.batch.pk, "review"]), {"row": rows}).status_code
        == 403
    )
    page = do(supervisor, cast, "review", row=rows)
    assert "已复核3个志愿。" in page
    assert Application.objects.filter(state="QUALIFIED").count() == 3


def test_bulk_action_without_a_selection_asks_for_one():
    cast = Office()
    assert "“初审”：请先在表中选择。" in do(cast.client("人事"), cast, "screen")


def test_posts_are_cancelled_with_a_reason():
    cast = Office()
    client = cast.client("人事")
    post = BatchPost.objects.get(position=cast.posts[0])
    assert "“理由”请填写。" in do(client, cast, "cancel_posts", row=[post.pk])
    page = do(client, cast, "cancel_posts", row=[post.pk], **{"cancel_posts-reason": "报名人数不足"})
    assert "已取消1个岗位。" in page
    post.refresh_from_db()
    assert (post.state, post.reason) == ("CANCELLED", "报名人数不足")
    assert not Application.objects.filter(position=cast.posts[0], state="SUBMITTED").exists()


def test_days_are_planned_and_a_half_is_refused():
    cast = Office(state="PLANNED")
    set_state(cast.round, "DRAFT")
    client = cast.client("人事")
    page = do(client, cast, "days", **{"days-NOTICE~from": "2022-01-10"})
    assert "“公告”的起止日期须都填或都不填。" in page
    sent = {"days-NOTICE~from": "2022-01-10", "days-NOTICE~to": "2022-01-14"}
    assert "日程已保存" in do(client, cast, "days", **sent)
    assert cast.batch.steps.get().last_on == date(2022, 1, 14)


def scored_office() -> Office:
    """In 考评, everybody qualified, the round scored on one interview."""
    cast = Office(BatchState.ASSESSING)
    Application.objects.update(state="QUALIFIED")
    type(cast.round).objects.filter(pk=cast.round.pk).update(weights={"*": {"interview": 100}})
    return cast


def test_member_of_the_panel_fills_in_the_own_sheet_only():
    cast = scored_office()
    other = PanelMember.objects.create(batch=cast.batch, name="另一评委")
    mine = PanelMember.objects.get(user=cast.judge)
    client = logged_in(cast.judge)
    page = text_of(client.get(reverse("admin:batch", args=[cast.batch.pk]), {"tab": "assessment"}))
    assert "面试 · 评委" in page
    assert "面试 · 另一评委" not in page
    address = reverse("admin:score_sheet", args=[cast.batch.pk, "interview", mine.pk])
    assert (
        client.get(reverse("admin:score_sheet", args=[cast.batch.pk, "interview", other.pk])).status_code
        == 403
    )
    assert client.get(reverse("admin:score_sheet", args=[cast.batch.pk, "written", 0])).status_code == 403
    candidacies = [one.candidacy_id for one in cast.applications]
    wrong = text_of(client.post(address, {f"score~{candidacies[0]}": "很好"}))
    assert "“很好”不是分数" in wrong
    assert 'value="很好"' in wrong
    sent = {f"score~{key}": f"{80 + number}.5" for number, key in enumerate(candidacies)}
    page = text_of(client.post(address, sent, follow=True))
    assert "评分表已保存，4人" in page
    assert ScoreEntry.objects.get(candidacy=candidacies[1]).score == Decimal("81.50")
    sheet = ScoreSheet.objects.get()
    assert "录入人不能锁定自己的评分表" in do(client, cast, "lock", row=[sheet.pk])


def test_panel_is_set_a_line_each():
    cast = scored_office()
    client = cast.client("人事")
    lines = "\n".join(
        [f"评委{number}，某大学教授" for number in range(6)] + [f"王七,人社局,{cast.judge.username}"]
    )
    PanelMember.objects.all().delete()
    page = do(client, cast, "panel", **{"panel-members": lines})
    assert "考评组7人。" in page
    assert PanelMember.objects.get(name="王七").user == cast.judge
    assert "本区没有账号“nobody”" in do(client, cast, "panel", **{"panel-members": "李八，财政局，nobody"})


def test_unit_head_speaks_for_the_own_unit_only():
    cast = Office(BatchState.MATCHING)
    Application.objects.update(state="SHORTLISTED", rank=1)
    client = logged_in(cast.head)
    page = text_of(client.get(reverse("admin:batch", args=[cast.batch.pk]), {"tab": "selection"}))
    assert "甲0人" in page
    assert "甲1人" not in page
    own, foreign = cast.applications[0], cast.applications[2]
    do(client, cast, "intentions", **{f"unit~{own.pk}": "yes", f"unit~{foreign.pk}": "yes"})
    assert own.intentions.get().unit_agrees is True
    assert not foreign.intentions.exists()


def test_ballots_that_do_not_add_up_are_refused_and_kept_on_the_form():
    cast = scored_office()
    type(cast.round).objects.filter(pk=cast.round.pk).update(
        weights={"*": {"interview": 50, "peer_vote": 50}}
    )
    client = cast.client("人事")
    key = cast.applications[0].candidacy_id
    sent = {f"{name}~{key}~A": "5" for name in ("expected", "present", "issued", "returned", "good")}
    page = text_of(client.post(reverse("admin:ballots", args=[cast.batch.pk]), sent | {f"good~{key}~A": "4"}))
    assert "收回" in page
    assert 'value="4"' in page
    done = text_of(client.post(reverse("admin:ballots", args=[cast.batch.pk]), sent, follow=True))
    assert "已登记1份票数" in done


def test_dossier_shows_what_is_missing():
    cast = Office()
    page = text_of(cast.client("人事").get(reverse("admin:dossier", args=[cast.applications[0].pk])))
    assert "选任纪实：甲0人" in page
    assert "还缺" in page


def test_papers_of_a_batch_come_as_word_and_workbook():
    cast = Office()
    client = cast.client("人事")
    for fmt in ("docx", "xlsx"):
        response = client.get(reverse("admin:batch_paper", args=[cast.batch.pk, "notice", fmt]))
        assert response.status_code == 200
        assert "filename*=UTF-8''" in response["Content-Disposition"]
    assert client.get(reverse("admin:batch_paper", args=[cast.batch.pk, "notice", "exe"])).status_code == 404
    assert client.get(reverse("admin:batch_paper", args=[cast.batch.pk, "x", "docx"])).status_code == 404
    nothing = client.get(reverse("admin:batch_paper", args=[cast.batch.pk, "letter", "docx"]), follow=True)
    assert nothing.status_code == 200


def test_secondments_are_registered_for_many_at_once():
    cast = Office()
    client = cast.client("人事")
    today = timezone.localdate()
    people = [one.candidacy.person.pk for one in cast.applications]
    sent = {
        "second-people": people,
        "second-direction": "OUT",
        "second-host": "嘉兴市秀洲区",
        "second-starts_on": f"{today}",
        "second-last_on": f"{today + timedelta(days=90)}",
        "second-document_no": "高组〔2022〕5号",
    }
    page = text_of(client.post(reverse("admin:years_do", args=["second"]), sent, follow=True))
    assert "已登记挂职" in page
    assert Secondment.objects.filter(host="嘉兴市秀洲区").count() > 0


def test_change_requests_are_accepted_in_the_inbox():
    cast = Office()
    person = cast.applications[0].candidacy.person
    asker = make.a_user(cast.zone, "人事")
    request = ChangeRequest.objects.create(
        person=person,
        field="native_place",
        old_value="",
        new_value="河南平顶山",
        reason="漏填",
        asked_by=asker,
        asked_on=date(2022, 1, 9),
    )
    client = cast.client("人事")
    assert "1项更正等待处理" in text_of(client.get(reverse("admin:change_requests")))
    address = reverse("admin:change_request_do", args=["accept"])
    assert logged_in(asker).post(address, {"row": [request.pk]}, follow=True).status_code == 200
    person.refresh_from_db()
    assert person.native_place == ""
    client.post(address, {"row": [request.pk]})
    person.refresh_from_db()
    assert person.native_place == "河南平顶山"


def test_list_of_batches_leads_to_the_page():
    cast = Office()
    client = cast.client("人事")
    listed = reverse("admin:appointments_batch_change", args=[cast.batch.pk])
    assert client.get(listed)["Location"] == reverse("admin:batch", args=[cast.batch.pk])
    set_state(cast.batch, BatchState.CLOSED)
    assert client.get(reverse("admin:batch", args=[cast.batch.pk])).status_code == 200


def test_list_opens_at_the_latest_round_that_has_rows_and_at_the_round_of_a_batch():
    cast = Office()
    later = make.a_round(cast.zone, "2099", date(2099, 1, 1))
    person = make.a_person(cast.zone, "周七")
    make.an_application(cast.batch, person, cast.posts[0])
    client = logged_in(everything(cast))
    address = reverse("admin:appointments_candidacy_changelist")
    assert "周七" in client.get(address).content.decode()
    make.an_application(
        make.a_batch(later),
        make.a_person(cast.zone, "吴八"),
        make.a_position(cast.units[0], setup=later.setup),
    )
    newest = client.get(address).content.decode()
    assert "吴八" in newest
    assert "周七" not in newest
    assert "周七" in client.get(f"{address}?batch={cast.batch.pk}").content.decode()


def test_paper_form_has_as_many_choices_as_the_batch_allows():
    office = Office()
    Batch.objects.update(max_choices=2)
    person, client = make.a_person(office.zone, "补报人"), office.client("人事")
    page = client.get(reverse("admin:batch", args=[office.batch.pk]) + "?tab=applications").content.decode()
    assert "submit-choice_2" in page
    assert "submit-choice_3" not in page
    sent = {
        "submit-person": person.pk,
        "submit-choice_1": office.posts[1].pk,
        "submit-choice_2": office.posts[0].pk,
        "submit-declares_kin": "no",
        "submit-late_reason": "出差未归",
    }
    client.post(reverse("admin:batch_do", args=[office.batch.pk, "submit"]), sent)
    made = Application.objects.filter(candidacy__person=person).order_by("choice_no")
    assert [one.position for one in made] == [office.posts[1], office.posts[0]]
