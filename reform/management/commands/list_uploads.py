"""manage.py list_uploads: what went in, and what can be taken back."""

from typing import Any

from django.utils.timezone import localtime

from reform.commands import ZoneCommand
from reform.exchange.findings import UsageError
from reform.models import Upload
from reform.selectors import uploads_of
from reform.services import upload_obstacle


class Command(ZoneCommand):
    help = "列出上传"
    usage = "manage.py list_uploads [--zone 开发区] [--actor 用户] [--json]"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            zone = self.zone_if_any(options)
        except UsageError as fault:
            self.fail(options, str(fault))
        uploads = [self._facts(upload) for upload in uploads_of(zone)]
        if options["json"]:
            self.emit({"uploads": uploads})
            return
        for one in uploads:
            state = "已撤销" if one["undone"] else "可撤销" if one["can_undo"] else f"不能撤销：{one['why']}"
            names = "、".join(one["files"])
            where = f" 轮次{one['round']}" if one["round"] else ""
            self.stdout.write(f"第{one['id']}号 {one['at'][:16]} {one['by']}{where} {names} {state}")
        if not uploads:
            self.stdout.write("还没有上传。")

    def _facts(self, upload: Upload) -> dict[str, Any]:
        why = upload_obstacle(upload)
        return {
            "id": upload.pk,
            "at": localtime(upload.at).isoformat(timespec="seconds"),
            "by": upload.by.get_username(),
            "round": upload.target or None,
            "files": [file["name"] for file in upload.files],
            "counts": {name: upload.counts.get(name, 0) for name in ("created", "changed", "unchanged")},
            "undone": upload.undone_at is not None,
            "can_undo": not why,
            "why": why,
        }
