"""Files in any order, in one upload or several; posts by number, twice the same post, twice the same name."""

import pytest

from appointments.models import Baseline, Round
from reform.models import Person, Position, Unit
from tests.import_cast import (
    POSITION_LAYOUT,
    RESULT_LAYOUT,
    SUMMARY,
    Office,
    figures,
    id_number,
    people,
    positions,
    posts,
    results,
    roster,
    summary,
)

pytestmark = pytest.mark.django_db

CODED = POSITION_LAYOUT | {"岗位编号": "code"}


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def rosters_by_unit():
    units = dict.fromkeys(one["old_unit"] for one in people())
    return [roster([one for one in people() if one["old_unit"] == unit]) for unit in units]


def coded_posts():
    return [one | {"code": f"GW{one['number']:03d}"} for one in posts()]


def coded_people():
    codes = {(one["unit"], one["section"], one["title"]): one["code"] for one in coded_posts()}
    return [one | {"code": codes[one["unit"], one["section"], one["title"]]} for one in people()]


def test_files_of_one_upload_in_any_order_with_rosters_split_by_unit(office):
    files = {"a.xlsx": results(), "z.xlsx": positions()}
    files |= {f"r{number}.xlsx": data for number, data in enumerate(rosters_by_unit())}
    run = office.bring(files)
    assert run.status == 0, run.errors
    assert run.counts("roster") == (8, 0, 0)
    assert figures() == SUMMARY


def test_rosters_in_several_uploads_before_the_positions(office):
    for number, data in enumerate(rosters_by_unit()):
        run = office.bring({f"r{number}.xlsx": data})
        assert run.status == 0, run.errors
        assert run.facts["round"] == "2022"
    assert office.bring({"p.xlsx": positions()}).status == 0
    assert office.bring({"x.xlsx": results()}).status == 0
    assert figures() == SUMMARY
    assert not Unit.objects.filter(is_historical=True).exists()


def test_roster_before_the_positions_with_the_effective_day_known(office):
    assert office.bring({"r.xlsx": roster()}, "--effective", "2022-01-23").status == 0
    assert office.bring({"p.xlsx": positions()}).status == 0
    assert office.bring({"x.xlsx": results()}).status == 0
    assert figures() == SUMMARY


def test_results_of_the_units_in_several_uploads(office):
    office.bring({"p.xlsx": positions(), "r.xlsx": roster()})
    first = office.bring({"x.xlsx": results(people()[:5])})
    assert first.warnings.count("PERSON_ABSENT") == 1
    assert Round.objects.get().state == "PLACING"
    assert summary()["sentence"].endswith("未安置2人，无人一落千丈。")
    assert office.bring({"y.xlsx": results(people()[5:])}).warnings == ["KICKOFF_ASSUMED"]
    assert Round.objects.get().state == "COMPLETED"
    assert figures() == SUMMARY


def test_late_roster_with_one_more_person_reopens_the_round(office):
    office.bring_all()
    late = people()[0] | {"name": "冯军", "id": id_number("19830303", 55), "old_title": "巡视员"}
    run = office.bring({"r.xlsx": roster([late])})
    assert run.status == 0
    assert "PERSON_ABSENT" in run.warnings
    assert Round.objects.get().state == "PLACING"
    assert summary()["unplaced"] == 1


def test_posts_named_by_number_alone(office):
    layout = {"姓名": "name", "身份证号": "id", "岗位编号": "code", "聘期（年）": "term"}
    run = office.bring_all(positions=positions(coded_posts(), CODED), results=results(coded_people(), layout))
    assert run.status == 0, run.errors
    assert figures() == SUMMARY


def test_same_post_twice_without_numbers_is_an_error_in_the_later_row(office):
    twice = [*posts(), posts()[4] | {"number": 9, "headcount": 1}]
    run = office.bring_all(positions=positions(twice))
    assert [(one["code"], one["row"], one["column"]) for one in run.errors] == [
        ("POSITION_DUPLICATE", 11, "岗位名称")
    ]


def test_same_post_twice_with_numbers_is_two_posts(office):
    twice = [*coded_posts(), coded_posts()[4] | {"code": "GW009", "headcount": 1}]
    layout = RESULT_LAYOUT | {"岗位编号": "code"}
    run = office.bring_all(positions=positions(twice, CODED), results=results(coded_people(), layout))
    assert run.status == 0, run.errors
    assert Position.objects.filter(title="主办").values("lineage").distinct().count() == 2
    assert summary()["positions"] == 9


def test_same_post_twice_needs_the_number_in_the_results_too(office):
    twice = [*coded_posts(), coded_posts()[4] | {"code": "GW009", "headcount": 1}]
    run = office.bring_all(positions=positions(twice, CODED))
    assert [(one["code"], one["row"], one["column"]) for one in run.errors] == [
        ("POSITION_AMBIGUOUS", 10, "聘任岗位"),
        ("POSITION_AMBIGUOUS", 11, "聘任岗位"),
    ]


def test_same_position_in_two_files_of_an_upload_must_say_the_same(office):
    files = {"a.xlsx": positions(), "b.xlsx": positions(posts()[3:])}
    assert office.bring(files, "--check").status == 0
    other = posts()[3:]
    other[1]["headcount"] = 5
    run = office.bring(files | {"b.xlsx": positions(other)})
    assert [(one["code"], one["file"], one["cell"]) for one in run.errors] == [
        ("POSITION_DUPLICATE", "b.xlsx", "D4")
    ]
    assert run.errors[0]["message"] == "与“a.xlsx”Sheet1第7行是同一岗位，内容不同。"


def test_two_people_of_the_same_name_are_two_people(office):
    records = people()
    records[6]["name"] = records[7]["name"] = "王芳"
    run = office.bring_all(roster=roster(records), results=results(records))
    assert run.status == 0, run.errors
    assert Person.objects.filter(name="王芳").count() == 2
    assert figures() == SUMMARY


def test_layout_6_gives_the_baseline_while_there_is_none_and_is_only_compared_after(office):
    layout = {
        **{"序号": "number", "姓名": "name", "身份证号": "id", "单位": "old_unit", "科室": "old_section"},
        **{"现任岗位": "old_title", "岗位层级": "old_level"},
    }
    assert office.bring_all(roster=roster(layout=layout)).status == 0
    assert figures() == SUMMARY
    again = office.bring({"r.xlsx": roster(layout=layout)})
    assert (again.status, again.facts["written"]) == (0, False)
    assert again.warnings == ["POST_DIFFERS"] * 4
    assert figures() == SUMMARY


def test_former_posts_that_the_new_setup_lacks_are_historical_and_reported(office):
    records = people()
    records[2] |= {"old_unit": "招商一局", "old_section": "项目科", "old_title": "副科长"}
    run = office.bring_all(roster=roster(records))
    assert run.status == 0, run.errors
    found = [(one["code"], one["cell"], one["value"]) for one in run.findings if one["file"] == "roster.xlsx"]
    assert found == [
        ("UNIT_HISTORICAL", "F6", "招商一局"),
        ("UNIT_HISTORICAL", "G6", "项目科"),
        ("POSITION_HISTORICAL", "H6", "副科长"),
    ]
    former = Position.objects.get(setup=None)
    assert (former.unit.name, former.level, str(former.ends_before)) == ("项目科", "L40", "2022-01-23")
    assert figures() == SUMMARY


def test_baseline_is_written_once_and_a_different_one_is_refused(office):
    office.bring_all()
    records = people()
    records[2] |= {"old_title": "科长", "old_level": "科室正职"}
    run = office.bring({"r.xlsx": roster(records)})
    assert [(one["code"], one["row"]) for one in run.errors] == [("BASELINE_FIXED", 6)]
    assert Baseline.objects.filter(title="副科长").count() == 1


def test_first_roster_without_former_posts_makes_everybody_new_and_says_so(office):
    layout = {"姓名": "name", "性别": "sex", "身份证号": "id", "出生年月": "birth"}
    run = office.bring_all(roster=roster(layout=layout))
    assert run.status == 0
    (one,) = [one for one in run.findings if one["code"] == "BASELINE_ABSENT"]
    assert (one["level"], one["file"], one["actual"]) == ("warning", "roster.xlsx", 8)
    assert summary()["new"] == 8
    assert "BASELINE_ABSENT" not in office.bring({"r.xlsx": roster(layout=layout)}).warnings
