"""The round that an import goes into: found or made, with its dates, before any row is read; checked as a
whole after."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from appointments.models import Appointment, Round
from appointments.rules.change import ChangeKind
from appointments.selectors import (
    ChangeSummary,
    PersonChange,
    change_summary,
    id_numbers,
    round_by_code,
    rounds_of,
)
from appointments.selectors.round_facts import setup_report
from appointments.services import round_create, round_set_dates, round_settle
from reform.exchange.context import Context, involved
from reform.exchange.findings import Involved, UsageError
from reform.exchange.plan import Part
from reform.exchange.sheet import SheetReport
from reform.models import Zone
from reform.selectors import policy_of, policy_version_as_of

from .sheet_dates import cut_off_day, effective_day, title_year, year_of

_ROUND_CODE = re.compile(r"[^\s/\\?#%]{1,40}").fullmatch  # it stands in addresses
LISTED = 20  # persons named in a finding about many
FAR_APART = timedelta(days=180)


class RoundTarget:
    """Resolves the round on construction (context.round, .setup, .policy); `finish` checks it as a whole."""

    label = "轮次"

    def __init__(self, context: Context, parts: Sequence[Part]) -> None:
        self.context = context
        self.parts = parts
        self.changed = False
        self.effective = context.options.effective or effective_day(parts)
        self.round, self.made = self._round()
        self.code = self.round.code
        context.round, context.setup = self.round, self.round.setup
        context.policy = policy_of(self.round.policy)
        self.changed = self._set_dates() or self.made

    @staticmethod
    def choices(zone: Zone) -> list[tuple[str, str]]:
        """(code, name) of the rounds that a sheet can go into, latest first."""
        return [(one.code, one.name) for one in rounds_of(zone)]

    @staticmethod
    def choose(context: Context, code: str) -> bool:
        """Put a round into the context of an export; False for an unknown one."""
        found = round_by_code(context.zone, code)
        if found is None:
            return False
        context.round, context.setup, context.policy = found, found.setup, policy_of(found.policy)
        return True

    def enter(self, part: Part) -> str:
        """The sheet that is read next: all sheets of an upload go into one round; its code."""
        return self.code

    # --- which round ---

    def _round(self) -> tuple[Round, bool]:
        """The round named; else the zone's only one; else by the year of the effective date or of a title."""
        zone, wanted = self.context.zone, self.context.options.round
        rounds = list(rounds_of(zone))
        if wanted is None and len(rounds) == 1:
            self._check_far(rounds[0])
            return rounds[0], False
        code = wanted or self._year()
        found = round_by_code(zone, code) if code else None
        if found is not None:
            return found, False
        if wanted is None and rounds:
            listed = "、".join(f"{one.code}（{one.name}）" for one in rounds)
            where = self.context.options.where_to_say("--round", self.label)
            raise UsageError(f"请{where}指明轮次。现有：{listed}。")
        code = code or str(self.context.today.year)
        if not _ROUND_CODE(code):
            raise UsageError(f"“{code}”不能作轮次编号：不用空格和 / ? # %，最多40个字。例如 2022。")
        policy = policy_version_as_of(zone, self.effective or self.context.today)
        made = round_create(
            zone=zone,
            code=code,
            name=f"{code}年全员聘任" if code.isdigit() else code,
            policy=policy,
            actor=self.context.actor,
            upload=self.context.upload,
        )
        return made, True

    def _year(self) -> str | None:
        return str(self.effective.year) if self.effective else title_year(self.parts)

    def _check_far(self, round_: Round) -> None:
        """A sheet of another year would correct the wrong round: it must be said which one is meant."""
        stored, given = round_.effective_on, self.effective
        year = year_of(self.parts, "positions")
        if stored and year and not given and year not in (round_.code, str(stored.year)):
            self.context.warning(
                "ROUND_ASSUMED",
                f"表题是{year}年，只有一个轮次“{round_.name}”，按这一轮导入。",
                f"属于新的一轮的，请指明轮次（例如 {year}）。",
            )
        if stored and given and abs(given - stored) > FAR_APART:
            self.context.error(
                "ROUND_DATE_CONFLICT",
                f"文件的生效日是{given:%Y-%m-%d}，轮次“{round_.name}”的生效日是{stored:%Y-%m-%d}。",
                f"属于新的一轮的，请指明轮次（例如 {given.year}）；属于本轮的，请核对日期。",
            )

    # --- its dates ---

    def _has(self, kind: str) -> bool:
        return any(part.resource and part.resource.kind == kind for part in self.parts)

    def _set_dates(self) -> bool:
        context, round_ = self.context, self.round
        self._check_options()
        kickoff = round_.kickoff_on or context.options.kickoff
        effective = round_.effective_on or self.effective
        if effective and kickoff and kickoff > effective:
            context.error(
                "ROUND_DATE_CONFLICT",
                f"动员日{kickoff:%Y-%m-%d}晚于生效日{effective:%Y-%m-%d}。",
                "请核对两个日期。",
            )
            return False
        baseline = cut_off_day(self.parts)
        opens = kickoff or effective
        if baseline is None and self._has("appointments") and opens:
            baseline = opens - timedelta(days=1)
        changed = round_set_dates(
            round_=round_,
            actor=context.actor,
            upload=context.upload,
            kickoff_on=kickoff,
            effective_on=effective,
            baseline_on=baseline,
        )
        if self._has("appointments"):
            self._check_dated()
        return changed

    def _check_dated(self) -> None:
        round_ = self.round
        if round_.effective_on is None:
            self.context.error(
                "ROUND_DATE_MISSING",
                "不知道本轮的生效日：聘任结果表没有日期行，也没有聘任起始时间。",
                "请在表题下写明日期（如 2022年1月23日），或填写聘任起始时间，或在上传时指定生效日。",
            )
        elif round_.kickoff_on is None:
            self.context.warning(
                "KICKOFF_ASSUMED",
                f"没有指定动员日，暂以生效日{round_.effective_on:%Y-%m-%d}为动员日。",
                "可在上传时指定动员日。",
            )

    def _check_options(self) -> None:
        """An option that differs from the stored date is an error."""
        for label, given, stored in (
            ("动员日", self.context.options.kickoff, self.round.kickoff_on),
            ("生效日", self.context.options.effective, self.round.effective_on),
        ):
            if given and stored and given != stored:
                self.context.error(
                    "ROUND_DATE_CONFLICT",
                    f"指定的{label}{given:%Y-%m-%d}与轮次“{self.round.name}”已登记的{stored:%Y-%m-%d}不同。",
                    "请去掉这个选项，或指明另一个轮次。",
                )

    # --- the round as a whole ---

    def finish(self, reports: Sequence[SheetReport]) -> None:
        """Whole-round faults, over the rows that are accepted; then whether the registered round is
        complete."""
        if not any(report.rows for report in reports if report.target):
            return
        if any(one.kind == "positions" and one.counts["created"] + one.counts["changed"] for one in reports):
            self._check_caps()
        if not Appointment.objects.filter(round=self.round).exists():
            return
        summary = change_summary(self.round)
        self._check_headcount(summary)
        self._check_falls(summary)
        self._check_absent(summary, reports)
        round_settle(round_=self.round, actor=self.context.actor, upload=self.context.upload, summary=summary)

    def _check_caps(self) -> None:
        """Where the posts go beyond the policy's formulas (§2): told here, decided when the plan is
        approved."""
        lines = setup_report(self.round, self.context.policy).caps
        if lines:
            more = f"等{len(lines)}处" if len(lines) > LISTED else ""
            self.context.warning(
                "CAPS_EXCEEDED",
                f"{'；'.join(lines[:LISTED])}{more}。",
                "另有核定的不必理会；方案批准时填职数核定文号，或修改政策。",
                actual=len(lines),
            )

    def _check_headcount(self, summary: ChangeSummary) -> None:
        held: dict[int, list[PersonChange]] = {}
        for person in summary.people:
            if person.after and person.change.kind != ChangeKind.EXIT:
                held.setdefault(person.after.position_id, []).append(person)
        for position in summary.positions:
            people = held.get(position.pk, [])
            if len(people) > position.headcount:
                names = "、".join(person.name for person in people)
                self.context.error(
                    "OVER_HEADCOUNT",
                    f"“{position}”职数{position.headcount}个，聘任{len(people)}人：{names}。",
                    "请调整其中的人员，或先报批增加职数并修改岗位设置表。",
                    persons=_named(people),
                    limit=position.headcount,
                    actual=len(people),
                )
        for unit in summary.by_unit:
            if unit.quota is not None and unit.filled > unit.quota:
                self.context.error(
                    "OVER_QUOTA",
                    f"“{unit.unit}”核定员额{unit.quota}个，聘任{unit.filled}人。",
                    "请调整人员，或先报批增加员额并修改机构员额表。",
                    limit=unit.quota,
                    actual=unit.filled,
                )

    def _check_falls(self, summary: ChangeSummary) -> None:
        limit = summary.policy["round.max_demotion_steps"]
        places = self.context.seen["place_of_person"]
        for person in summary.people:
            kind, steps = person.change.kind, person.change.steps or 0
            place = places.get(person.person_id, {})
            if kind == ChangeKind.DEMOTION and steps > limit:
                self.context.error(
                    "FALL_TOO_FAR",
                    f"{person.name}由{_words(person.before)}降为{_words(person.after)}，降{steps}级，最多允许降{limit}级。",
                    "请核对岗位；确须如此的，须有党工委会议纪要并在系统中单独办理。",
                    persons=_named([person]),
                    limit=limit,
                    actual=steps,
                    **place,
                )
            elif kind == ChangeKind.PROMOTION and steps > 1:
                self.context.warning(
                    "RISE_TOO_FAR",
                    f"{person.name}由{_words(person.before)}升为{_words(person.after)}，越{steps}级。",
                    "越级提拔须有书面理由和上级批准，三级以上不允许。",
                    persons=_named([person]),
                    limit=1,
                    actual=steps,
                    **place,
                )

    def _check_absent(self, summary: ChangeSummary, reports: Sequence[SheetReport]) -> None:
        """Who is in scope and has no appointment: a warning, for units hand in separately; silent after row
        errors."""
        if any(report.errors for report in reports):
            return
        absent = [person for person in summary.people if person.change.kind == ChangeKind.UNPLACED]
        if absent:
            names = "、".join(person.name for person in absent[:LISTED])
            more = f"等{len(absent)}人" if len(absent) > LISTED else ""
            self.context.warning(
                "PERSON_ABSENT",
                f"{len(absent)}人在花名册中有原岗位，还没有本轮聘任：{names}{more}。",
                "分批报送的可以继续；已离开的请登记离开。",
                persons=_named(absent[:LISTED]),
                actual=len(absent),
            )


def _named(people: Sequence[PersonChange]) -> tuple[Involved, ...]:
    numbers = id_numbers(person.person_id for person in people)
    return involved((person.name, numbers[person.person_id]) for person in people)


def _words(post: Any) -> str:
    return f"{post.place}（{post.level_name}）" if post else "（空）"
