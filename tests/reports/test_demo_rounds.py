"""The demo as a whole: its second round is run to the article's figures, its appraisals to those of the
script that made them, its third round stands where today is."""

import io
import json
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import timezone

from appointments.models import (
    Appeal,
    Application,
    Appointment,
    Batch,
    Demotion,
    Document,
    Intention,
    Objection,
    Publicity,
    Round,
    Secondment,
    Waiver,
)
from appointments.rules.change import ChangeKind
from appointments.selectors import change_summary, id_numbers
from appointments.selectors.progress import round_waiting
from appointments.selectors.warnings import expiring
from appointments.selectors.worklists import positions_in_force
from kpi.models import (
    Competition,
    Consequence,
    Cycle,
    EvidenceFile,
    Exclusion,
    Item,
    Notice,
    PersonResult,
    RatingBallot,
    RatingTask,
    ResultAppeal,
    TieDecision,
    Veto,
)
from kpi.services import evidence_read
from reform.access import command_actor
from reform.exchange.context import Options
from reform.exchange.plan import SourceFile, import_files
from reform.models import AnnualGrade, AuditEvent, Kinship, Position, Zone
from reports import selectors
from tests.demo import TODAY

DEMO = Path(__file__).parents[2] / "fixtures" / "demo"
FIGURES = json.loads((DEMO / "expected.json").read_text(encoding="utf-8"))
EXPECTED, APPRAISALS = FIGURES["2022"], FIGURES["appraisals"]


def run(*words):
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def second(loaded):
    return Round.objects.select_related("zone", "policy", "setup").get(code="2022")


@pytest.fixture
def third(loaded):
    return Round.objects.select_related("zone", "policy", "setup").get(code="2026")


def test_second_round_is_run_to_the_figures_of_the_article(second):
    summary = change_summary(second)
    assert (second.state, second.is_registered) == ("COMPLETED", False)
    assert (second.kickoff_on, second.effective_on) == (date(2022, 1, 9), date(2022, 1, 23))
    counts = {kind.value.lower(): number for kind, number in summary.counts.items()}
    names = {"promoted": "promotion", "demoted": "demotion"}
    for word in ("promoted", "demoted", "lateral", "unchanged", "new"):
        assert counts[names.get(word, word)] == EXPECTED[word]
    assert summary.appointed == EXPECTED["appointed"] == 613
    assert {
        level.name: summary.by_level.get(level.code, 0) for level in summary.ladder.levels[:7]
    } == EXPECTED["by_level"]
    assert all(check.ok for check in summary.checks)


def test_those_who_rose_and_fell_are_the_expected_persons(second):
    summary = change_summary(second)
    numbers = id_numbers(person.person_id for person in summary.people)
    for kind, name in ((ChangeKind.PROMOTION, "promoted_ids"), (ChangeKind.DEMOTION, "demoted_ids")):
        found = [numbers[one.person_id] for one in summary.people if one.change.kind == kind]
        assert sorted(found) == EXPECTED[name]


def test_list_of_those_who_rose_and_fell_says_when_and_why(second):
    summary = change_summary(second)
    for change, kinds in (("PROMOTION", {"JP", "SJ"}), ("DEMOTION", {"JP", "SX"})):
        wanted = selectors.people_filter({"change": change}, summary)
        lines = selectors.people_report(summary, wanted, clear_ids=False).lines
        assert {one.decided_on for one in lines} <= {date(2022, 1, 15), date(2022, 1, 16), date(2022, 1, 22)}
        assert {one.publicity for one in lines} <= {"2022-01-17—01-21", "不公示"}
        assert {one.method for one in lines} == {
            label for code, label in Position.Method.choices if code in kinds
        }
        if change == "PROMOTION":
            assert all(re.match(r"竞聘第\d+名，\d\d\.\d\d分|平组干〔2022〕6号", one.reason) for one in lines)
        else:
            assert {one.reason for one in lines} == {"竞聘落选", "机构或职数精简"}


def test_each_batch_was_made_public_for_five_working_days_and_closed(second):
    assert list(Batch.objects.filter(round=second).values_list("code", "state")) == [
        (code, "CLOSED") for code in "123"
    ]
    days = Publicity.objects.filter(proposal__batch__round=second).values_list("starts_on", "ends_before")
    assert set(days) == {(date(2022, 1, 17), date(2022, 1, 22))}
    states = set(Application.objects.filter(candidacy__round=second).values_list("state", flat=True))
    assert states == {"APPOINTED", "WITHDRAWN", "NOT_SELECTED", "REJECTED"}


def test_rejected_were_told_and_one_of_them_objected_in_vain(second):
    rejected = Application.objects.filter(candidacy__round=second, state="REJECTED")
    assert rejected.count() == 4
    assert set(rejected.values_list("notified_on", flat=True)) == {date(2022, 1, 13)}
    objection = Objection.objects.get(application__candidacy__round=second)
    assert (objection.kind, objection.state, objection.closed_on) == (
        "SCREENING",
        "ANSWERED",
        date(2022, 1, 14),
    )
    assert objection.application in rejected
    version = second.policy
    assert (version.number, version.parameters.get(key="round.objection_workdays").value) == (2, 1)
    assert version.maker_id != version.checker_id


def test_relatives_came_by_the_workbook_and_two_wishes_were_refused_for_them(second, loaded):
    ours = Kinship.objects.exclude(relative=None)
    assert (Kinship.objects.count(), ours.count()) == (10, 7)
    assert loaded.count("须回避，改为其他志愿") == 2
    tried = Intention.objects.filter(application__candidacy__round=second, pass_no=1, person_agrees=True)
    unmet = tried.exclude(unit_agrees=True).values("application__candidacy__person")
    refused = [one.person for one in ours.filter(person__in=unmet)]
    assert len(refused) == 2
    assert all(Appointment.objects.filter(round=second, person=one).exists() for one in refused)
    line = next(check for check in change_summary(second).checks if check.code == "I5")
    assert line.ok


def test_promoted_went_through_probation_and_demoted_have_their_papers(second):
    rises = Appointment.objects.filter(round=second, probation_ends_before__isnull=False)
    assert rises.count() == 20
    assert {one.probation_ends_before for one in rises} == {date(2023, 1, 23)}
    assert "PROBATION" not in rises.values_list("state", flat=True)
    papers = Demotion.objects.filter(round=second)
    assert Counter(papers.values_list("reason_code", flat=True)) == {"D3": 13, "D4": 4}
    assert all(one.talk_record and one.notice_no and one.appeal_rights_told for one in papers)


def test_appointments_have_numbers_letters_and_a_reviewed_document(second):
    made = Appointment.objects.filter(round=second, starts_on=second.effective_on)
    competed = made.exclude(method="SJ")
    assert not competed.filter(document_no="").exists()
    assert not competed.filter(letter_signed_on=None).exists()
    assert len(set(competed.values_list("letter_no", flat=True))) == competed.count() == 604
    assert made.filter(method="SJ").exclude(superior_document_no="").count() == 9
    documents = Document.objects.filter(round=second, kind="APPOINTMENT")
    assert sum(one.declared_appointments for one in documents) == 604
    assert all(one.reviewed_by_id not in (None, one.made_by_id) for one in documents)


def test_results_once_more_find_every_row_unchanged(second):
    name = "2022-3-全员聘任结果汇总表.xlsx"
    before = AuditEvent.objects.count()
    outcome = import_files(
        [SourceFile(name, (DEMO / name).read_bytes())],
        actor=command_actor(None),
        now=timezone.now(),
        options=Options(zone="demo", round="2022"),
    )
    assert (outcome.ok, outcome.written, dict(outcome.counts)) == (True, False, {"unchanged": 613})
    assert AuditEvent.objects.count() == before


def test_years_after_leave_something_on_every_page(second):
    assert Secondment.objects.exclude(report="").filter(host="嘉兴市秀洲区").count() == 20
    assert sorted(Appeal.objects.values_list("state", flat=True)) == ["OPEN", "REJECTED"]
    causes = Counter(second.exits.values_list("cause", flat=True))
    assert causes["T02"] > 5
    assert (causes["T03"], causes["T04"]) == (1, 2)
    found = Counter((one.kind.value, one.band) for one in expiring(second.zone, TODAY))
    assert found["TERM", 60] > 500
    assert not any(band == 0 for _, band in found)


@pytest.mark.parametrize("code", sorted(APPRAISALS))
def test_each_appraisal_comes_to_the_figures_of_the_script(loaded, code):
    wanted, found = APPRAISALS[code], json.loads(run("kpi_results", code, "--json"))
    assert (found["state"], found["ties"], found["zone_total"]) == ("FINAL", [], wanted["zone_total"])
    assert {one["unit"]: [one["total"], one["grade"]] for one in found["units"]} == {
        name: [f"{Decimal(total):.2f}", grade] for name, (total, grade) in wanted["units"].items()
    }
    grades = Counter(one["grade"] for one in found["people"])
    assert grades.pop(None, 0) == wanted["excluded"]
    assert grades == wanted["grades"]
    assert len(found["people"]) == wanted["people"]
    quotas = {one["group"]: [one["n"], one["quota"], one["used"]] for one in found["quotas"]}
    assert quotas == wanted["quotas"]
    assert all(used <= quota for _, quota, used in quotas.values())
    combined = [Decimal(one["combined"]) for one in found["people"] if one["combined"]]
    assert sum(combined) == Decimal(wanted["combined_sum"])


def test_appeals_of_2021_were_heard_and_the_upheld_one_left_both_versions(loaded):
    appeals = {one.state: one for one in ResultAppeal.objects.filter(cycle__code="2021")}
    assert sorted(appeals) == ["REJECTED", "UPHELD"]
    versions = PersonResult.objects.filter(cycle__code="2021", person=appeals["UPHELD"].person)
    assert list(versions.order_by("version").values_list("grade", "current")) == [("C", False), ("B", True)]


def test_year_before_the_round_has_a_veto_of_each_kind_a_tie_and_those_not_graded(loaded):
    vetoes = Veto.objects.filter(cycle__code="2021", state="APPROVED")
    assert sorted(one.person is None for one in vetoes) == [False, True]
    decided = TieDecision.objects.filter(cycle__code="2021")
    assert sorted(decided.values_list("gets_seat", flat=True)) == [False, True]
    assert all(one.reason and one.decided_by.get_username() == "lingdao" for one in decided)
    excluded = Exclusion.objects.filter(cycle__code="2021")
    assert set(excluded.values_list("cause", flat=True)) == {"FIRST_YEAR"}


def test_final_years_are_facts_of_the_persons_and_nobody_who_rose_had_a_poor_one(second):
    rose = {one.person_id for one in change_summary(second).people if one.change.kind == ChangeKind.PROMOTION}
    grades = AnnualGrade.objects.filter(year=2021)
    assert Counter(grades.values_list("grade", flat=True)) == {
        **APPRAISALS["2021"]["grades"],
        "N": APPRAISALS["2021"]["excluded"],
    }
    assert set(grades.filter(person__in=rose).values_list("grade", flat=True)) <= {"A", "B"}
    assert AnnualGrade.objects.filter(year=2022).count() == APPRAISALS["2022"]["people"]


def test_what_follows_from_a_poor_year_was_carried_out_and_everybody_was_told(loaded):
    for code in ("2021", "2022"):
        rows = Consequence.objects.filter(cycle__code=code)
        assert set(rows.filter(code="NO_PROMOTION").values_list("state", flat=True)) == {"DONE"}
        assert set(rows.filter(code="COMMEND").values_list("state", flat=True)) == {"LISTED"}
        assert Notice.objects.filter(result__cycle__code=code).count() == APPRAISALS[code]["people"]
        low = Notice.objects.filter(result__cycle__code=code, result__grade__in=("C", "D"))
        assert not low.filter(received_on=None).exists()


def test_present_quarter_is_being_collected_with_something_in_every_state(loaded):
    cycle = Cycle.objects.get(code="2026Q4")
    assert (cycle.state, cycle.registered, cycle.report_by) == ("COLLECTING", False, date(2026, 11, 23))
    items = Item.objects.filter(cycle=cycle)
    assert set(items.values_list("state", flat=True)) == {"OPEN", "SUBMITTED", "RETURNED", "VERIFIED"}
    late = items.get(submitted_on__gt=cycle.report_by)
    assert str(late.indicator.subject) == "现代物流产业园"
    assert all(one.verified_by_id != one.submitted_by_id for one in items.filter(state="VERIFIED"))
    starts = {evidence_read(one)[:4] for one in EvidenceFile.objects.filter(item__cycle=cycle)}
    assert starts == {b"%PDF", b"\x89PNG"}
    assert Competition.objects.get(cycle=cycle).chosen.count() == 12
    assert (
        RatingBallot.objects.filter(cycle=cycle).count() == RatingTask.objects.filter(done=True).count() > 0
    )
    geren = get_user_model().objects.get(username="geren").membership.person
    assert RatingTask.objects.filter(rater=geren, done=False).exists()


def test_heads_of_other_units_hand_in_and_nobody_can_log_in_as_them(loaded):
    heads = get_user_model().objects.filter(username__startswith="danwei-")
    assert heads.count() == 5
    assert not any(one.has_usable_password() for one in heads)


def test_first_round_stays_registered(loaded):
    first = Round.objects.get(code="2018")
    assert (first.state, first.is_registered, first.batches.count()) == ("COMPLETED", True, 0)


def test_third_round_has_a_batch_in_every_stage(third):
    assert list(Batch.objects.filter(round=third).values_list("code", "state")) == [
        ("1", "PUBLICITY"),
        ("2", "MATCHING"),
        ("3", "ASSESSING"),
        ("4", "APPLYING"),
        ("5", "PLANNED"),
    ]
    publicity = Publicity.objects.get(proposal__batch__round=third)
    assert publicity.starts_on <= TODAY < publicity.ends_before
    open_ = Objection.objects.get(application__candidacy__round=third, state="OPEN")
    assert (open_.kind, open_.application.state) == ("PUBLICITY", "OBJECTED")
    assert Waiver.objects.filter(application__candidacy__round=third).exclude(document_no="").count() == 1
    assert Application.objects.filter(candidacy__round=third, state="REJECTED").exists()
    assert third.batches.get(code="1").posts.filter(state="CANCELLED").count() == 1
    waiting = {one.role for one in round_waiting(third, TODAY)}
    assert {"监督组", "考评组", "单位负责人"} <= waiting


def test_third_round_plans_its_day_and_leaves_the_posts_of_the_second_in_force(second, third):
    assert (third.effective_on, third.in_force_on) == (date(2026, 12, 18), None)
    assert (second.setup.ends_before, third.setup.starts_on) == (None, None)
    later = date(2027, 1, 4)
    assert {one.setup_id for one in positions_in_force(second.zone, later)} == {second.setup_id}
    head = selectors.head_of(third, None)
    assert head.timing == "2026年11月4日动员，计划12月18日生效"
    assert head.as_of_words == "还没有生效"


def test_third_round_says_where_it_stands(third):
    report = selectors.progress_report(third, TODAY, None)
    assert report.title == (
        "五个批次，一个在计划、一个在报名、一个在考评、一个在双向选择、一个在公示；异议1件没有办结"
    )
    assert not report.overdue.rows


def test_person_with_the_account_geren_can_apply(third):
    user = get_user_model().objects.get(username="geren")
    person = user.membership.person
    assert not Application.objects.filter(candidacy__person=person, candidacy__round=third).exists()
    batch = third.batches.get(code="4")
    window = batch.steps.get(kind="APPLY")
    assert window.starts_on <= TODAY < window.ends_before


@pytest.mark.parametrize("code", ["2018", "2022", "2026"])
@pytest.mark.parametrize("page", ["", "units/", "people/", "progress/", "due/", "constraints/", "ledger/"])
def test_leader_sees_every_page_of_every_round(loaded, code, page):
    client = Client()
    client.force_login(get_user_model().objects.get(username="lingdao"))
    assert client.get(f"/reports/{code}/{page}").status_code == 200


def test_demo_tells_its_accounts_and_is_loaded_once(loaded):
    assert "用户名 renshi" in loaded
    request = RequestFactory().post("/login/")
    user = authenticate(request, username="renshi", password="demo-Renshi-2022")
    assert user is not None
    assert user.has_perm("reform.change_unit")
    leader = get_user_model().objects.get(username="lingdao")
    assert leader.is_staff
    assert leader.has_perm("reform.view_reports")
    assert Zone.objects.get().deadline_on.isoformat() == "2022-03-31"
    events = AuditEvent.objects.count()
    again = run("load_demo", "--today", "2026-12-24")
    assert again.count("已经装入") == 5
    assert AuditEvent.objects.count() == events
    leader.set_password("test-Only-7731")
    leader.save()
    assert "lingdao" not in run("demo_logins")
