"""What a form shows of a field that its reader may not change."""

from typing import Any

from django import template
from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html

from reform.access import account_name

register = template.Library()


@register.simple_tag(takes_context=True)
def shown(context: Context, field: Any) -> str:
    """The value; another row is a link only where the reader may open it, an account is its owner's name."""
    resolved = getattr(field, "resolved_field", None)
    value = resolved[2] if resolved else None
    if isinstance(value, AbstractBaseUser):
        return account_name(value)
    if isinstance(value, Model):
        return _row(context["request"], value)
    contents = field.contents()
    return "" if contents in ("None", "-") else contents


def _row(request: HttpRequest, row: Model) -> str:
    related = admin.site._registry.get(type(row))
    if related is None or not related.has_view_permission(request):
        return str(row)
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}" class="text-link">{}</a>', address, row)
