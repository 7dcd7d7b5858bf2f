"""解聘 (T01–T11): what each cause needs by the law that the person's 身份 points to (domain.md §5).

This is the one place of §1 (a) where 身份 is read: the law differs, not the post or the pay.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from appointments.rules.absence import Absences
from appointments.rules.terms import last_day


class Route(StrEnum):
    """The law under which an employment ends."""

    CIVIL = "CIVIL"
    INSTITUTION = "INSTITUTION"
    LABOUR = "LABOUR"
    UNKNOWN = "UNKNOWN"


LAWS = {
    Route.CIVIL: "公务员法",
    Route.INSTITUTION: "事业单位人事管理条例",
    Route.LABOUR: "劳动合同法",
    Route.UNKNOWN: "（未确定）",
}
INSTITUTION_IDENTITY = "SY"
_ROUTES = {
    "XZ": Route.CIVIL,
    "CG": Route.CIVIL,
    INSTITUTION_IDENTITY: Route.INSTITUTION,
    "QY": Route.LABOUR,
    "PY": Route.LABOUR,
    "LW": Route.LABOUR,
}


class Protection(StrEnum):
    """Who may not be dismissed under T05–T08; NONE says that somebody has looked."""

    NONE = "NONE"
    INJURED = "INJURED"
    MEDICAL = "MEDICAL"
    MATERNITY = "MATERNITY"


PROTECTIONS = {
    Protection.NONE: "无",
    Protection.INJURED: "因公致残",
    Protection.MEDICAL: "患病或负伤，在规定的医疗期内",
    Protection.MATERNITY: "孕期、产期、哺乳期",
}
PROTECTED_CAUSES = ("T05", "T06", "T07", "T08")
# The end of the person's employment, not only of the post: all but a term that is not renewed.
LEAVING_CAUSES = ("T02", "T03", "T04", "T05", "T06", "T07", "T08", "T09", "T10", "T11")
# What happens to or is wanted by the person is registered; the rest is decided by the leaders.
REGISTERED_CAUSES = ("T02", "T03", "T04", "T11")
DECIDED_CAUSES = ("T01", "T05", "T06", "T07", "T08", "T09", "T10")
_BY_LAW = ("T03", *PROTECTED_CAUSES)
_UNIT_NOTICE = {
    "T05": (Route.INSTITUTION, Route.LABOUR),
    "T06": (Route.INSTITUTION, Route.LABOUR),
    "T07": (Route.LABOUR,),
}
_INCOMPETENT = "D"


@dataclass(frozen=True)
class Leaving:
    """A termination as it is asked for; each cause reads its own part.

    left_on: the first day on which the person is no longer there.  decided_on: when it is decided.
    ends_before: of the term.  outcome: of the 聘期考核, '' without one.  retires_on: the statutory day, None
    if unknown.  asked_on: when the resignation was handed in.  notified_on: the unit's written notice.
    grades: year → A–D.  refused_post: another post that was offered and refused (T06), in words.  finding:
    why somebody is held incompetent.  refuses: recorded refusal of the written offers.  expelled_on: day of
    the 开除.
    """

    cause: str
    left_on: date
    decided_on: date
    route: Route
    is_leader: bool = False
    ends_before: date | None = None
    outcome: str = ""
    retires_on: date | None = None
    is_early: bool = False
    asked_on: date | None = None
    both_agree: bool = False
    is_investigated: bool = False
    notified_on: date | None = None
    grades: Mapping[int, str] | None = None
    refused_post: str = ""
    finding: str = ""
    refuses: bool = False
    absences: Absences | None = None
    expelled_on: date | None = None
    details: str = ""
    protection: Protection | None = None


@dataclass(frozen=True)
class Limits:
    """Policy round.notice_days and round.absence_days."""

    notice: Mapping[str, int]
    absence: Mapping[str, int]


def route_of(identity: str) -> Route:
    """The law for a 身份; UNKNOWN for 其他 and where the file says nothing."""
    return _ROUTES.get(identity, Route.UNKNOWN)


def resignation_due_on(asked_on: date, *, is_leader: bool, notice: Mapping[str, int]) -> date:
    """公务员: the last day on which a resignation is to be decided; longer for 领导成员.

    Source: 公务员法第八十五条.
    """
    return asked_on + timedelta(days=notice["resign_leader" if is_leader else "resign"])


def termination_reasons(leaving: Leaving, limits: Limits) -> list[str]:
    """Everything that stands against ending an appointment for its cause; the document is the guard's."""
    reasons = []
    if leaving.cause in _BY_LAW and leaving.route is Route.UNKNOWN:
        reasons.append("档案身份没有登记或为其他，不能确定适用的法律，请先补登身份类别")
    check = _CHECKS.get(leaving.cause)
    if check is not None:
        reasons += check(leaving, limits)
    if leaving.cause in PROTECTED_CAUSES:
        reasons += _protected(leaving)
    return reasons + _unnoticed(leaving, limits)


def _protected(leaving: Leaving) -> list[str]:
    if leaving.protection is None:
        return ["须先核对是否因公致残、在医疗期或孕期产期哺乳期"]
    if leaving.protection is Protection.NONE:
        return []
    return [f"{PROTECTIONS[leaving.protection]}，不得按此原因解聘（{LAWS[leaving.route]}）"]


def _unnoticed(leaving: Leaving, limits: Limits) -> list[str]:
    """30 days' written notice by the unit, where the law asks for it."""
    if leaving.route not in _UNIT_NOTICE.get(leaving.cause, ()):
        return []
    days = limits.notice["incompetent"]
    if leaving.notified_on is None:
        return [f"须提前{days}天书面通知本人（{LAWS[leaving.route]}），没有通知日期"]
    return _too_soon(leaving.notified_on, leaving.left_on, days, "书面通知")


def _too_soon(since: date, left_on: date, days: int, what: str) -> list[str]:
    earliest = since + timedelta(days=days)
    if left_on >= earliest:
        return []
    return [f"{since}{what}，满{days}天最早{earliest}离开，现为{left_on}"]


def _term_over(leaving: Leaving, limits: Limits) -> list[str]:
    reasons = []
    if leaving.ends_before and leaving.left_on < leaving.ends_before:
        reasons.append(f"聘期到{last_day(leaving.ends_before)}，{leaving.left_on}离开不是期满")
    if not leaving.outcome:
        reasons.append("还没有聘期考核")
    elif leaving.outcome != "END":
        reasons.append("聘期考核的处理不是期满不续")
    return reasons


def _retired(leaving: Leaving, limits: Limits) -> list[str]:
    if leaving.retires_on is None or leaving.left_on > leaving.retires_on or leaving.is_early:
        return []
    return [f"法定退休日期{leaving.retires_on}，{leaving.left_on}离开未到龄；经批准提前退休的须注明"]


def _resigned(leaving: Leaving, limits: Limits) -> list[str]:
    if leaving.asked_on is None:
        return ["没有辞职申请的日期"]
    if leaving.route is not Route.CIVIL:
        return (
            []
            if leaving.both_agree
            else _too_soon(leaving.asked_on, leaving.left_on, limits.notice["resign"], "提出辞职")
        )
    reasons = []
    if leaving.decided_on < leaving.asked_on:
        reasons.append(f"批准日期{leaving.decided_on}早于申请日期{leaving.asked_on}")
    if leaving.left_on < leaving.decided_on:
        reasons.append(f"辞职须先经批准：{leaving.decided_on}批准，不能{leaving.left_on}离开")
    if leaving.is_investigated:
        reasons.append("正在接受立案审查，公务员法第八十六条规定不得辞去公职")
    return reasons


def _transferred(leaving: Leaving, limits: Limits) -> list[str]:
    return [] if leaving.details.strip() else ["须写明调往的单位"]


def _twice_incompetent(leaving: Leaving, limits: Limits) -> list[str]:
    grades = leaving.grades or {}
    if not grades:
        return ["没有年度考核结果"]
    latest = max(grades)
    years = (latest - 1, latest)
    if all(grades.get(year) == _INCOMPETENT for year in years):
        return []
    shown = "、".join(f"{year}年{_grade(grades.get(year))}" for year in years)
    return [f"{shown}，不是连续两年不称职（不合格）"]


def _grade(grade: str | None) -> str:
    return {None: "没有结果", "A": "优秀", "B": "称职", "C": "基本称职", "D": "不称职"}.get(grade, "不定等次")


def _incompetent(leaving: Leaving, limits: Limits) -> list[str]:
    grades = leaving.grades or {}
    failed = bool(grades) and grades[max(grades)] == _INCOMPETENT
    reasons = []
    if leaving.route is Route.INSTITUTION and not failed:
        reasons.append("最近一年年度考核不是不合格（事业单位人事管理条例第十六条）")
    elif not failed and not leaving.finding.strip():
        reasons.append("须有不胜任现职的考核结果或认定依据")
    if not leaving.refused_post.strip():
        reasons.append("须写明本人不接受的其他安排")
    return reasons


def _refusing(leaving: Leaving, limits: Limits) -> list[str]:
    return [] if leaving.refuses else ["没有“无故拒绝合理安排”的记录（书面提供岗位均被拒绝后由安置台账记录）"]


def _absent(leaving: Leaving, limits: Limits) -> list[str]:
    if leaving.absences is None:
        return ["没有旷工的起止日期"]
    found, limit = leaving.absences, limits.absence
    if found.consecutive > limit["consecutive"] or found.in_year > limit["in_year"]:
        return []
    unit = "个工作日" if found.is_workdays else "天"
    return [
        f"连续旷工{found.consecutive}{unit}（须超过{limit['consecutive']}），"
        f"一年内累计{found.in_year}{unit}（须超过{limit['in_year']}）"
    ]


def _expelled(leaving: Leaving, limits: Limits) -> list[str]:
    if leaving.expelled_on is None:
        return ["没有开除处分的记录"]
    if leaving.left_on < leaving.expelled_on:
        return [f"开除处分决定日期{leaving.expelled_on}晚于离开日期{leaving.left_on}"]
    return []


def _by_contract(leaving: Leaving, limits: Limits) -> list[str]:
    return [] if leaving.details.strip() else ["须写明合同约定的条款"]


_CHECKS = {
    "T01": _term_over,
    "T02": _retired,
    "T03": _resigned,
    "T04": _transferred,
    "T05": _twice_incompetent,
    "T06": _incompetent,
    "T07": _refusing,
    "T08": _absent,
    "T09": _expelled,
    "T10": _by_contract,
}


def works_by_workdays(route: Route) -> bool:
    """Whether 旷工 is counted in working days: 事业单位, the others in days of the calendar."""
    return route is Route.INSTITUTION
