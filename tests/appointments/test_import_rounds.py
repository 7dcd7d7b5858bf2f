"""Which round a workbook goes into, and its dates: from the option, the date line, the column, or missing."""

import pytest
from django.utils import timezone

import tests.factories as make
from appointments.models import Appointment, Round
from reform.access import command_actor
from reform.exchange.findings import UsageError
from reform.exchange.plan import SourceFile, import_files
from reform.models import PositionSetup, Zone
from reform.services import zone_create
from tests.import_cast import (
    POSITION_LAYOUT,
    RESULT_LAYOUT,
    SUMMARY,
    Office,
    figures,
    people,
    positions,
    posts,
    results,
    roster,
    sheet,
    summary,
)
from tests.workbooks import make_xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def undated(**more):
    return {word: key for word, key in RESULT_LAYOUT.items() if key not in ("starts", "term")}


def starting(day):
    return [one | {"starts": day} for one in people()]


def round_two():
    """2022 in a zone whose first round, of 2018, left everybody where the cast was before."""
    before = [
        one | {key: one[f"old_{key}"] for key in ("unit", "section", "title", "level")}
        for one in people()
        if one["old_unit"]
    ]
    first = [one | {"starts": "2018-12-28"} for one in before]
    heads = make_xlsx({"a": sheet(POSITION_LAYOUT, posts(), "试验区2018年岗位设置")})
    decided = make_xlsx({"a": sheet(RESULT_LAYOUT, first, "试验区2018年聘任结果", "2018年12月28日")})
    return {"p18.xlsx": heads, "r18.xlsx": roster(before), "x18.xlsx": decided}


def test_without_any_date_the_results_are_refused(office):
    run = office.bring_all(results=results(layout=undated(), line=""))
    assert run.codes == ["ROUND_DATE_MISSING"]
    (fault,) = run.errors
    assert fault in run.facts["findings"]
    assert (fault["row"], fault["column"], fault["cell"]) == (None, None, None)
    assert run.status == 1


def test_date_line_without_a_day_is_not_used(office):
    run = office.bring_all(results=results(layout=undated(), line="2022年1月"))
    assert run.codes == ["ROUND_DATE_MISSING"]


def test_positions_and_roster_need_no_date(office):
    run = office.bring({"p.xlsx": positions(), "r.xlsx": roster()})
    assert (run.status, run.facts["round"]) == (0, "2022")
    assert Round.objects.get().effective_on is None


def test_option_goes_before_the_date_line_and_the_line_before_the_column(office):
    run = office.bring_all("--effective", "2022-01-20", "--check")
    assert run.status == 0
    office.bring_all(results=results(line="2022年1月22日"))
    assert summary()["effective"] == "2022-01-22"


def test_most_frequent_start_is_the_effective_day_where_nothing_else_says_it(office):
    records = starting("2022-01-23")
    records[0]["starts"] = records[1]["starts"] = "2022-02-07"
    office.bring_all(results=results(records, line=""))
    assert summary()["effective"] == "2022-01-23"
    assert Appointment.objects.filter(starts_on="2022-02-07").count() == 2


@pytest.mark.parametrize(
    "line",
    [
        "填报单位：组织人事部      填报日期：2022年1月28日",
        "公示时间：2022年1月10日至2022年1月14日",
        "统计截止时间：2021年12月31日",
    ],
)
def test_line_about_the_paper_itself_is_not_the_day_of_the_decision(office, line):
    assert office.bring_all(results=results(line=line)).status == 0
    assert summary()["effective"] == "2022-01-23"


def test_a_decided_day_beside_the_day_of_filling_in_is_found(office):
    line = "填报日期：2022年1月28日    聘任日期：2022年1月23日"
    assert office.bring_all(results=results(layout=undated(), line=line)).status == 0
    assert summary()["effective"] == "2022-01-23"


def test_kickoff_is_the_option_else_assumed_with_a_warning(office):
    assert sorted(office.bring_all("--check").warnings) == ["CAPS_EXCEEDED", "KICKOFF_ASSUMED"]
    assert office.bring_all("--kickoff", "2022-01-09").warnings == ["CAPS_EXCEEDED"]
    round_ = Round.objects.get()
    assert (str(round_.kickoff_on), str(round_.baseline_on)) == ("2022-01-09", "2021-12-31")
    assert office.bring_all().warnings == []


def test_kickoff_said_later_is_stored_by_itself(office):
    office.bring_all()
    run = office.bring_all("--kickoff", "2022-01-09")
    assert (run.status, run.facts["written"]) == (0, True)
    assert str(Round.objects.get().kickoff_on) == "2022-01-09"


@pytest.mark.parametrize(
    "options",
    [
        ("--kickoff", "2022-01-10"),
        ("--effective", "2022-01-24"),
        ("--kickoff", "2022-02-01", "--effective", "2022-01-23"),
    ],
)
def test_option_that_differs_from_the_stored_date_is_one_error(office, options):
    office.bring_all("--kickoff", "2022-01-09")
    run = office.bring_all(*options)
    assert (run.status, run.codes) == (1, ["ROUND_DATE_CONFLICT"])
    assert run.errors[0] in run.facts["findings"]


def test_kickoff_after_the_effective_day_is_an_error(office):
    run = office.bring_all("--kickoff", "2022-02-01")
    assert run.codes == ["ROUND_DATE_CONFLICT"]
    assert run.errors[0]["message"] == "动员日2022-02-01晚于生效日2022-01-23。"


def test_kickoff_after_the_stored_effective_day_is_an_error_for_a_roster_too(office):
    office.bring_all()
    run = office.bring({"r.xlsx": roster()}, "--kickoff", "2022-02-01")
    assert (run.status, run.codes) == (1, ["ROUND_DATE_CONFLICT"])


def test_start_before_the_kickoff_is_an_error_and_one_after_it_is_none(office):
    records = starting("2022-01-15")
    records[2]["starts"] = "2022-01-08"
    run = office.bring_all("--kickoff", "2022-01-09", results=results(records))
    assert [(one["code"], one["cell"]) for one in run.errors] == [("DATE_BEFORE_ROUND", "H6")]


def test_round_is_named_by_the_effective_day_the_titles_or_the_option(office):
    assert (
        office.bring_all("--check", results=results(starting("2023-01-05"), line="")).facts["round"] == "2023"
    )
    assert office.bring_all("--check", "--round", "第二轮").facts["round"] == "第二轮"
    assert office.bring({"p.xlsx": positions()}, "--check").facts["round"] == "2022"


def test_roster_without_a_year_in_its_title_is_of_the_year_after_its_cut_off(office):
    run = office.bring({"r.xlsx": roster()})
    assert run.facts["round"] == "2022"
    assert str(Round.objects.get().baseline_on) == "2021-12-31"


def test_code_that_cannot_stand_in_an_address_is_refused(office):
    run = office.bring_all("--round", "2022/1")
    assert run.status == 2
    assert not Zone.objects.exists()


def test_zones_only_round_is_used_without_naming_it(office):
    office.bring({"p.xlsx": positions()}, "--round", "二轮")
    run = office.bring({"r.xlsx": roster(), "x.xlsx": results()})
    assert run.facts["round"] == "二轮"
    assert figures("二轮") == SUMMARY


def test_results_of_another_year_do_not_slip_into_the_only_round(office):
    office.bring(round_two())
    run = office.bring({"x.xlsx": results()})
    assert run.status == 1
    assert "ROUND_DATE_CONFLICT" in run.codes


def test_positions_of_another_year_go_into_the_only_round_with_a_warning(office):
    office.bring(round_two())
    run = office.bring({"p.xlsx": positions()})
    assert (run.status, run.facts["round"], run.warnings) == (0, "2018", ["ROUND_ASSUMED"])


def test_second_round_named_by_option_follows_the_first(office):
    assert office.bring(round_two()).facts["round"] == "2018"
    run = office.bring_all("--round", "2022", "--kickoff", "2022-01-09")
    assert run.status == 0, run.errors
    assert figures() == SUMMARY
    assert figures("2018")["appointed"] == 7
    ended = PositionSetup.objects.get(code="2018").ends_before
    assert str(ended) == "2022-01-23"
    assert office.bring_all("--round", "2022").facts["written"] is False


def test_several_rounds_are_told_apart_by_the_year(office):
    office.bring(round_two())
    office.bring_all("--round", "2022")
    run = office.bring(round_two())
    assert (run.status, run.facts["round"], run.facts["written"]) == (0, "2018", False)
    run = office.bring_all()
    assert (run.status, run.facts["round"], run.facts["written"]) == (0, "2022", False)


def test_several_rounds_and_none_of_that_year_end_with_status_2_and_list_them(office):
    office.bring(round_two())
    office.bring_all("--round", "2022")
    run = office.bring({"x.xlsx": results(starting("2025-01-23"), line="")})
    assert run.status == 2
    assert run.errors[0]["message"] == (
        "请用 --round 指明轮次。现有：2022（2022年全员聘任）、2018（2018年全员聘任）。"
    )
    assert run.facts["round"] is None


def uploaded(actor, data):
    """As the upload page does it, which has fields in place of options."""
    return import_files([SourceFile("x.xlsx", data)], actor=actor, now=timezone.now(), check=True)


def test_page_says_in_which_field_the_round_is_named(office):
    office.bring(round_two())
    office.bring_all("--round", "2022")
    with pytest.raises(UsageError, match=r"^请在“轮次”一格指明轮次。现有：2022"):
        uploaded(command_actor(None), results(starting("2025-01-23"), line=""))


def test_who_may_not_bring_a_sheet_is_told_whose_it_is(office):
    zone = zone_create(code="z", name="试验区", actor=command_actor(None))
    stranger = make.a_user(zone, "考核办")
    told = [one.message for one in uploaded(stranger, positions()).errors]
    assert told == ["岗位设置表由人事上传，您的账号没有这个权限。"]


def test_earlier_round_after_a_later_one_is_refused_person_by_person(office):
    office.bring_all()
    run = office.bring(round_two(), "--round", "2018")
    assert set(run.codes) == {"TENURE_OVERLAP"}
    assert (run.status, len(run.errors)) == (1, 7)


def test_round_before_the_first_policy_is_refused_and_says_so(office):
    run = office.bring_all(results=results(starting("2015-01-23"), line=""))
    assert (run.status, run.codes) == (1, ["RULE_REFUSED"])
    assert "没有生效的政策版本" in run.errors[0]["message"]
    assert not Zone.objects.exists()


def test_two_zones_keep_apart_what_has_the_same_name(office):
    office.bring_all("--zone", "east")
    zone_create(code="west", name="西区", actor=command_actor(None))
    run = office.bring_all("--zone", "west")
    assert (run.status, run.facts["zone"], run.facts["written"]) == (0, "west", True)
    assert summary("2022", "--zone", "east")["appointed"] == 8
    assert summary("2022", "--zone", "west")["appointed"] == 8
    assert Appointment.objects.count() == 16
