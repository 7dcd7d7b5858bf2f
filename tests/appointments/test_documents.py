"""What is printed: the words, the columns of domain.md §8, who sees what, one person or hundreds."""

import io
import time
import zipfile
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from appointments.documents import DOCUMENT_KINDS, document_file, read_lrmx, sample
from appointments.documents.files import BUILDERS
from appointments.documents.paper import Occasion
from appointments.documents.person_papers import duty_lines
from appointments.documents.wording import (
    AppointmentWords,
    appointment_paragraphs,
    duration,
    heading,
    numeral,
    term,
)
from appointments.models import Appointment
from appointments.selectors.documents import printed_counts
from appointments.services.document_exports import document_export
from appointments.services.dossier_files import lrmx_import
from reform.documents.templates import default_template
from reform.errors import Refused
from reform.models import AuditEvent, Membership, Person, Tenure
from tests import factories as make
from tests.appointments.papers import AT, COLUMNS, ON, Cast, a_cast, rows_of, text_of

db = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return a_cast()


def printed(cast: Cast, kind: str, fmt: str = "docx", **facts: Any) -> bytes:
    call = {"round_": cast.round, "batch": cast.batch, "actor": cast.clerk, "on": ON} | facts
    return document_file(kind, fmt=fmt, **call)[1]


# --- wording, without a database

STARTS, ENDS, TRIAL = date(2022, 1, 23), date(2025, 1, 23), date(2023, 1, 23)


def test_one_person_has_the_sentence_of_the_regulation():
    line = AppointmentWords("张三", "经济发展局局长", STARTS, ENDS, TRIAL, ("招商局副局长",))
    assert appointment_paragraphs([line], "2022年1月16日高新区党工委会议") == [
        "经2022年1月16日高新区党工委会议研究决定：聘任张三为经济发展局局长（试用期一年）；聘期三年，"
        "自2022年1月23日至2025年1月22日。免去张三招商局副局长职务。"
    ]


def test_several_of_one_term_share_its_sentence_and_dismissals_come_last():
    later = date(2022, 2, 1)
    lines = [
        AppointmentWords("张三", "甲局局长", STARTS, ENDS, TRIAL, ("乙局副局长",)),
        AppointmentWords("李四", "乙局主办", later, date(2025, 2, 1)),
        AppointmentWords("王五", "丙局主办", STARTS, ENDS),
        AppointmentWords("赵六", "", left=("丁局科长",)),
    ]
    assert appointment_paragraphs(lines, "党工委会议") == [
        "经党工委会议研究决定：",
        "聘任张三为甲局局长（试用期一年）；",
        "聘任王五为丙局主办；",
        "以上人员聘期三年，自2022年1月23日至2025年1月22日。",
        "聘任李四为乙局主办；",
        "聘期三年，自2022年2月1日至2025年1月31日。",
        "免去张三乙局副局长职务。",
        "免去赵六丁局科长职务。",
    ]


@pytest.mark.parametrize(
    ("starts_on", "ends_before", "words"),
    [
        (date(2024, 2, 29), date(2027, 2, 28), "聘期三年，自2024年2月29日至2027年2月27日"),
        (date(2022, 1, 23), date(2023, 7, 23), "聘期一年零六个月，自2022年1月23日至2023年7月22日"),
        (date(2022, 1, 23), date(2022, 4, 23), "聘期三个月，自2022年1月23日至2022年4月22日"),
    ],
)
def test_term_is_told_with_its_last_day(starts_on: date, ends_before: date, words: str):
    assert term(starts_on, ends_before) == words


def test_short_words():
    assert duration(date(2022, 1, 1), date(2022, 1, 11)) == "10天"
    assert [numeral(one) for one in (1, 10, 12, 20, 36)] == ["一", "十", "十二", "二十", "三十六"]
    assert heading(["张三"]) == "关于张三同志聘任的通知"
    assert heading(["张三", "李四"]) == "关于张三等同志聘任的通知"
    assert duty_lines("1.主持工作；（二）联系企业。\n3、完成交办事项") == [
        "主持工作",
        "联系企业",
        "完成交办事项",
    ]


# --- every paper


@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_every_paper_comes_as_word_and_says_whom_it_is_about(cast: Cast, kind: str):
    name, data, content_type = document_file(
        kind, round_=cast.round, batch=cast.batch, actor=cast.clerk, on=ON
    )
    assert name.endswith(".docx")
    assert "wordprocessingml" in content_type
    text = text_of(data)
    assert "{{" not in text
    assert "{%" not in text
    of = {"screening": "孙三", "scores": "钱二", "rejection": "孙三", "not_selected": "钱二", "offer": "孙三"}
    named = {"placements": "孙三", "notice": "局长"} | of
    assert named.get(kind, "赵一") in text


@pytest.mark.parametrize("kind", COLUMNS)
def test_workbook_has_the_columns_of_its_layout_and_data_from_row_three(cast: Cast, kind: str):
    data = printed(cast, kind, "xlsx")
    rows = rows_of(data)
    assert rows[1] == COLUMNS[kind].split(" ")
    assert rows[2][1 if rows[1][0] == "序号" else 0] is not None
    assert load_workbook(io.BytesIO(data)).sheetnames[1] == "填写说明"


def shape(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return [shape(value[0])]
    return "list" if isinstance(value, list) else "value"


@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_example_of_a_template_has_the_very_names_that_the_paper_gives(cast: Cast, kind: str):
    paper = BUILDERS[kind](Occasion(cast.round, ON, cast.batch))
    assert shape(paper.values) == shape(sample(kind))


def test_appointment_document_before_it_is_registered(cast: Cast):
    text = text_of(printed(cast, "appointment"))
    assert (
        "经2022年1月16日高新区党工委会议研究决定：聘任赵一为经济发展局局长（试用期一年）；聘期三年，"
        "自2022年1月23日至2025年1月22日。免去赵一招商局副局长职务。"
    ) in text
    assert "高新区管理委员会文件" in text
    assert "关于赵一同志聘任的通知" in text


def test_notice_counts_who_sits_there_now_and_names_the_days(cast: Cast):
    make.a_tenure(cast.loser, cast.appointment.position, date(2021, 1, 1), kind="CONCURRENT")
    assert rows_of(printed(cast, "notice", "xlsx"))[2][8] == 1
    text = text_of(printed(cast, "notice"))
    assert "报名时间：2022年1月10日至2022年1月12日" in text
    assert "每人最多可报2个岗位" in text


def test_public_list_has_no_id_number_and_birth_as_month(cast: Cast):
    for fmt in ("docx", "xlsx"):
        data = printed(cast, "publicity", fmt)
        text = text_of(data) if fmt == "docx" else str(rows_of(data))
        assert cast.winner.id_number not in text
        assert "1980.01" in text
        assert "2022年1月17日至2022年1月21日" in text
        assert "0375-1234567" in text
        assert "提拔" in text


def test_id_number_is_masked_for_who_may_not_see_it(cast: Cast):
    seen = rows_of(printed(cast, "screening", "xlsx"))[2][3]
    assert len(seen) == 18
    assert "*" not in seen
    masked = rows_of(printed(cast, "screening", "xlsx", actor=make.a_user(cast.zone, "监督组")))[2][3]
    assert masked[6:14] == "********"


def test_rejection_says_until_when_to_object_by_working_days(cast: Cast):
    cast.batch.candidacies.get(person=cast.rejected).applications.update(notified_on=date(2022, 1, 28))
    assert "2022年1月30日前" in text_of(printed(cast, "rejection"))  # 29 and 30 January were worked


def test_text_that_looks_like_a_formula_is_written_as_text(cast: Cast):
    Person.objects.filter(pk=cast.winner.pk).update(native_place="=1+1")
    cell = load_workbook(io.BytesIO(printed(cast, "publicity", "xlsx"))).worksheets[0].cell(3, 6)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_markup_in_a_name_breaks_no_document(cast: Cast):
    Person.objects.filter(pk=cast.winner.pk).update(name='Tom & <b>"Jerry"\x07\ttab')
    assert 'Tom & <b>"Jerry" tab' in text_of(printed(cast, "letter"))


def test_refusals_name_what_is_missing(cast: Cast):
    call: dict[str, Any] = {"round_": cast.round, "actor": cast.clerk, "on": ON}
    for kind, facts, why in (
        ("poster", {}, "没有“poster”这种文书"),
        ("notice", {}, "按批次出"),
        ("letter", {"fmt": "pdf"}, "没有 pdf 格式，可选：docx、xlsx"),
        ("letter", {"people": [cast.loser]}, "没有可以打印的内容"),
        ("rejection", {}, "先选批次"),
    ):
        with pytest.raises(Refused, match=why):
            document_file(kind, **call, **facts)


def test_one_persons_letter_carries_the_name_in_its_file_name(cast: Cast):
    name, data, _ = document_file(
        "letter", round_=cast.round, actor=cast.clerk, on=ON, people=[cast.winner.pk]
    )
    assert name == "高新区2022年全员聘任聘书－赵一.docx"
    assert "聘期三年，自2022年1月23日至2025年1月22日（试用期一年）" in text_of(data)


@pytest.mark.parametrize(("kind", "fmt"), [("letter", "docx"), ("letter", "xlsx"), ("duties", "docx")])
def test_613_in_one_file_take_seconds_and_no_more_statements_than_one(cast: Cast, kind: str, fmt: str):
    post = cast.appointment.position
    people = [
        Person(zone=cast.zone, name=f"人{n}", id_number="", id_number_hash=f"h{n}", sort_no=n)
        for n in range(612)
    ]
    Person.objects.bulk_create(people)
    facts = {"starts_on": STARTS, "ends_before": ENDS, "held_level": "L70"}
    Appointment.objects.bulk_create(
        [Appointment(zone=cast.zone, round=cast.round, person=one, position=post, **facts) for one in people]
    )
    with CaptureQueriesContext(
        connection,
    ) as statements:
        started = time.perf_counter()
        data = printed(cast, kind, fmt, batch=None)
        took = time.perf_counter() - started
    assert len(statements) < 20
    assert took < 20  # a second or two; the limit is for a busy machine
    if fmt == "docx":
        text = text_of(data)
        assert all(f"人{n}" in text for n in (0, 300, 611))
    else:
        assert len(rows_of(data)) == 615


def test_papers_of_a_round_stay_what_they_were_after_the_renewal(cast: Cast):
    first = cast.appointment
    Appointment.objects.filter(pk=first.pk).update(state="RENEWED")
    Appointment.objects.create(
        zone=cast.zone,
        round=cast.round,
        person=cast.winner,
        position=first.position,
        held_level="L70",
        starts_on=date(2025, 1, 23),
        ends_before=date(2027, 1, 23),
        previous=first,
    )

    def starts(**facts: Any) -> list[Any]:
        return [row[3] for row in rows_of(printed(cast, "letter", "xlsx", **facts))[2:]]

    assert starts() == starts(batch=None) == ["2022年1月23日"]
    assert starts(batch=None, later=True) == ["2025年1月23日"]
    assert printed_counts(cast.round) == {"made": 1, "later": 1}


def test_appointment_that_ended_before_it_began_has_no_paper(cast: Cast):
    Appointment.objects.filter(pk=cast.appointment.pk).update(state="TERMINATED")
    with pytest.raises(Refused, match="没有可以打印的内容"):
        printed(cast, "letter", batch=None)


def test_every_export_leaves_an_event_and_a_refused_one_leaves_none(cast: Cast):
    call: dict[str, Any] = {"round_": cast.round, "batch": cast.batch, "actor": cast.clerk, "on": ON}
    assert document_export("letter", people=[cast.winner], **call)[1][:2] == b"PK"
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.subject, event.details["format"]) == ("导出文书", "第1批聘书 1人", "docx")
    with pytest.raises(Refused):
        document_export("letter", people=[cast.loser], **call)
    assert AuditEvent.objects.latest("id") == event


def test_head_of_a_unit_prints_only_its_own_people(cast: Cast):
    head = make.a_user(cast.zone, "单位负责人")
    unit = make.a_unit(cast.zone, "政务服务中心")
    own = make.a_person(cast.zone, "本单位人")
    post = make.a_position(unit, "主任", "L70", cast.round.setup)
    make.an_appointment(cast.round, own, post)
    Membership.objects.filter(user=head).update(unit=unit)
    names = {row[1] for row in rows_of(printed(cast, "letter", "xlsx", batch=None, actor=head))[2:]}
    assert names == {"本单位人"}
    with pytest.raises(Refused, match="没有可以打印的内容"):
        printed(cast, "letter", actor=head, people=[cast.winner])


# --- 任免审批表


def lrmx_of(cast: Cast, **facts: Any) -> tuple[str, bytes]:
    name, data, _ = document_file(
        "approval_form", fmt="lrmx", **{"round_": cast.round, "actor": cast.clerk, "on": ON} | facts
    )
    return name, data


def test_new_lrmx_says_what_the_system_knows(cast: Cast):
    name, data = lrmx_of(cast, people=[cast.winner])
    found = read_lrmx(data)
    assert name == "赵一.lrmx"
    assert found["ShenFenZheng"] == cast.winner.id_number
    assert (found["ChuShengNianYue"], found["MinZu"], found["QuanRiZhiJiaoYu_XueLi"]) == (
        "198001",
        "汉族",
        "大学本科",
    )
    assert (found["XianRenZhiWu"], found["NiRenZhiWu"], found["NiMianZhiWu"]) == (
        "招商局副局长",
        "经济发展局局长",
        "招商局副局长",
    )
    assert found["JianLi"] == "2019.01--         招商局副局长"
    assert found["JiSuanNianLingShiJian"] == "20220114"


def test_imported_lrmx_goes_out_again_byte_for_byte_and_gains_only_the_decision(cast: Cast):
    person = cast.loser
    source = (
        '<?xml version="1.0" encoding="utf-8"?>\n<Person><XingMing>钱二</XingMing><XingBie>男</XingBie>'
        "<ChuShengNianYue>198001</ChuShengNianYue><MinZu>汉</MinZu><JiGuan>河南平顶山</JiGuan>"
        "<RuDangShiJian/><CanJiaGongZuoShiJian>200307</CanJiaGongZuoShiJian>"
        "<QuanRiZhiJiaoYu_XueLi>大学</QuanRiZhiJiaoYu_XueLi><QiTa>留着</QiTa><XianRenZhiWu>某局副局长</XianRenZhiWu>"
        f"<ShenFenZheng>{person.id_number}</ShenFenZheng></Person>"
    ).encode()
    found = lrmx_import(zone=cast.zone, name="钱二.lrmx", content=source, actor=cast.clerk, on=ON, at=AT)
    assert found.differences == []
    assert lrmx_of(cast, people=[person])[1] == source
    Appointment.objects.create(
        zone=cast.zone,
        round=cast.round,
        person=person,
        position=cast.appointment.position,
        held_level="L70",
        starts_on=STARTS,
        ends_before=ENDS,
    )
    after = read_lrmx(lrmx_of(cast, people=[person])[1])
    assert (after["NiRenZhiWu"], after["QiTa"], after["XianRenZhiWu"]) == (
        "经济发展局局长",
        "留着",
        "某局副局长",
    )


def test_post_that_began_after_the_file_came_in_replaces_the_files(cast: Cast):
    data = lrmx_of(cast, people=[cast.loser])[1]
    lrmx_import(zone=cast.zone, name="a.lrmx", content=data, actor=cast.clerk, on=ON, at=AT)
    Tenure.objects.filter(person=cast.loser).update(ends_before=date(2022, 2, 1))
    make.a_tenure(cast.loser, cast.appointment.position, date(2022, 2, 1))
    later = read_lrmx(lrmx_of(cast, people=[cast.loser], on=date(2022, 3, 1))[1])
    assert later["XianRenZhiWu"] == "经济发展局局长"


def test_many_lrmx_come_in_a_zip_and_namesakes_stay_apart(cast: Cast):
    Person.objects.filter(pk=cast.loser.pk).update(name="赵一")
    name, data = lrmx_of(cast, people=[cast.winner, cast.loser])
    assert name == "2022年全员聘任任免审批表.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert sorted(package.namelist()) == ["赵一.lrmx", "赵一（2）.lrmx"]
        numbers = {read_lrmx(package.read(one))["ShenFenZheng"] for one in package.namelist()}
    assert numbers == {cast.winner.id_number, cast.loser.id_number}


def test_lrmx_is_refused_to_who_may_not_see_id_numbers(cast: Cast):
    with pytest.raises(Refused, match="查看身份证号明文"):
        lrmx_of(cast, actor=make.a_user(cast.zone, "单位负责人"))


def test_every_kind_has_its_template():
    for kind in DOCUMENT_KINDS:
        assert default_template(kind)[:2] == b"PK"
