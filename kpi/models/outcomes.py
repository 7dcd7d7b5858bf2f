"""What a cycle's results add up to: the zone's own score, the quotas of 优秀 and the ties that are open."""

from django.db import models
from django.db.models import Q

from .cycles import Cycle


class CycleOutcome(models.Model):
    """The tables of one computation of a cycle, kept as they were, so that an appeal shows the use of quotas
    before and after.

    quotas: group, n, quota, used, by_rate, units, words.  ties: group, score, seats, people (keys).
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="outcomes", verbose_name="考核周期")
    version = models.PositiveSmallIntegerField("版本", default=1)
    current = models.BooleanField("现行", default=True)
    zone_total = models.DecimalField("全区得分", max_digits=8, decimal_places=2, null=True, blank=True)
    n = models.PositiveIntegerField("参加考核人数", default=0)
    cap = models.PositiveIntegerField("全区优秀名额", default=0)
    bottom_required = models.PositiveIntegerField("末位人数要求", default=0)
    bottom_found = models.PositiveIntegerField("末位人数", default=0)
    quotas = models.JSONField("名额", default=list, blank=True)
    ties = models.JSONField("并列", default=list, blank=True)
    cause = models.CharField("本版本由来", max_length=120, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "考核结果汇总"
        ordering = ("cycle", "-version")
        constraints = [
            models.UniqueConstraint(fields=["cycle", "version"], name="cycle_outcome_version_once"),
            models.UniqueConstraint(
                fields=["cycle"], condition=Q(current=True), name="cycle_outcome_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle} 第{self.version}版"
