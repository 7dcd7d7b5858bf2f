from django.apps import AppConfig


class ReformConfig(AppConfig):
    name = "reform"
    verbose_name = "组织与人员"
