"""What a paper is made of: the values that its template may use, and the rows of its workbook."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from appointments.models import Batch, Round
from reform.exchange.cells import mask_id
from reform.ladder import Policy
from reform.selectors import policy_of

from .wording import long_date

ZONE = "{开发区}"


@dataclass(frozen=True)
class Paper:
    """values: what a template may use, by Chinese name; texts, whole numbers, lists and mappings of them.
    rows: by column header of the workbook (domain.md §8).  notes: lines beneath the table of the workbook."""

    title: str
    values: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Occasion:
    """What a paper is asked for: round, batch, people (None: all that it concerns), the day, and whether
    whoever asks may see ID numbers."""

    round: Round
    on: date
    batch: Batch | None = None
    people: Collection[int] | None = None
    sees_id_numbers: bool = False
    maker: str = ""
    _read: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def policy(self) -> Policy:
        if "policy" not in self._read:
            self._read["policy"] = policy_of(self.round.policy)
        found: Policy = self._read["policy"]
        return found

    @property
    def of_batch(self) -> Batch:
        """The batch, for papers that are of one."""
        assert self.batch is not None
        return self.batch

    def setting(self, key: str) -> str:
        """A text of the zone's policy, with the zone's name put in."""
        return str(self.policy[f"round.{key}"]).replace(ZONE, self.round.zone.name)

    @property
    def issuer(self) -> str:
        return self.setting("document_issuer")

    def level(self, code: str) -> str:
        return self.policy.ladder.name_of(code)

    def id_number(self, number: str) -> str:
        return number if self.sees_id_numbers else mask_id(number)

    def head(self, **more: Any) -> dict[str, Any]:
        """What every template may use, and more."""
        return {
            "开发区": self.round.zone.name,
            "发文单位": self.issuer,
            "轮次": self.round.name,
            "批次": self.batch.name if self.batch else "",
            "日期": long_date(self.on),
            **more,
        }


def numbered(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows with their 序号."""
    return [{"序号": number, **row} for number, row in enumerate(rows, 1)]
