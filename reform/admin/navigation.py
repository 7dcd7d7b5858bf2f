"""The menu beside every page: only what the user may open."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

# title, icon, address, permission ('' for everybody on these pages; several: any of them)
Item = tuple[str, str, str, str]

TEMPLATES = "appointments.run_round kpi.run_appraisal compensation.run_pay"
PAY_TRIALS = "compensation.run_pay compensation.check_pay compensation.decide_pay"
APPLICATIONS, DEMOTIONS = "appointments.view_application", "appointments.view_demotion"
# Pages that stand below another address than that of their menu item.
ALSO_HERE = {
    "admin:appointments_round_changelist": ("rounds/", "batches/", "dossiers/"),
    "admin:appointments_dutycontract_changelist": ("duties/",),
    "admin:reform_policyversion_changelist": ("policy/",),
    "admin:kpi_schemes": ("kpi/indicators/",),
}
# Pages below the address of one menu item that belong to another, as pieces of their address.
RATHER = {
    "admin:kpi_results_latest": tuple(
        f"/{tab}/" for tab in ("results", "decisions", "quotas", "appeals", "consequences")
    ),
}

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
        "聘任",
        (
            ("轮次和批次", "cycle", "admin:appointments_round_changelist", "appointments.view_round"),
            ("岗位组限额", "rule", "admin:appointments_postgroup_changelist", "appointments.add_postgroup"),
            ("志愿", "assignment_ind", "admin:appointments_application_changelist", APPLICATIONS),
            (
                "聘任",
                "how_to_reg",
                "admin:appointments_appointment_changelist",
                "appointments.view_appointment",
            ),
            (
                "目标责任书",
                "task_alt",
                "admin:appointments_dutycontract_changelist",
                "appointments.view_dutycontract",
            ),
            ("聘期管理", "event_repeat", "admin:years", "appointments.view_termreview"),
            ("兼任和主持工作", "group_add", "admin:side_posts", "appointments.view_termreview"),
            ("异议", "report", "admin:appointments_objection_changelist", "appointments.view_objection"),
            ("文件", "description", "admin:appointments_document_changelist", "appointments.view_document"),
            (
                "选任纪实",
                "folder_managed",
                "admin:appointments_dossierrecord_changelist",
                "appointments.view_dossierrecord",
            ),
            ("基准", "flag", "admin:appointments_baseline_changelist", "appointments.view_baseline"),
            ("降职手续", "trending_down", "admin:appointments_demotion_changelist", DEMOTIONS),
            ("离开", "directions_walk", "admin:appointments_exit_changelist", "appointments.view_exit"),
            ("流程图", "schema", "admin:machines", "appointments.view_round"),
            ("工作清单", "checklist", "admin:worklists", "appointments.run_round"),
            ("任免审批表", "contact_page", "admin:lrmx", "appointments.run_round"),
            ("文书模板", "draft", "admin:templates", TEMPLATES),
        ),
    ),
    (
        "考核",
        (
            ("考核周期", "event_note", "admin:kpi_cycles", "kpi.view_cycle"),
            ("填报", "edit_note", "admin:kpi_report_latest", "kpi.report_actuals"),
            ("定性评分", "rate_review", "admin:kpi_mark_sheets", "kpi.score_indicators"),
            ("考核结果", "leaderboard", "admin:kpi_results_latest", "kpi.view_unitresult"),
            ("考核方案", "assignment", "admin:kpi_schemes", "kpi.view_scheme"),
            ("指标库", "local_library", "admin:kpi_library", "kpi.view_libraryindicator"),
            ("规则试算", "calculate", "admin:kpi_try", "kpi.view_scheme"),
        ),
    ),
    (
        "薪酬",
        (
            ("发放批次", "payments", "admin:pay_runs", "compensation.view_payrun"),
            ("补发扣回", "published_with_changes", "admin:pay_back_pays", "compensation.view_backpay"),
            ("薪酬总额", "account_balance_wallet", "admin:pay_pools", "compensation.view_paypool"),
            ("试算", "calculate", "admin:pay_what_if", PAY_TRIALS),
            ("打破平均主义", "equalizer", "admin:pay_equal_pay", "compensation.view_payrun"),
            (
                "工资项目",
                "receipt_long",
                "admin:compensation_payinput_changelist",
                "compensation.view_payinput",
            ),
            (
                "改革前工资",
                "history_edu",
                "admin:compensation_formerpay_changelist",
                "compensation.view_formerpay",
            ),
        ),
    ),
    (
        "人员",
        (
            ("人员", "group", "admin:reform_person_changelist", "reform.view_person"),
            ("任职记录", "work_history", "admin:reform_tenure_changelist", "reform.view_tenure"),
            ("更正申请", "inbox", "admin:change_requests", "reform.view_changerequest"),
            ("亲属关系", "family_restroom", "admin:reform_kinship_changelist", "reform.view_kinship"),
            ("年度考核等次", "grade", "admin:reform_annualgrade_changelist", "reform.view_annualgrade"),
            ("荣誉", "military_tech", "admin:reform_honour_changelist", "reform.view_honour"),
            ("处分与审查", "block", "admin:reform_sanction_changelist", "reform.view_sanction"),
            ("限制提拔", "lock", "admin:reform_promotionlock_changelist", "reform.view_promotionlock"),
            (
                "提醒函询核查",
                "fact_check",
                "admin:reform_conductrecord_changelist",
                "reform.view_conductrecord",
            ),
            ("一次性口令", "key", "admin:passwords", "reform.issue_password"),
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
            ("机构沿革", "merge", "admin:unit_history", "reform.view_unitlineage"),
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
    return not permission or any(request.user.has_perm(one) for one in permission.split())  # type: ignore[union-attr]


def _item(request: HttpRequest, title: str, icon: str, name: str, permission: str) -> dict[str, Any]:
    address = reverse(name)
    root = name == "admin:index"
    base = reverse("admin:index")
    below = (address, *(f"{base}{one}" for one in ALSO_HERE.get(name, ())))
    here = request.path == address if root else request.path.startswith(below)
    for other, pieces in RATHER.items():
        if any(piece in request.path for piece in pieces) and request.path.startswith(f"{base}kpi/"):
            here = other == name
    return {"title": title, "icon": icon, "link": address, "active": here}
