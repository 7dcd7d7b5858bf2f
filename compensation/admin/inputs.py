"""导入的工资项目 and 改革前工资: brought in by workbooks, to look at here."""

from django.contrib import admin

from compensation.models import FormerPay, PayInput
from reform.admin.display import day
from reform.admin.listing import column

from .access import PayAdmin


@admin.register(PayInput)
class PayInputAdmin(PayAdmin):
    """社保、公积金、个税、专项奖励、津补贴、年功 by person and month."""

    list_display = (
        column("姓名", "person.name", "person__sort_no"),
        "month",
        "kind",
        "amount",
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

    list_display = (
        column("姓名", "person.name", "person__sort_no"),
        "monthly",
        "level",
        day("as_of", "截至日期"),
        "document_no",
    )
    list_select_related = ("person",)
    search_fields = ("person__name", "document_no")
    search_help_text = "姓名或依据"
