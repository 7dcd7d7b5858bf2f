"""落聘安置 and the written offers."""

from django.contrib import admin

from appointments.models import Offer, Placement
from reform.admin.base import ReadOnlyInline
from reform.admin.display import day
from reform.admin.listing import RecordAdmin, column

from .filters import round_filter


class OfferInline(ReadOnlyInline):
    """What was offered, and the answers."""

    model = Offer
    fields = ("number", "position", "way", "offered_on", "document_no", "reply", "replied_on", "reason")
    readonly_fields = fields


@admin.register(Placement)
class PlacementAdmin(RecordAdmin):
    """落聘安置."""

    list_display = (
        column("姓名", "person.name", "person__name"),
        "state",
        column("落聘批次", "lost_in"),
        "way",
        column("安置岗位", "position"),
        day("placed_on", "安置日期"),
        day("waiting_from", "待岗起"),
        column("无故拒绝", "refuses"),
    )
    list_filter = (round_filter("round"), "state", "way")
    search_fields = ("person__name",)
    search_help_text = "姓名"
    list_select_related = ("person", "position__unit__parent")
    inlines = (OfferInline,)


@admin.register(Offer)
class OfferAdmin(RecordAdmin):
    """岗位提供."""

    list_display = (
        column("姓名", "placement.person.name", "placement__person__name"),
        "number",
        column("提供的岗位", "position"),
        "way",
        day("offered_on", "提供日期"),
        "document_no",
        "reply",
        day("replied_on", "答复日期"),
    )
    list_filter = (round_filter("placement__round"), "reply", "way")
    search_fields = ("placement__person__name", "document_no")
    search_help_text = "姓名或文号"
    list_select_related = ("placement__person", "position__unit__parent")
