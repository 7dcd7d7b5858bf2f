"""花名册 of a round: persons, and the post each held before it (the baseline)."""

from datetime import date, timedelta
from typing import Any

from appointments.models import Appointment, Baseline
from appointments.services import baselines_register
from reform.access import sees_id_numbers
from reform.dated import age_on
from reform.errors import CellError
from reform.exchange.cells import clean_date, mask_id, title_key
from reform.exchange.sheet import Row
from reform.exchange.tables import header_key
from reform.fields import keyed_hash
from reform.models import ArchivedStatus, Person, Position, Tenure
from reform.resources.lookups import PositionIndex, UnitIndex, place_key
from reform.resources.people import PERSON_FIELD, STATUS_FIELD, PersonSheet
from reform.selectors import primary_tenures_open
from reform.services import TenureOpening, tenures_open

from .former_posts import FormerPosts, Held

FORMER_SIGNS = ("原", "改革前", "聘任前", "竞聘前")


class RosterSheet(PersonSheet):
    """PersonSheet with the baseline: 原单位 … 原层级, or layout 6's 现任岗位 while the person has none yet
    (§8)."""

    def prepare(self) -> None:
        super().prepare()
        self.says_former = False

    def load(self) -> None:
        super().load()
        context = self.context
        # 原岗位 is the post before the round; 现任岗位 is today's and becomes the baseline only where there
        # is none.
        headers = [self.present[name] for name in ("unit", "title", "level") if name in self.present]
        self.says_former = any(header_key(header.text).startswith(FORMER_SIGNS) for header in headers)
        self.tenures = {
            tenure.person_id: tenure
            for tenure in primary_tenures_open(context.zone).select_related("position__unit__parent")
        }
        self.baselines = {
            one.person_id: one
            for one in Baseline.objects.filter(round=context.round).select_related("position")
        }
        self.appointed = set(
            Appointment.objects.filter(round=context.round).values_list("person_id", flat=True)
        )
        self.round_is_decided = bool(self.appointed)
        self.units = UnitIndex.load(context.zone)
        positions = list(Position.objects.filter(zone=context.zone).select_related("unit__parent", "setup"))
        own = [one for one in positions if one.setup_id == context.round.setup_id]
        self.own = PositionIndex.of(own)
        self.codes = {one.code for one in positions}
        before = sorted(
            (one for one in positions if one.setup_id != context.round.setup_id),
            # The post of an earlier round stands before one that only a roster named.
            key=lambda one: (
                one.setup_id is not None,
                one.setup.starts_on or date.min if one.setup else date.min,
            ),
        )
        self.former: dict[Any, Position] = {place_key(one): one for one in before}

    # --- checking ---

    def check(self, rows: list[Row]) -> None:
        self.held: dict[int, Held] = {}
        for row in rows:
            self._check_post(row)
        super().check(rows)
        for row in rows:
            if not row.bad and row.number in self.held:
                self._check_baseline(row, self.held[row.number])

    def _check_post(self, row: Row) -> None:
        """All empty: no baseline (新聘); only some: an error, except that the section may be empty (§2)."""
        names = [name for name in ("unit", "title", "level") if name in self.present]
        given = [name for name in names if row.values.get(name) or name in row.bad_names]
        if not given and not row.values.get("section"):
            return
        if any(name in row.bad_names for name in names):
            return
        unit, title, level = (row.values.get(name) for name in ("unit", "title", "level"))
        if unit and title and not level:
            level = self._level_of_post(unit, row.values.get("section") or "", title) or self._mapped_level(
                row
            )
        if unit and title and level:
            key = (title_key(unit), title_key(row.values.get("section") or ""), title_key(title))
            self.held[row.number] = Held(key, unit, row.values.get("section") or "", title, level)
            return
        missing = [self._header(name) for name in ("unit", "title", "level") if not row.values.get(name)]
        self.error(
            row,
            next(name for name in ("unit", "title", "level") if not row.values.get(name)),
            "BASELINE_INCOMPLETE",
            f"改革前的岗位只填了一部分，缺{'、'.join(missing)}。",
            "改革前没有岗位的（新聘）四格都空着；有岗位的请补齐，科室可以空。",
        )

    def _header(self, name: str) -> str:
        return self.present[name].text if name in self.present else self.columns[name].header

    def _level_of_post(self, unit: str, section: str, title: str) -> str | None:
        key = (title_key(unit), title_key(section), title_key(title))
        if "level" in self.present:
            return None
        found = self.former.get(key) or next(iter(self.own.by_place.get(key, [])), None)
        return found.level if found else None

    def _mapped_level(self, row: Row) -> str | None:
        """A level by the archived rank, where the roster has no column for levels at all (§2)."""
        if "level" in self.present or not row.values.get("post_rank"):
            return None
        assert self.context.policy is not None
        return self.context.policy["round.rank_defaults"].get(row.values["post_rank"])

    def _check_baseline(self, row: Row, held: Held) -> None:
        person = self.people.get(self._hash(row))
        baseline = self.baselines.get(person.pk) if person else None
        if baseline is None:
            return
        if self.says_former:
            same = (
                title_key(baseline.unit_name),
                title_key(baseline.section_name),
                title_key(baseline.title),
            )
            if same != held.key or baseline.level != held.level:
                self.error(
                    row,
                    "title",
                    "BASELINE_FIXED",
                    f"本轮基准已定为“{baseline}”，不能由导入改变。",
                    "基准登记有误的，请撤销登记它的那次上传后重新导入。",
                )
            return
        assert person is not None
        tenure = self.tenures.get(person.pk)
        if tenure is not None and place_key(tenure.position) != held.key:
            self.warning(
                row,
                "title",
                "POST_DIFFERS",
                f"系统中现任“{tenure.position}”，与此处不同，没有改动。",
                "岗位变动请通过聘任登记。",
            )

    def _hash(self, row: Row) -> str:
        return keyed_hash(row.values["id_number"])

    # --- writing ---

    def write(self, rows: list[Row]) -> None:
        touched = self.write_people(rows)
        self._check_says_posts(rows)
        holding = [row for row in rows if row.number in self.held and self._counts(row)]
        self._create_former(holding)
        opened = self._write_tenures(holding)
        based = self._write_baselines(holding)
        for row in rows:
            if row.number in self.new_rows or row.number in based:
                self.count("created")
            elif row.number in touched or row.number in opened:
                self.count("changed")
            else:
                self.count("unchanged")

    def _check_says_posts(self, rows: list[Row]) -> None:
        """A first roster without a word of posts makes everybody new: it must not do so in silence."""
        if self.present.keys() & {"unit", "title", "level"}:
            return
        people = [self.person_of(row) for row in rows]
        new = [one for one in people if one.pk not in self.baselines and one.pk not in self.appointed]
        if new:
            self.context.warning(
                "BASELINE_ABSENT",
                f"花名册没有原单位、原岗位、原层级这些列，{len(new)}人没有改革前的岗位，将按新聘计。",
                "有改革前岗位的，请补上这些列后再上传。",
                file=self.report.file,
                sheet=self.report.sheet,
                actual=len(new),
            )

    def _counts(self, row: Row) -> bool:
        """Whether the post that a row names is written: not for one who has a baseline or is appointed
        already."""
        person = self.person_of(row)
        if person.pk in self.baselines or person.pk in self.appointed or self._is_outcome(row):
            return False
        return self.says_former or not self.round_is_decided

    def _is_outcome(self, row: Row) -> bool:
        """Whether 聘期起 says that a 现任岗位 is what this very round decided: a roster exported after it."""
        effective = self.context.round.effective_on
        try:
            since = clean_date(self.cell(row, "term_from"), epoch1904=self.epoch1904).on
        except CellError:
            return False
        if self.says_former or effective is None or since < effective:
            return False
        self.warning(
            row,
            "title",
            "POST_AFTER_ROUND",
            f"聘期从{since:%Y-%m-%d}起，是本轮聘任的岗位，没有作为改革前的岗位。",
            "请用改革前的花名册，或把改革前的岗位写在“原单位、原岗位、原层级”列。",
        )
        return True

    def _position(self, row: Row) -> Position:
        """The person's present post where the names agree, else a former post of that place, else the
        round's own."""
        key = self.held[row.number].key
        tenure = self.tenures.get(self.person_of(row).pk)
        if tenure is not None and place_key(tenure.position) == key:
            return tenure.position
        return self.former.get(key) or self.own.by_place[key][0]

    def _known(self, row: Row) -> bool:
        key = self.held[row.number].key
        tenure = self.tenures.get(self.person_of(row).pk)
        return (
            key in self.former
            or bool(self.own.by_place.get(key))
            or (tenure is not None and place_key(tenure.position) == key)
        )

    def _create_former(self, rows: list[Row]) -> None:
        missing: dict[Any, tuple[Row, Held]] = {}
        for row in rows:
            if not self._known(row):
                missing.setdefault(self.held[row.number].key, (row, self.held[row.number]))
        if missing:
            self.former |= FormerPosts(self, self.units, self.codes).create(missing)

    def _write_tenures(self, rows: list[Row]) -> set[int]:
        """The posts of the roster as tenures; nothing where the system has the person in that post
        already."""
        openings: list[TenureOpening] = []
        opened: set[int] = set()
        for row in rows:
            person, held = self.person_of(row), self.held[row.number]
            tenure = self.tenures.get(person.pk)
            position = self._position(row)
            if (
                tenure is not None
                and tenure.position.lineage in position.lineages
                and tenure.held_level == held.level
            ):
                continue
            opened.add(row.number)
            openings.append(self._opening(row, person, position, held, tenure))
        if openings:
            tenures_open(
                zone=self.context.zone,
                openings=openings,
                actor=self.context.actor,
                upload=self.context.upload,
                reason="花名册登记的改革前岗位",
            )
        return opened

    def _opening(
        self, row: Row, person: Person, position: Position, held: Held, tenure: Tenure | None
    ) -> TenureOpening:
        since = row.values.get("post_since")
        level_since = row.values.get("level_since")
        starts_on = since.on if since else None
        effective = self.context.round.effective_on
        if since and starts_on and effective and starts_on >= effective:
            self.warning(
                row,
                "post_since",
                "DATE_AFTER_ROUND",
                f"任现职时间{since.text}不早于本轮生效日{effective:%Y-%m-%d}，没有采用。",
                "请核对日期。",
            )
            starts_on = None
        if tenure is not None:
            self.warning(
                row,
                "title",
                "POST_DIFFERS",
                f"系统中任“{tenure.position}”，花名册为“{held.title}”，按花名册登记为后来的岗位。",
                "请核对；岗位没有变动的，请改成与系统一致。",
            )
            if starts_on is None or (tenure.starts_on and starts_on <= tenure.starts_on):
                starts_on = max(
                    self.context.round.baseline_on or self.context.today,
                    (tenure.starts_on or date.min) + timedelta(days=1),
                )
        return TenureOpening(
            person_id=person.pk,
            name=person.name,
            position=position,
            held_level=held.level,
            starts_on=starts_on,
            source=Tenure.Source.ROSTER,
            level_first_held_on=level_since.on if level_since else None,
            held_level_reason="" if held.level == position.level else "花名册的原层级与岗位层级不同",
        )

    def _write_baselines(self, rows: list[Row]) -> set[int]:
        created, numbers = [], set()
        for row in rows:
            held = self.held[row.number]
            mapped = not row.values.get("level") and "level" not in self.present
            created.append(
                Baseline(
                    round=self.context.round,
                    person=self.person_of(row),
                    position=self._position(row),
                    unit_name=held.unit,
                    section_name=held.section,
                    title=held.title,
                    level=held.level,
                    source=Baseline.Source.HR_MAPPED if mapped else Baseline.Source.ROSTER,
                )
            )
            numbers.add(row.number)
        baselines_register(
            round_=self.context.round, baselines=created, actor=self.context.actor, upload=self.context.upload
        )
        return numbers

    def sealed_on(self) -> Any:
        return self.context.round.baseline_on or self.context.today

    # --- export ---

    def records(self) -> Any:
        """Everybody of the zone with the present main post; ID numbers and phones masked without the
        permission."""
        context = self.context
        clear = sees_id_numbers(context.actor)
        tenures = {
            one.person_id: one
            for one in primary_tenures_open(context.zone).select_related("position__unit__parent")
        }
        statuses = {
            one.person_id: one
            for one in ArchivedStatus.objects.filter(person__zone=context.zone, ends_before=None)
        }
        live = Appointment.objects.filter(zone=context.zone, tenure__ends_before=None, kind="PRIMARY")
        appointments = {one.person_id: one for one in live}
        for number, person in enumerate(
            Person.objects.filter(zone=context.zone).order_by("sort_no", "id"), 1
        ):
            record = {name: getattr(person, field) for name, field in PERSON_FIELD.items()}
            record |= {name: getattr(statuses.get(person.pk), name, "") for name in STATUS_FIELD}
            record |= self._post_record(tenures.get(person.pk), appointments.get(person.pk))
            record |= {
                "number": number,
                "name": person.name,
                "birth": person.birth_on,
                "age": _age(person.birth_on, context.today),
                "party_joined_on": person.party_joined_on,
                "work_started_on": person.work_started_on,
                "joined_on": person.joined_on,
                "id_number": person.id_number if clear else mask_id(person.id_number),
                "phone": person.phone if clear else mask_phone(person.phone),
            }
            yield record

    def _post_record(self, tenure: Tenure | None, appointment: Appointment | None) -> dict[str, Any]:
        if tenure is None:
            return {}
        owner = tenure.position.unit.owner
        return {
            "unit": owner.name,
            "section": "" if owner.pk == tenure.position.unit_id else tenure.position.unit.name,
            "title": tenure.position.title,
            "level": tenure.held_level,
            "post_since": tenure.starts_on,
            "level_since": tenure.level_first_held_on,
            "term_from": appointment.starts_on if appointment else None,
            "term_to": appointment.ends_before if appointment else None,
            "probation_to": appointment.probation_ends_before if appointment else None,
        }


def mask_phone(phone: str) -> str:
    """138****5678; nothing for nothing."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 7 else "*" * len(phone)


def _age(birth: date | None, on: date) -> int | None:
    return age_on(birth, on) if birth else None
