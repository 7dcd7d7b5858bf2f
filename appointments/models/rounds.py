"""轮次与基准 (domain.md §3, §4)."""

from django.conf import settings
from django.db import models

from appointments.states import RoundState
from reform.models import Person, PolicyVersion, Position, PositionSetup, Zone


class Round(models.Model):
    """One round of appointing everybody. It pins the policy (ladder included) and the positions that it
    fills."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    code = models.CharField("轮次", max_length=40)
    name = models.CharField("名称", max_length=80)
    state = models.CharField(
        "状态", max_length=12, choices=RoundState.choices(), default=RoundState.DRAFT.value
    )
    is_registered = models.BooleanField(
        "登记的轮次", default=False, help_text="结果由聘任结果表登记，没有经过批次和公示流程"
    )
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, verbose_name="政策版本")
    setup = models.OneToOneField(PositionSetup, models.PROTECT, verbose_name="岗位设置方案")
    baseline_on = models.DateField("基准日", null=True, blank=True)
    kickoff_on = models.DateField("动员日", null=True, blank=True)
    effective_on = models.DateField("生效日", null=True, blank=True)
    term_years = models.PositiveSmallIntegerField("聘期（年）", default=3)
    weights = models.JSONField(
        "考评权重",
        default=dict,
        blank=True,
        help_text="空着按政策版本；键为层级范围（L60-L70）或 *（全部层级），值为各项百分比",
    )
    plan_document_no = models.CharField("方案文号", max_length=80, blank=True)
    approved_on = models.DateField("方案批准日期", null=True, blank=True)
    consultation = models.TextField(
        "征求意见情况", blank=True, help_text="职工代表大会或征求意见的时间、范围和结果"
    )
    kinship_complete = models.BooleanField("亲属关系表已收齐", default=False)
    caps_document_no = models.CharField(
        "职数核定文号", max_length=80, blank=True, help_text="职数超出政策默认公式的，填批准文号"
    )
    kickoff_document_no = models.CharField("动员会纪要", max_length=80, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "轮次"
        ordering = ("-code",)
        constraints = [models.UniqueConstraint(fields=["zone", "code"], name="round_code_once")]
        permissions = [
            ("run_round", "办理聘任（聘任办公室）"),
            ("decide_round", "研究决定（领导小组）"),
            ("supervise_round", "复核与监督（监督组）"),
            ("score_people", "考评打分（考评组）"),
            ("inspect_people", "组织考察（考察组）"),
            ("choose_people", "双向选择（用人单位）"),
            ("apply_for_post", "竞聘报名（本人）"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def opens_on(self):  # type: ignore[no-untyped-def]
        """The first day of the round: 动员日, else the effective date."""
        return self.kickoff_on or self.effective_on

    @property
    def in_force_on(self):  # type: ignore[no-untyped-def]
        """The effective date once the round's positions are in force; None while it is only planned."""
        return self.effective_on if self.setup.starts_on is not None else None


class Baseline(models.Model):
    """A person's primary post at 基准日. Immutable: written once, removed only with the upload that wrote
    it."""

    class Source(models.TextChoices):
        SYSTEM = "SYSTEM", "系统任职记录"
        ROSTER = "ROSTER", "花名册"
        HR_MAPPED = "HR_MAPPED", "人事认定"

    round = models.ForeignKey(Round, models.PROTECT, related_name="baselines", verbose_name="轮次")
    person = models.ForeignKey(Person, models.PROTECT, related_name="baselines", verbose_name="人员")
    position = models.ForeignKey(Position, models.PROTECT, verbose_name="原岗位记录")
    unit_name = models.CharField("原单位", max_length=80)
    section_name = models.CharField("原科室", max_length=80, blank=True)
    title = models.CharField("原岗位", max_length=80)
    level = models.CharField("原层级", max_length=8)
    source = models.CharField("来源", max_length=10, choices=Source.choices, default=Source.ROSTER)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="复核人",
        help_text="人事认定的层级须由第二人复核",
    )

    unit_lookups = ("position__unit",)
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "基准"
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="baseline_once_per_round")]

    def __str__(self) -> str:
        return f"{self.unit_name} {self.section_name} {self.title}".replace("  ", " ")

    @property
    def zone(self) -> Zone:
        return self.round.zone
