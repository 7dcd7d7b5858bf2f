"""Who computes pay: 薪酬专员, and the commands' own account; the run as it is now, locked."""

from django.contrib.auth.models import AbstractBaseUser

from compensation.models import PayRun
from compensation.states import OFFICE
from reform.access import is_command
from reform.errors import StaleState
from reform.models import Upload, Zone
from reform.services.steps import require_permission


def require_pay_office(actor: AbstractBaseUser, what: str, upload: Upload | None = None) -> None:
    """Refuse who may not compute pay; whether an upload may bring something was asked where it was
    received."""
    if upload is None and not is_command(actor):
        require_permission(actor, OFFICE, what)


def lock_run(run: PayRun) -> None:
    """Hold the zone's row until the transaction ends, and refuse to go on from a state that has passed."""
    Zone.objects.select_for_update().get(pk=run.zone_id)
    state = PayRun.objects.filter(pk=run.pk).values_list("state", flat=True).get()
    if state != run.state:
        raise StaleState(f"“{run}”的状态刚被别人改变，不再是原来的状态。请刷新后再看。")
