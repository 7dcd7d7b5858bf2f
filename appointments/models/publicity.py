"""公示与异议 (domain.md §3)."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from reform.models import Zone

from .applications import Application
from .selection import ProposalList


class Publicity(models.Model):
    """公示 of one 拟聘名单 on a page that anybody may open: start and end are working days by the
    calendar."""

    proposal = models.OneToOneField(
        ProposalList, models.PROTECT, related_name="publicity", verbose_name="拟聘名单"
    )
    starts_on = models.DateField("公示起")
    ends_before = models.DateField("公示止", help_text="从这一天起公示已结束")
    document_no = models.CharField("文号", max_length=80, blank=True)
    phone = models.CharField("受理电话", max_length=40, blank=True)
    address = models.CharField("受理地址", max_length=120, blank=True)
    office = models.CharField("受理部门", max_length=80, blank=True)
    result = models.CharField("公示结果", max_length=300, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="报告人",
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="确认人",
    )

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "公示"
        ordering = ("-starts_on", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")),
                name="publicity_interval_order",
                violation_error_message="公示止须不早于公示起。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal.batch}公示"

    @property
    def zone(self) -> Zone:
        return self.proposal.batch.round.zone

    @property
    def last_on(self) -> date:
        """The inclusive last day."""
        return date.fromordinal(self.ends_before.toordinal() - 1)


class Objection(models.Model):
    """异议: against a result of the 资格审查, by the person, or against a proposed person during 公示."""

    class Kind(models.TextChoices):
        SCREENING = "SCREENING", "资格审查异议"
        PUBLICITY = "PUBLICITY", "公示异议"

    class State(models.TextChoices):
        OPEN = "OPEN", "核查中"
        UPHELD = "UPHELD", "成立"
        ANSWERED = "ANSWERED", "不成立，已答复"

    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="objections", verbose_name="志愿"
    )
    received_on = models.DateField("收到日期")
    from_whom = models.CharField("提出人", max_length=80, help_text="实名；不实名的须有具体事实")
    is_signed = models.BooleanField("实名", default=True)
    facts = models.TextField("反映的事实")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    investigators = models.CharField("核查人员", max_length=120, blank=True)
    conclusion = models.TextField("核查结论", blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    reply = models.CharField("答复", max_length=300, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "异议"
        ordering = ("-received_on", "-id")

    def __str__(self) -> str:
        return f"{self.application} {self.get_kind_display()}"

    @property
    def zone(self) -> Zone:
        return self.application.zone
