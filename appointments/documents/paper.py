"""What a paper of a round is asked for: its round, its batch, its people, and the texts of its policy."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from appointments.models import Appointment, Batch, Round
from appointments.selectors.documents import appointments_printed
from reform.documents.wording import long_date
from reform.exchange.cells import mask_id
from reform.ladder import Policy
from reform.selectors import policy_of

ZONE = "{开发区}"


@dataclass(frozen=True)
class Occasion:
    """What a paper is asked for: round, batch, people (None: all that it concerns), the day, and whether
    whoever asks may see ID numbers and sanctions.  later: of what follows on the round's appointments (续聘,
    变更)."""

    round: Round
    on: date
    batch: Batch | None = None
    people: Collection[int] | None = None
    sees_id_numbers: bool = False
    sees_sanctions: bool = False
    maker: str = ""
    later: bool = False
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

    @property
    def appointments(self) -> list[Appointment]:
        """Those that it is made for."""
        return appointments_printed(self.round, self.batch, self.people, later=self.later)

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
