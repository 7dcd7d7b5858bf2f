"""Why an upload of pay is no longer taken back: what a run was checked or paid from stays as it was."""

from compensation.models import PayInput, PayRun
from compensation.states import PayRunState
from reform.models import RowChange, Upload

# From the check on a month's inputs are locked, as they are for registering.
LOCKED = (PayRunState.CHECKED, PayRunState.APPROVED, PayRunState.PAID)


def pay_upload_obstacle(upload: Upload) -> str:
    """The months of the upload's items whose run is checked, in Chinese; '' where there is none. At most
    three statements."""
    keys = RowChange.objects.filter(event__upload=upload, model=PayInput._meta.label).values_list(
        "key", flat=True
    )
    months = sorted(set(PayInput.objects.filter(pk__in=keys).order_by().values_list("month", flat=True)))
    if not months:
        return ""
    runs = PayRun.objects.filter(zone=upload.zone, code__in=months, state__in=LOCKED).order_by("starts_on")
    shown = "、".join(f"{one}已是“{PayRunState(one.state).label}”" for one in runs)
    if not shown:
        return ""
    return f"{shown}，这次上传的工资项目已经计入，不能撤销。请退回该批次，已发放的用补发扣回更正。"
