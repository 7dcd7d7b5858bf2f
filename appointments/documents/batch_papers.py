"""竞聘公告, 资格审查表, 成绩汇总表, 拟聘公示 (domain.md §8, 1, 14, 15, 3)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from appointments.models import (
    Application,
    BatchPost,
    BatchStep,
    ProposalList,
    ProposalRow,
    Publicity,
    ScoreItem,
)
from appointments.rules.change import ChangeKind
from appointments.selectors.documents import (
    applications_of,
    lists_publicized,
    posts_competed,
    posts_offered,
    related_in_zone,
    steps_planned,
)
from appointments.states import ApplicationState
from reform.documents.paper import Paper, numbered
from reform.documents.wording import last_day, long_date
from reform.models import Position
from reform.selectors import headcount_used

from . import names
from .paper import Occasion
from .wording import numeral

# Which column of 资格审查表 shows what a rule found; by the rule's kind, without the number behind it.
SHOWN_RULES = {
    "任职年限": ("MIN_LEVEL_TENURE", "MIN_SERVICE"),
    "年龄": ("MAX_AGE",),
    "学历": ("MIN_EDU",),
    "近三年考核": ("APPRAISAL_LAST3",),
    "处分情况": ("NO_SANCTION",),
}
WENT_ON = {
    one.value
    for one in (
        ApplicationState.SHORTLISTED,
        ApplicationState.MATCHED,
        ApplicationState.PROPOSED,
        ApplicationState.OBJECTED,
        ApplicationState.DROPPED,
        ApplicationState.APPOINTED,
    )
}


def notice(occasion: Occasion) -> Paper:
    """竞聘公告 with 岗位一览表 (layout 1): the open posts of the batch, the conditions and the calendar."""
    batch, round_ = occasion.of_batch, occasion.round
    posts = posts_offered(batch)
    used = _used_by_lineage(round_.zone, occasion.on, posts)
    rows = numbered(_post_row(post, occasion, used) for post in posts)
    steps = {step.kind: step for step in steps_planned(batch)}
    title = f"{round_.zone.name}{round_.name}{batch.name}竞聘公告"
    apply = steps.get(BatchStep.Kind.APPLY)
    values = occasion.head(
        标题=title,
        文号=batch.notice_document_no,
        岗位=rows,
        岗位数=len(rows),
        招聘人数=sum(post.seats for post in posts),
        聘期=f"{numeral(round_.term_years)}年",
        志愿数=batch.max_choices,
        报名时间=_span(apply) if apply else "另行通知",
        公示工作日=occasion.policy["round.publicity_workdays"],
        异议工作日=occasion.policy["round.objection_workdays"],
        日程=[
            {"步骤": step.get_kind_display(), "时间": _span(step)}
            for step in sorted(steps.values(), key=lambda one: (one.starts_on, one.ends_before))
        ],
        落款日期=long_date(_published_on(steps) or occasion.on),
    )
    notes = [f"报名时间：{values['报名时间']}。聘期：{values['聘期']}。每人最多报{batch.max_choices}个岗位。"]
    return Paper(title, values, rows, notes)


def _used_by_lineage(zone: Any, on: date, posts: Iterable[BatchPost]) -> Mapping[str, int]:
    """现有人数 by the post's lineage: who holds it now, whatever round put them there."""
    used = headcount_used(zone, on)
    lineages = Position.objects.filter(pk__in=used).values_list("pk", "lineage")
    found: Counter[str] = Counter()
    for key, lineage in lineages:
        found[lineage] += used[key]
    return found


def _post_row(post: BatchPost, occasion: Occasion, used: Mapping[str, int]) -> dict[str, Any]:
    position = post.position
    owner = position.unit.owner
    return {
        "单位": owner.name,
        "科室": "" if owner == position.unit else position.unit.name,
        "岗位编号": position.code,
        "岗位名称": position.title,
        "岗位层级": occasion.level(position.level),
        "岗位类别": position.get_category_display(),
        "职数": position.headcount,
        "现有人数": sum(used.get(lineage, 0) for lineage in position.lineages),
        "招聘人数": post.seats,
        "任用方式": post.get_method_display(),
        "岗位系数": f"{position.coefficient.normalize():f}" if position.coefficient else "",
        "任职条件": position.conditions,
        "岗位职责": position.duties,
        "备注": position.remark,
    }


def _span(step: BatchStep) -> str:
    last = last_day(step.ends_before)
    first = long_date(step.starts_on)
    return first if last == step.starts_on else f"{first}至{long_date(last)}"


def _published_on(steps: Mapping[str, BatchStep]) -> date | None:
    notice_step = steps.get(BatchStep.Kind.NOTICE)
    return notice_step.starts_on if notice_step else None


def screening(occasion: Occasion) -> Paper:
    """资格审查表 (layout 14): what each rule found, the conclusion, who reviewed; also of who was withdrawn
    after the review, as a winner of an earlier batch is, and not of who got a post without one."""
    every = applications_of(occasion.of_batch, [*ApplicationState], occasion.people)
    applications = [one for one in every if _screened(one)]
    related = related_in_zone({one.candidacy.person_id for one in applications})
    rows = numbered(_screening_row(one, occasion, related) for one in applications)
    title = f"{occasion.round.zone.name}{occasion.of_batch.name}资格审查表"
    tallied = Counter(row["审查结论"] for row in rows)
    values = occasion.head(
        标题=title,
        名单=rows,
        报名数=len(rows),
        人数=len({one.candidacy.person_id for one in applications}),
        合格数=tallied["合格"],
        不合格数=tallied["不合格"],
    )
    return Paper(title, values, rows)


def _screened(application: Application) -> bool:
    return application.state == ApplicationState.SUBMITTED or application.reviewed_by_id is not None


def _screening_row(
    application: Application, occasion: Occasion, related: Mapping[int, str]
) -> dict[str, Any]:
    person = application.candidacy.person
    found: dict[str, list[Any]] = {}
    for result in application.rule_results.all():
        found.setdefault(result.rule.partition(".")[0], []).append(result)
    shown = {
        header: "；".join(_rule_text(one) for kind in kinds for one in found.get(kind, ()))
        for header, kinds in SHOWN_RULES.items()
    }
    conclusion = _conclusion(application)
    waived = "；".join(f"破格：{one.reason}" for one in application.waivers.all() if one.approved_by_id)
    return {
        "岗位编号": application.position.code,
        "岗位": names.post_name(application.position),
        "姓名": person.name,
        "身份证号": occasion.id_number(person.id_number),
        **shown,
        "年龄": shown["年龄"] or _age_text(person, occasion.on),
        "学历": shown["学历"] or names.education_and_degree(person),
        "近三年考核": shown["近三年考核"] or person.recent_appraisals,
        "回避情况": related.get(person.pk) or _declared(application.candidacy.declares_kin, occasion),
        "审查结论": conclusion,
        "不合格原因": application.conclusion_reason if conclusion.startswith("不合格") else waived,
        "审查人": _user_name(application.screened_by),
        "复核人": _user_name(application.reviewed_by),
    }


def _declared(declares: bool | None, occasion: Occasion) -> str:
    """What the person said; who said nothing has none where all 亲属关系表 are in."""
    if declares is None:
        return "无" if occasion.round.kinship_complete else ""
    return "有" if declares else "无"


def _rule_text(result: Any) -> str:
    outcome = type(result).Outcome
    mark = "" if result.final == outcome.PASS else f"（{dict(outcome.choices)[result.final]}）"
    return f"{result.actual or result.decided_note or result.required}{mark}"


def _age_text(person: Any, on: date) -> str:
    age = names.age(person, on)
    return "" if age is None else f"{age}"


def _conclusion(application: Application) -> str:
    """What counts: the reviewed state; before that the clerk's first conclusion, marked as such."""
    withdrawn = application.state == ApplicationState.WITHDRAWN
    if application.state == ApplicationState.REJECTED or (
        withdrawn and application.conclusion == Application.Conclusion.REJECTED
    ):
        return "不合格"
    if application.state != ApplicationState.SUBMITTED:
        return "合格"
    first = application.get_conclusion_display()
    return f"{first}（待复核）" if first else "待审查"


def _user_name(user: Any) -> str:
    return str(user.get_full_name() or user.get_username()) if user else ""


def scores(occasion: Occasion) -> Paper:
    """成绩汇总表 (layout 15): by post and rank, with what decided a tie; everybody who was assessed, also who
    has been withdrawn since because of another post."""
    every = applications_of(occasion.of_batch, [*ApplicationState], occasion.people)
    competed = posts_competed(occasion.of_batch)
    took_part = [one for one in every if one.position_id in competed and _assessed(one)]
    rows = numbered(_score_row(one) for one in took_part)
    title = f"{occasion.round.zone.name}{occasion.of_batch.name}成绩汇总表"
    published = occasion.of_batch.scores_published_on
    values = occasion.head(
        标题=title, 名单=rows, 人数=len(rows), 公布日期=long_date(published or occasion.on)
    )
    return Paper(title, values, rows)


def _assessed(application: Application) -> bool:
    """Has a total, or waits for it with scores that are in."""
    waits = application.state == ApplicationState.QUALIFIED
    return application.total is not None or (waits and bool(application.candidacy.scores.all()))


def _score_row(application: Application) -> dict[str, Any]:
    by_item = {one.item: one.score for one in application.candidacy.scores.all()}
    fitness = by_item.get(ScoreItem.FITNESS)
    return {
        "岗位编号": application.position.code,
        "岗位": names.post_name(application.position),
        "姓名": application.candidacy.person.name,
        "笔试": by_item.get(ScoreItem.WRITTEN),
        "面试": by_item.get(ScoreItem.INTERVIEW),
        "民主测评": by_item.get(ScoreItem.PEER_VOTE),
        "业绩": by_item.get(ScoreItem.RESULTS),
        "适岗评价": fitness,
        "综合成绩": application.total,
        "排名": application.rank,
        "同分处理依据": application.tie_decided_by,
        "是否进入考察": "是" if application.state in WENT_ON or hasattr(application, "inspection") else "否",
    }


def publicity(occasion: Occasion) -> Paper:
    """拟聘公示 (layout 3): every list of the batch with its own 公示; no ID number, birth as 年月."""
    lists = [one for one in lists_publicized(occasion.of_batch) if one.rows.all()]
    pages = [_publicity_page(one, occasion) for one in lists]
    rows = numbered({k: v for k, v in row.items() if k != "序号"} for page in pages for row in page["名单"])
    title = f"{occasion.round.zone.name}{occasion.of_batch.name}拟聘人员公示"
    notes = [line for page in pages for line in page["说明"]]
    return Paper(title, occasion.head(标题=title, 公示=pages), rows, notes)


def _publicity_page(proposal: ProposalList, occasion: Occasion) -> dict[str, Any]:
    shown: Publicity | None = getattr(proposal, "publicity", None)
    dropped = ApplicationState.DROPPED.value
    rows = [row for row in proposal.rows.all() if row.application.state != dropped]
    first = long_date(shown.starts_on) if shown else ""
    last = long_date(shown.last_on) if shown else ""
    more = "（递补）" if proposal.number > 1 else ""
    contact = {
        "受理部门": shown.office if shown else "",
        "受理电话": shown.phone if shown else "",
        "受理地址": shown.address if shown else "",
    }
    told = "；".join(f"{name}：{text}" for name, text in contact.items() if text)
    period = f"公示期：{first}至{last}" if shown else "公示期：待定"
    return {
        "标题": f"{occasion.round.zone.name}{occasion.of_batch.name}拟聘人员公示{more}",
        "文号": shown.document_no if shown else "",
        "公示期起": first,
        "公示期止": last,
        "公示工作日": occasion.policy["round.publicity_workdays"],
        **contact,
        "发文单位": occasion.issuer,
        "日期": first or long_date(occasion.on),
        "人数": len(rows),
        "名单": numbered(_publicity_row(row, occasion) for row in rows),
        "说明": [
            f"{period}（{occasion.policy['round.publicity_workdays']}个工作日）。对拟聘人员有异议的，请在公示期内"
            "以书面形式实名反映，须有具体事实。" + (f"{told}。" if told else "")
        ],
    }


def _publicity_row(row: ProposalRow, occasion: Occasion) -> dict[str, Any]:
    application = row.application
    person = application.candidacy.person
    reasons = [
        application.exception_reason,
        *(one.reason for one in application.waivers.all() if one.approved_by_id),
    ]
    return {
        "姓名": person.name,
        "性别": names.sex(person),
        "出生年月": names.month_dotted(person.birth_on),
        "民族": names.ethnicity(person),
        "籍贯": person.native_place,
        "政治面貌": names.political_status(person),
        "学历学位": names.education_and_degree(person),
        "参加工作时间": names.month_dotted(person.work_started_on),
        "现任岗位": names.listed_name(row.former_post),
        "拟聘岗位": names.post_name(application.position),
        "拟聘层级": occasion.level(row.held_level),
        "变动类型": ChangeKind(row.change).label if row.change in list(ChangeKind) else row.change,
        "备注": "；".join(dict.fromkeys(reason for reason in reasons if reason)),
    }
