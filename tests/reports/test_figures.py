"""The figures of a round counted by hand, and the lists behind them."""

import re
from datetime import date
from html import unescape

import pytest

from appointments.rules.change import ChangeKind
from appointments.selectors import change_summary
from reform.models import Tenure, TenureKind, Zone
from reports import selectors
from tests import factories as make

LINK = re.compile(r'<a class="n[^"]*" href="([^"]+)">(\d+)</a>')


def overview(cast, as_of=None):
    return selectors.leadership_overview(change_summary(cast.round, as_of))


def units(cast, as_of=None):
    return selectors.units_report(change_summary(cast.round, as_of))


def row(table, name):
    return [one.value for one in next(line for line in table.rows if line.name == name).figures]


def test_overview_counts_the_cast(cast):
    report = overview(cast)
    assert report.title == ("参加聘任7人，其中提拔1人、降职1人，未安置1人，无人一落千丈。")
    assert (report.in_scope.value, report.appointed.value, report.exited.value) == (7, 6, 1)
    assert {kind: one.value for kind, one in report.kinds.items()} == {
        ChangeKind.PROMOTION: 1,
        ChangeKind.DEMOTION: 1,
        ChangeKind.LATERAL: 1,
        ChangeKind.UNCHANGED: 2,
        ChangeKind.NEW: 1,
        ChangeKind.UNPLACED: 1,
        ChangeKind.EXIT: 1,
    }
    assert (report.seats, report.vacant, report.over) == (7, 1, 0)
    assert (str(report.promoted_share), str(report.completion), report.falls) == (
        "16.67",
        "85.71",
        "最多降一级",
    )
    assert report.head.timing == "2022年1月9日动员，1月23日生效，用时14天"


def test_tables_by_level_and_the_matrix_agree(cast):
    report = overview(cast)
    # 提拔, 原岗续聘, 平级, 新聘, 降职
    assert [line.name for line in report.final.rows] == ["中层正职", "中层副职", "科室正职", "一般主办"]
    assert row(report.final, "中层副职") == [1, 0, 0, 0, 0]
    assert row(report.final, "中层正职") == [0, 1, 1, 0, 0]
    assert row(report.final, "一般主办") == [0, 1, 0, 1, 0]
    # and 未安置, 离开
    assert row(report.baseline, "一般主办") == [0, 1, 0, 0, 0, 1, 1]
    assert row(report.baseline, "本轮新进") == [0, 0, 0, 1, 0, 0, 0]
    assert report.matrix.columns == ("中层正职", "中层副职", "科室正职", "一般主办", "未安置", "离开")
    assert row(report.matrix, "科室正职") == [0, 1, 0, 0, 0, 0]
    assert row(report.matrix, "一般主办") == [0, 0, 0, 1, 1, 1]
    assert report.final.total.total.value == report.appointed.value
    assert report.baseline.total.total.value == report.matrix.total.total.value == 8
    for place, column in enumerate(report.matrix.total.figures):
        assert column.value == sum(line.figures[place].value for line in report.matrix.rows)


def test_headings_are_findings(cast):
    report = overview(cast)
    assert report.final.title == "提拔都在中层副职，降职都到科室正职"
    assert report.baseline.title == "提拔都出自科室正职，降职都出自中层副职"
    assert report.matrix.title == "3人层级不变，1人上升，1人下降"
    assert report.checks_title == "八项检查，一项不通过，四项通过，三项未记录"


def test_shares_that_miss_one_hundred_are_said_to(cast):
    table = overview(cast).final
    assert [str(one) for one in table.shares] == ["16.67", "33.33", "16.67", "16.67", "16.67"]
    assert str(table.share_sum) == "100.01"
    assert table.has_rest


def test_deadline_is_told_for_the_round_that_lies_close_to_it(cast):
    Zone.objects.filter(pk=cast.zone.pk).update(deadline_on=date(2022, 3, 31))
    cast.place("补", "主办", None)
    cast.round.state = "COMPLETED"
    cast.round.zone.deadline_on = date(2022, 3, 31)
    assert selectors.head_of(cast.round, None).timing.endswith("用时14天，比3月31日的期限提前67天")
    cast.round.zone.deadline_on = date(2025, 3, 31)
    assert selectors.head_of(cast.round, None).timing.endswith("用时14天")


def test_units_show_seats_holders_and_who_is_missing(cast):
    report = units(cast)
    assert report.title == "2个单位职数7个，实有6人，空缺1个，在1个单位，没有超配"
    assert report.levels == ("中层正职", "中层副职", "科室正职", "一般主办")
    party, economy = report.lines
    assert (party.name, party.quota, party.seats, party.held.value, party.vacant) == ("党群部", 4, 3, 2, 1)
    assert (economy.name, economy.quota, economy.seats, economy.held.value) == ("经发局", None, 4, 4)
    assert [(one.approved, one.held.value, one.vacant) for one in party.levels] == [
        (1, 1, 0),
        (2, 1, 1),
        (0, 0, 0),
        (0, 0, 0),
    ]
    deputy = party.posts[1]
    assert (deputy.title, [one.name for one in deputy.holders], deputy.vacant) == ("副部长", ["乙"], 1)
    assert [one.title for one in economy.posts] == ["局长", "综合科·科长", "综合科·主办"]
    assert report.vacant_since == date(2022, 1, 23)
    assert report.total.quota is None


def test_units_before_the_round(cast):
    report = units(cast)
    assert [(one.name, one.held.value, one.difference) for one in report.former] == [
        ("党群部", 2, 0),
        ("经发局", 2, 2),
        ("统计局", 3, None),
    ]
    assert not report.has_former_seats
    assert report.former_title == "改革前3个单位，改革后2个，减少1个"


def test_former_seats_are_those_of_the_setup_that_went_out_of_force(cast):
    later = make.a_round(cast.zone, "2025", date(2025, 1, 23))
    cast.round.setup.ends_before = date(2025, 1, 23)
    cast.round.setup.save()
    make.a_baseline(later, cast.people["甲"], cast.posts["部长"])
    report = selectors.units_report(change_summary(later))
    assert [(one.name, one.approved, one.held.value) for one in report.former] == [
        ("党群部", 3, 1),
        ("经发局", 4, 0),
    ]


def test_concurrent_holder_is_marked_and_may_fill_a_seat(cast):
    tenure = make.a_tenure(cast.people["甲"], cast.posts["副部长"], kind=TenureKind.CONCURRENT)
    party = units(cast).lines[0]
    assert [(one.name, one.mark) for one in party.posts[1].holders] == [("乙", ""), ("甲", "兼任")]
    assert (party.held.value, party.vacant) == (2, 0)
    assert overview(cast).vacant == 0
    Tenure.objects.filter(pk=tenure.pk).update(occupies_headcount=False)
    assert units(cast).lines[0].vacant == 1


def test_kept_level_stands_in_its_own_column(cast):
    Tenure.objects.filter(person=cast.people["丙"]).update(held_level="L60", held_level_reason="保留原待遇")
    report = units(cast)
    assert report.has_kept
    assert [(one.name, one.level, one.reason) for one in report.lines[1].kept] == [
        ("丙", "中层副职", "保留原待遇")
    ]
    assert not units(cast, date(2021, 1, 1)).has_kept


def test_over_staffed_post_and_unit_are_told(cast):
    cast.place("超", None, "部长")
    cast.place("员", None, "副部长")
    cast.place("额", None, "副部长")
    report = units(cast)
    party = report.lines[0]
    assert (party.over, party.over_quota, party.levels[0].over) == (2, 1, 1)
    assert report.title.endswith("超配的是党群部")
    assert overview(cast).over == 2


def test_nothing_has_happened_before_the_effective_date(cast):
    report = overview(cast, date(2022, 1, 15))
    assert report.gap is not None
    assert report.title == "截至2022-01-15还没有人聘任"
    assert overview(cast, date(2022, 1, 23)).appointed.value == 6


@pytest.mark.parametrize(("page", "day"), [("", ""), ("units/", "2022-01-25")])
def test_every_figure_is_as_long_as_its_list(cast, leader, page, day):
    html = leader.get(f"/reports/2022/{page}", {"as_of": day} if day else {}).content.decode()
    links = {(unescape(link), int(number)) for link, number in LINK.findall(html)}
    assert len(links) > 15
    for link, number in links:
        assert ("as_of=2022-01-25" in link) is bool(day)
        answer = leader.get(link)
        assert answer.context["report"].total == number, link
        assert len(answer.context["report"].lines) == number
        assert f"{number}人</h1>" in answer.content.decode()


def test_tabs_count_everybody_by_change(cast, leader):
    report = leader.get("/reports/2022/people/?change=DEMOTION").context["report"]
    assert [(tab.label, tab.figure.value, tab.current) for tab in report.tabs] == [
        ("提拔", 1, False),
        ("降职", 1, True),
        ("新聘", 1, False),
        ("平级", 1, False),
        ("原岗续聘", 2, False),
        ("未安置", 1, False),
        ("离开", 1, False),
        ("全部", 8, False),
    ]


@pytest.mark.parametrize(
    ("query", "title", "names"),
    [
        ("change=PROMOTION", "提拔1人", "乙"),
        ("change=PROMOTION&level=L60&before=L50", "原为科室正职、聘任后为中层副职的提拔人员1人", "乙"),
        ("before=NONE", "本轮新进的全部人员1人", "戊"),
        ("appointed=1&q=丁", "姓名含“丁”的已聘任人员1人", "丁"),
        ("was_unit=统计局", "原在统计局的全部人员3人", "己庚辛"),
        ("scope=1", "应聘任人员7人", "甲乙己丙丁戊庚"),
        ("q=王", "姓名含“王”的全部人员0人", ""),
    ],
)
def test_conditions_are_said_and_kept(cast, leader, query, title, names):
    report = leader.get(f"/reports/2022/people/?{query}").context["report"]
    assert report.title == title
    assert "".join(line.name for line in report.lines) == names


def test_unit_and_post_narrow_the_list(cast, leader):
    party, deputy = cast.posts["部长"].unit, cast.posts["副部长"]
    report = leader.get(f"/reports/2022/people/?unit={party.pk}").context["report"]
    assert (report.title, [line.name for line in report.lines]) == ("现在党群部的全部人员2人", ["甲", "乙"])
    report = leader.get(f"/reports/2022/people/?position={deputy.pk}").context["report"]
    assert report.title == "聘任到党群部·副部长的全部人员1人"


def test_promotion_list_has_the_columns_of_the_form(cast, leader):
    report = leader.get("/reports/2022/people/?change=PROMOTION").context["report"]
    assert [column.header for column in report.columns] == [
        "姓名", "身份证号", "原岗", "原层级", "新岗", "新层级", "级差", "任用方式", "决定日期", "公示起止",
        "试用期止", "原因",
    ]  # fmt: skip
    (line,) = report.lines
    assert (line.before, line.after, line.steps) == ("经发局·综合科·科长", "党群部·副部长", "升一级")
    assert (line.method, line.probation_last_on) == ("竞岗聘任", date(2023, 1, 22))


def test_leavers_show_when_and_why(cast, leader):
    (line,) = leader.get("/reports/2022/people/?change=EXIT").context["report"].lines
    assert (line.name, line.left_on, line.reason, line.after) == ("辛", date(2022, 1, 20), "退休（到龄）", "")


def test_failed_check_lists_its_offenders(cast, leader):
    html = leader.get("/reports/2022/").content.decode()
    assert "/reports/2022/checks/I1/" in html
    report = leader.get("/reports/2022/checks/I1/").context["report"]
    assert report.title == "人人有岗：1人不符"
    assert [(one.name, one.unit, one.why) for one in report.offenders] == [
        ("庚", "统计局", "没有本轮的主任职聘任")
    ]
    assert leader.get("/reports/2022/checks/I6/").context["report"].line.verdict == "未记录"


def test_list_of_lateral_moves_tells_how_each_is_called(cast, leader):
    report = leader.get("/reports/2022/people/?change=LATERAL").context["report"]
    assert "平级转任" in [column.header for column in report.columns]
    assert [(line.name, line.before, line.way) for line in report.lines] == [("己", "统计局·局长", "交流")]
    others = leader.get("/reports/2022/people/?change=PROMOTION").context["report"]
    assert "平级转任" not in [column.header for column in others.columns]
