"""A year's appraisal in a real browser, from its targets to the corrected result: office, unit head, second
clerk, leader, person."""

import re
from datetime import date
from typing import Any

import pytest

from kpi.models import Adjustment, Cycle, EvidenceFile, Item, PersonResult, ResultAppeal, UnitResult
from kpi.services import (
    PersonScoreEntry,
    cycle_create,
    cycle_dates_set,
    cycle_formula_set,
    cycle_items_make,
    cycle_step,
    person_entries_register,
)
from reform.models import Membership
from tests import factories as make
from tests.browser.clock import Clock
from tests.browser.pages import PHONE, follow, page_of, press, sees
from tests.kpi import casts
from tests.kpi.casts import Cast

ADDRESS = "/admin/kpi/cycles/2022/"
INVESTMENT, STARTED = "经济发展局投资", "经济发展局开工"
COUNTED = date(2023, 2, 6)  # after the five workdays of 公示
pytestmark = pytest.mark.browser


@pytest.fixture
def cast(live_server: Any, django_db_serialized_rollback: None, clock: Clock) -> Cast:
    """A year's cycle with its leaves and dates and no targets; the personal scores came by workbook."""
    made = casts.a_cast(staff=1)
    leaves = [one for unit in made.units[:2] for one in casts.leaves_of(unit, evidence_needed="统计报表")]
    casts.a_scheme(made, entries=leaves)
    cycle = made.cycle = cycle_create(zone=made.zone, code="2022", actor=made.office, scheme=made.scheme)
    cycle_items_make(cycle=cycle, actor=made.office)
    cycle_dates_set(
        cycle=cycle,
        actor=made.office,
        report_by=casts.REPORT_BY,
        verify_by=casts.VERIFY_BY,
        results_by=casts.RESULTS_BY,
    )
    scores = [
        PersonScoreEntry(made.people[name], {"values": {"KPI得分": "90"}})
        for name in ("经甲", "经乙", "招甲", "招乙")
    ]
    person_entries_register(cycle=cycle, entries=scores, actor=made.office)
    cycle_formula_set(cycle=cycle, formula="个人得分=KPI得分×100%", actor=made.office)
    account = make.a_user(made.zone, "个人", "jingyi", is_staff=False, first_name="经乙")
    Membership.objects.filter(user=account).update(person=made.people["经乙"])
    return made


def state(cast: Cast) -> str:
    return Cycle.objects.get(pk=cast.cycle.pk).state  # type: ignore[union-attr]


def step(context: Any, user: Any, button: str, document_no: str = "") -> None:
    """Take the next step on the page of the cycle."""
    page = page_of(context, user)
    page.goto(ADDRESS)
    if document_no:
        page.locator("input[name=document_no]").first.fill(document_no)
    press(page, button)
    page.close()


def test_from_the_targets_to_the_corrected_result(context: Any, cast: Cast, clock: Clock):
    agree(context, cast)
    assert state(cast) == "TARGETS_SET"
    assert cast.cycle is not None
    cycle_step(cycle=Cycle.objects.get(), event="open", actor=cast.office, on=casts.SIGNED)

    clock.at(casts.REPORTED)
    report(context, cast)
    send_back_and_report_again(context, cast)
    step(context, cast.office, "转入核验")
    verify(context, cast)
    clock.at(casts.SCORED)
    step(context, cast.office, "转入评分")
    step(context, cast.office, "转入校准")
    assert state(cast) == "CALIBRATING"

    calibrate(context, cast)
    clock.at(casts.PUBLISHED)
    step(context, cast.leader, "公布结果", "考发〔2023〕1号")
    cycle = Cycle.objects.get()
    assert cycle.state == "PUBLISHED"
    cycle_step(cycle=cycle, event="open_appeals", actor=cast.office, on=cycle.publicity_starts_on)
    clock.at(cycle.publicity_starts_on)
    appeal(context, cast)
    uphold(context, cast)

    clock.at(COUNTED)
    step(context, cast.office, "确定结果")
    assert state(cast) == "FINAL"
    before_and_after(context, cast)


def agree(context: Any, cast: Cast) -> None:
    """The office writes the targets and signs for all; each unit's head signs."""
    page = page_of(context, cast.office)
    page.goto(f"{ADDRESS}targets/")
    for unit in cast.units[:2]:
        sheet = page.locator("section", has=page.get_by_role("heading", name=unit.name, exact=True))
        for field in sheet.locator("input[name^='target~']").all():
            field.fill("100")
        follow(page, sheet.get_by_role("button", name="保存目标"))
    press(page, "考核办全部签字")
    page.goto(ADDRESS)
    sees(page, "目标责任书还没有签字")
    page.close()
    for unit in cast.units[:2]:
        page = page_of(context, cast.head(unit))
        page.goto(f"{ADDRESS}targets/")
        press(page, "签字")
        sees(page, "责任书双方都已签字")
        page.close()
    step(context, cast.office, "确定目标")


def fill_in(page: Any, cast: Cast, figures: dict[str, str]) -> None:
    """Figures and a file of evidence for each."""
    for name, value in figures.items():
        item = cast.item(name)
        page.fill(f"input[name='actual~{item.pk}']", value)
        page.set_input_files(
            f"input[name='file~{item.pk}']",
            {"name": "统计报表.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n" + value.encode()},
        )


def report(context: Any, cast: Cast) -> None:
    """Both units hand in: the first without evidence is told so."""
    for unit in cast.units[:2]:
        page = page_of(context, cast.head(unit), PHONE)
        page.goto("/admin/kpi/report/")
        press(page, "全部提交")
        sees(page, re.compile("要求佐证材料|还没有填完成值"))
        fill_in(page, cast, {f"{unit.name}投资": "80", f"{unit.name}开工": "100"})
        press(page, "全部提交")
        sees(page, "2项指标都已提交")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.close()
    assert EvidenceFile.objects.count() == 4


def send_back_and_report_again(context: Any, cast: Cast) -> None:
    page = page_of(context, cast.checker)
    page.goto(f"{ADDRESS}verify/")
    item = cast.item(INVESTMENT)
    with page.expect_download():
        page.get_by_role("link", name="统计报表.pdf").first.click()
    page.locator(f"input[name=row][value='{item.pk}']").check()
    page.locator("summary", has_text="退回…").click()
    page.locator("details[open] input[name$=reason]").fill("与统计月报不符")
    press(page, "退回")
    page.close()
    assert cast.item(INVESTMENT).state == "RETURNED"

    page = page_of(context, cast.head(cast.units[0]))
    page.goto("/admin/kpi/report/")
    sees(page, "与统计月报不符")
    page.fill(f"input[name='actual~{item.pk}']", "90")
    press(page, "全部提交")
    page.close()
    assert cast.item(INVESTMENT).state == "RESUBMITTED"


def verify(context: Any, cast: Cast) -> None:
    """All by the second clerk at once."""
    page = page_of(context, cast.checker)
    page.goto(f"{ADDRESS}verify/")
    sees(page, "还有4项等着核验")
    page.locator("input[data-all]").first.check()
    press(page, "核验通过")
    page.close()
    assert not Item.objects.exclude(state="VERIFIED").exists()


def calibrate(context: Any, cast: Cast) -> None:
    """The office proposes, a leader decides."""
    page = page_of(context, cast.office)
    page.goto(f"{ADDRESS}decisions/")
    page.locator("summary", has_text="校准单位总分…").click()
    page.locator("details[open] select").select_option(label="招商局")
    page.locator("details[open] input[name$=delta]").fill("1.5")
    page.locator("details[open] input[name$=reason]").fill("承担省级试点")
    press(page, "校准单位总分")
    sees(page, "等领导小组审定")
    page.close()
    page = page_of(context, cast.leader)
    page.goto(f"{ADDRESS}decisions/")
    press(page, "审定")
    page.close()
    assert Adjustment.objects.get().state == "APPROVED"
    # 80/100 × 60 + 40 + 1.5
    assert str(UnitResult.objects.get(unit=cast.units[1], current=True).total) == "89.50"


def appeal(context: Any, cast: Cast) -> None:
    """A person appeals on a phone."""
    page = page_of(context, "jingyi", PHONE)
    page.goto("/my/appraisal/2022/")
    page.fill("#claim", "投资额少计了一个项目")
    press(page, "提交申诉")
    sees(page, "申诉已提交")
    page.close()
    assert ResultAppeal.objects.get().state == "OPEN"


def uphold(context: Any, cast: Cast) -> None:
    """The office puts the figure right; everything that hangs on it follows at once."""
    page = page_of(context, cast.office)
    page.goto(f"{ADDRESS}appeals/")
    follow(page, page.get_by_role("link", name="答复").last)
    page.select_option("select[name$=kind]", "item")
    page.select_option("select[name$=item]", str(cast.item(INVESTMENT).pk))
    page.fill("input[name$=actual]", "100")
    page.fill("[name$=answer]", "核实少计1项，更正")
    press(page, "申诉成立")
    sees(page, "更正前后", "94.00", "100.00")
    page.close()
    assert ResultAppeal.objects.get().state == "UPHELD"


def before_and_after(context: Any, cast: Cast) -> None:
    """Both versions stand on the pages of the unit and of the person."""
    unit, person = cast.units[0], cast.people["经乙"]
    assert UnitResult.objects.filter(unit=unit).count() == 2
    assert PersonResult.objects.get(person=person, current=True).version == 2
    page = page_of(context, cast.leader)
    page.goto(f"{ADDRESS}results/units/{unit.pk}/")
    sees(page, "共2版", "94.00")
    page.close()
    page = page_of(context, "jingyi", PHONE)
    page.goto("/my/appraisal/2022/")
    page.locator("summary", has_text="第1版").click()
    sees(page, "第1版")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.close()
