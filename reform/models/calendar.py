"""工作日历: the days that differ from Monday to Friday (domain.md, Conventions)."""

from django.db import models


class CalendarDay(models.Model):
    """A holiday, or a 调休 day on which work is done; of the whole country, so it belongs to no zone."""

    on = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("上班")
    name = models.CharField("说明", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "工作日历"
        ordering = ("-on",)

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {'上班' if self.is_workday else '休息'}"
