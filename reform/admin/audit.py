"""审计事件: who did what, when, why, and what it did to each row."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime

from reform.access import zone_of
from reform.models import AuditEvent
from reform.services import event_hash

from .base import ReadOnlyAdmin
from .changes import describe
from .display import EMPTY, readable

ROWS_PER_PAGE = 50
STATES = {"from": "原状态", "to": "新状态"}
# What an event says of people; 系统管理员, who sees that the chain is whole, has no business with it (§12).
CONTENTS = {"reason", "details_shown"}


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """审计事件, latest first."""

    list_display = ("time", "actor_name", "action", "subject", "reason", "upload_link")
    list_display_links = ("action",)
    list_filter = ("action", ("actor", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("actor", "upload")
    search_fields = ("subject", "action", "reason", "document_no", "actor__username", "actor__first_name")
    search_help_text = "对象、动作、原因、文号或操作人"
    date_hierarchy = "at"
    ordering = ("-id",)
    fields = (
        "time",
        "actor_name",
        "action",
        "subject",
        "reason",
        "document_no",
        "details_shown",
        "upload_link",
        "whole",
    )
    readonly_fields = ("time", "actor_name", "details_shown", "upload_link", "whole")
    change_form_outer_after_template = "admin/audit/rows.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        """The own zone's; who manages accounts also sees what belongs to no zone."""
        if not request.user.has_perm("auth.change_user"):  # type: ignore[union-attr]
            return super().get_queryset(request)
        zone = zone_of(request.user)
        events = (
            AuditEvent.objects.filter(Q(zone=None) | Q(zone=zone))
            if zone
            else AuditEvent.objects.filter(zone=None)
        )
        return events.select_related("actor", "upload").order_by("-id")

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        hidden = set() if _sees_contents(request) else CONTENTS
        return [name for name in _openable(request, self.list_display) if name not in hidden]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        hidden = set() if _sees_contents(request) else CONTENTS
        return [name for name in self.search_fields if name not in hidden]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Without what this event has not."""
        lacking = {name for name in ("reason", "document_no") if obj and not getattr(obj, name)}
        if not _sees_contents(request):
            lacking |= CONTENTS
        if obj and not obj.details.keys() - STATES.keys():
            lacking.add("details_shown")
        if obj and obj.upload_id is None:
            lacking.add("upload_link")
        return [name for name in _openable(request, self.fields) if name not in lacking]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        event = self.get_object(request, object_id)
        if event is not None and _sees_contents(request):
            changes = event.changes.select_related("event__actor").order_by("id")
            page = Paginator(changes, ROWS_PER_PAGE).get_page(request.GET.get("page"))
            extra_context = {
                **(extra_context or {}),
                "page": page,
                "rows": describe(page.object_list, request, event.zone),
            }
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description="时间", ordering="at")
    def time(self, event: AuditEvent) -> str:
        return f"{localtime(event.at):%Y-%m-%d %H:%M:%S}"

    @admin.display(description="操作人", ordering="actor__username")
    def actor_name(self, event: AuditEvent) -> str:
        return str(event.actor.get_full_name() or event.actor)

    @admin.display(description="上传", ordering="upload")
    def upload_link(self, event: AuditEvent) -> str:
        if event.upload_id is None:
            return EMPTY
        address = reverse("admin:upload_detail", kwargs={"number": event.upload_id})
        return format_html('<a href="{}">{}</a>', address, event.upload)

    @admin.display(description="内容")
    def details_shown(self, event: AuditEvent) -> str:
        """Details by the labels of the fields that they name; states stand among the row changes."""
        lines = [
            (label_of(key), readable(value, {})) for key, value in event.details.items() if key not in STATES
        ]
        return format_html_join(mark_safe("<br>"), "{}：{}", lines) or EMPTY

    @admin.display(description="完整性")
    def whole(self, event: AuditEvent) -> str:
        """Whether the event and the link to the one before it are as they were written."""
        before = AuditEvent.objects.filter(zone=event.zone, pk__lt=event.pk).order_by("-id").first()
        linked = event.previous_hash == (before.hash if before else "")
        if linked and event.hash == event_hash(event):
            return "与前一条衔接，未被改动"
        return format_html('<span class="over">{}</span>', "与前一条接不上或被改动，请报告系统管理员")


def _sees_contents(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("reform.view_rowchange"))  # type: ignore[union-attr]


def _openable(request: HttpRequest, names: Sequence[str]) -> list[str]:
    """Without the link to an upload for who may not open one."""
    may = request.user.has_perm("reform.view_upload")  # type: ignore[union-attr]
    return [name for name in names if may or name != "upload_link"]


def label_of(key: str) -> str:
    """The label of the first field of that name in our models."""
    for model in apps.get_models():
        try:
            return str(model._meta.get_field(key).verbose_name)  # type: ignore[union-attr]
        except (FieldDoesNotExist, AttributeError):
            continue
    return key
