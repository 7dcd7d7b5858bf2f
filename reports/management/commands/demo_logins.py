"""manage.py demo_logins: the demo accounts once more, where the demo is what the database holds."""

from typing import Any

from django.core.management.base import BaseCommand

from reports.demo.accounts import login_lines

from .load_demo import demo_zone


class Command(BaseCommand):
    help = "列出仍在使用演示密码的演示账号"

    def handle(self, *args: Any, **options: Any) -> None:
        lines = login_lines() if demo_zone() else []
        if lines:
            self.stdout.write("演示账号：")
            self.stdout.write("\n".join(lines))
