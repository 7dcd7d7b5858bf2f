"""批次、日程与批次岗位 (domain.md §3)."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from appointments.states import BatchState
from reform.models import Position, Zone

from .rounds import Round


class Batch(models.Model):
    """A part of a round whose posts go through the same steps: 中层, then 科室, then 主办."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="batches", verbose_name="轮次")
    code = models.CharField("批次", max_length=20)
    name = models.CharField("名称", max_length=80)
    method = models.CharField("任用方式", max_length=2, choices=Position.Method.choices)
    state = models.CharField(
        "状态", max_length=12, choices=BatchState.choices(), default=BatchState.PLANNED.value
    )
    sort_no = models.PositiveIntegerField("先后", default=0, help_text="前一批落聘人员可参加后一批")
    max_choices = models.PositiveSmallIntegerField("志愿数上限", default=3)
    panel_chosen_on = models.DateField("考评组成立日期", null=True, blank=True)
    ratio_document_no = models.CharField(
        "降低开考比例批准文号", max_length=80, blank=True, help_text="低于3:1、不低于2:1的须经批准"
    )
    notice_document_no = models.CharField("公告文号", max_length=80, blank=True)
    scores_published_on = models.DateField("成绩公布日期", null=True, blank=True)
    appoint_document_no = models.CharField("聘任文号", max_length=80, blank=True)
    is_suspended = models.BooleanField("暂停", default=False)
    suspend_reason = models.CharField("暂停原因", max_length=200, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "批次"
        ordering = ("round", "sort_no", "code")
        constraints = [models.UniqueConstraint(fields=["round", "code"], name="batch_code_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> Zone:
        return self.round.zone


class BatchStep(models.Model):
    """When a batch is planned to do what; batches may overlap, and decisions may fall on any day."""

    class Kind(models.TextChoices):
        NOTICE = "NOTICE", "公告"
        APPLY = "APPLY", "报名"
        SCREEN = "SCREEN", "资格审查"
        ASSESS = "ASSESS", "考评"
        MATCH = "MATCH", "双向选择"
        INSPECT = "INSPECT", "组织考察"
        DECIDE = "DECIDE", "研究决定"
        PUBLICITY = "PUBLICITY", "公示"
        APPOINT = "APPOINT", "聘任"

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="steps", verbose_name="批次")
    kind = models.CharField("步骤", max_length=10, choices=Kind.choices)
    starts_on = models.DateField("起")
    ends_before = models.DateField("止", help_text="从这一天起不在此步骤内")

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "批次日程"
        ordering = ("batch", "starts_on", "id")
        constraints = [
            models.UniqueConstraint(fields=["batch", "kind"], name="batch_step_once"),
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")),
                name="batch_step_interval_order",
                violation_error_message="日程的止日须不早于起日。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch}·{self.get_kind_display()}"

    @property
    def last_on(self) -> date:
        """The inclusive last day."""
        return date.fromordinal(self.ends_before.toordinal() - 1)


class BatchPost(models.Model):
    """A post that a batch fills, with the seats that are still to be filled."""

    class State(models.TextChoices):
        OPEN = "OPEN", "招聘中"
        CANCELLED = "CANCELLED", "取消"

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="posts", verbose_name="批次")
    position = models.ForeignKey(Position, models.PROTECT, related_name="batch_posts", verbose_name="岗位")
    seats = models.PositiveIntegerField("招聘人数", default=1)
    method = models.CharField("任用方式", max_length=2, choices=Position.Method.choices)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField("取消或改变方式的原因", max_length=200, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "批次岗位"
        ordering = ("batch", "position__sort_no", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "position"],
                name="batch_post_once",
                violation_error_message="这个岗位已在本批次中。",
            )
        ]

    def __str__(self) -> str:
        return str(self.position)
