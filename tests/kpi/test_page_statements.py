"""Every page, list, report and screen of the appraisal takes as many statements with three units, people and
indicators as with thirty."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kpi.models import (
    Adjustment,
    Competition,
    CompetitionIndicator,
    Consequence,
    Cycle,
    EvidenceFile,
    Exclusion,
    Indicator,
    Item,
    LibraryIndicator,
    Mark,
    MarkSheet,
    Notice,
    PersonResult,
    RatingTask,
    ResultAppeal,
    Scheme,
    TargetSignature,
    TieDecision,
    UnitResult,
    Veto,
)
from reform.models import Membership, Person, Unit
from tests import factories as make
from tests.appointments.pages_cast import logged_in

from . import casts

pytestmark = pytest.mark.django_db
FEW, MANY = 3, 30
DAY = date(2023, 1, 18)
REPORTS = ("ranking", "grades", "coefficients", "people", "items")
# page, who looks, the state in which its cycle has most to show, what its address needs beside the code
CYCLE_PAGES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("kpi_cycle", "office", "COLLECTING", ()),
    ("kpi_cycle", "head", "COLLECTING", ()),
    ("kpi_cycle", "office", "SCORING", ()),
    ("kpi_targets", "office", "DRAFT", ()),
    ("kpi_targets", "head", "DRAFT", ()),
    ("kpi_report", "office", "COLLECTING", ()),
    ("kpi_report", "head", "COLLECTING", ()),
    ("kpi_verify", "office", "REVIEWING", ()),
    ("kpi_check", "head", "REVIEWING", ()),
    ("kpi_item", "office", "REVIEWING", ("item",)),
    ("kpi_results", "office", "FINAL", ()),
    ("kpi_results", "head", "FINAL", ()),
    ("kpi_unit_result", "office", "FINAL", ("unit",)),
    ("kpi_person_result", "office", "FINAL", ("person",)),
    ("kpi_decisions", "office", "CALIBRATING", ()),
    ("kpi_decisions", "leader", "CALIBRATING", ()),
    ("kpi_quotas", "leader", "APPEALING", ()),
    ("kpi_quotas", "office", "APPEALING", ()),
    ("kpi_appeals", "office", "APPEALING", ()),
    ("kpi_appeals", "head", "APPEALING", ()),
    ("kpi_appeal", "office", "APPEALING", ("appeal",)),
    ("kpi_consequences", "office", "FINAL", ()),
    ("kpi_competitions", "office", "COLLECTING", ()),
    ("kpi_ratings", "office", "COLLECTING", ()),
    ("kpi_papers", "office", "FINAL", ()),
)
OTHER_PAGES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("index", "office", ()),
    ("index", "head", ()),
    ("index", "leader", ()),
    ("kpi_cycles", "office", ()),
    ("kpi_schemes", "office", ()),
    ("kpi_scheme_new", "office", ()),
    ("kpi_scheme", "office", ("scheme",)),
    ("kpi_scheme", "head", ("scheme",)),
    ("kpi_indicator", "office", ("leaf",)),
    ("kpi_indicator_new", "office", ("scheme",)),
    ("kpi_library", "office", ()),
    ("kpi_try", "office", ()),
    ("kpi_mark_sheets", "scorer", ()),
    ("kpi_marks", "scorer", ("sheet",)),
)


def grow(cast: casts.Cast, first: int, last: int) -> None:
    """So many more of everything that a page may show, as it is stored."""
    cycle = cast.cycle
    assert cycle is not None
    for number in range(first, last):
        unit = make.a_unit(cast.zone, f"第{number}局", sort_no=100 + number)
        person = make.a_person(cast.zone, f"员{number}", sort_no=100 + number)
        make.a_tenure(person, make.a_position(unit, f"局长{number}", "L70"), date(2021, 1, 1))
        leaves(cast, unit, number)
        outcomes(cast, unit, person)
        Scheme.objects.create(zone=cast.zone, year=1990 + number, name=f"{1990 + number}年方案")
        Cycle.objects.create(
            zone=cast.zone,
            scheme=cycle.scheme,
            policy=cycle.policy,
            code=f"{1990 + number}",
            period="YEAR",
            state="FINAL",
            starts_on=date(1990 + number, 1, 1),
            ends_before=date(1991 + number, 1, 1),
            report_by=date(1991 + number, 1, 10),
        )
        LibraryIndicator.objects.create(level1="经济发展", level2=f"库{number}", rule="PROP")
        RatingTask.objects.create(
            cycle=cycle, rater=person, ratee=cast.people["经乙"], group="PEER", done=number % 2 == 0
        )
        RatingTask.objects.create(cycle=cycle, rater=cast.people["经乙"], ratee=person, group="PEER")


def leaves(cast: casts.Cast, unit: Unit, number: int) -> None:
    """A leaf of the unit, one that the first unit reports, one that is marked; evidence, a sheet, a board."""
    cycle, first = cast.cycle, cast.units[0]
    assert cycle is not None
    scorer = make.a_user(cast.zone, "考评组")
    sheet = MarkSheet.objects.create(cycle=cycle, scorer=scorer)
    for rule, responsible in (("PROP", unit), ("TARGET", first), ("GRADE", unit)):
        leaf = Indicator.objects.create(
            scheme=cycle.scheme,
            level1="经济发展",
            level2=f"第{number}项{rule}",
            subject=unit,
            full=10,
            rule=rule,
            is_core=True,
            data_source="统计局",
            source_unit=first if responsible == unit else None,
            responsible_unit=responsible,
        )
        item = Item.objects.create(
            cycle=cycle, indicator=leaf, full=10, target=100, actual=80, score=8, auto_score=8,
            state="SUBMITTED" if number % 2 else "OPEN",
            submitted_by=cast.heads[first.pk], submitted_unit=first, submitted_on=DAY,
        )  # fmt: skip
        EvidenceFile.objects.create(
            item=item, name="表.pdf", digest="0" * 64, size=1, uploaded_by=cast.office, uploaded_on=DAY
        )
        if rule == "GRADE":
            Mark.objects.create(sheet=sheet, item=item, grade="优秀")
    board = Competition.objects.create(cycle=cycle, name=f"赛{number}")
    CompetitionIndicator.objects.create(competition=board, indicator=leaf)
    for by_unit in (False, True):
        TargetSignature.objects.create(
            cycle=cycle, unit=unit, by_unit=by_unit, signed_by=cast.office, signed_on=DAY
        )


def outcomes(cast: casts.Cast, unit: Unit, person: Person) -> None:
    """Results, what was decided about them and what follows from them."""
    cycle = cast.cycle
    UnitResult.objects.create(cycle=cycle, unit=unit, total=80, indicators=80, rank=1, grade="三等")
    for owner in (unit, cast.units[0]):  # people of a unit, and more of the first one
        one = person if owner == unit else make.a_person(cast.zone, f"{person.name}二", sort_no=900)
        result = PersonResult.objects.create(
            cycle=cycle, person=one, unit=owner, level="L30", identity="SY", combined=80, unit_score=80,
            personal=80, grade="B", suggested="A", coefficient=1, group="合并计算单位",
        )  # fmt: skip
        Notice.objects.create(result=result, issued_by=cast.office, issued_on=DAY)
        Consequence.objects.create(cycle=cycle, person=one, code="ADMONISH", text="诫勉谈话")
        Exclusion.objects.create(cycle=cycle, person=one, cause="LEAVE", entered_by=cast.office)
        ResultAppeal.objects.create(
            cycle=cycle, person=one, claim="复核", submitted_by=cast.checker, submitted_on=DAY, due_on=DAY
        )
    TieDecision.objects.create(
        cycle=cycle, person=person, group="合并计算单位", score=Decimal(80), gets_seat=False, reason="名额",
        decided_by=cast.leader, decided_on=DAY,
    )  # fmt: skip
    said: dict[str, Any] = {"cycle": cycle, "made_by": cast.office, "made_on": DAY, "reason": "口径"}
    item = Item.objects.filter(cycle=cycle, indicator__subject=unit).first()
    for subject in ({"item": item}, {"unit": unit}, {"person": person}):
        Adjustment.objects.create(**said, **subject, delta=1)
    for subject in ({"unit": unit}, {"person": person}):
        Veto.objects.create(
            cycle=cycle, matter="安全事故", raised_by=cast.supervisor, raised_on=DAY, **subject
        )


def addresses(cast: casts.Cast) -> Iterator[tuple[str, str, str, str]]:
    """What it is, who looks, the cycle's state ("": any), where."""
    cycle, item = cast.cycle, cast.item("经济发展局投资")
    assert cycle is not None
    keys = {
        "item": item.pk,
        "leaf": item.indicator_id,
        "unit": cast.units[0].pk,
        "person": cast.people["经乙"].pk,
        "scheme": cycle.scheme_id,
        "appeal": ResultAppeal.objects.order_by("id").values_list("id", flat=True)[0],
        "sheet": MarkSheet.objects.get(scorer=cast.scorer).pk,
    }
    for name, who, state, more in CYCLE_PAGES:
        args = ["2022", *(keys[one] for one in more)]
        yield name, who, state, reverse(f"admin:{name}", args=args)
    for name, who, more in OTHER_PAGES:
        yield name, who, "SCORING", reverse(f"admin:{name}", args=[keys[one] for one in more])
    for model in admin.site._registry:
        options = model._meta
        if options.app_label == "kpi":
            where = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
            yield f"list of {options.model_name}", "office", "FINAL", where
    for name in REPORTS:
        yield f"report {name}", "leader", "FINAL", f"/reports/kpi/2022/{name}/"
        yield f"workbook {name}", "leader", "FINAL", f"/reports/kpi/2022/{name}.xlsx"
    board = Competition.objects.order_by("id").values_list("id", flat=True)[0]
    yield "board", "leader", "COLLECTING", reverse("reports:board", args=[board])
    yield "notices", "office", "FINAL", reverse("admin:kpi_consequences", args=["2022"]) + "?tab=notices"
    for name, where in (("home", "/my/"), ("own", "/my/appraisal/"), ("result", "/my/appraisal/2022/")):
        yield f"portal {name}", "person", "FINAL", where
    yield "portal rating", "person", "COLLECTING", "/my/appraisal/2022/rating/"


def counts(cast: casts.Cast, users: dict[str, Any]) -> dict[tuple[str, str, str], list[str]]:
    """The statements of each page."""
    found = {}
    for name, who, state, where in addresses(cast):
        Cycle.objects.filter(pk=cast.cycle.pk).update(state=state)  # type: ignore[union-attr]
        client = logged_in(users[who])
        with CaptureQueriesContext(connection) as seen:
            assert client.get(where).status_code == 200, (name, who)
        found[name, who, state] = [one["sql"] for one in seen]
    return found


def test_thirty_take_as_many_statements_as_three():
    cast = casts.a_cast(staff=1)
    casts.appealing(cast)
    sheet = MarkSheet.objects.create(cycle=cast.cycle, scorer=cast.scorer)
    PersonResult.objects.create(
        cycle=cast.cycle, person=cast.people["经乙"], unit=cast.units[0], level="L30", identity="SY",
        combined=80, unit_score=80, personal=80, grade="B", suggested="B", coefficient=1,
    )  # fmt: skip
    account = make.a_user(cast.zone, "个人", is_staff=False, first_name="经乙")
    Membership.objects.filter(user=account).update(person=cast.people["经乙"])
    users = {
        "office": cast.office,
        "leader": cast.leader,
        "head": cast.head(cast.units[0]),
        "scorer": cast.scorer,
        "person": account,
    }
    grow(cast, 0, FEW)
    counts(cast, users)  # what is read once and kept
    few = counts(cast, users)
    grow(cast, FEW, MANY)
    assert sheet.state == "OPEN"
    many = counts(cast, users)
    assert set(few) == set(many)
    more = {
        page: [one[:200] for one in many[page] if one not in few[page]][:5]
        for page in few
        if len(few[page]) != len(many[page])
    }
    assert not more, {page: (len(few[page]), len(many[page]), lines) for page, lines in more.items()}
