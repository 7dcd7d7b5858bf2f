"""聘期内: 挂职、聘期考核、复核与申诉 (domain.md §5, §6)."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from reform.models import Person, Zone

from .appointments import Appointment


class Secondment(models.Model):
    """挂职: out to another place (the main post stays), or in from one (no seat, no pay)."""

    class Direction(models.TextChoices):
        OUT = "OUT", "派出"
        IN = "IN", "接收"

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    person = models.ForeignKey(Person, models.PROTECT, related_name="secondments", verbose_name="人员")
    direction = models.CharField("方向", max_length=3, choices=Direction.choices)
    host = models.CharField("挂职单位", max_length=120, help_text="派出填对方单位，接收填派出单位")
    post = models.CharField("挂职岗位", max_length=80, blank=True)
    starts_on = models.DateField("起")
    ends_before = models.DateField("止")
    document_no = models.CharField("文号", max_length=80, blank=True)
    report = models.TextField("挂职总结", blank=True)
    reported_on = models.DateField("总结日期", null=True, blank=True)
    ended_on = models.DateField("提前结束日期", null=True, blank=True, help_text="从这一天起不再挂职")

    unit_lookups = ("person__tenures__position__unit",)
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "挂职"
        ordering = ("-starts_on", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_before__gt=F("starts_on")),
                name="secondment_interval_order",
                violation_error_message="挂职止日须不早于起日。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_direction_display()} {self.host}"

    @property
    def last_on(self) -> date:
        """The inclusive last day."""
        return date.fromordinal((self.ended_on or self.ends_before).toordinal() - 1)


class TermReview(models.Model):
    """聘期考核, 60 days before the end of a term: it decides between 续聘, a new competition and the end."""

    class Result(models.TextChoices):
        PASSED = "PASSED", "合格"
        FAILED = "FAILED", "不合格"

    class Outcome(models.TextChoices):
        RENEW = "RENEW", "续聘"
        COMPETE = "COMPETE", "重新竞聘"
        END = "END", "期满不续"

    appointment = models.OneToOneField(
        Appointment, models.PROTECT, related_name="term_review", verbose_name="聘任"
    )
    result = models.CharField("考核结果", max_length=6, choices=Result.choices)
    outcome = models.CharField("处理", max_length=8, choices=Outcome.choices)
    reviewed_on = models.DateField("考核日期")
    document_no = models.CharField("文号", max_length=80, blank=True)
    remark = models.CharField("意见", max_length=300, blank=True)

    unit_lookups = ("appointment__position__unit",)
    person_lookup = "appointment__person"

    class Meta:
        verbose_name = verbose_name_plural = "聘期考核"

    def __str__(self) -> str:
        return f"{self.appointment} {self.get_result_display()}"


class Appeal(models.Model):
    """复核、申诉、仲裁: what is contested, by when it must be filed and decided; it never suspends execution
    (§6)."""

    class Kind(models.TextChoices):
        RE_EXAMINATION = "RE_EXAMINATION", "复核"
        APPEAL = "APPEAL", "申诉"
        ARBITRATION = "ARBITRATION", "聘任合同争议仲裁"

    class State(models.TextChoices):
        OPEN = "OPEN", "办理中"
        UPHELD = "UPHELD", "予以变更"
        REJECTED = "REJECTED", "维持原决定"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name="开发区")
    person = models.ForeignKey(Person, models.PROTECT, related_name="appeals", verbose_name="人员")
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="appeals", verbose_name="所涉聘任"
    )
    kind = models.CharField("种类", max_length=14, choices=Kind.choices)
    about = models.CharField("所涉决定", max_length=200)
    after = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="next", verbose_name="不服的复核决定"
    )
    known_on = models.DateField("知道决定的日期")
    filed_on = models.DateField("提出日期")
    claim = models.TextField("请求与理由")
    due_on = models.DateField("应决定日期")
    is_extended = models.BooleanField("已延长", default=False)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    decision = models.TextField("决定", blank=True)
    document_no = models.CharField("决定文号", max_length=80, blank=True)

    unit_lookups = ()
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "复核与申诉"
        ordering = ("-filed_on", "-id")

    def __str__(self) -> str:
        return f"{self.person} {self.get_kind_display()}"
