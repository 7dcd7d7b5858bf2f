"""The admin site: our login page, 403 instead of a login loop, lists of choices of the own zone."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.module_loading import import_string
from unfold.sites import UnfoldAdminSite

from reform.access import zone_of


class ChoicesView(AutocompleteJsonView):
    """What a searching choice field offers; a model admin may say how a choice reads."""

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        label = getattr(self.model_admin, "choice_label", str)
        return {"id": str(getattr(obj, to_field_name)), "text": label(obj)}


class ReformAdminSite(UnfoldAdminSite):
    """Unfold's site with pages of our own; nobody logs in here, and who may not enter is told so."""

    index_title = "工作台"
    enable_nav_sidebar = True

    def get_urls(self) -> list[Any]:
        """Django's, behind the pages that settings.ADMIN_PAGES names."""
        own = (address for name in settings.ADMIN_PAGES for address in import_string(name)(self))
        return [*own, *super().get_urls()]

    def admin_view(
        self, view: Callable[..., HttpResponse], cacheable: bool = False
    ) -> Callable[..., HttpResponse]:
        """As Django's; anonymous users go to the login page, other users without access get 403."""
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request) and request.path != reverse("admin:logout"):
                return self._turn_away(request, request.get_full_path())
            return guarded(request, *args, **kwargs)

        return update_wrapper(inner, view)

    def _turn_away(self, request: HttpRequest, next_address: str) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied("管理页面供工作人员使用，您的账号没有这个权限。")
        return redirect_to_login(next_address)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one login page, and it is not here."""
        if self.has_permission(request):
            return redirect("admin:index")
        return self._turn_away(request, request.GET.get("next") or reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:  # type: ignore[override]
        return LogoutView.as_view()(request)

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The menu stands beside every page; a page of links for each app would say nothing more."""
        return redirect("admin:index")

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:  # type: ignore[override]
        return ChoicesView.as_view(admin_site=self)(request)

    def extra_context(self, context: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
        """Called by unfold for every page: whose data this is, our style, and no link to a second site."""
        zone = zone_of(request.user)
        styles = [*context["styles"], static("reform/admin.css")]
        return {**context, "site_subheader": zone.name if zone else "", "site_url": None, "styles": styles}
