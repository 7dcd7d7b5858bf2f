"""manage.py publicity_end: the last day of 公示 that starts on a day and lasts so many working days."""

import re
from argparse import ArgumentParser
from typing import Any

from reform.commands import CalendarCommand
from reform.errors import RuleError
from reform.selectors import calendar_of
from reform.workdays import workday_period


class Command(CalendarCommand):
    help = "公示的最后一天"
    usage = "manage.py publicity_end 开始日期 工作日数"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("start", metavar="START", nargs="?", help="公示开始日期")
        parser.add_argument("days", metavar="DAYS", nargs="?", help="公示多少个工作日")

    def handle(self, *args: Any, **options: Any) -> None:
        start = self.given_day(options, "start")
        days = str(options["days"] or "")
        if not re.fullmatch(r"-?\d{1,6}", days):
            self.fail(options, f"工作日数须是整数，现为“{days}”。用法：{self.usage}")
        try:
            period = workday_period(start, int(days), calendar_of())
        except RuleError as fault:
            self.fail(options, str(fault))
        self.warn(period.years_missing)
        if options["json"]:
            self.emit({"end": period.last_on})
        else:
            self.stdout.write(f"{start} 起公示 {days} 个工作日，最后一天是 {period.last_on}")
