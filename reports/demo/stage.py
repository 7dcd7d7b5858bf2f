"""What the acts of the demo's second round share: the round, the actors, and the results to arrive at."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from openpyxl import load_workbook

from appointments.models import Batch, Round
from reform.errors import Refused
from reform.fields import keyed_hash
from reform.models import Kinship, Person, Position
from reform.selectors import positions_of

from .accounts import Cast

Key = tuple[str, str, str]


@dataclass
class Stage:
    """`wanted`: person id → the post of the round that the person is to get.  `kin`: who has declared a
    relative in the zone."""

    round: Round
    cast: Cast
    people: Mapping[int, Person]
    positions: Mapping[int, Position]
    wanted: Mapping[int, int]
    kin: Collection[int]

    def batches(self) -> list[Batch]:
        """The batches as the database has them now, in their order."""
        found = Batch.objects.filter(round=self.round).select_related("round__zone", "round__policy")
        return list(found.order_by("sort_no"))

    def batch(self, code: str) -> Batch:
        return next(one for one in self.batches() if one.code == code)


def stage_of(round_: Round, cast: Cast, results: Path) -> Stage:
    """The stage of a round whose 聘任结果汇总表 lies there: read only to know what has to come out."""
    positions = {one.pk: one for one in positions_of(round_.setup_id)}
    by_key = {position_key(one): key for key, one in positions.items()}
    people = {one.pk: one for one in Person.objects.filter(zone=round_.zone)}
    by_hash = {one.id_number_hash: key for key, one in people.items()}
    wanted = {by_hash[keyed_hash(number)]: by_key[place] for number, place in _results(results)}
    kin = set(Kinship.objects.exclude(relative=None).values_list("person_id", flat=True))
    return Stage(round_, cast, people, positions, wanted, kin)


def position_key(position: Position) -> Key:
    """Unit, section and title; the section '' directly under the unit."""
    owner = position.unit.owner
    return owner.name, "" if owner.pk == position.unit_id else position.unit.name, position.title


def _results(path: Path) -> Iterable[tuple[str, Key]]:
    """ID number and post of every row of a 聘任结果汇总表."""
    rows = load_workbook(path, read_only=True).active.iter_rows(values_only=True)
    headers: list[str] = []
    for row in rows:
        cells = ["" if cell is None else str(cell).strip() for cell in row]
        if not headers:
            headers = cells if "公民身份号码" in cells else []
        elif (line := dict(zip(headers, cells, strict=True)))["公民身份号码"]:
            yield line["公民身份号码"].upper(), (line["聘任单位"], line["聘任科室"], line["聘任岗位"])


def days(first: date, last: date) -> tuple[date, date]:
    """A span as it is stored, from its inclusive last day."""
    return first, last + timedelta(days=1)


def must(refused: Iterable[object], what: str) -> None:
    """The demo goes through as a whole: what a bulk action refused is a fault of the demo."""
    lines = [str(one) for one in refused]
    if lines:
        raise Refused([f"{what}：{len(lines)}条被拒绝", *lines[:5]])
