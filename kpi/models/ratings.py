"""民主测评 (domain.md §6 Personal appraisal): who is asked about whom, and the ballots, which nobody can tie
to a rater."""

import uuid

from django.db import models
from django.db.models import Q

from reform.models import Person

from .cycles import Cycle


class RaterGroup(models.TextChoices):
    """Who rates: §6 weighs the groups."""

    LEADER = "LEADER", "领导"
    SELF = "SELF", "自评"
    UNIT = "UNIT", "本单位互评"
    PEER = "PEER", "同级互评"


class RatingTask(models.Model):
    """A rater is asked about a ratee. Only whether it is done is kept: no time, no order, no link to a
    ballot."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="rating_tasks", verbose_name="考核周期")
    rater = models.ForeignKey(Person, models.PROTECT, related_name="ratings_due", verbose_name="评议人")
    ratee = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="被评议人")
    group = models.CharField("评议组", max_length=8, choices=RaterGroup.choices)
    done = models.BooleanField("已评", default=False)

    unit_lookups = ()
    person_lookup = "rater"

    class Meta:
        verbose_name = verbose_name_plural = "测评任务"
        ordering = ("cycle", "rater", "ratee")
        constraints = [
            models.UniqueConstraint(fields=["cycle", "rater", "ratee"], name="rating_task_once"),
        ]

    def __str__(self) -> str:
        return f"{self.rater} → {self.ratee}"


class RatingBallot(models.Model):
    """One anonymous ballot: the factors out of 100, and whether 优秀 is voted for. The key is random, so that
    neither order nor time can be read from it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="ballots", verbose_name="考核周期")
    ratee = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="被评议人")
    group = models.CharField("评议组", max_length=8, choices=RaterGroup.choices)
    factors = models.JSONField("各项评分", default=dict)
    excellent = models.BooleanField("优秀票", default=False)

    # Single ballots are shown to nobody: selectors give counts and means, so no lookups for those who see
    # part.
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "测评票"
        constraints = [
            models.CheckConstraint(condition=~Q(group=""), name="rating_ballot_has_a_group"),
        ]

    def __str__(self) -> str:
        return "测评票"
