"""The pages of a cycle where leaves of every rule are reported, and where sheets are marked."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from kpi.models import EvidenceFile, Mark, MarkSheet
from kpi.services.cycles import cycle_dates_set, cycle_step
from tests.appointments.pages_cast import logged_in

from . import casts
from .casts import Cast
from .cycle_pages import at, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings: Any, tmp_path: Path) -> Cast:
    settings.UPLOAD_DIR = tmp_path
    return casts.a_cast()


def every_rule(unit: Any) -> list[Any]:
    """A leaf of each kind of input."""
    facts = {"data_source": "统计局", "responsible_unit": unit}
    given: dict[str, dict[str, Any]] = {
        "投资": {"rule": "PROP", "full": Decimal(60)},
        "位次": {"rule": "RANK", "full": Decimal(20)},
        "项目": {
            "rule": "MILESTONE",
            "full": Decimal(10),
            "parameters": {"nodes": "立项30%;开工20%;竣工50%"},
        },
        "党建": {"rule": "GRADE", "full": Decimal(10)},
        "表彰": {"rule": "BONUS", "parameters": {"per": "1"}},
        "安全": {"rule": "VETO"},
    }
    return [
        casts.IndicatorEntry("考核", name, subject=unit, values=facts | values)
        for name, values in given.items()
    ]


def test_each_rule_asks_for_what_it_reads(cast: Cast):
    cast.units = cast.units[:1]
    casts.a_scheme(cast, entries=every_rule(cast.units[0]))
    casts.collecting(cast)
    client = logged_in(cast.head(cast.units[0]))
    assert "立项30%" in text_of(client.get(at("kpi_report")))
    keys = {one.indicator.level2: one.pk for one in cast.items()}
    sent = {f"on~{key}": "1" for key in keys.values()} | {
        f"actual~{keys['投资']}": "90",
        f"rank~{keys['位次']}": "2",
        f"done~{keys['项目']}": ["30", "50"],
        f"n~{keys['表彰']}": "1",
        f"triggered~{keys['安全']}": "on",
        "act": "submit_all",
    }
    page = text_of(client.post(at("kpi_report"), sent, follow=True))
    assert "已提交6项。" in page
    inputs = {one.indicator.level2: one.inputs for one in cast.items()}
    assert inputs["位次"] == {"rank": "2"}
    assert inputs["项目"] == {"done": ["30", "50"]}
    assert inputs["表彰"] == {"n": "1"}
    assert inputs["安全"] == {"triggered": True}
    for words in ("第2位", "已验收30、50%", "1项", "已发生"):
        assert words in page


def test_more_leaves_than_a_browser_may_send_are_reported_page_by_page(cast: Cast):
    unit = cast.units[0]
    cast.units = [unit]
    more = [
        casts.IndicatorEntry(
            "加分", f"加分{n}", subject=unit,
            values={"rule": "BONUS", "parameters": {"per": "1"}, "data_source": "办公室"},
        )
        for n in range(60)
    ]  # fmt: skip
    casts.a_scheme(cast, entries=[*casts.leaves_of(unit), *more])
    casts.collecting(cast)
    client = logged_in(cast.head(unit))
    first = text_of(client.get(at("kpi_report")))
    assert first.count('type="file"') == 50
    assert "第1页，共2页、62项" in first
    assert "本页全部提交" in first
    last = cast.item("加分59")
    sent = {f"on~{last.pk}": "1", f"n~{last.pk}": "2", "act": "submit_all"}
    page = text_of(client.post(at("kpi_report") + "?page=2", sent, follow=True))
    assert "已提交1项。" in page
    assert "第2页，共2页" in page


def test_sheets_are_given_out_marked_and_locked(cast: Cast):
    cast.units = cast.units[:1]
    casts.a_scheme(cast, entries=every_rule(cast.units[0]))
    cycle = casts.collecting(cast)
    head = logged_in(cast.head(cast.units[0]))
    keys = {one.indicator.level2: one.pk for one in cast.items()}
    sent = {f"on~{key}": "1" for key in keys.values()} | {
        f"actual~{keys['投资']}": "90", f"rank~{keys['位次']}": "2",
        f"done~{keys['项目']}": ["30"], f"n~{keys['表彰']}": "0", "act": "submit_all",
    }  # fmt: skip
    head.post(at("kpi_report"), sent)
    cycle_dates_set(cycle=cycle, actor=cast.office, report_by=None, verify_by=None, results_by=None)
    cycle_step(cycle=cycle, event="review", actor=cast.office, on=casts.REPORTED)
    office = logged_in(cast.checker)
    office.post(at("kpi_verify_do", "verify"), {"row": list(keys.values())})
    cycle_step(cycle=cycle, event="score", actor=cast.office, on=casts.SCORED)
    page = text_of(
        office.post(at("kpi_cycle_do", "sheets"), {"sheets-scorers": [cast.scorer.pk]}, follow=True)
    )
    assert "已发放1张评分表。" in page
    sheet = MarkSheet.objects.get()
    scorer = logged_in(cast.scorer)
    assert "有1张评分表等您评分" in text_of(scorer.get(reverse("admin:kpi_mark_sheets")))
    address = reverse("admin:kpi_marks", args=[sheet.pk])
    evidence = EvidenceFile.objects.create(
        item_id=keys["党建"], name="总结.pdf", digest="0" * 64, size=1,
        uploaded_by=cast.office, uploaded_on=casts.REPORTED,
    )  # fmt: skip
    other = EvidenceFile.objects.create(
        item_id=keys["投资"], name="报表.pdf", digest="0" * 64, size=1,
        uploaded_by=cast.office, uploaded_on=casts.REPORTED,
    )  # fmt: skip
    assert "总结.pdf" in text_of(scorer.get(address))
    assert scorer.get(reverse("admin:kpi_evidence", args=[evidence.pk])).status_code == 302
    assert scorer.get(reverse("admin:kpi_evidence", args=[other.pk])).status_code == 404
    page = text_of(scorer.post(address, {"act": "lock"}))
    assert "党建" in page
    sheet.refresh_from_db()
    assert sheet.state == "OPEN"
    page = text_of(scorer.post(address, {f"mark~{keys['党建']}": "优秀~2", "act": "save"}, follow=True))
    assert "已保存，提交前可以再改。" in page
    assert Mark.objects.get().tier == 2
    page = text_of(scorer.post(address, {f"mark~{keys['党建']}": "优秀~1", "act": "lock"}, follow=True))
    assert "评分表已提交，不能再改。" in page
    assert "优秀1档（100）" in page
    assert "<select" not in page.split('class="office"')[1]
