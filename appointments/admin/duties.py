"""岗位目标责任书 by year; each opens on the page where its targets are written."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from appointments.models import DutyContract
from appointments.services.duties import duties_offer
from appointments.states import LEADERS, UNIT_HEADS
from reform.admin.display import day
from reform.admin.filters import UnitFilter
from reform.admin.listing import RecordAdmin, column
from reform.admin.pages import attempt, tell_reasons

from .filters import round_filter

POST_UNIT = type("DutyUnitFilter", (UnitFilter,), {"path": "appointment__position__unit"})


@admin.register(DutyContract)
class DutyContractAdmin(RecordAdmin):
    """岗位目标责任书."""

    empty_hint = "在“聘任”中点一个人的“目标”，由单位填写目标，双方签字；也可以上传岗位目标责任书。"
    list_display = (
        column("姓名", "appointment.person.name", "appointment__person__name"),
        column("岗位", "appointment.position", "appointment__position__sort_no"),
        column("年度", "year", "year"),
        "state",
        column("权重合计", "weights"),
        day("unit_signed_on", "甲方签字"),
        day("person_signed_on", "乙方签字"),
    )
    list_filter = (round_filter("appointment__round"), "year", "state", POST_UNIT)
    list_select_related = ("appointment__person", "appointment__position__unit__parent")
    search_fields = ("appointment__person__name", "appointment__position__title")
    search_help_text = "姓名或岗位"
    ordering = ("-year", "appointment__sort_no", "id")
    actions = ("export_rows", "sign_for_unit")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DutyContract]:
        return super().get_queryset(request).annotate(weights=Sum("targets__weight"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Its own page, where targets are written and signed."""
        found = self.get_object(request, object_id)
        if found is None:
            return super().change_view(request, object_id, form_url, extra_context)
        return redirect(f"{reverse('admin:duty', args=[found.appointment_id])}?year={found.year}")

    def has_sign_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(UNIT_HEADS) or request.user.has_perm(LEADERS)

    @admin.action(description="甲方签字", permissions=["sign"])
    def sign_for_unit(self, request: HttpRequest, queryset: QuerySet[DutyContract]) -> None:
        """Sign the selected ones for the unit; each refusal is told."""
        rows = list(queryset)
        refused: list[Any] = []
        done = attempt(
            request,
            lambda: refused.extend(
                duties_offer(
                    contracts_=rows,
                    actor=request.user,  # type: ignore[arg-type]
                    on=timezone.localdate(),
                )
            ),
        )
        if done and len(refused) < len(rows):
            messages.success(request, f"甲方已签{len(rows) - len(refused)}份。")
        if refused:
            tell_reasons(request, [str(one) for one in refused], f"有{len(refused)}份没有签")
