"""导入的工资项目 and 改革前工资: brought in by workbooks, to look at here."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest

from compensation.models import FormerPay, PayInput
from reform.admin.display import EMPTY, day, level_name
from reform.admin.listing import column

from .access import PayAdmin


def money(field: str, label: str) -> Callable[[Any], str]:
    """A column of amounts, with the thousands apart."""

    @admin.display(description=label, ordering=field)
    def shown(row: Any) -> str:
        return f"{getattr(row, field):,.2f}"

    shown.__name__ = field
    return shown


@admin.display(description="当时层级", ordering="level")
def level_then(pay: Any) -> str:
    return pay.level_name or EMPTY


@admin.register(PayInput)
class PayInputAdmin(PayAdmin):
    """社保、公积金、个税、专项奖励、津补贴、年功 by person and month."""

    empty_hint = "社保、公积金、个税、专项奖励等用工资项目导入表上传。"
    list_display = (
        column("姓名", "person.name", "person__sort_no"),
        "month",
        "kind",
        money("amount", "金额（元）"),
        "note",
        "document_no",
    )
    list_filter = ("month", "kind")
    list_select_related = ("person",)
    search_fields = ("person__name", "note", "document_no")
    search_help_text = "姓名、说明或依据"


@admin.register(FormerPay)
class FormerPayAdmin(PayAdmin):
    """改革前工资."""

    empty_hint = "上传改革前工资表；没有的人以封存的档案工资代替。"
    list_display = (
        column("姓名", "person.name", "person__sort_no"),
        money("monthly", "月工资（元）"),
        level_then,
        day("as_of", "截至日期"),
        "document_no",
    )
    list_select_related = ("person",)
    search_fields = ("person__name", "document_no")
    search_help_text = "姓名或依据"
    hidden = ("level",)
    extra_fields = (level_then,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[FormerPay]:
        rows = super().get_queryset(request).annotate(zone=F("person__zone"))
        return rows.annotate(level_name=level_name("level"))
