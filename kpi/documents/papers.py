"""考核结果通知书 and 年度考核登记表 (domain.md §6, §8 no. 8): one for each person, all in one file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kpi.models import Cycle, Period
from kpi.rules.figures import shown
from kpi.rules.grading import grade_label
from kpi.selectors.papers import Printed
from kpi.states import CycleState
from reform import codes
from reform.documents.paper import Paper, numbered
from reform.documents.wording import long_date
from reform.errors import Refused
from reform.ladder import Policy

from .kinds import FORM, NOTICE

ZONE = "{开发区}"


@dataclass(frozen=True)
class Occasion:
    """What a paper is asked for. until: the last day for an appeal."""

    cycle: Cycle
    policy: Policy
    on: date
    rows: Sequence[Printed]
    until: date | None = None

    @property
    def issuer(self) -> str:
        return str(self.policy["round.document_issuer"]).replace(ZONE, self.cycle.zone.name)

    def head(self, **more: Any) -> dict[str, Any]:
        """What every template may use, and more."""
        return {
            "开发区": self.cycle.zone.name,
            "发文单位": self.issuer,
            "考核周期": str(self.cycle),
            "文号": self.cycle.document_no,
            "日期": long_date(self.on),
            **more,
        }


def notice(occasion: Occasion) -> Paper:
    """考核结果通知书 for everybody to whom one was issued."""
    rows = numbered(_notice(one, occasion) for one in occasion.rows if one.notice is not None)
    title = f"{occasion.cycle.zone.name}{occasion.cycle}结果通知书"
    return Paper(title, occasion.head(标题=title, 通知书=rows, 人数=len(rows)), rows)


def _notice(one: Printed, occasion: Occasion) -> dict[str, Any]:
    result, issued = one.result, one.notice
    assert issued is not None
    return {
        "编号": issued.document_no or occasion.cycle.document_no,
        "姓名": result.person.name,
        "单位": result.unit.name if result.unit else "",
        "岗位": result.post,
        "考核周期": str(occasion.cycle),
        "个人得分": _score(result.personal),
        "单位得分": _score(result.unit_score),
        "综合得分": _score(result.combined),
        "等次": grade_label(result.grade or None, result.identity),
        "绩效系数": "" if result.coefficient is None else shown(result.coefficient),
        "说明": result.why,
        "通知日期": long_date(issued.issued_on),
        "申诉截止": long_date(occasion.until),
        "签收日期": long_date(issued.received_on),
        "发文单位": occasion.issuer,
    }


def annual_form(occasion: Occasion) -> Paper:
    """年度考核登记表; what the person and the leaders write by hand is left open."""
    if occasion.cycle.period != Period.YEAR:
        raise Refused([f"{occasion.cycle}不是年度考核，没有登记表"])
    rows = [_form(one, occasion) for one in occasion.rows]
    title = f"{occasion.cycle.zone.name}{occasion.cycle}登记表"
    return Paper(title, occasion.head(标题=title, 登记表=rows, 人数=len(rows)), rows)


def _form(one: Printed, occasion: Occasion) -> dict[str, Any]:
    result, person = one.result, one.result.person
    unit = result.unit.name if result.unit else ""
    post = result.post.removeprefix(unit)
    label = grade_label(result.grade or None, result.identity)
    is_final = occasion.cycle.state == CycleState.FINAL
    decided = f"确定为{label}等次。" if result.grade else "不定等次。"
    signed = one.notice.received_on if one.notice else None
    return {
        "年度": occasion.cycle.scheme.year,
        "姓名": person.name,
        "性别": codes.SEX.get(person.sex, ""),
        "出生年月": _month(person.birth_on),
        "政治面貌": codes.POLITICAL_STATUS.get(person.political_status, ""),
        "单位及职务": f"{unit}{post}",
        "任现职时间": _month(one.tenure.starts_on if one.tenure else None),
        "从事或分管工作": one.tenure.position.duties if one.tenure else "",
        "本人总结": "",
        "培训情况": "",
        "主管领导意见": _suggestion(one),
        "考核委员会意见": decided if is_final else "",
        "本人意见": f"{long_date(signed)}签收通知书" if signed else "",
        "未确定等次说明": "" if result.grade else result.why,
    }


def _suggestion(one: Printed) -> str:
    """The score, and the grade that goes with it before anybody decided otherwise."""
    result = one.result
    if result.combined is None or not result.suggested:
        return ""
    return f"综合得分{result.combined}，建议等次：{grade_label(result.suggested, result.identity)}。"


def _score(value: Any) -> str:
    return "" if value is None else f"{value:.2f}"


def _month(on: date | None) -> str:
    """1980.01; '' for none."""
    return f"{on.year:04d}.{on.month:02d}" if on else ""


BUILDERS: Mapping[str, Callable[[Occasion], Paper]] = {NOTICE: notice, FORM: annual_form}
