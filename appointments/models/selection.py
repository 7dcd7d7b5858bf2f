"""双向选择、考察、拟聘名单与表决 (domain.md §3, §3a)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from reform.models import Zone

from .applications import Application
from .batches import Batch


class Intention(models.Model):
    """双向选择意向: what the person and the unit say of one application in one pass (layout 16)."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="intentions", verbose_name="志愿"
    )
    pass_no = models.PositiveSmallIntegerField("轮次", default=1)
    person_agrees = models.BooleanField("本人意向", null=True, blank=True)
    unit_agrees = models.BooleanField("用人单位意见", null=True, blank=True)
    remark = models.CharField("备注", max_length=200, blank=True)

    unit_lookups = ("application__position__unit",)
    person_lookup = "application__candidacy__person"

    class Meta:
        verbose_name = verbose_name_plural = "双向选择意向"
        ordering = ("application", "pass_no")
        constraints = [
            models.UniqueConstraint(fields=["application", "pass_no"], name="intention_once_per_pass"),
            models.CheckConstraint(
                condition=Q(pass_no__in=[1, 2]),
                name="intention_two_passes",
                violation_error_message="双向选择最多两轮。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} 第{self.pass_no}轮"


class Inspection(models.Model):
    """考察: the material on one proposed person, 纪检意见, and the three checks before a decision."""

    application = models.OneToOneField(
        Application, models.PROTECT, related_name="inspection", verbose_name="志愿"
    )
    inspectors = models.CharField("考察人员", max_length=200, help_text="至少两人，用顿号分开")
    inspected_on = models.DateField("考察日期")
    material = models.TextField("考察材料")
    discipline_opinion = models.CharField("纪检意见", max_length=300, blank=True)
    discipline_clear = models.BooleanField("纪检同意", null=True, blank=True)
    archive_checked = models.BooleanField("档案审核（三龄两历）", default=False)
    matters_checked = models.BooleanField("个人有关事项核查", default=False)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "考察"

    def __str__(self) -> str:
        return str(self.application)


class ProposalList(models.Model):
    """拟聘名单: frozen with the hash of its rows; a row that changes afterwards makes the approval void."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="proposal_lists", verbose_name="批次")
    number = models.PositiveSmallIntegerField("第几份", default=1)
    digest = models.CharField("名单摘要", max_length=64)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="编制人"
    )
    frozen_on = models.DateField("编制日期")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="审批人",
    )
    approved_on = models.DateField("审批日期", null=True, blank=True)
    approved_digest = models.CharField("审批时的摘要", max_length=64, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "拟聘名单"
        ordering = ("batch", "number")
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="proposal_list_number_once")]

    def __str__(self) -> str:
        return f"{self.batch}拟聘名单（第{self.number}份）"

    @property
    def zone(self) -> Zone:
        return self.batch.round.zone


class ProposalRow(models.Model):
    """One line of a 拟聘名单: the application and what is proposed, as it stood when frozen."""

    list = models.ForeignKey(ProposalList, models.PROTECT, related_name="rows", verbose_name="拟聘名单")
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="proposal_rows", verbose_name="志愿"
    )
    held_level = models.CharField("拟任层级", max_length=8)
    change = models.CharField("变动类型", max_length=12)
    steps = models.PositiveSmallIntegerField("级差", null=True, blank=True)
    former_post = models.CharField("现任岗位", max_length=200, blank=True)

    unit_lookups = ("application__position__unit",)
    person_lookup = "application__candidacy__person"

    class Meta:
        verbose_name = verbose_name_plural = "拟聘名单行"
        ordering = ("list", "id")
        constraints = [models.UniqueConstraint(fields=["list", "application"], name="proposal_row_once")]

    def __str__(self) -> str:
        return str(self.application)


class Meeting(models.Model):
    """党工委会议 on one 拟聘名单: attendance and minutes; the votes of each person stand beside it."""

    proposal = models.OneToOneField(
        ProposalList, models.PROTECT, related_name="meeting", verbose_name="拟聘名单"
    )
    held_on = models.DateField("会议日期")
    minutes_no = models.CharField("会议纪要文号", max_length=80)
    members = models.PositiveSmallIntegerField("应到")
    present = models.PositiveSmallIntegerField("实到")
    absent_names = models.CharField("缺席人员", max_length=200, blank=True, help_text="用顿号分开")

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "研究会议"
        constraints = [
            models.CheckConstraint(
                condition=Q(present__lte=F("members")),
                name="meeting_attendance",
                violation_error_message="实到人数不能超过应到人数。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.held_on:%Y-%m-%d} {self.minutes_no}"


class MeetingVote(models.Model):
    """The vote on one line: 实到 = 回避 + 同意 + 反对 + 弃权 (§3a)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="votes", verbose_name="会议")
    row = models.OneToOneField(ProposalRow, models.PROTECT, related_name="vote", verbose_name="名单行")
    recused = models.PositiveSmallIntegerField("回避", default=0)
    recused_names = models.CharField("回避人员", max_length=200, blank=True)
    in_favour = models.PositiveSmallIntegerField("同意")
    against = models.PositiveSmallIntegerField("反对", default=0)
    abstained = models.PositiveSmallIntegerField("弃权", default=0)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "表决"

    def __str__(self) -> str:
        return f"同意{self.in_favour} 反对{self.against} 弃权{self.abstained} 回避{self.recused}"
