"""聘任与离开 (domain.md §5)."""

from django.db import models
from django.db.models import F, Q

from appointments.states import APPOINTMENT_STATE_LABELS, AppointmentState
from reform.models import Person, Position, Tenure, TenureKind, Zone

from .rounds import Round


class Appointment(models.Model):
    """One person's appointment to one post in one round; taking effect, it opens a tenure."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    round = models.ForeignKey(Round, models.PROTECT, related_name="appointments", verbose_name="轮次")
    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments", verbose_name="人员")
    position = models.ForeignKey(Position, models.PROTECT, related_name="appointments", verbose_name="岗位")
    tenure = models.OneToOneField(Tenure, models.PROTECT, null=True, blank=True, verbose_name="任职记录")
    kind = models.CharField("任职类型", max_length=12, choices=TenureKind.choices, default=TenureKind.PRIMARY)
    held_level = models.CharField("任职层级", max_length=8)
    method = models.CharField("任用方式", max_length=2, choices=Position.Method.choices, blank=True)
    state = models.CharField(
        "状态",
        max_length=12,
        choices=[(state.value, label) for state, label in APPOINTMENT_STATE_LABELS.items()],
        default=AppointmentState.PENDING.value,
    )
    starts_on = models.DateField("聘任起始时间")
    ends_before = models.DateField("聘期止", help_text="从这一天起不在聘期内")
    probation_ends_before = models.DateField("试用期止", null=True, blank=True)
    document_no = models.CharField("聘任文号", max_length=80, blank=True)
    remark = models.CharField("备注", max_length=200, blank=True)
    sort_no = models.PositiveIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "聘任"
        ordering = ("round", "sort_no", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")),
                name="appointment_interval_order",
                violation_error_message="聘期止须晚于聘任起始时间。",
            ),
            models.UniqueConstraint(
                fields=["round", "person"],
                condition=Q(kind="PRIMARY", state__in=["PENDING", "PROBATION", "ACTIVE"]),
                name="appointment_one_live_primary",
                violation_error_message="此人在本轮已有一个有效的主任职聘任。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.position}"


class Exit(models.Model):
    """离开: a person of the round's scope who left, so that nobody has to be placed (§4, §5)."""

    class Cause(models.TextChoices):
        T01 = "T01", "期满不续"
        T02 = "T02", "退休（到龄）"
        T03 = "T03", "辞职"
        T04 = "T04", "调出"
        T05 = "T05", "年度考核连续两年不称职（不合格）"
        T06 = "T06", "不胜任又不接受其他安排"
        T07 = "T07", "拒绝合理安排"
        T08 = "T08", "旷工"
        T09 = "T09", "开除"
        T10 = "T10", "合同约定"
        T11 = "T11", "死亡"

    round = models.ForeignKey(Round, models.PROTECT, related_name="exits", verbose_name="轮次")
    person = models.ForeignKey(Person, models.PROTECT, related_name="exits", verbose_name="人员")
    left_on = models.DateField("离开日期", help_text="从这一天起不在岗")
    cause = models.CharField("原因", max_length=3, choices=Cause.choices)
    document_no = models.CharField("文号", max_length=80, blank=True)
    reason = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "离开"
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="exit_once_per_round")]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_cause_display()}"

    @property
    def zone(self) -> Zone:
        return self.round.zone
