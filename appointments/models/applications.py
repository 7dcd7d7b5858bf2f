"""报名表、志愿、资格审查与破格 (domain.md §3)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from appointments.states import LIVE, ApplicationState, WaiverState
from reform.models import Person, Position, Zone

from .batches import Batch
from .rounds import Round


class Candidacy(models.Model):
    """报名表: one person in one batch, with up to the batch's number of choices (layout 2).

    `batch` is empty for a sheet that came in before the round's batches were planned.
    """

    class Source(models.TextChoices):
        PERSON = "PERSON", "本人报名"
        OFFICE = "OFFICE", "办公室代报"
        WORKBOOK = "WORKBOOK", "工作簿"
        NOMINATED = "NOMINATED", "组织提名"
        TAKEN_OVER = "TAKEN_OVER", "前批落聘转入"

    round = models.ForeignKey(Round, models.PROTECT, related_name="candidacies", verbose_name="轮次")
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="candidacies", verbose_name="批次"
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="candidacies", verbose_name="人员")
    source = models.CharField("来源", max_length=12, choices=Source.choices, default=Source.OFFICE)
    accepts_adjustment = models.BooleanField("服从调剂", default=False)
    declares_kin = models.BooleanField("声明有回避关系", null=True, blank=True)
    achievements = models.TextField("主要工作实绩", blank=True)
    rewards = models.TextField("奖惩情况", blank=True)
    remark = models.CharField("备注", max_length=200, blank=True)
    late_reason = models.CharField("补报原因", max_length=200, blank=True)
    applied_on = models.DateField("报名日期", null=True, blank=True)
    sort_no = models.PositiveIntegerField("排序", default=0)

    unit_lookups = ("applications__position__unit",)
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "报名表"
        ordering = ("round", "batch", "sort_no", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "person"],
                name="candidacy_once_per_batch",
                violation_error_message="此人在本批次已有报名表。",
            ),
            models.UniqueConstraint(
                fields=["round", "person"],
                condition=Q(batch=None),
                name="candidacy_once_without_batch",
                violation_error_message="此人已有一份未编入批次的报名表。",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def zone(self) -> Zone:
        return self.round.zone


class Application(models.Model):
    """志愿: the application of a person for one post, with its own state, total and rank."""

    class Conclusion(models.TextChoices):
        QUALIFIED = "QUALIFIED", "合格"
        REJECTED = "REJECTED", "不合格"

    candidacy = models.ForeignKey(
        Candidacy, models.PROTECT, related_name="applications", verbose_name="报名表"
    )
    position = models.ForeignKey(Position, models.PROTECT, related_name="applications", verbose_name="岗位")
    choice_no = models.PositiveSmallIntegerField("志愿序号", default=1)
    state = models.CharField(
        "状态", max_length=12, choices=ApplicationState.choices(), default=ApplicationState.SUBMITTED.value
    )
    conclusion = models.CharField("初审结论", max_length=10, choices=Conclusion.choices, blank=True)
    conclusion_reason = models.CharField("审查意见", max_length=300, blank=True)
    screened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="审查人",
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="复核人",
    )
    notified_on = models.DateField("告知日期", null=True, blank=True)
    total = models.DecimalField("综合成绩", max_digits=7, decimal_places=2, null=True, blank=True)
    rank = models.PositiveIntegerField("排名", null=True, blank=True)
    tie_decided_by = models.CharField("同分处理依据", max_length=80, blank=True)
    tie_vote = models.PositiveIntegerField("同分表决票数或加试成绩", null=True, blank=True)
    tie_basis = models.CharField(
        "表决时同分各人的摘要",
        max_length=64,
        blank=True,
        help_text="成绩重新汇总后，同分的人没有变，表决才保留",
    )
    held_level = models.CharField(
        "拟任层级", max_length=8, blank=True, help_text="与岗位层级不同时才填（高职低聘等）"
    )
    held_level_reason = models.CharField("层级不同的原因", max_length=200, blank=True)
    exception_reason = models.CharField("破格或越级理由", max_length=300, blank=True)
    superior_document_no = models.CharField("上级批准文号", max_length=80, blank=True)

    unit_lookups = ("position__unit",)
    person_lookup = "candidacy__person"

    class Meta:
        verbose_name = verbose_name_plural = "志愿"
        ordering = ("candidacy", "choice_no")
        constraints = [
            models.UniqueConstraint(
                fields=["candidacy", "position"],
                condition=Q(state__in=[one.value for one in LIVE]),
                name="application_one_live_per_post",
                violation_error_message="此人对这个岗位已有一个有效的报名。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.candidacy.person} → {self.position}"

    @property
    def zone(self) -> Zone:
        return self.candidacy.round.zone

    @property
    def person(self) -> Person:
        return self.candidacy.person


class RuleResult(models.Model):
    """What one qualification rule found for one application, with its evidence; UNKNOWN is for a clerk."""

    class Outcome(models.TextChoices):
        PASS = "PASS", "符合"
        FAIL = "FAIL", "不符合"
        UNKNOWN = "UNKNOWN", "待核实"

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="rule_results", verbose_name="志愿"
    )
    rule = models.CharField("条件", max_length=40)
    outcome = models.CharField("结果", max_length=8, choices=Outcome.choices)
    required = models.CharField("要求", max_length=200)
    actual = models.CharField("实际", max_length=200, blank=True)
    decided_outcome = models.CharField(
        "认定结果", max_length=8, choices=Outcome.choices, blank=True, help_text="待核实的由审查人认定"
    )
    decided_note = models.CharField("认定依据", max_length=200, blank=True)

    unit_lookups = ("application__position__unit",)
    person_lookup = "application__candidacy__person"

    class Meta:
        verbose_name = verbose_name_plural = "资格条件结果"
        ordering = ("application", "id")
        constraints = [models.UniqueConstraint(fields=["application", "rule"], name="rule_result_once")]

    def __str__(self) -> str:
        return f"{self.rule} {self.get_outcome_display()}"

    @property
    def final(self) -> str:
        """The outcome that counts: what a clerk decided, else what the rule found."""
        return self.decided_outcome or self.outcome


class Waiver(models.Model):
    """破格: one rule waived for one application, with the written reason and who allowed it (§3)."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="waivers", verbose_name="志愿")
    rule = models.CharField("破格的条件", max_length=40)
    reason = models.CharField("理由", max_length=300)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="批准人",
    )
    document_no = models.CharField("批准文号", max_length=80, blank=True)
    requested_on = models.DateField("提出日期")
    state = models.CharField(
        "状态", max_length=10, choices=WaiverState.choices(), default=WaiverState.REQUESTED.value
    )

    unit_lookups = ()
    person_lookup = "application__candidacy__person"

    class Meta:
        verbose_name = verbose_name_plural = "破格"
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=~Q(state=WaiverState.WITHDRAWN.value),
                name="waiver_one_rule",
                violation_error_message="一次只能破格一个条件。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.rule}"

    @property
    def zone(self) -> Zone:
        return self.application.zone
