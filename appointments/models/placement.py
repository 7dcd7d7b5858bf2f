"""落聘安置 (domain.md §3): who was not selected, what was offered, where they went."""

from django.db import models
from django.db.models import Q

from appointments.states import PlacementState
from reform.models import Person, Position, Zone

from .rounds import Round


class Placement(models.Model):
    """One person of a round who has no post after its batches."""

    class Way(models.TextChoices):
        SECOND_CHOICE = "SECOND_CHOICE", "补充双向选择"
        ASSIGNED = "ASSIGNED", "组织调配"
        FALLBACK = "FALLBACK", "兜底岗（辅助岗）"

    round = models.ForeignKey(Round, models.PROTECT, related_name="placements", verbose_name="轮次")
    person = models.ForeignKey(Person, models.PROTECT, related_name="placements", verbose_name="人员")
    state = models.CharField(
        "状态", max_length=10, choices=PlacementState.choices(), default=PlacementState.UNPLACED.value
    )
    lost_in = models.CharField("落聘批次", max_length=80, blank=True)
    way = models.CharField("安置方式", max_length=14, choices=Way.choices, blank=True)
    position = models.ForeignKey(
        Position, models.PROTECT, null=True, blank=True, related_name="placements", verbose_name="安置岗位"
    )
    placed_on = models.DateField("安置日期", null=True, blank=True)
    minutes_no = models.CharField(
        "党工委会议纪要", max_length=80, blank=True, help_text="降两级以上或兜底岗须有会议纪要"
    )
    waiting_from = models.DateField("待岗起", null=True, blank=True)
    training = models.CharField("待岗培训", max_length=200, blank=True)
    refuses = models.BooleanField("无故拒绝合理安排", default=False)
    remark = models.CharField("备注", max_length=200, blank=True)

    unit_lookups = ()
    person_lookup = "person"

    class Meta:
        verbose_name = verbose_name_plural = "落聘安置"
        ordering = ("round", "id")
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="placement_once_per_round")]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def zone(self) -> Zone:
        return self.round.zone


class Offer(models.Model):
    """岗位提供: a written offer to a person who was not selected, and the answer."""

    class Reply(models.TextChoices):
        ACCEPTED = "ACCEPTED", "接受"
        REFUSED = "REFUSED", "拒绝"
        LAPSED = "LAPSED", "失效"

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="offers", verbose_name="落聘安置")
    number = models.PositiveSmallIntegerField("第几次")
    position = models.ForeignKey(Position, models.PROTECT, related_name="offers", verbose_name="提供的岗位")
    way = models.CharField("安置方式", max_length=14, choices=Placement.Way.choices)
    offered_on = models.DateField("提供日期")
    document_no = models.CharField("岗位调配通知书文号", max_length=80)
    reply = models.CharField("答复", max_length=8, choices=Reply.choices, blank=True)
    replied_on = models.DateField("答复日期", null=True, blank=True)
    reason = models.CharField("拒绝理由", max_length=200, blank=True)

    unit_lookups = ("position__unit",)
    person_lookup = "placement__person"

    class Meta:
        verbose_name = verbose_name_plural = "岗位提供"
        ordering = ("placement", "number")
        constraints = [
            models.UniqueConstraint(fields=["placement", "number"], name="offer_number_once"),
            models.UniqueConstraint(
                fields=["placement"],
                condition=Q(reply=""),
                name="offer_one_open",
                violation_error_message="前一次提供的岗位还没有答复。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement} 第{self.number}次：{self.position}"
