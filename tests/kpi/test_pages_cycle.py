"""A cycle on its pages: targets and signatures, reports with evidence, return, verification, marks."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from kpi.models import Cycle, EvidenceFile, Item
from kpi.services.cycles import cycle_step
from reform.models import CalendarDay
from tests.appointments.pages_cast import logged_in

from . import casts
from .casts import Cast
from .cycle_pages import at, own, text_of, typed

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 evidence"


@pytest.fixture
def cast(settings: Any, tmp_path: Path) -> Cast:
    settings.UPLOAD_DIR = tmp_path
    return casts.a_cast()


def test_a_cycle_is_made_on_the_list_with_its_items(cast: Cast):
    casts.a_scheme(cast)
    client = logged_in(cast.office)
    assert "不是考核周期的编号" in text_of(client.post(reverse("admin:kpi_cycles"), {"code": "今年"}))
    page = text_of(client.post(reverse("admin:kpi_cycles"), {"code": "2022"}, follow=True))
    assert Item.objects.filter(cycle__code="2022").count() == 6
    assert "K1 确定目标" in page
    assert "还差" in page
    assert "未签" in page


def test_dates_are_set_on_the_console_and_late_ones_are_told(cast: Cast):
    casts.collecting(cast)
    client = logged_in(cast.office)
    sent = {"dates-report_by": "2022-01-20", "dates-verify_by": "2022-01-22", "dates-results_by": ""}
    page = text_of(client.post(at("kpi_cycle_do", "dates"), sent, follow=True))
    assert "日期已保存。" in page
    assert "填报截止2022-01-20，已过" in page
    assert "3个责任单位都没有报齐，已经逾期" in page


def test_targets_are_written_and_the_weights_told(cast: Cast):
    casts.a_cycle(cast)
    client = logged_in(cast.office)
    first, second = own(cast)
    sent = {f"full~{first.pk}": "50", f"target~{first.pk}": "120.5"}
    page = text_of(client.post(at("kpi_targets"), sent, follow=True))
    first.refresh_from_db()
    assert (first.full, first.target) == (Decimal(50), Decimal("120.5"))
    assert "1张考核表的权重合计不是100：经济发展局为90" in page
    bad = text_of(client.post(at("kpi_targets"), {f"target~{second.pk}": "一百"}))
    assert "“一百”" in bad
    assert 'value="一百"' in bad


def test_both_sides_sign_and_the_office_sets_the_targets(cast: Cast):
    cycle = casts.a_cycle(cast)
    office = logged_in(cast.office)
    page = text_of(office.post(at("kpi_target_sign", "office"), {"unit": "all"}, follow=True))
    assert "已签字3份。" in page
    head = logged_in(cast.head(cast.units[0]))
    assert head.post(at("kpi_target_sign", "unit"), {"unit": cast.units[1].pk}).status_code == 404
    for unit in cast.units:
        client = logged_in(cast.head(unit))
        assert "已签字1份。" in text_of(
            client.post(at("kpi_target_sign", "unit"), {"unit": unit.pk}, follow=True)
        )
    page = text_of(
        office.post(at("kpi_cycle_step", "set_targets"), {"document_no": "高责〔2022〕1号"}, follow=True)
    )
    assert "确定目标，已办理" in page
    cycle.refresh_from_db()
    assert cycle.state == "TARGETS_SET"


def test_a_refused_step_tells_every_reason(cast: Cast):
    casts.a_cycle(cast)
    page = text_of(logged_in(cast.office).post(at("kpi_cycle_step", "set_targets"), follow=True))
    assert "经济发展局（考核办）" in page
    assert Cycle.objects.get(code="2022").state == "DRAFT"


def test_figures_are_saved_then_handed_in_with_evidence(cast: Cast):
    casts.collecting(cast)
    client = logged_in(cast.head(cast.units[0]))
    rows = own(cast)
    page = text_of(client.post(at("kpi_report"), typed(rows, "95.5"), follow=True))
    assert "已保存，还没有提交。" in page
    assert {one.actual for one in own(cast)} == {Decimal("95.5")}
    file = SimpleUploadedFile("证明.pdf", PDF)
    sent = typed(rows, 96, act="submit", row=rows[0].pk) | {f"file~{rows[0].pk}": file}
    page = text_of(client.post(at("kpi_report"), sent, follow=True))
    assert "已提交1项。" in page
    assert "证明.pdf" in page
    assert [one.state for one in own(cast)] == ["SUBMITTED", "OPEN"]
    stored = EvidenceFile.objects.get()
    answer = client.get(reverse("admin:kpi_evidence", args=[stored.pk]))
    assert answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    stranger = logged_in(cast.head(cast.units[1]))
    assert stranger.get(reverse("admin:kpi_evidence", args=[stored.pk])).status_code == 404


def test_a_figure_that_is_none_is_told_and_stays_typed(cast: Cast):
    casts.collecting(cast)
    client = logged_in(cast.head(cast.units[0]))
    page = text_of(client.post(at("kpi_report"), typed(own(cast), "九十", act="submit_all")))
    assert "经济发展局·经济发展局投资的完成值" in page
    assert 'value="九十"' in page
    assert {one.state for one in own(cast)} == {"OPEN"}


def test_a_file_of_another_kind_is_refused_and_nothing_is_written(cast: Cast):
    casts.collecting(cast)
    client = logged_in(cast.head(cast.units[0]))
    rows = own(cast)
    sent = typed(rows, 95) | {f"file~{rows[0].pk}": SimpleUploadedFile("程序.exe", b"MZ")}
    page = text_of(client.post(at("kpi_report"), sent))
    assert "不收“.exe”的文件" in page
    assert {one.actual for one in own(cast)} == {None}


def test_leaves_of_other_units_are_not_written_whatever_is_sent(cast: Cast):
    casts.collecting(cast)
    client = logged_in(cast.head(cast.units[0]))
    client.post(at("kpi_report"), typed(own(cast, 1), 95, act="submit_all"))
    assert {one.actual for one in own(cast, 1)} == {None}


def test_a_file_is_withdrawn_on_the_page_of_its_leaf(cast: Cast):
    casts.collecting(cast)
    client = logged_in(cast.head(cast.units[0]))
    item = own(cast)[0]
    page = text_of(
        client.post(at("kpi_item", item.pk), {"file": SimpleUploadedFile("证明.pdf", PDF)}, follow=True)
    )
    assert "已上传1个文件。" in page
    file = EvidenceFile.objects.get()
    page = text_of(client.post(reverse("admin:kpi_evidence_withdraw", args=[file.pk]), follow=True))
    assert "已撤下“证明.pdf”，记录保留。" in page
    file.refresh_from_db()
    assert file.withdrawn_on is not None


def test_a_returned_leaf_comes_back_with_its_reason_on_top(cast: Cast):
    casts.reported(cast)
    client = logged_in(cast.office)
    item = own(cast)[0]
    page = text_of(client.post(at("kpi_verify_do", "return"), {"row": item.pk}, follow=True))
    assert "“理由”请填写。" in page
    sent = {"row": item.pk, "return-reason": "与统计局数字不符"}
    assert "已退回1项。" in text_of(client.post(at("kpi_verify_do", "return"), sent, follow=True))
    head = logged_in(cast.head(cast.units[0]))
    page = text_of(head.get(at("kpi_report")))
    assert "其中1项被退回" in page
    assert "退回1项，改好后重新提交" in page
    assert "与统计局数字不符" in page
    page = text_of(head.post(at("kpi_report"), typed([item], 88, act="submit_all"), follow=True))
    assert "已提交1项。" in page
    item.refresh_from_db()
    assert item.state == "RESUBMITTED"


def test_the_office_verifies_in_bulk_and_hears_what_was_refused(cast: Cast):
    unit, source = cast.units[0], cast.units[1]
    entries = casts.leaves_of(unit) + casts.leaves_of(source)
    entries[0].values["source_unit"] = source  # type: ignore[index]
    casts.a_scheme(cast, entries=entries)
    cast.units = cast.units[:2]
    casts.reported(cast)
    client = logged_in(cast.checker)
    keys = {"row": [one.pk for one in cast.items()]}
    page = text_of(client.post(at("kpi_verify_do", "verify"), keys, follow=True))
    assert "已核验3项。" in page
    assert "数据来源单位“招商局”还没有核对" in page
    head = logged_in(cast.head(source))
    listed = text_of(head.get(at("kpi_check")))
    assert "还有1项数据等着核对" in listed
    waiting = Item.objects.get(state="SUBMITTED")
    assert "已核对1项。" in text_of(head.post(at("kpi_check_do", "check"), {"row": waiting.pk}, follow=True))
    page = text_of(client.post(at("kpi_verify_do", "verify"), {"row": waiting.pk}, follow=True))
    assert "已核验1项。" in page
    assert "没有等着核验的指标" in page


def test_each_tab_of_the_verification_offers_what_its_leaves_allow(cast: Cast):
    casts.reported(cast)
    client = logged_in(cast.checker)

    def offered(state: str) -> list[str]:
        page = client.get(at("kpi_verify"), {"state": state} if state else {})
        return [one.action.label for one in page.context["bulk"]]

    assert offered("") == ["核验通过", "退回"]
    assert offered("VERIFIED") == []
    client.post(at("kpi_verify_do", "verify"), {"row": cast.items()[0].pk})
    assert offered("VERIFIED") == ["撤销核验"]
    assert offered("SUBMITTED") == ["核验通过", "退回"]
    assert offered("RETURNED") == []
    assert offered("ALL") == ["核验通过", "退回", "撤销核验"]


def test_a_year_outside_the_working_calendar_is_told_while_it_counts(cast: Cast):
    casts.collecting(cast)
    client = logged_in(cast.office)
    CalendarDay.objects.all().delete()
    assert "工作日历缺少" in text_of(client.get(at("kpi_cycle")))
    for year in (casts.REPORT_BY.year, timezone.localdate().year):
        CalendarDay.objects.create(on=date(year, 1, 1), is_workday=False)
    assert "工作日历缺少" not in text_of(client.get(at("kpi_cycle")))


def test_closing_the_reports_tells_before_how_many_count_as_not_reported(cast: Cast):
    casts.collecting(cast)
    page = logged_in(cast.office).get(reverse("admin:kpi_cycle", args=["2022"])).content.decode()
    assert f"还有{Item.objects.count()}项没有报。转入核验后记为未报，按0分计" in page


def test_the_console_counts_by_unit_and_links_to_the_rows(cast: Cast):
    casts.collecting(cast)
    rows = own(cast)
    logged_in(cast.head(cast.units[0])).post(at("kpi_report"), typed(rows, 95, act="submit_all"))
    client = logged_in(cast.office)
    page = text_of(client.get(at("kpi_cycle")))
    assert "3个责任单位，1个已报齐" in page
    link = f"?unit={cast.units[0].pk}&amp;state=SUBMITTED"
    assert link in page
    listed = text_of(client.get(at("kpi_verify"), {"unit": cast.units[0].pk, "state": "SUBMITTED"}))
    assert "经济发展局投资" in listed
    assert "招商局投资" not in listed


def test_nothing_to_report_says_what_comes_next(cast: Cast):
    head = logged_in(cast.head(cast.units[0]))
    assert "现在没有要填报的考核周期" in text_of(head.get(reverse("admin:kpi_report_latest")))
    casts.a_cycle(cast)
    assert "正在定目标" in text_of(head.get(reverse("admin:kpi_report_latest")))
    casts.collecting(cast)
    assert head.get(reverse("admin:kpi_report_latest")).url == at("kpi_report")


def test_the_page_of_a_leaf_tells_how_its_score_comes_about(cast: Cast):
    casts.scoring(cast, 90)
    item = own(cast)[0]
    page = text_of(logged_in(cast.office).get(at("kpi_item", item.pk)))
    assert "得分54.00（满分60）" in page
    assert "得分 = 60 × 90 ÷ 100 = 54.00" in page
    assert "谁改动过" in page


def test_system_steps_that_are_due_are_taken_by_the_office(cast: Cast):
    cycle = casts.signed(cast)
    cycle_step(cycle=cycle, event="set_targets", actor=cast.office, on=casts.SIGNED)
    page = text_of(logged_in(cast.office).post(reverse("admin:kpi_advance"), follow=True))
    assert "2022年度考核：开始填报。" in page
    assert "没有到期的步骤" in text_of(logged_in(cast.office).post(reverse("admin:kpi_advance"), follow=True))
