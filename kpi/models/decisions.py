"""What people decide about scores and grades (domain.md §6): 否决, 校准, 不定等次, 同分."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kpi.states import AdjustmentState, VetoState
from reform.models import Person, Unit, Zone

from .cycles import Cycle, Item


class Veto(models.Model):
    """一票否决 of a unit or a person: raised by one, approved by the 党工委; only an approved one (or one
    registered with a workbook) counts."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="vetoes", verbose_name="考核周期")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="vetoes", verbose_name="人员"
    )
    matter = models.CharField("否决事项", max_length=200)
    state = models.CharField("状态", max_length=10, choices=VetoState.choices(), default=VetoState.RAISED)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人"
    )
    raised_on = models.DateField("提出日期")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="审定人",
    )
    decided_on = models.DateField("审定日期", null=True, blank=True)
    document_no = models.CharField("文号", max_length=80, blank=True)

    unit_lookups = ("unit", "person__tenures__position__unit")
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "一票否决"
        ordering = ("cycle", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(unit=None, person__isnull=False) | Q(unit__isnull=False, person=None),
                name="veto_of_a_unit_or_a_person",
                violation_error_message="否决的对象是一个单位或一个人，填其中一个。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit or self.person}：{self.matter}"

    @property
    def zone(self) -> Zone:
        return self.cycle.zone


class Adjustment(models.Model):
    """校准: a change to a leaf, a unit's total or a person's score, within the policy's limit, with its
    reason; made by the office, approved by the leading group."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="adjustments", verbose_name="考核周期")
    item = models.ForeignKey(
        Item, models.PROTECT, null=True, blank=True, related_name="adjustments", verbose_name="指标"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="人员"
    )
    delta = models.DecimalField("调整分", max_digits=6, decimal_places=2)
    reason = models.CharField("理由", max_length=300)
    state = models.CharField(
        "状态", max_length=10, choices=AdjustmentState.choices(), default=AdjustmentState.PROPOSED
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人"
    )
    made_on = models.DateField("提出日期")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="审定人",
    )
    decided_on = models.DateField("审定日期", null=True, blank=True)

    unit_lookups = ("unit", "item__indicator__subject", "person__tenures__position__unit")
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "校准"
        ordering = ("cycle", "id")

    def __str__(self) -> str:
        return f"{self.item or self.unit or self.person} {self.delta:+}"

    @property
    def zone(self) -> Zone:
        return self.cycle.zone


class Exclusion(models.Model):
    """不参加 or 不定等次 in a cycle, and why (§6: 试用期首年新录用, 病事假累计超过半年)."""

    class Cause(models.TextChoices):
        FIRST_YEAR = "FIRST_YEAR", "试用期首年新录用"
        LEAVE = "LEAVE", "病事假累计超过半年"
        OTHER = "OTHER", "其他"

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="exclusions", verbose_name="考核周期")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="人员")
    cause = models.CharField("原因", max_length=12, choices=Cause.choices)
    note = models.CharField("说明", max_length=200, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )

    unit_lookups = ("person__tenures__position__unit",)
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "不定等次人员"
        ordering = ("cycle", "person")
        constraints = [models.UniqueConstraint(fields=["cycle", "person"], name="exclusion_once")]

    def __str__(self) -> str:
        return f"{self.person}：{self.get_cause_display()}"


class TieDecision(models.Model):
    """Who of the equals at the edge of a quota gets 优秀, by whom decided and why (§6: never silently)."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="tie_decisions", verbose_name="考核周期")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="人员")
    # of units that tie for a seat all names
    group = models.CharField("名额组", max_length=1000)
    score = models.DecimalField("综合得分", max_digits=8, decimal_places=2)
    gets_seat = models.BooleanField("列入优秀")
    reason = models.CharField("理由", max_length=300)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="决定人"
    )
    decided_on = models.DateField("决定日期")

    unit_lookups = ("person__tenures__position__unit",)
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "同分决定"
        ordering = ("cycle", "group", "id")
        constraints = [models.UniqueConstraint(fields=["cycle", "person", "score"], name="tie_decision_once")]

    def __str__(self) -> str:
        return f"{self.person}：{'列入' if self.gets_seat else '不列入'}优秀"
