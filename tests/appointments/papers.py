"""A batch with something on every paper, for the tests of what is printed."""

import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from docx import Document as read_docx
from openpyxl import load_workbook

from appointments.models import (
    Appointment,
    Batch,
    BatchStep,
    ItemScore,
    Meeting,
    Offer,
    Placement,
    ProposalList,
    ProposalRow,
    Publicity,
    Round,
    RuleResult,
)
from reform.models import Person
from tests import factories as make

# The columns of domain.md §8, by kind of paper.
COLUMNS = {
    "notice": (
        "序号 单位 科室 岗位编号 岗位名称 岗位层级 岗位类别 职数 现有人数 任用方式 岗位系数 "
        "任职条件 岗位职责 备注"
    ),
    "screening": (
        "序号 岗位编号 姓名 身份证号 任职年限 年龄 学历 近三年考核 处分情况 回避情况 审查结论 "
        "不合格原因 审查人 复核人"
    ),
    "scores": "序号 岗位编号 姓名 笔试 面试 民主测评 业绩 综合成绩 排名 同分处理依据 是否进入考察",
    "publicity": (
        "序号 姓名 性别 出生年月 民族 籍贯 政治面貌 学历学位 参加工作时间 现任岗位 拟聘岗位 "
        "拟聘层级 变动类型 备注(破格理由)"
    ),
    "appointment": "姓名 聘任岗位 聘期 试用期 同时解聘的原岗位",
    "letter": "编号 姓名 岗位 聘期起 聘期止 发证单位 日期",
    "duties": "单位 岗位 姓名 聘期 年度 目标序号 目标内容 量化标准 权重 完成时限 甲方签字 乙方签字",
    "placements": (
        "序号 姓名 基准岗位 基准层级 落聘批次 安置方式 第一次岗位提供及答复 "
        "第二次岗位提供及答复 安置岗位 安置日期 备注"
    ),
}

ON = date(2022, 1, 14)
AT = datetime(2022, 1, 14, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass
class Cast:
    """赵一 wins and is promoted, 钱二 loses, 孙三 is rejected and later offered a post."""

    zone: Any
    round: Round
    batch: Batch
    clerk: Any
    second: Any
    winner: Person
    loser: Person
    rejected: Person
    appointment: Appointment


def a_cast() -> Cast:
    zone = make.a_zone()
    clerk, second = make.a_user(zone, "人事", "甲"), make.a_user(zone, "人事", "乙")
    round_ = make.a_round(zone)
    unit, old_unit = make.a_unit(zone, "经济发展局"), make.a_unit(zone, "招商局")
    post = make.a_position(
        unit,
        "局长",
        "L70",
        round_.setup,
        code="GX01-L70-001",
        conditions="大学专科以上学历",
        duties="1.主持全局工作；2.负责项目建设。",
    )
    old = make.a_position(old_unit, "副局长", "L60")
    batch = make.a_batch(round_, max_choices=2, notice_document_no="高管〔2022〕1号")
    make.a_batch_post(batch, post)
    for kind, first, last in (("NOTICE", 10, 13), ("APPLY", 10, 13), ("PUBLICITY", 17, 22)):
        BatchStep.objects.create(
            batch=batch, kind=kind, starts_on=date(2022, 1, first), ends_before=date(2022, 1, last)
        )
    facts = {
        "ethnicity": "01",
        "political_status": "01",
        "fulltime_education": "21",
        "native_place": "河南平顶山",
    }
    people = [
        make.a_person(zone, name, work_started_on=date(2003, 7, 1), **facts)
        for name in ("赵一", "钱二", "孙三")
    ]
    for person in people:
        make.a_tenure(person, old, date(2019, 1, 1))
        make.a_baseline(round_, person, old)
    seen = {"screened_by": clerk, "reviewed_by": second, "conclusion": "QUALIFIED"}
    won = make.an_application(batch, people[0], post, "PROPOSED", total="88.50", rank=1, **seen)
    tied = {"total": "80.10", "rank": 2, "tie_decided_by": "业绩"}
    make.an_application(batch, people[1], post, "NOT_SELECTED", **tied, **seen)
    refused = {"conclusion": "REJECTED", "conclusion_reason": "任职年限不足"}
    lost = make.an_application(batch, people[2], post, "REJECTED", **{**seen, **refused})
    for application, score in (
        (won, "90"),
        (batch.candidacies.get(person=people[1]).applications.get(), "80"),
    ):
        ItemScore.objects.create(candidacy=application.candidacy, item="interview", score=score)
    RuleResult.objects.create(
        application=lost,
        rule="MIN_LEVEL_TENURE",
        outcome="FAIL",
        required="任中层副职满2年",
        actual="任中层副职1年",
    )
    _proposed(batch, won, clerk)
    _offered(round_, people[2], old)
    appointment = Appointment.objects.create(
        zone=zone,
        round=round_,
        person=people[0],
        position=post,
        held_level="L70",
        method="JP",
        application=won,
        starts_on=date(2022, 1, 23),
        ends_before=date(2025, 1, 23),
        probation_ends_before=date(2023, 1, 23),
        decided_on=date(2022, 1, 16),
    )
    return Cast(zone, round_, batch, clerk, second, *people, appointment)


def _proposed(batch: Batch, won: Any, clerk: Any) -> None:
    proposal = ProposalList.objects.create(
        batch=batch, digest="x", frozen_by=clerk, frozen_on=date(2022, 1, 15)
    )
    ProposalRow.objects.create(
        list=proposal,
        application=won,
        held_level="L70",
        change="PROMOTION",
        steps=1,
        former_post="招商局副局长",
    )
    Meeting.objects.create(proposal=proposal, held_on=date(2022, 1, 16), minutes_no="1", members=9, present=9)
    Publicity.objects.create(
        proposal=proposal,
        starts_on=date(2022, 1, 17),
        ends_before=date(2022, 1, 22),
        phone="0375-1234567",
        office="党群工作部",
        address="管委会三楼",
    )


def _offered(round_: Round, person: Person, position: Any) -> None:
    placement = Placement.objects.create(round=round_, person=person, state="OFFERED", lost_in="第1批")
    Offer.objects.create(
        placement=placement,
        number=1,
        position=position,
        way="ASSIGNED",
        offered_on=date(2022, 1, 13),
        document_no="聘调〔2022〕1号",
    )


def text_of(data: bytes) -> str:
    """Everything that a Word file says, tables included."""
    document = read_docx(io.BytesIO(data))
    lines = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        lines += ["|".join(cell.text for cell in row.cells) for row in table.rows]
    return "\n".join(lines)


def rows_of(data: bytes) -> list[list[Any]]:
    """Title, headers, data of a workbook's first sheet."""
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]
