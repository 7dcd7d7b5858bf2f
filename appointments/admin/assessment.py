"""考评: panel, sheets, votes and scores. A member of the panel sees the own sheets only."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from appointments.models import BallotCount, ItemScore, PanelMember, ScoreEntry, ScoreSheet
from appointments.states import OFFICE, PANEL, SUPERVISORS
from reform.admin.base import ReadOnlyInline
from reform.admin.display import day
from reform.admin.listing import RecordAdmin, column
from reform.admin.pages import may

from .filters import batch_filter, round_filter


def own_sheets(request: HttpRequest) -> Q:
    """Which sheets a user may look into: a panel member the own, office and supervisors all."""
    if may(request, PANEL) and not may(request, OFFICE, SUPERVISORS):
        return Q(member__user=request.user) | Q(entered_by=request.user)
    return Q()


class ScoreEntryInline(ReadOnlyInline):
    """What a sheet gives each candidate."""

    model = ScoreEntry
    fields = ("candidacy", "score")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScoreEntry]:
        return super().get_queryset(request).select_related("candidacy__person")


@admin.register(PanelMember)
class PanelMemberAdmin(RecordAdmin):
    """考评组成员."""

    list_display = ("name", "batch", column("单位及职务", "workplace"), column("本区人员", "person"), "user")
    list_filter = (round_filter("batch__round"), batch_filter("batch"))
    search_fields = ("name", "workplace")
    search_help_text = "姓名、单位或职务"
    list_select_related = ("batch", "person", "user")


@admin.register(ScoreSheet)
class ScoreSheetAdmin(RecordAdmin):
    """评分表."""

    list_display = (
        "__str__",
        "batch",
        column("录入人", "entered_by.get_full_name"),
        column("锁定人", "locked_by.get_full_name"),
        day("locked_on", "锁定日期", "未锁定"),
    )
    list_filter = (round_filter("batch__round"), batch_filter("batch"), "item")
    list_select_related = ("batch", "member", "entered_by", "locked_by")
    inlines = (ScoreEntryInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScoreSheet]:
        return super().get_queryset(request).filter(own_sheets(request))


@admin.register(ScoreEntry)
class ScoreEntryAdmin(RecordAdmin):
    """评分."""

    list_display = (column("姓名", "candidacy.person.name", "candidacy__person__name"), "sheet", "score")
    list_filter = (round_filter("sheet__batch__round"), batch_filter("sheet__batch"), "sheet__item")
    search_fields = ("candidacy__person__name",)
    search_help_text = "姓名"
    list_select_related = ("candidacy__person", "sheet__member")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScoreEntry]:
        sheets = ScoreSheet.objects.filter(own_sheets(request)).values("pk")
        return super().get_queryset(request).filter(sheet__in=sheets)


@admin.register(BallotCount)
class BallotCountAdmin(RecordAdmin):
    """民主测评票."""

    list_display = (
        column("姓名", "candidacy.person.name", "candidacy__person__name"),
        "voters",
        "expected",
        "present",
        "issued",
        "returned",
        "good",
        "better",
        "fair",
        "poor",
        "abstained",
        "void",
    )
    list_filter = (round_filter("candidacy__round"), batch_filter("candidacy__batch"), "voters")
    search_fields = ("candidacy__person__name",)
    search_help_text = "姓名"
    list_select_related = ("candidacy__person",)


@admin.register(ItemScore)
class ItemScoreAdmin(RecordAdmin):
    """单项成绩."""

    list_display: tuple[Any, ...] = (
        column("姓名", "candidacy.person.name", "candidacy__person__name"),
        column("批次", "candidacy.batch"),
        "item",
        "score",
        column("算法", "steps"),
    )
    list_filter = (round_filter("candidacy__round"), batch_filter("candidacy__batch"), "item")
    search_fields = ("candidacy__person__name",)
    search_help_text = "姓名"
    list_select_related = ("candidacy__person", "candidacy__batch")
