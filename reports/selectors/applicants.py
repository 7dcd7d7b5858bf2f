"""The list behind the figures of 轮次进度: applications of a round by batch and state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import QuerySet

from appointments.models import Application, Batch, Round
from appointments.states import ApplicationState
from reports.errors import BadQuery

from .common import RoundHead, head_of
from .listing import Link, ListCell, ListColumn, Listing, listing
from .progress import TONES, place_of

PAGE_SIZE = 700
LONGEST = 5  # digits of the number of a list

COLUMNS = (
    ListColumn("姓名", 10),
    ListColumn("批次", 16),
    ListColumn("志愿", 6, "number"),
    ListColumn("岗位", 38, "place"),
    ListColumn("状态", 12),
    ListColumn("综合成绩", 10, "number"),
    ListColumn("排名", 6, "number"),
    ListColumn("审查意见", 28, "text", minor=True),
    ListColumn("报名日期", 12, minor=True),
)


@dataclass(frozen=True)
class ApplicantsReport:
    """Applications of a batch ('': of all), of a 拟聘名单 of it ('': any) and in a state ('': any); `total`
    counts all pages."""

    head: RoundHead
    title: str
    table: Listing
    batch: str
    state: str
    number: str
    choices: tuple[tuple[str, str, bool], ...]
    total: int
    page: int
    pages: int

    @property
    def query(self) -> str:
        asked = {"batch": self.batch, "list": self.number, "state": self.state}
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def next_query(self) -> str:
        return f"{self.query}&page={self.page + 1}".lstrip("&")

    @property
    def previous_query(self) -> str:
        return f"{self.query}&page={self.page - 1}".lstrip("&")


def applicants_report(
    round_: Round, wanted: Mapping[str, str], asked: date | None, *, page: int | None = 1
) -> ApplicantsReport:
    """The list that an address asks for; `page` None: all of it. Raises BadQuery for what there is not."""
    batches = {one.code: one for one in Batch.objects.filter(round=round_).order_by("sort_no", "code")}
    code, state = wanted.get("batch", ""), wanted.get("state", "")
    if code and code not in batches:
        raise BadQuery(f"没有批次“{code}”。", "请从轮次进度点进来。")
    if state and state not in ApplicationState.__members__:
        raise BadQuery(f"没有状态“{state}”。", "请从轮次进度点进来。")
    found = _found(round_, batches.get(code), state)
    number = wanted.get("list", "")
    if number:
        if not (code and number.isdecimal() and number.isascii() and len(number) < LONGEST):
            raise BadQuery(f"没有第“{number}”份拟聘名单。", "请从轮次进度点进来。")
        found = found.filter(proposal_rows__list__number=number)
    total = found.count()
    persons = found.order_by().values("candidacy").distinct().count()
    pages = max(1, -(-total // PAGE_SIZE))
    page = None if page is None else min(max(1, page), pages)
    rows = list(found if page is None else found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    words = [
        batches[code].name if code else "全部批次",
        f"第{number}份拟聘名单" if number else "",
        ApplicationState(state).label if state else "",
    ]
    title = f"{'，'.join(word for word in words if word)}：{persons}份报名表，{total}个志愿"
    return ApplicantsReport(
        head=head_of(round_, asked),
        title=title,
        table=listing("applicants", "", COLUMNS, [_row(one) for one in rows], empty="没有符合条件的志愿。"),
        batch=code,
        state=state,
        number=number,
        choices=(
            ("全部批次", urlencode({"state": state} if state else {}), not code),
            *(
                (
                    one.name,
                    urlencode({"batch": one.code, **({"state": state} if state else {})}),
                    one.code == code,
                )
                for one in batches.values()
            ),
        ),
        total=total,
        page=page or 1,
        pages=pages,
    )


def _found(round_: Round, batch: Batch | None, state: str) -> QuerySet[Application]:
    found = Application.objects.filter(candidacy__round=round_)
    if batch:
        found = found.filter(candidacy__batch=batch)
    if state:
        found = found.filter(state=state)
    return found.select_related("candidacy__person", "candidacy__batch", "position__unit__parent").order_by(
        "candidacy__batch__sort_no", "position__sort_no", "rank", "candidacy__sort_no", "id"
    )


def _row(one: Application) -> tuple[ListCell, ...]:
    state = ApplicationState(one.state)
    person = one.candidacy.person
    return (
        ListCell(person.name, link=Link("people", urlencode({"q": person.name}))),
        ListCell(str(one.candidacy.batch or "未编入")),
        ListCell(one.choice_no),
        ListCell(place_of(one)),
        ListCell(state.label, TONES.get(state, "")),
        ListCell(one.total),
        ListCell(one.rank),
        ListCell(one.conclusion_reason),
        ListCell(one.candidacy.applied_on),
    )
