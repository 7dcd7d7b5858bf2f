"""The menu beside every page: only what the user may open."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

# title, icon, address, permission ('' for everybody on these pages)
Item = tuple[str, str, str, str]

MENU: tuple[tuple[str, tuple[Item, ...]], ...] = (
    (
        "",
        (
            ("工作台", "space_dashboard", "admin:index", ""),
            ("上传工作簿", "upload_file", "admin:uploads", "reform.add_upload"),
            ("领导报表", "monitoring", "reports:latest", "reform.view_reports"),
        ),
    ),
    (
        "机构岗位",
        (
            ("单位", "account_tree", "admin:reform_unit_changelist", "reform.view_unit"),
            ("岗位", "event_seat", "admin:reform_position_changelist", "reform.view_position"),
            (
                "岗位设置方案",
                "list_alt",
                "admin:reform_positionsetup_changelist",
                "reform.view_positionsetup",
            ),
            ("机构沿革", "merge", "admin:reform_unitlineage_changelist", "reform.view_unitlineage"),
        ),
    ),
    (
        "人员",
        (
            ("人员", "group", "admin:reform_person_changelist", "reform.view_person"),
            ("任职记录", "work_history", "admin:reform_tenure_changelist", "reform.view_tenure"),
            ("一次性口令", "key", "admin:passwords", "reform.issue_password"),
        ),
    ),
    (
        "聘任",
        (
            ("轮次", "cycle", "admin:appointments_round_changelist", "appointments.view_round"),
            (
                "聘任",
                "how_to_reg",
                "admin:appointments_appointment_changelist",
                "appointments.view_appointment",
            ),
            ("基准", "flag", "admin:appointments_baseline_changelist", "appointments.view_baseline"),
            ("离开", "directions_walk", "admin:appointments_exit_changelist", "appointments.view_exit"),
        ),
    ),
    (
        "记录",
        (
            ("上传", "history", "admin:reform_upload_changelist", "reform.view_upload"),
            ("审计事件", "policy", "admin:reform_auditevent_changelist", "reform.view_auditevent"),
        ),
    ),
    (
        "系统",
        (
            ("政策版本", "gavel", "admin:reform_policyversion_changelist", "reform.view_policyversion"),
            ("工作日历", "calendar_month", "admin:reform_calendarday_changelist", "reform.view_calendarday"),
            ("开发区", "location_city", "admin:reform_zone_changelist", "reform.view_zone"),
            ("用户", "manage_accounts", "admin:auth_user_changelist", "auth.view_user"),
            ("用户所属开发区", "badge", "admin:reform_membership_changelist", "reform.view_membership"),
            ("角色", "shield_person", "admin:auth_group_changelist", "auth.view_group"),
        ),
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the menu, for unfold; a group without an item that the user may open is left out."""
    groups: list[dict[str, Any]] = []
    for title, items in MENU:
        allowed = [_item(request, *item) for item in items if _may(request, item[3])]
        if allowed:
            groups.append({"title": title, "separator": bool(groups), "items": allowed})
    return groups


def _may(request: HttpRequest, permission: str) -> bool:
    return not permission or bool(request.user.has_perm(permission))  # type: ignore[union-attr]


def _item(request: HttpRequest, title: str, icon: str, name: str, permission: str) -> dict[str, Any]:
    address = reverse(name)
    root = name == "admin:index"
    here = request.path == address if root else request.path.startswith(address)
    return {"title": title, "icon": icon, "link": address, "active": here}
