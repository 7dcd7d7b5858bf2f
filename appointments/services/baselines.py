"""The baseline of a round (基准): taken from the tenures, and confirmed by a second person where HR mapped
it."""

from collections.abc import Sequence

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from appointments.models import Baseline, Round
from appointments.selectors.round_facts import baseline_day, baselines_missing
from appointments.states import OFFICE
from reform.errors import Refused
from reform.models import RowChange, Tenure
from reform.selectors import policy_of
from reform.services import audit_record, edit, save_all
from reform.services.steps import Refusal, require_permission


@transaction.atomic
def baselines_take(*, round_: Round, actor: AbstractBaseUser) -> int:
    """Write the main post of everybody on 基准日 as a SYSTEM baseline, for those who have none; returns how
    many. 基准日 is set where it is empty: the day before 动员 (§4). Refuses a level that is not on the
    ladder."""
    on = baseline_day(round_)
    if on is None:
        return 0
    ladder = policy_of(round_.policy).ladder.by_code
    # One main post each: where two overlap by a fault of old data, the later one counts.
    tenures = {one.person_id: one for one in reversed(baselines_missing(round_))}
    strange = [one for one in tenures.values() if one.held_level not in ladder]
    if strange:
        raise Refused([f"{one.person}的任职层级{one.held_level}不在本轮的层级表中" for one in strange])
    event = audit_record(
        actor=actor,
        action="取基准",
        zone=round_.zone,
        subject=f"{round_} {len(tenures)}人",
        details={"on": on},
    )
    created = [_baseline(round_, tenures[key]) for key in reversed(tenures)]
    save_all(event, changed=[edit(round_, baseline_on=on)], created=created)
    return len(created)


def _baseline(round_: Round, tenure: Tenure) -> Baseline:
    position = tenure.position
    owner = position.unit.owner
    return Baseline(
        round_id=round_.pk,
        person_id=tenure.person_id,
        position_id=position.pk,
        unit_name=owner.name,
        section_name="" if owner.pk == position.unit_id else position.unit.name,
        title=position.title,
        level=tenure.held_level,
        source=Baseline.Source.SYSTEM,
    )


@transaction.atomic
def baselines_confirm(
    *, round_: Round, actor: AbstractBaseUser, baselines: Sequence[Baseline] | None = None
) -> list[Refusal]:
    """Confirm levels that HR mapped (None: all that wait); those that the actor wrote are refused and
    returned (§4: they decide whether the list says 20 and 17)."""
    require_permission(actor, OFFICE, "复核人事认定的原层级")
    if baselines is None:
        baselines = list(
            Baseline.objects.filter(round=round_, source=Baseline.Source.HR_MAPPED, confirmed_by=None)
            .select_related("person")
            .order_by("id")
        )
    makers = _makers(baselines)
    confirmed, refused = [], []
    for one in baselines:
        if one.round_id != round_.pk or one.source != Baseline.Source.HR_MAPPED:
            refused.append(Refusal(one, ("不是本轮人事认定的基准，不需要复核",)))
        elif one.confirmed_by_id:
            refused.append(Refusal(one, ("已经复核",)))
        elif actor.pk in makers.get(one.pk, ()):
            refused.append(Refusal(one, ("经办人不能复核自己认定的层级",)))
        else:
            confirmed.append(one)
    if confirmed:
        event = audit_record(
            actor=actor, action="复核基准", zone=round_.zone, subject=f"{round_} {len(confirmed)}人"
        )
        save_all(event, changed=[edit(one, confirmed_by=actor) for one in confirmed])
    return refused


def _makers(baselines: Sequence[Baseline]) -> dict[int, set[int]]:
    """Baseline → everybody who wrote or changed it."""
    found: dict[int, set[int]] = {}
    changes = RowChange.objects.filter(
        model=Baseline._meta.label, key__in=[one.pk for one in baselines]
    ).values_list("key", "event__actor_id")
    for key, user in changes:
        found.setdefault(key, set()).add(user)
    return found
