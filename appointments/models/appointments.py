"""聘任、降职手续与离开 (domain.md §4, §5)."""

from django.db import models
from django.db.models import F, Q

from appointments.states import AppointmentState
from reform.models import Person, Position, Tenure, TenureKind, Zone

from .applications import Application
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
        choices=AppointmentState.choices(),
        default=AppointmentState.PENDING.value,
    )
    starts_on = models.DateField("聘任起始时间")
    ends_before = models.DateField("聘期止", help_text="从这一天起不在聘期内")
    probation_ends_before = models.DateField("试用期止", null=True, blank=True)
    document_no = models.CharField("聘任文号", max_length=80, blank=True)
    remark = models.CharField("备注", max_length=200, blank=True)
    sort_no = models.PositiveIntegerField("排序", default=0)
    application = models.OneToOneField(
        Application, models.PROTECT, null=True, blank=True, related_name="appointment", verbose_name="志愿"
    )
    previous = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="later",
        verbose_name="前一聘任",
        help_text="续聘、变更、试用不合格后的聘任指向它所接续的",
    )
    held_level_reason = models.CharField("层级与岗位不同的原因", max_length=200, blank=True)
    reason = models.CharField("越级、破格或调整的理由", max_length=300, blank=True)
    minutes_no = models.CharField("党工委会议纪要", max_length=80, blank=True)
    superior_document_no = models.CharField("上级任命或批准文号", max_length=80, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    pay_starts_on = models.DateField("起薪日期", null=True, blank=True)
    letter_no = models.CharField("聘书编号", max_length=80, blank=True)
    letter_signed_on = models.DateField("聘书签订日期", null=True, blank=True)
    duties_signed_on = models.DateField("目标责任书签订日期", null=True, blank=True)
    ended_on = models.DateField("提前结束日期", null=True, blank=True, help_text="从这一天起不再聘任")
    end_cause = models.CharField("结束原因", max_length=3, blank=True)
    approval_no = models.CharField("批准文号（兼任、主持工作）", max_length=80, blank=True)

    unit_lookups = ("position__unit",)
    person_lookup = "person"

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

    unit_lookups = ()
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "离开"
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="exit_once_per_round")]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_cause_display()}"

    @property
    def zone(self) -> Zone:
        return self.round.zone


class Demotion(models.Model):
    """降职手续 (I7): why, the talk, the written notice and the appeal rights that it names."""

    class Reason(models.TextChoices):
        D1 = "D1", "年度考核不称职"
        D2 = "D2", "不适宜担任现职"
        D3 = "D3", "竞聘落选"
        D4 = "D4", "机构或职数精简"
        D5 = "D5", "本人申请"
        D6 = "D6", "问责或处分"

    round = models.ForeignKey(Round, models.PROTECT, related_name="demotions", verbose_name="轮次")
    person = models.ForeignKey(Person, models.PROTECT, related_name="demotions", verbose_name="人员")
    reason_code = models.CharField("原因", max_length=2, choices=Reason.choices)
    reason = models.CharField("说明", max_length=300, blank=True)
    talk_on = models.DateField("谈话日期")
    talk_by = models.CharField("谈话人", max_length=80)
    talk_record = models.TextField("谈话记录")
    notice_no = models.CharField("告知书文号", max_length=80)
    notice_on = models.DateField("告知日期")
    appeal_rights_told = models.BooleanField("已告知复核、申诉权利", default=False)

    unit_lookups = ()
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "降职手续"
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="demotion_once_per_round")]

    def __str__(self) -> str:
        return f"{self.person} {self.get_reason_code_display()}"

    @property
    def zone(self) -> Zone:
        return self.round.zone
