"""用户 and 角色: accounts leave AuditEvents too, and nobody makes himself more than he is."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as StockGroupAdmin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from reform.access import COMMAND_USER, account_name
from reform.models import Zone
from reform.services import audit_record

from .display import EMPTY

VERBS = {"add": "新增", "change": "修改", "delete": "删除", "view": "查看"}
OURS = ("auth", "reform", "appointments", "kpi", "compensation", "reports")

for model in (User, Group):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


def permission_label(permission: Permission) -> str:
    """“单位：修改”; Django's own names of permissions are English."""
    model = permission.content_type.model_class()
    noun = str(model._meta.verbose_name) if model else permission.content_type.model
    verb, _, rest = permission.codename.partition("_")
    if model and rest == model._meta.model_name and verb in VERBS:
        return f"{noun}：{VERBS[verb]}"
    return f"{noun}：{permission.name}"


class AccountForm(UserChangeForm):
    """用户, in the words of this system."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = {
            "username": ("用户名", "登录时输入，不超过150个字符"),
            "first_name": ("姓名", ""),
            "is_staff": ("可进入管理页面", "办理聘任的工作人员和审批的领导勾选；只看报表的领导、个人不勾选"),
            "is_active": ("启用", "人员离开后取消勾选，不要删除账号"),
            "groups": ("角色", ""),
        }
        for name, (label, help_text) in texts.items():
            if name in self.fields:
                self.fields[name].label, self.fields[name].help_text = label, help_text
        if "groups" in self.fields:
            self.fields["groups"].widget = UnfoldAdminCheckboxSelectMultipleWidget(
                choices=self.fields["groups"].choices  # type: ignore[attr-defined]
            )


@admin.register(User)
class UserAdmin(StockUserAdmin, ModelAdmin):
    """用户: name, roles, zone. Superusers are made on the command line only."""

    form = AccountForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "roles", "zone", "is_staff", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("username", "first_name")
    search_help_text = "用户名或姓名"
    filter_horizontal = ()
    ordering = ("username",)
    list_fullwidth = True
    fieldsets = (
        (None, {"fields": ["username", "first_name", "password_reset"]}),
        ("权限", {"fields": ["is_active", "is_staff", "groups", "zone"]}),
        ("时间", {"fields": ["last_login", "date_joined"]}),
    )
    add_fieldsets = ((None, {"fields": ["username", "password1", "password2"]}),)
    readonly_fields = ("password_reset", "zone", "last_login", "date_joined")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users = super().get_queryset(request).exclude(username=COMMAND_USER)
        return users.select_related("membership__zone").prefetch_related("groups")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a superuser changes a superuser."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:  # type: ignore[union-attr]
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="密码")
    def password_reset(self, user: User) -> str:
        address = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a href="{}">重设密码</a>（系统不保存密码原文，无法查看）', address)

    @admin.display(description="角色")
    def roles(self, user: User) -> str:
        return "、".join(group.name for group in user.groups.all()) or EMPTY

    @admin.display(description="所属开发区")
    def zone(self, user: User) -> str:
        zone = _zone(user)
        if zone is not None:
            return zone.name
        address = f"{reverse('admin:reform_membership_add')}?user={user.pk}"
        return format_html('还没有，<a href="{}">指定</a>', address)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return redirect("admin:auth_user_change", object_id)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """An account made leaves an AuditEvent."""
        self._record(request, "新建用户", obj)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """So does one changed: with the fields that were, never their values (a password is among them)."""
        fields = [
            name
            for one in message
            if isinstance(one, dict)
            for name in one.get("changed", {}).get("fields", [])
        ]
        self._record(request, "修改用户", obj, 改动="、".join(map(str, fields)) or "密码")

    def _record(self, request: HttpRequest, action: str, user: User, **details: str) -> None:
        roles = "、".join(user.groups.values_list("name", flat=True))
        audit_record(
            actor=request.user,  # type: ignore[arg-type]
            action=action,
            zone=_zone(user),
            subject=account_name(user),
            details={**details, "用户名": user.username, "角色": roles, "启用": user.is_active},
        )


def _zone(user: User) -> Zone | None:
    membership = getattr(user, "membership", None)
    return membership.zone if membership else None


class RoleForm(forms.ModelForm):
    """角色 with what it may do, in Chinese."""

    class Meta:
        model = Group
        fields = ("name", "permissions")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "permissions" in self.fields:
            field = self.fields["permissions"]
            field.queryset = field.queryset.filter(content_type__app_label__in=OURS)  # type: ignore[attr-defined]
            field.label_from_instance = permission_label  # type: ignore[attr-defined]


@admin.register(Group)
class RoleAdmin(StockGroupAdmin, ModelAdmin):
    """角色."""

    form = RoleForm
    list_display = ("name", "may")
    search_fields = ("name",)
    fields = ("name", "may")
    readonly_fields = ("may",)
    filter_horizontal = ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("name", "permissions") if self.has_change_permission(request, obj) else ("name", "may")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).prefetch_related("permissions__content_type")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="可以做什么")
    def may(self, group: Group) -> str:
        lines = sorted(permission_label(one) for one in group.permissions.all())
        return format_html_join(" · ", "{}", ((line,) for line in lines))
