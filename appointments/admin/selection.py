"""双向选择, 考察, 拟聘名单 and the meeting that decides on it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from appointments.models import Inspection, Intention, Meeting, MeetingVote, ProposalList, ProposalRow
from appointments.rules.change import ChangeKind
from reform.admin.base import ReadOnlyInline
from reform.admin.display import day, level_column, level_name
from reform.admin.listing import RecordAdmin, column

from .filters import batch_filter, round_filter

PERSON = column("姓名", "application.candidacy.person.name", "application__candidacy__person__name")
POST = column("岗位", "application.position", "application__position__sort_no")
OF_APPLICATION = ("application__candidacy__person", "application__position__unit__parent")
BY_NAME = ("application__candidacy__person__name",)


class ProposalRowInline(ReadOnlyInline):
    """The lines of a list as they stood when it was frozen."""

    model = ProposalRow
    fields = ("application", "change_word", "former_post")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProposalRow]:
        return super().get_queryset(request).select_related(*OF_APPLICATION)

    @admin.display(description="变动类型")
    def change_word(self, row: ProposalRow) -> str:
        return change_word(row)


class MeetingVoteInline(ReadOnlyInline):
    """The vote on each person."""

    model = MeetingVote
    fields = ("row", "in_favour", "against", "abstained", "recused", "recused_names")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[MeetingVote]:
        return super().get_queryset(request).select_related(*(f"row__{path}" for path in OF_APPLICATION))


def change_word(row: ProposalRow) -> str:
    """提拔, 降职 …"""
    return ChangeKind(row.change).label if row.change in set(ChangeKind) else row.change


@admin.register(Intention)
class IntentionAdmin(RecordAdmin):
    """双向选择意向."""

    list_display = (
        PERSON,
        POST,
        column("第几轮", "pass_no"),
        column("本人", "person_agrees"),
        column("用人单位", "unit_agrees"),
        column("备注", "remark"),
    )
    list_filter = (
        round_filter("application__candidacy__round"),
        batch_filter("application__candidacy__batch"),
        "pass_no",
    )
    search_fields = BY_NAME
    search_help_text = "姓名"
    list_select_related = OF_APPLICATION


@admin.register(Inspection)
class InspectionAdmin(RecordAdmin):
    """考察."""

    list_display = (
        PERSON,
        POST,
        "inspectors",
        day("inspected_on", "考察日期"),
        column("纪检同意", "discipline_clear"),
        column("档案审核", "archive_checked"),
        column("个人有关事项", "matters_checked"),
    )
    list_filter = (
        round_filter("application__candidacy__round"),
        batch_filter("application__candidacy__batch"),
    )
    search_fields = BY_NAME
    search_help_text = "姓名"
    list_select_related = OF_APPLICATION


@admin.register(ProposalList)
class ProposalListAdmin(RecordAdmin):
    """拟聘名单."""

    list_display = (
        "__str__",
        column("编制人", "frozen_by.get_full_name"),
        day("frozen_on", "编制日期"),
        column("审批人", "approved_by.get_full_name"),
        day("approved_on", "审批日期", "未审批"),
    )
    list_filter = (round_filter("batch__round"), batch_filter("batch"))
    list_select_related = ("batch", "frozen_by", "approved_by")
    inlines = (ProposalRowInline,)


@admin.register(ProposalRow)
class ProposalRowAdmin(RecordAdmin):
    """拟聘名单行."""

    list_display = (PERSON, POST, level_column, "change_word", column("级差", "steps"), "former_post", "list")
    list_filter = (round_filter("list__batch__round"), batch_filter("list__batch"))
    search_fields = BY_NAME
    search_help_text = "姓名"
    list_select_related = (*OF_APPLICATION, "list__batch")
    hidden = ("held_level", "change")
    extra_fields = ("level_shown", "change_word")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProposalRow]:
        name = level_name("held_level", "list__batch__round__policy")
        return super().get_queryset(request).annotate(level_name=name)

    @admin.display(description="变动类型")
    def change_word(self, row: ProposalRow) -> str:
        return change_word(row)

    @admin.display(description="拟任层级")
    def level_shown(self, row: ProposalRow) -> str:
        return str(row.level_name)  # type: ignore[attr-defined]

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> list[object]:
        return [*super().get_readonly_fields(request, obj), *self.extra_fields]


@admin.register(Meeting)
class MeetingAdmin(RecordAdmin):
    """研究会议."""

    list_display = (day("held_on", "会议日期"), "minutes_no", "proposal", "members", "present")
    list_filter = (round_filter("proposal__batch__round"), batch_filter("proposal__batch"))
    search_fields = ("minutes_no",)
    search_help_text = "会议纪要文号"
    list_select_related = ("proposal__batch",)
    inlines = (MeetingVoteInline,)


@admin.register(MeetingVote)
class MeetingVoteAdmin(RecordAdmin):
    """表决."""

    list_display = (
        column("姓名", "row.application.candidacy.person.name", "row__application__candidacy__person__name"),
        column("岗位", "row.application.position"),
        "meeting",
        "in_favour",
        "against",
        "abstained",
        "recused",
        column("回避人员", "recused_names"),
    )
    list_filter = (round_filter("row__list__batch__round"), batch_filter("row__list__batch"))
    search_fields = ("row__application__candidacy__person__name",)
    search_help_text = "姓名"
    list_select_related = ("meeting", *(f"row__{path}" for path in OF_APPLICATION))
