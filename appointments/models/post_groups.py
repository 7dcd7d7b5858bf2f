"""岗位组: at most n of a named set of posts may be applied for by one person (domain.md §3a)."""

from django.db import models
from django.db.models import Q

from reform.models import Position, Zone

from .batches import Batch
from .rounds import Round


class PostGroup(models.Model):
    """A named set of posts of a round, or of one of its batches, with the limit of choices among them."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="post_groups", verbose_name="轮次")
    batch = models.ForeignKey(
        Batch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="post_groups",
        verbose_name="批次",
        help_text="空着对整轮计数，各批次的志愿合在一起",
    )
    name = models.CharField("名称", max_length=60)
    maximum = models.PositiveSmallIntegerField("最多可报")
    is_active = models.BooleanField("使用中", default=True)

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "岗位组限额"
        ordering = ("round", "batch", "name")
        constraints = [
            models.UniqueConstraint(
                fields=["round", "name"],
                name="post_group_name_once",
                violation_error_message="本轮已有同名的岗位组。",
            ),
            models.CheckConstraint(
                condition=Q(maximum__gte=1),
                name="post_group_at_least_one",
                violation_error_message="最多可报至少是1个。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> Zone:
        return self.round.zone


class PostGroupMember(models.Model):
    """One post of a set."""

    group = models.ForeignKey(PostGroup, models.PROTECT, related_name="members", verbose_name="岗位组")
    position = models.ForeignKey(Position, models.PROTECT, related_name="post_groups", verbose_name="岗位")

    unit_lookups = ()
    person_lookup = ""

    class Meta:
        verbose_name = verbose_name_plural = "岗位组岗位"
        ordering = ("group", "position__sort_no", "id")
        constraints = [models.UniqueConstraint(fields=["group", "position"], name="post_group_member_once")]

    def __str__(self) -> str:
        return str(self.position)
