"""What a run comes to from what is in the database now; nothing is written (domain.md §7)."""

from compensation.models import PayRun
from compensation.rules.policy import policy_faults
from reform.errors import PolicyMissing
from reform.selectors import policy_of

from .earned import performance_lines
from .month_lines import month_lines
from .outcome import Computed
from .policy import pay_policy


def computed(run: PayRun, *, with_back_pays: bool = True) -> Computed:
    """The lines of a run under the policy that it stores, with the digest of what they came from; a fixed
    number of statements.

    with_back_pays: False leaves 补发扣回 out, for comparing a locked run with what it would be now.
    """
    try:
        policy = pay_policy(policy_of(run.policy))
    except PolicyMissing as fault:
        return Computed(missing=[str(fault).rstrip("。")])
    faults = policy_faults(policy)
    if faults:
        return Computed(missing=faults)
    if run.kind == PayRun.Kind.MONTH:
        return month_lines(run, policy, with_back_pays=with_back_pays)
    return performance_lines(run, policy)
