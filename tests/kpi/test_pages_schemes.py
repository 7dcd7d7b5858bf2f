"""考核方案, 指标库 and 规则试算 on their pages."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from kpi.models import Indicator, LibraryIndicator, Scheme
from kpi.rules.codes import Rule
from tests.appointments.pages_cast import logged_in

from . import casts
from .casts import Cast

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def cast() -> Cast:
    return casts.a_cast()


def leaf_values(leaf: Indicator | None = None, **more: Any) -> dict[str, Any]:
    """What the form of a leaf sends."""
    facts: dict[str, Any] = {
        "level1": "经济发展", "level2": "税收", "direction": "UP", "period": "YEAR", "full": "100",
        "rule": "PROP_BONUS", "parameters": "每超2%加0.2分，最多加1分", "data_source": "税务局",
    }  # fmt: skip
    if leaf is not None:
        facts |= {"level1": leaf.level1, "level2": leaf.level2, "subject": leaf.subject_id, "full": leaf.full}
        facts |= {"rule": leaf.rule, "parameters": "", "responsible_unit": leaf.responsible_unit_id}
        facts |= {"measure": leaf.measure, "data_source": leaf.data_source}
    return facts | more


def test_an_empty_list_says_what_to_do_next(cast: Cast):
    client = logged_in(cast.office)
    assert "点“新建考核方案”" in text_of(client.get(reverse("admin:kpi_schemes")))
    assert "还没有考核周期" in text_of(client.get(reverse("admin:kpi_cycles")))


def test_a_scheme_starts_from_last_years(cast: Cast):
    old = casts.a_scheme(cast)
    client = logged_in(cast.office)
    page = text_of(client.get(reverse("admin:kpi_scheme_new")))
    assert 'value="2023"' in page
    sent = {"year": 2023, "name": "2023年度考核方案", "copied_from": old.pk}
    page = text_of(client.post(reverse("admin:kpi_scheme_new"), sent, follow=True))
    made = Scheme.objects.get(year=2023)
    assert made.indicators.count() == 6
    assert "沿用" in page
    assert "6项指标，3张考核表，权重合计都是100" in page


def test_a_subject_whose_weights_are_not_100_is_told_with_the_figure(cast: Cast):
    unit = cast.units[0]
    entries = casts.leaves_of(unit)[:1] + casts.leaves_of(cast.units[1])
    scheme = casts.a_scheme(cast, entries=entries)
    page = text_of(logged_in(cast.office).get(reverse("admin:kpi_scheme", args=[scheme.pk])))
    assert "1张权重合计不是100（经济发展局60）" in page
    assert '<span class="alert">60，须为100</span>' in page


def test_a_leaf_is_added_with_parameters_as_offices_write_them(cast: Cast):
    scheme = casts.a_scheme(cast, entries=[])
    client = logged_in(cast.office)
    address = reverse("admin:kpi_indicator_new", args=[scheme.pk])
    page = text_of(client.post(address, leaf_values(), follow=True))
    made = Indicator.objects.get(level2="税收")
    assert made.parameters == {"step": "2", "per": "0.2", "cap": "1"}
    assert "每超2%加0.2分,最多加1分" in page


def test_unreadable_parameters_are_told_and_what_was_typed_stays(cast: Cast):
    scheme = casts.a_scheme(cast, entries=[])
    client = logged_in(cast.office)
    address = reverse("admin:kpi_indicator_new", args=[scheme.pk])
    page = text_of(client.post(address, leaf_values(rule="INTERVAL", parameters="[0,30)2分;[40,100]5分")))
    assert "之间有空档：30至40没有得分" in page
    assert "[0,30)2分;[40,100]5分" in page
    assert not Indicator.objects.exists()


def test_a_rule_against_the_direction_is_kept_and_told(cast: Cast):
    scheme = casts.a_scheme(cast, entries=[])
    client = logged_in(cast.office)
    address = reverse("admin:kpi_indicator_new", args=[scheme.pk])
    sent = leaf_values(rule="LOWER", parameters="")
    page = text_of(client.post(address, sent, follow=True))
    assert "“逆向比例”用于越低越好的指标，本指标方向为“正向”。请核对方向或换一种规则。" in page
    assert "1项的计分规则要看一下" in page


def test_a_leaf_of_an_open_scheme_changes_in_place(cast: Cast):
    casts.a_scheme(cast)
    leaf = cast.leaf("招商局投资")
    client = logged_in(cast.office)
    page = text_of(
        client.post(
            reverse("admin:kpi_indicator", args=[leaf.pk]),
            leaf_values(leaf, parameters="完成率低于60%不得分"),
            follow=True,
        )
    )
    leaf.refresh_from_db()
    assert (leaf.version, leaf.parameters) == (1, {"floor": "0.6"})
    assert "完成率低于60%不得分" in page


def test_a_frozen_leaf_becomes_a_new_version_with_a_reason(cast: Cast):
    casts.collecting(cast)
    leaf = cast.leaf("招商局投资")
    client = logged_in(cast.office)
    address = reverse("admin:kpi_indicator", args=[leaf.pk])
    sent = leaf_values(leaf, parameters="完成率低于60%不得分")
    assert "改动理由：请填写。" in text_of(client.post(address, sent))
    page = text_of(client.post(address, sent | {"reason": "市里改了口径"}, follow=True))
    newer = cast.leaf("招商局投资")
    assert newer.version == 2
    assert "已保存为新版本，旧版本保留。" in page
    assert "2个版本" in page
    moved = sent | {"subject": cast.units[2].pk, "reason": "换单位", "parameters": ""}
    client.post(reverse("admin:kpi_indicator", args=[newer.pk]), moved, follow=True)
    assert cast.leaf("招商局投资").subject == cast.units[1]
    old = text_of(client.get(address))
    assert "第1版，已有新版本" in old
    assert "保存为新版本" not in old
    scheme = text_of(client.get(reverse("admin:kpi_scheme", args=[newer.scheme_id])))
    assert "已有2项旧版本" in scheme


def test_leaves_of_an_open_scheme_are_removed_from_its_page(cast: Cast):
    scheme = casts.a_scheme(cast)
    client = logged_in(cast.office)
    address = reverse("admin:kpi_scheme_do", args=[scheme.pk, "remove"])
    page = text_of(client.post(address, {"row": cast.leaf("招商局投资").pk}, follow=True))
    assert "已删去1项指标。" in page
    assert not Indicator.objects.filter(level2="招商局投资").exists()


def test_the_library_holds_the_article_as_printed():
    rows = json.loads((settings.BASE_DIR / "fixtures/article_indicators.json").read_text("utf-8"))
    assert [one["code"] for one in rows] == [f"K{n:02}" for n in range(1, 35)]
    stored = {one.code: one for one in LibraryIndicator.objects.filter(year=2021)}
    assert set(stored) == {one["code"] for one in rows}
    assert all(stored[one["code"]].actual == Decimal(one["actual"]) for one in rows)
    doubtful = {code: one.quality for code, one in stored.items() if one.quality != "OK"}
    assert doubtful == {"K03": "SUSPECT", "K04": "SUSPECT", "K12": "AMBIGUOUS", "K16": "SUSPECT"}
    bounds = {code for code, one in stored.items() if one.qualifier == "GE"}
    assert bounds == {"K22", "K24", "K25", "K26"}
    assert (stored["K16"].actual, stored["K01"].target, stored["K09"].base) == (
        Decimal(12),
        Decimal("34.41"),
        Decimal(116),
    )


def test_the_library_shows_doubts_and_filters_by_them(cast: Cast):
    client = logged_in(cast.office)
    page = text_of(client.get(reverse("admin:kpi_library")))
    assert "其中4项印出的数值存疑或有歧义" in page
    assert "≥70" in page
    suspect = text_of(client.get(reverse("admin:kpi_library"), {"quality": "SUSPECT"}))
    assert "疑为1.2万亩" in suspect
    assert "省级重点项目投资" not in suspect
    found = text_of(client.get(reverse("admin:kpi_library"), {"q": "专精特新"}))
    assert "占全市总额的38%" in found
    assert "没有符合条件的指标" in text_of(client.get(reverse("admin:kpi_library"), {"q": "没有的"}))


def test_indicators_are_copied_from_the_library_without_their_figures(cast: Cast):
    scheme = casts.a_scheme(cast, entries=[])
    rows = LibraryIndicator.objects.filter(code__in=("K01", "K09"))
    sent = {"row": [one.pk for one in rows], "copy-scheme": scheme.pk, "copy-subject": cast.units[0].pk}
    client = logged_in(cast.office)
    page = text_of(client.post(reverse("admin:kpi_library_copy"), sent, follow=True))
    assert "已复制2项到“2022年度考核方案”" in page
    made = Indicator.objects.get(level2="国家高新区综合评价位次")
    assert (made.subject, made.direction, made.full) == (cast.units[0], "DOWN", None)
    again = text_of(client.post(reverse("admin:kpi_library_copy"), sent, follow=True))
    assert "2项方案里已有，没有重复复制。" in again


@pytest.mark.parametrize("rule", list(Rule))
def test_the_try_out_opens_with_an_example_of_every_rule(cast: Cast, rule: Rule):
    page = text_of(logged_in(cast.office).get(reverse("admin:kpi_try"), {"rule": rule.value}))
    drawn = rule not in (Rule.GRADE, Rule.VETO)
    assert ("<polyline" in page) == drawn
    assert ("不能计分" in page) == (rule == Rule.VETO)


def test_the_try_out_shows_score_steps_and_what_is_wrong(cast: Cast):
    client = logged_in(cast.office)
    address = reverse("admin:kpi_try")
    sent = {"rule": "PROP_BONUS", "t": 1, "full": "10", "actual": "41.5", "target": "34.41"}
    page = text_of(client.get(address, sent))
    assert "比例+超额加分：得11.50分" in page
    assert "实际值41.5达到目标值34.41" in page
    assert "41.5 → 11.50" in page
    page = text_of(client.get(address, sent | {"target": "0"}))
    assert "不能计分" in page
    assert "目标值为0" in page
    page = text_of(client.get(address, sent | {"target": "很多"}))
    assert "这些数字读不出来" in page
    page = text_of(client.get(address, sent | {"parameters": "乱写"}))
    assert "请改一下" in page
    assert text_of(client.get(address, {"rule": "没有的"}))
    page = text_of(client.get(address, {"rule": "BONUS", "t": 1, "n": "999999999999", "parameters": ""}))
    assert "<polyline" not in page
    page = text_of(
        client.get(
            address, {"rule": "BONUS", "t": 1, "n": "999999999999", "parameters": "每项加1分,最多加3分"}
        )
    )
    assert "加分项：得3.00分" in page
    assert "<polyline" in page
