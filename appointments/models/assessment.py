"""考评: panel, sheets, votes, scores (domain.md §3, §3a)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from reform.models import Person

from .applications import Candidacy
from .batches import Batch


class ScoreItem(models.TextChoices):
    """What a competition is scored on."""

    WRITTEN = "written", "笔试"
    INTERVIEW = "interview", "面试"
    PEER_VOTE = "peer_vote", "民主测评"
    RESULTS = "results", "业绩"
    FITNESS = "fitness", "适岗评价"


class PanelMember(models.Model):
    """A member of a batch's panel; `person` where it is somebody of the zone, for the rule of avoidance."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="panel", verbose_name="批次")
    name = models.CharField("姓名", max_length=40)
    workplace = models.CharField("单位及职务", max_length=120, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, verbose_name="本区人员")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name="账号"
    )

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "考评组成员"
        ordering = ("batch", "id")
        constraints = [
            models.UniqueConstraint(fields=["batch", "name", "workplace"], name="panel_member_once")
        ]

    def __str__(self) -> str:
        return self.name


class ScoreSheet(models.Model):
    """评分表: one item; for an interview one sheet of each panel member, else one of the office. Locked, it
    no longer changes."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="score_sheets", verbose_name="批次")
    item = models.CharField("项目", max_length=10, choices=ScoreItem.choices)
    member = models.ForeignKey(
        PanelMember, models.PROTECT, null=True, blank=True, related_name="sheets", verbose_name="评委"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="录入人"
    )
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="锁定人",
    )
    locked_on = models.DateField("锁定日期", null=True, blank=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "评分表"
        ordering = ("batch", "item", "id")
        constraints = [
            models.UniqueConstraint(fields=["batch", "item", "member"], name="score_sheet_once_per_member"),
            models.UniqueConstraint(
                fields=["batch", "item"],
                condition=Q(member=None),
                name="score_sheet_once_of_office",
                violation_error_message="这个项目已有一份评分表。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_item_display()} {self.member or ''}".strip()


class ScoreEntry(models.Model):
    """What one sheet gives one candidate."""

    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, related_name="entries", verbose_name="评分表")
    candidacy = models.ForeignKey(Candidacy, models.PROTECT, related_name="entries", verbose_name="报名表")
    score = models.DecimalField("得分", max_digits=7, decimal_places=2)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "评分"
        constraints = [
            models.UniqueConstraint(fields=["sheet", "candidacy"], name="score_entry_once"),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=100),
                name="score_entry_bounds",
                violation_error_message="得分须在0—100之间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidacy} {self.score}"


class BallotCount(models.Model):
    """民主测评 of one candidate by one group of voters; the sums must agree (§3a)."""

    class Voters(models.TextChoices):
        A = "A", "A票（班子）"
        B = "B", "B票（中层）"
        C = "C", "C票（职工）"

    candidacy = models.ForeignKey(Candidacy, models.PROTECT, related_name="ballots", verbose_name="报名表")
    voters = models.CharField("票种", max_length=1, choices=Voters.choices)
    expected = models.PositiveIntegerField("应到")
    present = models.PositiveIntegerField("实到")
    issued = models.PositiveIntegerField("发出")
    returned = models.PositiveIntegerField("收回")
    good = models.PositiveIntegerField("好")
    better = models.PositiveIntegerField("较好")
    fair = models.PositiveIntegerField("一般")
    poor = models.PositiveIntegerField("差")
    abstained = models.PositiveIntegerField("弃权", default=0)
    void = models.PositiveIntegerField("作废", default=0)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "民主测评票"
        constraints = [
            models.UniqueConstraint(fields=["candidacy", "voters"], name="ballot_count_once"),
            models.CheckConstraint(
                condition=Q(
                    returned=F("good") + F("better") + F("fair") + F("poor") + F("abstained") + F("void")
                ),
                name="ballot_count_adds_up",
                violation_error_message="收回票数须等于好、较好、一般、差、弃权、作废之和。",
            ),
            models.CheckConstraint(
                condition=Q(present__lte=F("expected"), issued__lte=F("present"), returned__lte=F("issued")),
                name="ballot_count_order",
                violation_error_message="须应到≥实到≥发出≥收回。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidacy} {self.get_voters_display()}"


class ItemScore(models.Model):
    """The score of one candidate in one item: from locked sheets, or from a workbook of results."""

    candidacy = models.ForeignKey(Candidacy, models.PROTECT, related_name="scores", verbose_name="报名表")
    item = models.CharField("项目", max_length=10, choices=ScoreItem.choices)
    score = models.DecimalField("得分", max_digits=7, decimal_places=2)
    steps = models.CharField("算法", max_length=300, blank=True)

    unit_lookups = ()
    person_lookup = "candidacy__person"

    class Meta:
        verbose_name = verbose_name_plural = "单项成绩"
        constraints = [
            models.UniqueConstraint(fields=["candidacy", "item"], name="item_score_once"),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=100),
                name="item_score_bounds",
                violation_error_message="成绩须在0—100之间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_item_display()} {self.score}"
