"""manage.py publicity_end: the last day of 公示 that starts on a day and lasts so many working days."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from reform.commands import CalendarCommand, day
from reform.errors import RuleError
from reform.selectors import calendar_of
from reform.workdays import workday_period


def number_of_days(text: str) -> int:
    """A whole number; how many are allowed is the rule's to say."""
    if not re.fullmatch(r"-?\d{1,6}", text):
        raise ArgumentTypeError(f"工作日数须是整数，现为“{text}”。")
    return int(text)


class Command(CalendarCommand):
    help = "公示的最后一天"
    usage = "manage.py publicity_end 开始日期 工作日数 [--json]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("start", type=day, metavar="START", help="公示开始日期")
        parser.add_argument("days", type=number_of_days, metavar="DAYS", help="公示多少个工作日")

    def handle(self, *args: Any, **options: Any) -> None:
        start, days = options["start"], options["days"]
        try:
            period = workday_period(start, days, calendar_of())
        except RuleError as fault:
            self.fail(options, str(fault))
        self.warn(period.years_missing)
        if options["json"]:
            self.emit({"end": period.last_on})
        else:
            self.stdout.write(f"{start} 起公示 {days} 个工作日，最后一天是 {period.last_on}")
