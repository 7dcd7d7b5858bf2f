"""manage.py import_workbooks: workbooks in, as one unit."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

from django.utils import timezone

from reform.commands import ZoneCommand, day
from reform.exchange.context import Options
from reform.exchange.copies import annotated_copies
from reform.exchange.findings import ERROR, Finding, UsageError
from reform.exchange.plan import Outcome, SourceFile, import_files
from reform.exchange.reading import MAX_FILE_BYTES

UNREADABLE = {
    FileNotFoundError: "没有这个文件。",
    IsADirectoryError: "这是文件夹，不是文件。",
    PermissionError: "没有读取这个文件的权限。",
}


class Command(ZoneCommand):
    help = "导入工作簿：岗位设置、花名册、聘任结果、考核得分等，多个文件作为一个整体"
    usage = (
        "manage.py import_workbooks 文件… [--round 轮次] [--cycle 考核周期] [--kickoff 动员日] "
        "[--effective 生效日] [--check] [--annotated 文件夹] [--zone 开发区] [--actor 用户] [--json]"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--round", metavar="CODE", help="轮次；不存在则新建")
        parser.add_argument("--cycle", metavar="CODE", help="考核周期：2021、2021Q1、2021-03；不存在则新建")
        parser.add_argument("--kickoff", type=day, metavar="DATE", help="动员日")
        parser.add_argument("--effective", type=day, metavar="DATE", help="生效日")
        parser.add_argument("--check", action="store_true", help="只预检，不写入")
        parser.add_argument("--annotated", type=Path, metavar="DIR", help="把标注后的文件写到这个文件夹")

    def handle(self, *args: Any, **options: Any) -> None:
        files, unreadable = self._files(options["files"])
        try:
            if options["annotated"]:
                self._make_folder(options["annotated"])
            outcome = (
                Outcome(unusable=True, findings=unreadable) if unreadable else self._import(files, options)
            )
        except UsageError as fault:
            self.fail(options, str(fault))
        if options["annotated"]:
            self._write_copies(options["annotated"], files, outcome)
        if options["json"]:
            self.emit(outcome.as_json())
        else:
            self._tell(outcome, options["check"])
        if outcome.exit_code:
            raise SystemExit(outcome.exit_code)

    def fail(self, options: dict[str, Any], why: str, status: int = 2, **facts: Any) -> NoReturn:
        """A call that cannot be carried out is told in the form of an import that came to nothing."""
        if options["json"]:
            finding = Finding(ERROR, "CALL_REFUSED", why)
            self.emit(Outcome(unusable=True, findings=[finding]).as_json())
        else:
            self.stderr.write(why)
        raise SystemExit(status)

    def _import(self, files: list[SourceFile], options: dict[str, Any]) -> Outcome:
        return import_files(
            files,
            actor=self.actor(options),
            now=timezone.now(),
            options=Options(
                from_console=True,
                zone=options["zone"],
                round=options["round"],
                cycle=options["cycle"],
                kickoff=options["kickoff"],
                effective=options["effective"],
            ),
            check=options["check"],
        )

    def _make_folder(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise UsageError(f"不能建立文件夹“{folder}”。请换一个位置。") from fault

    def _write_copies(self, folder: Path, files: list[SourceFile], outcome: Outcome) -> None:
        """A copy that cannot be written is told on stderr: what the import came to is told all the same."""
        for _, name, data in annotated_copies(files, outcome):
            try:
                (folder / name).write_bytes(data)
            except OSError:
                self.stderr.write(f"标注后的文件“{name}”写不进“{folder}”。请检查磁盘、权限和文件名的长度。")

    def _files(self, names: list[str]) -> tuple[list[SourceFile], list[Finding]]:
        """The files, and what cannot be read; of two with the same name the second is called “… (2)”."""
        files, unreadable = [], []
        taken: Counter[str] = Counter()
        for name in names:
            path = Path(name)
            taken[path.name] += 1
            number = f" ({taken[path.name]})" if taken[path.name] > 1 else ""
            try:
                with path.open("rb") as stream:
                    # One byte more than is allowed shows that a file is too large.
                    data = stream.read(MAX_FILE_BYTES + 1)
                files.append(SourceFile(f"{path.stem}{number}{path.suffix}", data))
            except OSError as fault:
                why = next(
                    (words for kind, words in UNREADABLE.items() if isinstance(fault, kind)),
                    "读不了这个文件。",
                )
                unreadable.append(Finding(ERROR, "FILE_UNREADABLE", why, "请核对路径。", file=path.name))
        return files, unreadable

    def _tell(self, outcome: Outcome, check: bool) -> None:
        for report in outcome.files:
            if report.kind == "other":
                continue
            counts = report.counts
            self.stdout.write(
                f"{report.file} · {report.sheet}：{report.kind_label} {report.rows}行，"
                f"新增{counts['created']}，变更{counts['changed']}，不变{counts['unchanged']}，"
                f"跳过{len(report.skipped)}，错误{report.errors}"
            )
        for finding in outcome.all_findings:
            place = " ".join(
                part
                for part in (
                    finding.file,
                    finding.sheet,
                    f"第{finding.row}行" if finding.row else None,
                    f"“{finding.column}”" if finding.column else None,
                )
                if part
            )
            mark = "错误" if finding.is_error else "提示"
            shown = f"“{finding.value}”" if finding.value else ""
            where = f" {place}{shown}：" if place else " "
            self.stdout.write(f"[{mark} {finding.code}]{where}{finding.message}{finding.hint}")
        if outcome.written:
            self.stdout.write(self.style.SUCCESS(f"已写入，第{outcome.upload_id}号上传。"))
        elif outcome.ok:
            self.stdout.write("预检通过，没有写入。" if check else "内容与系统中的相同，没有需要写入的。")
        else:
            self.stdout.write(self.style.ERROR(f"有{len(outcome.errors)}处错误，没有写入任何数据。"))
