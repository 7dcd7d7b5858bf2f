"""上传: what came in, when and by whom. Taking one back is on its own page, made by `exchange.admin`."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime

from reform.access import account_name
from reform.exchange.plan import targets_in_words
from reform.models import Upload

from .base import ReadOnlyAdmin
from .display import EMPTY, tag
from .filters import SelectFilter
from .listing import by_whom


class UndoneFilter(SelectFilter):
    """Uploads that stand, and those taken back."""

    title = "状态"
    parameter_name = "undone"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "有效"), ("yes", "已撤销")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Upload]) -> QuerySet[Upload]:
        if self.value() in ("yes", "no"):
            return queryset.filter(undone_at__isnull=self.value() == "no")
        return queryset


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    """上传, latest first."""

    empty_hint = "在“上传工作簿”选文件，预检通过后写入，就列在这里。"
    list_display = ("number", "time", by_whom("by", "上传人"), "into_shown", "files_shown", "rows", "state")
    list_display_links = None
    list_filter = (UndoneFilter, ("by", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("by", "undone_by")
    search_fields = ("target", "by__username", "by__first_name")
    search_help_text = "轮次或上传人"
    ordering = ("-id",)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of an upload is the one with the undo button."""
        return redirect("admin:upload_detail", number=object_id)

    @admin.display(description="编号", ordering="id")
    def number(self, upload: Upload) -> str:
        return format_html(
            '<a href="{}">第{}号</a>', reverse("admin:upload_detail", args=[upload.pk]), upload.pk
        )

    @admin.display(description="时间", ordering="at")
    def time(self, upload: Upload) -> str:
        return f"{localtime(upload.at):%Y-%m-%d %H:%M}"

    @admin.display(description="轮次或考核周期", ordering="target")
    def into_shown(self, upload: Upload) -> str:
        return targets_in_words(upload) or EMPTY

    @admin.display(description="文件")
    def files_shown(self, upload: Upload) -> str:
        return format_html_join(mark_safe("<br>"), "{}", ((file["name"],) for file in upload.files))

    @admin.display(description="行数")
    def rows(self, upload: Upload) -> str:
        words = (("created", "新增"), ("changed", "变更"), ("unchanged", "不变"))
        return "，".join(f"{word}{upload.counts.get(key, 0)}" for key, word in words)

    @admin.display(description="状态")
    def state(self, upload: Upload) -> str:
        if upload.undone_at is None:
            return "有效"
        return format_html(
            '{}<br><span class="hint">{} {}</span>',
            tag("已撤销"),
            f"{localtime(upload.undone_at):%Y-%m-%d}",
            account_name(upload.undone_by),
        )
