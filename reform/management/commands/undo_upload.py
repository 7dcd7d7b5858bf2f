"""manage.py undo_upload: take an upload back."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from reform.commands import ZoneCommand
from reform.errors import RuleError
from reform.exchange.findings import UsageError
from reform.selectors import uploads_of
from reform.services import upload_undo


class Command(ZoneCommand):
    help = "撤销一次上传"
    usage = "manage.py undo_upload 上传号 [--zone 开发区] [--actor 用户] [--json]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("upload", type=int, metavar="ID")

    def handle(self, *args: Any, **options: Any) -> None:
        nothing = {"upload": options["upload"], "removed": 0, "restored": 0}
        try:
            actor = self.actor(options)
            zone = self.zone_if_any(options)
        except UsageError as fault:
            self.fail(options, str(fault), **nothing)
        upload = uploads_of(zone).filter(pk=options["upload"]).first()
        if upload is None:
            self.fail(options, f"没有第{options['upload']}号上传。", **nothing)
        try:
            removed, restored = upload_undo(upload=upload, actor=actor, at=timezone.now())
        except RuleError as fault:
            self.fail(options, str(fault), 1, **nothing)
        if options["json"]:
            self.emit({"ok": True, "upload": upload.pk, "removed": removed, "restored": restored, "why": ""})
        else:
            self.stdout.write(f"已撤销第{upload.pk}号上传：删除{removed}行，恢复{restored}行。")
