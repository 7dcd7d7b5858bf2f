"""Several workbooks as one unit: read, recognise, then the real writes in one transaction, kept or rolled
back."""

import gc
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.timezone import localdate

from reform.errors import RuleError
from reform.exchange.context import Context, Options
from reform.exchange.findings import ERROR, WARNING, Finding, UsageError
from reform.exchange.reading import ANNOTATION_SHEET, FileUnreadable, read_workbook
from reform.exchange.recognise import is_known_word, recognise, sheet_classes
from reform.exchange.sheet import SheetReport, SheetResource
from reform.exchange.tables import Table, find_table
from reform.models import Upload, Zone
from reform.selectors import last_change, policy_of, policy_version_as_of
from reform.services import upload_create, zone_create


@dataclass(frozen=True)
class SourceFile:
    """A file as it was handed in."""

    name: str
    data: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Part:
    """One sheet with content: its table and the schema that reads it; neither for a cover."""

    file: str
    sheet: str
    table: Table | None
    resource: type[SheetResource] | None
    visible: bool = True


@dataclass
class Outcome:
    """What an import came to. `digest` stands for everything in it and for the data it met: `met` is the last
    change to the zone's rows before it."""

    ok: bool = False
    written: bool = False
    upload_id: int | None = None
    zone: str | None = None
    zone_name: str = ""
    round: str | None = None
    files: list[SheetReport] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unusable: bool = False
    would_write: bool = False
    met: int = 0

    @property
    def all_findings(self) -> list[Finding]:
        return [*(one for report in self.files for one in report.findings), *self.findings]

    @property
    def errors(self) -> list[Finding]:
        return [one for one in self.all_findings if one.is_error]

    @property
    def warnings(self) -> list[Finding]:
        return [one for one in self.all_findings if not one.is_error]

    @property
    def counts(self) -> Counter[str]:
        total: Counter[str] = Counter()
        for report in self.files:
            total.update(report.counts)
        return total

    @property
    def exit_code(self) -> int:
        return 0 if self.ok else 2 if self.unusable else 1

    @property
    def digest(self) -> str:
        facts = self.as_json() | {"written": None, "upload": None}
        changes = [[one.row, one.header, one.old, one.new] for report in self.files for one in report.changes]
        everything = [facts, changes, self.met]
        return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "written": self.written,
            "upload": self.upload_id,
            "zone": self.zone,
            "round": self.round,
            "files": [report.as_json() for report in self.files],
            "findings": [finding.as_json() for finding in self.findings],
        }


@contextmanager
def _fewer_collections() -> Iterator[None]:
    """Ten thousand rows make half a million objects that all live to the end: looking through them again and
    again for cycles would take a quarter of the import."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class _RollBack(Exception):
    """Ends the transaction without keeping it."""


def read_parts(files: Sequence[SourceFile], outcome: Outcome) -> list[Part]:
    """The sheets of all files; what cannot be read or recognised is a finding and makes the whole
    unusable."""
    parts: list[Part] = []
    known = is_known_word()
    for file in files:
        try:
            sheets = read_workbook(file.name, file.data)
        except FileUnreadable as fault:
            outcome.unusable = True
            outcome.findings.append(
                Finding(ERROR, "FILE_UNREADABLE", fault.message, fault.hint, file=file.name)
            )
            continue
        of_file: list[Part] = []
        for sheet in sheets:
            if sheet.name == ANNOTATION_SHEET or not sheet.rows:
                continue
            table = find_table(sheet, known)
            found = recognise(table) if table else None
            of_file.append(Part(file.name, sheet.name, table, found, sheet.visible))
        if not any(part.resource for part in of_file):
            outcome.unusable = True
            outcome.findings.append(_unknown(file.name, of_file))
        parts += of_file
    return parts


def _unknown(name: str, parts: Sequence[Part]) -> Finding:
    headers = [header.text for part in parts if part.table for header in part.table.headers]
    labels = "、".join(one.label for one in sheet_classes())
    found = f"读到的表头：{'、'.join(headers[:20])}。" if headers else "前10行里没有找到表头。"
    return Finding(ERROR, "KIND_UNKNOWN", f"认不出这是什么表。{found}", f"可上传：{labels}。", file=name)


def import_files(
    files: Sequence[SourceFile],
    *,
    actor: AbstractBaseUser,
    now: datetime,
    options: Options = Options(),  # noqa: B008  frozen
    check: bool = False,
    expected_digest: str | None = None,
) -> Outcome:
    """Import workbooks as one unit, all or nothing; `check` rehearses: the same writes, rolled back.

    expected_digest: the rehearsal's; where this run comes to something else the data has changed in between,
    and nothing is kept (RuleError). Raises UsageError for a call that cannot be carried out. Nothing that
    changes nothing is kept: the same file twice leaves no second upload.
    """
    outcome = Outcome()
    parts = read_parts(files, outcome)
    if outcome.unusable:
        _describe(parts, outcome)
        return outcome
    try:
        with _fewer_collections(), transaction.atomic():
            _run(files, parts, outcome, actor, now, options)
            if check or not outcome.ok or not outcome.written or not _is_expected(outcome, expected_digest):
                raise _RollBack
    except _RollBack:
        outcome.written, outcome.upload_id = False, None
    except RuleError as refusal:
        # What only a service knows of: the row checks should have said it, with its cell.
        outcome.findings.append(Finding(ERROR, "RULE_REFUSED", str(refusal)))
        _describe(parts, outcome)
    if not _is_expected(outcome, expected_digest):
        raise RuleError("预检之后，系统中的数据有了变化，结果与预检时不同，没有写入。请重新预检。")
    return outcome


def _is_expected(outcome: Outcome, digest: str | None) -> bool:
    return digest is None or outcome.digest == digest


def _describe(parts: Sequence[Part], outcome: Outcome) -> None:
    for part in parts:
        report = SheetReport(part.file, part.sheet)
        if part.table and part.resource:
            report.kind, report.kind_label = part.resource.kind, part.resource.label
            report.header_rows, report.skipped = part.table.header_rows, part.table.skipped
            report.rows = len(part.table.rows)
        outcome.files.append(report)


def _run(
    files: Sequence[SourceFile],
    parts: Sequence[Part],
    outcome: Outcome,
    actor: AbstractBaseUser,
    now: datetime,
    options: Options,
) -> None:
    zone, zone_made = zone_for(options.zone, actor, parts)
    outcome.met = 0 if zone_made else last_change(zone)
    context = Context(zone=zone, actor=actor, now=now, today=localdate(now), options=options)
    outcome.zone, outcome.zone_name, outcome.findings = zone.code, zone.name, context.findings
    digest = hashlib.sha256("".join(sorted(file.digest for file in files)).encode()).hexdigest()
    context.upload = upload_create(
        zone=zone,
        actor=actor,
        at=now,
        target="",
        digest=digest,
        files=[{"name": file.name, "sha256": file.digest} for file in files],
    )
    targets = _targets(context, parts)
    if context.policy is None:
        context.policy = policy_of(policy_version_as_of(zone, context.today))
    reports = _run_sheets(context, parts, targets)
    for target in targets.values():
        target.finish(reports)
    outcome.round = context.round.code if context.round else None
    outcome.files = reports
    outcome.ok = not outcome.errors
    changed = any(report.counts["created"] or report.counts["changed"] for report in reports)
    # A table without a row, such as an empty template, makes no zone and no round.
    has_rows = any(report.rows for report in reports)
    outcome.written = has_rows and (
        zone_made or changed or context.touched or any(target.changed for target in targets.values())
    )
    outcome.would_write = outcome.written
    outcome.upload_id = context.upload.pk
    context.upload.target = outcome.round or ""
    context.upload.counts = dict(outcome.counts)
    for kept in context.upload.files:
        own = (report.target for report in reports if report.file == kept["name"])
        kept["targets"] = [[name, code] for target in own for name, code in target.items()]
    context.upload.save(update_fields=["target", "counts", "files"])


def target_class(name: str) -> Any:
    """What sheets are imported into: the class that settings name."""
    return import_string(settings.WORKBOOK_TARGETS[name])


def targets_in_words(upload: Upload) -> str:
    """What the sheets of an upload went into: 轮次 2022、考核周期 2021."""
    found = [("round", upload.target)] if upload.target else []
    found += [(name, code) for file in upload.files for name, code in file.get("targets", ())]
    return "、".join(f"{target_class(name).label} {code}" for name, code in dict.fromkeys(found))


def _targets(context: Context, parts: Sequence[Part]) -> Mapping[str, Any]:
    """The round (or cycle) that the sheets go into, resolved or made before any row is read."""
    targets = {}
    for name in settings.WORKBOOK_TARGETS:
        own = [part for part in parts if part.resource and part.resource.target == name]
        if own:
            targets[name] = target_class(name)(context, own)
    return targets


def _run_sheets(context: Context, parts: Sequence[Part], targets: Mapping[str, Any]) -> list[SheetReport]:
    """Every sheet in the order of its kind, whatever the order of the files; reports in the order of the
    files."""
    reports: dict[int, SheetReport] = {}
    order = {one: place for place, one in enumerate(sheet_classes())}
    recognised = [place for place, part in enumerate(parts) if part.resource]
    for place in sorted(recognised, key=lambda place: (order[parts[place].resource], place)):  # type: ignore[index]
        part = parts[place]
        assert part.resource is not None
        assert part.table is not None
        report = SheetReport(part.file, part.sheet)
        if part.resource.target in targets:
            code = targets[part.resource.target].enter(part)
            report.target = {part.resource.target: code} if code else {}
        reports[place] = part.resource(context).run(part.table, report)
        if report.rows and not part.visible:
            report.findings.insert(0, _hidden(part))
    for place, part in enumerate(parts):
        reports.setdefault(place, SheetReport(part.file, part.sheet))
    return [reports[place] for place in range(len(parts))]


def _hidden(part: Part) -> Finding:
    """An old copy in a hidden sheet is read like any other, and nobody would see it."""
    return Finding(
        WARNING,
        "SHEET_HIDDEN",
        "这是隐藏的工作表，其中的内容也会导入。",
        "不要的请删去这张工作表，再上传。",
        file=part.file,
        sheet=part.sheet,
    )


def zone_for(code: str | None, actor: AbstractBaseUser, parts: Sequence[Part]) -> tuple[Zone, bool]:
    """The zone named, else the only one; without any, one is made and named after the first title."""
    # Locked: two imports into one zone go one after the other, each on what the other has left.
    zones = list(Zone.objects.select_for_update().order_by("code"))
    if not zones:
        try:
            return zone_create(code=code or "default", name=_zone_name(parts), actor=actor), True
        except ValidationError:
            raise UsageError(f"“{code}”不能作开发区编码：只用英文字母、数字、- 和 _，最多40个。") from None
    return pick_zone(zones, code), False


def pick_zone(zones: Sequence[Zone], code: str | None) -> Zone:
    """The zone of a code, or the only one; raises UsageError listing those there are."""
    if not zones:
        raise UsageError("还没有开发区。第一次导入工作簿时会建立。")
    listed = "、".join(f"{zone.code}（{zone.name}）" for zone in zones)
    if code:
        for zone in zones:
            if zone.code == code:
                return zone
        raise UsageError(f"没有编码为“{code}”的开发区。现有：{listed}。")
    if len(zones) != 1:
        raise UsageError(f"请用 --zone 指明开发区。现有：{listed}。")
    return zones[0]


def _zone_name(parts: Sequence[Part]) -> str:
    """The words before the year in the first title: 高新区2022年… → 高新区."""
    for part in parts:
        if part.table and part.resource and part.table.title:
            before, year, _ = _split_at_year(part.table.title)
            return before[:80] if year and before else "开发区"
    return "开发区"


def _split_at_year(title: str) -> tuple[str, str, str]:
    match = re.search(r"(?:19|20)\d{2}\s*年?", title)
    if not match:
        return title, "", ""
    return title[: match.start()].strip(" 　《“\"'·-—:："), match.group(), title[match.end() :]
