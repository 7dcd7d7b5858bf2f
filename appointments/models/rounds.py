"""轮次与基准 (domain.md §3, §4)."""

from django.db import models

from appointments.states import ROUND_STATE_LABELS, RoundState
from reform.models import Person, PolicyVersion, Position, PositionSetup, Zone


class Round(models.Model):
    """One round of appointing everybody. It pins the policy (ladder included) and the positions that it
    fills."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    code = models.CharField("轮次", max_length=40)
    name = models.CharField("名称", max_length=80)
    state = models.CharField(
        "状态",
        max_length=12,
        choices=[(state.value, label) for state, label in ROUND_STATE_LABELS.items()],
        default=RoundState.DRAFT.value,
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

    class Meta:
        verbose_name = verbose_name_plural = "轮次"
        ordering = ("-code",)
        constraints = [models.UniqueConstraint(fields=["zone", "code"], name="round_code_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def opens_on(self):  # type: ignore[no-untyped-def]
        """The first day of the round: 动员日, else the effective date."""
        return self.kickoff_on or self.effective_on


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

    class Meta:
        verbose_name = verbose_name_plural = "基准"
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="baseline_once_per_round")]

    def __str__(self) -> str:
        return f"{self.unit_name} {self.section_name} {self.title}".replace("  ", " ")

    @property
    def zone(self) -> Zone:
        return self.round.zone
