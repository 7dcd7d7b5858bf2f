"""manage.py workdays: the working days between two days, both included."""

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from reform.commands import CalendarCommand, day
from reform.selectors import calendar_of
from reform.workdays import count_workdays, is_workday


class Command(CalendarCommand):
    help = "两个日期之间（含首尾）有哪些工作日"
    usage = "manage.py workdays 开始日期 结束日期 [--json]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("start", type=day, metavar="START", help="开始日期")
        parser.add_argument("end", type=day, metavar="END", help="结束日期")

    def handle(self, *args: Any, **options: Any) -> None:
        start, end = options["start"], options["end"]
        if end < start:
            self.fail(options, f"结束日期 {end} 早于开始日期 {start}。")
        calendar = calendar_of()
        days = (start + timedelta(days=number) for number in range((end - start).days + 1))
        dates: list[date] = [on for on in days if is_workday(on, calendar)]
        self.warn(count_workdays(start, end, calendar).years_missing)
        if options["json"]:
            self.emit({"workdays": len(dates), "dates": dates})
            return
        self.stdout.write(f"{start} 至 {end} 共 {len(dates)} 个工作日")
        for on in dates:
            self.stdout.write(f"{on}")
