"""manage.py verify_audit: whether the chain of audit events is whole."""

from typing import Any

from reform.commands import ZoneCommand
from reform.exchange.findings import UsageError
from reform.models import AuditEvent, Zone
from reform.services import event_hash


class Command(ZoneCommand):
    help = "检查审计事件有没有缺失或被改动"
    usage = "manage.py verify_audit [--zone 开发区] [--actor 用户] [--json]"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            zones = [self.zone(options)] if options["zone"] else list(Zone.objects.order_by("code"))
        except UsageError as fault:
            self.fail(options, str(fault))
        broken = [number for zone in [*zones, None] for number in self._broken(zone)]
        checked = AuditEvent.objects.count()
        if broken:
            numbers = "、".join(map(str, broken[:20]))
            self.fail(options, f"审计事件 {numbers} 与前一条接不上或被改动。", 1, broken=broken)
        if options["json"]:
            self.emit({"ok": True, "checked": checked, "broken": []})
        else:
            self.stdout.write(f"{checked}条审计事件，完整。")

    def _broken(self, zone: Zone | None) -> list[int]:
        previous, broken = "", []
        for event in AuditEvent.objects.filter(zone=zone).order_by("id").iterator(chunk_size=1000):
            if event.previous_hash != previous or event.hash != event_hash(event):
                broken.append(event.pk)
            previous = event.hash
        return broken
