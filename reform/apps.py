from importlib import import_module
from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.module_loading import module_has_submodule


class ReformConfig(AppConfig):
    default = True
    name = "reform"
    verbose_name = "组织与人员"


class AdminSiteConfig(SimpleAdminConfig):
    """The admin with our site, and with the registrations of our own apps only, `reform` first."""

    default = False
    default_site = "reform.admin.site.ReformAdminSite"

    def ready(self) -> None:
        super().ready()
        for config in apps.get_app_configs():
            own = Path(config.path).parent == settings.BASE_DIR
            if own and config.module and module_has_submodule(config.module, "admin"):
                import_module(f"{config.name}.admin")
