"""岗位目标责任书 (domain.md §8, 17): the targets of an appointment for a year, and who has signed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from appointments.paper_states import DutyState
from reform.models import Zone

from .appointments import Appointment


class DutyContract(models.Model):
    """One 责任书: 甲方 is the unit, 乙方 the person appointed."""

    appointment = models.ForeignKey(
        Appointment, models.PROTECT, related_name="duty_contracts", verbose_name="聘任"
    )
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状态", max_length=8, choices=DutyState.choices(), default=DutyState.DRAFT.value)
    unit_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="甲方签字人",
    )
    unit_signed_on = models.DateField("甲方签字日期", null=True, blank=True)
    person_signed_on = models.DateField("乙方签字日期", null=True, blank=True)

    unit_lookups = ("appointment__position__unit",)
    person_lookup = "appointment__person"

    class Meta:
        verbose_name = verbose_name_plural = "岗位目标责任书"
        ordering = ("-year", "appointment")
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "year"],
                name="duty_contract_once_a_year",
                violation_error_message="这项聘任在这个年度已有责任书。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.appointment} {self.year}年责任书"

    @property
    def zone(self) -> Zone:
        return self.appointment.zone


class DutyTarget(models.Model):
    """One target: what, by which measure, how much it weighs, until when."""

    contract = models.ForeignKey(
        DutyContract, models.PROTECT, related_name="targets", verbose_name="目标责任书"
    )
    number = models.PositiveSmallIntegerField("目标序号")
    content = models.CharField("目标内容", max_length=300)
    standard = models.CharField("量化标准", max_length=300, blank=True)
    weight = models.DecimalField("权重", max_digits=5, decimal_places=2)
    due = models.CharField("完成时限", max_length=40, blank=True)

    unit_lookups = ("contract__appointment__position__unit",)
    person_lookup = "contract__appointment__person"

    class Meta:
        verbose_name = verbose_name_plural = "岗位目标"
        ordering = ("contract", "number")
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="duty_target_number_once"),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=100),
                name="duty_target_weight",
                violation_error_message="权重须大于0、不超过100。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}．{self.content}"
