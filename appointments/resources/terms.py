"""The dates of a row of results: when it starts, how long it lasts, and what stands against them (domain.md
§5)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from appointments.models import Appointment
from appointments.rules.retirement import retirement_on
from reform.dated import add_years
from reform.exchange.sheet import Row, SheetResource
from reform.models import Position
from reform.resources.person_finder import PersonRef
from reform.selectors import primary_tenures_closed, primary_tenures_open


class Terms:
    """Reads and checks the dates of rows; faults and warnings go to the sheet.

    registered: by person, the appointment of the round that stands already.
    """

    def __init__(self, sheet: SheetResource, registered: Mapping[int, Appointment]) -> None:
        self.sheet, self.registered = sheet, registered
        zone = sheet.context.zone
        # Since when each person holds the present main post, and since when those that have ended, by last
        # day.
        self.present_from = dict(primary_tenures_open(zone).values_list("person_id", "starts_on"))
        closed = primary_tenures_closed(zone) if registered else ()
        self.earlier = {(one.person_id, one.ends_before): one.starts_on for one in closed}
        policy = sheet.context.policy
        self.retirement = policy["round.retirement"] if policy else []

    @property
    def round(self) -> Any:
        return self.sheet.context.round

    def starts_on(self, row: Row, person: PersonRef | None) -> date | None:
        """聘任起始时间; else as registered, or the round's effective date."""
        given = row.values.get("starts_on")
        if given:
            return given.on
        present = self.registered.get(person.pk) if person else None
        return present.starts_on if present else self.round.effective_on

    def ends_before(self, row: Row, starts_on: date, present: Appointment | None) -> date:
        """聘期止 as given; else by the term; else as registered, or the round's usual term."""
        values = row.values
        if values.get("ends"):
            return values["ends"]
        if values.get("term") or present is None or present.starts_on != starts_on:
            return add_years(starts_on, values.get("term") or self.round.term_years)
        return present.ends_before

    def check(self, row: Row, person: PersonRef | None, position: Position | None) -> None:
        """All faults of the row's dates; `person` and `position` None where none was found."""
        given = row.values.get("starts_on")
        opens = self.round.opens_on
        if given is not None and opens and given.on < opens:
            what = "动员日" if self.round.kickoff_on else "生效日"
            self.sheet.error(
                row,
                "starts_on",
                "DATE_BEFORE_ROUND",
                f"{given.text}早于本轮{what}{opens:%Y-%m-%d}。",
                "请核对日期。",
            )
            return
        starts_on = self.starts_on(row, person)
        if "starts_on" in row.bad_names or starts_on is None:
            return
        self._check_end(row, starts_on)
        if person is not None:
            self._check_overlap(row, starts_on, person)
            self._check_retirement(row, starts_on, person, position.category if position else "")

    def _check_end(self, row: Row, starts_on: date) -> None:
        ends, term = row.values.get("ends"), row.values.get("term")
        if ends and ends <= starts_on:
            self.sheet.error(row, "ends", "TERM_NOT_POSITIVE", "聘期止早于聘任起始时间。", "请核对两个日期。")
        elif ends and term and ends != add_years(starts_on, term):
            last = add_years(starts_on, term) - timedelta(days=1)
            self.sheet.error(
                row,
                "ends",
                "TERM_MISMATCH",
                f"按聘期{term}年应到{last:%Y-%m-%d}。",
                "聘期和聘期止不一致，哪个错改哪个。",
            )

    def _check_overlap(self, row: Row, starts_on: date, person: PersonRef) -> None:
        """Two main posts may not overlap: neither with the post before nor, in a correction, with the
        next."""
        present = self.registered.get(person.pk)
        ends = present.tenure.ends_before if present and present.tenure else None
        if present is not None:
            before = self.earlier.get((person.pk, present.starts_on))
        else:
            before = self.present_from.get(person.pk)
        if before is not None and before >= starts_on:
            message = f"此人之前的岗位从{before:%Y-%m-%d}开始，不早于聘任起始时间{starts_on:%Y-%m-%d}。"
        elif ends is not None and starts_on >= ends:
            message = f"此人从{ends:%Y-%m-%d}起已任后来的岗位，聘任起始时间{starts_on:%Y-%m-%d}不早于它。"
        else:
            return
        name = "starts_on" if "starts_on" in self.sheet.present else "name"
        self.sheet.error(row, name, "TENURE_OVERLAP", message, "两个主任职不能重叠，请核对日期。")

    def _check_retirement(self, row: Row, starts_on: date, person: PersonRef, category: str) -> None:
        """A term beyond the retirement of who holds such a post is pointed out and never rewritten."""
        if row.bad:
            return
        retires = retirement_on(person.sex, person.birth_on, self.retirement, category)
        last = self.ends_before(row, starts_on, None) - timedelta(days=1)
        if retires is not None and last > retires:
            name = next((one for one in ("ends", "term") if one in self.sheet.present), "name")
            self.sheet.warning(
                row,
                name,
                "TERM_AFTER_RETIREMENT",
                f"聘期到{last:%Y-%m-%d}，晚于法定退休时间{retires:%Y-%m-%d}。",
                "聘期照表登记；需要时可改为到退休当月月底。",
            )
