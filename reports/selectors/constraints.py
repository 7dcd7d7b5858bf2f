"""Report 12, 回避与约束检查: I1–I8 with everybody who stands against them, and the relatives to look at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from appointments.models import Candidacy, PanelMember
from appointments.rules.change import ChangeKind
from appointments.selectors import ChangeSummary, Check, PersonChange, id_numbers
from appointments.selectors.seating import seating_of, structure_of
from appointments.states import RoundState
from reform.avoidance import Avoidance, Conflict, Relation, Seated, conflicts, post_conflicts
from reform.exchange.id_number import mask_id
from reform.selectors import kinship_relations

from .checks import CheckLine, check_lines, checks_title
from .common import RoundHead, head_of
from .listing import Link, ListCell, ListColumn, Listing, listing

CLAUSES = {1: "领导与下属", 2: "同一领导直接下属", 3: "人财纪审岗位"}
SHOWN = 30  # of one check; the check's own page and the workbook have all of them
RUNNING = (RoundState.RUNNING, RoundState.PLACING)


@dataclass(frozen=True)
class ConstraintsReport:
    """All checks with all offenders; 岗位回避 that blocks or has to be judged; 履职回避 to keep to."""

    head: RoundHead
    title: str
    lines: tuple[CheckLine, ...]
    checks_title: str
    relations: int
    offenders: Listing
    blocks: Listing
    warnings: Listing
    duties: Listing

    @property
    def lists(self) -> tuple[Listing, ...]:
        return self.offenders, self.blocks, self.warnings, self.duties


def constraints_report(summary: ChangeSummary, *, clear_ids: bool, whole: bool = False) -> ConstraintsReport:
    """The report of a summary; a fixed number of statements.  whole: all offenders of every check."""
    relations = kinship_relations(summary.round.zone)
    found = _avoidance(summary, relations)
    lines = check_lines(summary)
    people = {person.person_id: person for person in summary.people}
    offenders = _offenders(summary, people, clear_ids, None if whole else SHOWN)
    blocks = _conflicts(
        "blocks", "须回避的亲属", "除非有省级批准文号，否则不能这样任职", found.blocks, "没有须回避的亲属。"
    )
    warnings = _conflicts(
        "warnings",
        "须人工判断的亲属",
        "已经省级批准的，或登记的关系说不清是否应回避的",
        found.warnings,
        "没有须人工判断的亲属。",
    )
    return ConstraintsReport(
        head=head_of(summary.round, summary.as_of),
        title=_title(lines, len(blocks.rows), len(relations)),
        lines=lines,
        checks_title=checks_title(lines),
        relations=len(relations),
        offenders=offenders,
        blocks=blocks,
        warnings=warnings,
        duties=_duties(summary, relations),
    )


def _title(lines: Iterable[CheckLine], blocks: int, relations: int) -> str:
    """八项检查都通过，没有亲属须回避."""
    failed = [line for line in lines if line.ok is False]
    unknown = [line for line in lines if line.ok is None]
    if failed:
        words = "、".join(line.name for line in failed) + "不通过"
    else:
        words = "记录的检查都通过" if unknown else "八项检查都通过"
    if not relations:
        return f"{words}，没有登记亲属关系"
    return f"{words}，{f'{blocks}对亲属须回避' if blocks else '没有亲属须回避'}"


def _avoidance(summary: ChangeSummary, relations: tuple[Relation, ...]) -> Avoidance:
    """Among those appointed on the summary's day; while the round runs, among those chosen so far, too."""
    round_ = summary.round
    if round_.state in RUNNING and summary.as_of is None:
        return seating_of(round_, ladder=summary.ladder).all_conflicts()
    seated = [
        Seated(person.person_id, person.name, person.after.position_id)
        for person in summary.people
        if person.after and person.change.kind != ChangeKind.EXIT
    ]
    return post_conflicts(seated, relations, structure_of(round_, summary.positions, summary.ladder))


def _offenders(
    summary: ChangeSummary, people: Mapping[int, PersonChange], clear_ids: bool, most: int | None
) -> Listing:
    numbers = id_numbers(one.person_id for check in summary.checks for one in check.offenders[:most])
    rows = []
    cut = []
    for check in summary.checks:
        if len(check.offenders[:most]) < len(check.offenders):
            cut.append(f"“{check.name}”共{len(check.offenders)}条，只列{most}条，点检查看全部")
        for one in check.offenders[:most]:
            person, number = people.get(one.person_id or 0), numbers.get(one.person_id or 0, "")
            rows.append(
                (
                    _check_cell(check),
                    ListCell(one.name or "（整个单位）", link=_link(one.name)),
                    number if clear_ids else mask_id(number),
                    one.unit,
                    ListCell(one.why, "alert"),
                    person.before.place if person and person.before else "",
                    person.after.place if person and person.after else "",
                )
            )
    return listing(
        "offenders",
        "不符的人和岗位",
        (
            ListColumn("检查", 20),
            ListColumn("姓名", 12),
            ListColumn("身份证号", 21, minor=True),
            ListColumn("单位或岗位", 30, "place"),
            ListColumn("情况", 32, "text"),
            ListColumn("原岗", 32, "place", minor=True),
            ListColumn("新岗", 32, "place", minor=True),
        ),
        rows,
        empty="没有不符的人或岗位。",
        note="；".join(cut),
    )


def _check_cell(check: Check) -> ListCell:
    return ListCell(f"{check.code} {check.name}", link=Link("check", args=(check.code,)))


def _link(name: str) -> Link | None:
    return Link("people", urlencode({"q": name})) if name else None


def _conflicts(key: str, title: str, note: str, found: Iterable[Conflict], empty: str) -> Listing:
    rows = [(CLAUSES.get(one.clause, ""), ListCell(one.reason, "alert" * (key == "blocks"))) for one in found]
    columns = (ListColumn("种类", 16), ListColumn("情况", 100, "text"))
    return listing(key, title, columns, rows, empty=empty, note=note)


def _duties(summary: ChangeSummary, relations: tuple[Relation, ...]) -> Listing:
    """Panel members and those of their batch on whom they may not act: themselves, their relatives."""
    candidates: dict[int, dict[int, str]] = {}
    for batch_id, person_id, name in Candidacy.objects.filter(
        round=summary.round, batch__panel__person__isnull=False
    ).values_list("batch_id", "person_id", "person__name"):
        candidates.setdefault(batch_id or 0, {})[person_id] = name
    rows = []
    members = PanelMember.objects.filter(batch__round=summary.round, person__isnull=False)
    for member in members.select_related("batch").order_by("batch__sort_no", "id"):
        people = candidates.get(member.batch_id, {})
        for key, word in conflicts(member.person_id, people, relations).items():
            rows.append(
                (member.batch.name, member.name, ListCell(people[key], link=_link(people[key])), word)
            )
    return listing(
        "duties",
        "考评组成员须回避的报名人员",
        (
            ListColumn("批次", 16),
            ListColumn("考评组成员", 12),
            ListColumn("报名人员", 12),
            ListColumn("关系", 20),
        ),
        rows,
        empty="没有考评组成员与本批次报名人员有亲属关系。",
        note="成员不给这些人打分；打了分的，系统不让公布成绩",
    )
