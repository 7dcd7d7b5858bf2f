"""文件 with the counts that they declare."""

from django.contrib import admin

from appointments.models import Document, DocumentLine
from reform.admin.base import ReadOnlyInline
from reform.admin.display import day
from reform.admin.listing import RecordAdmin, column

from .filters import round_filter


class DocumentLineInline(ReadOnlyInline):
    """What a document announces."""

    model = DocumentLine
    fields = ("kind", "person_name", "post")
    readonly_fields = fields


@admin.register(Document)
class DocumentAdmin(RecordAdmin):
    """文件."""

    empty_hint = "在批次页的“聘任”中起草聘任文件，由第二人复核。"
    list_display = (
        "document_no",
        "kind",
        "title",
        day("issued_on", "发文日期"),
        column("聘任人数", "declared_appointments"),
        column("免职（解聘）人数", "declared_dismissals"),
        column("拟稿人", "made_by.get_full_name"),
        column("复核人", "reviewed_by.get_full_name"),
    )
    list_filter = (round_filter("round"), "kind", "year")
    search_fields = ("document_no", "title")
    search_help_text = "文号或标题"
    list_select_related = ("made_by", "reviewed_by")
    inlines = (DocumentLineInline,)


@admin.register(DocumentLine)
class DocumentLineAdmin(RecordAdmin):
    """文件内容."""

    list_display = ("document", "kind", "person_name", "post")
    list_filter = (round_filter("document__round"), "kind")
    search_fields = ("person_name", "post", "document__document_no")
    search_help_text = "姓名、岗位或文号"
    list_select_related = ("document",)
