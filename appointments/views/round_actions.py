"""What may be done on the page of a round besides its steps."""

from appointments.models import Round
from appointments.services.application_batches import applications_attach_to_batches, round_weights_set
from appointments.services.baselines import baselines_confirm, baselines_take
from appointments.services.batch_steps import batches_advance
from appointments.services.batches import batch_create
from appointments.services.placements import placements_to_batch
from appointments.services.plans import round_plan_update
from appointments.services.setups import free_code, positions_copy_from, units_merge
from appointments.services.superior import appointment_by_superior
from appointments.states import OFFICE, RoundState
from reform.admin.actions import Action, Ask, Done
from reform.models import Unit

from .round_forms import (
    BatchForm,
    CopyForm,
    MergeForm,
    NewRoundForm,
    PlacingBatchForm,
    PlanForm,
    SuperiorForm,
    WeightsForm,
)

NEW_ROUND = NewRoundForm
_S = RoundState
BEFORE_END = frozenset({_S.DRAFT, _S.APPROVED, _S.MOBILIZED, _S.RUNNING, _S.PLACING})


def _plan(ask: Ask) -> Done:
    form = PlanForm(owner=ask.owner, user=ask.request.user)
    changed = round_plan_update(round_=ask.owner, actor=ask.actor, **form.changed(dict(ask.data)))
    return Done("方案已保存。" if changed else "方案没有改动。")


def _weights(ask: Ask) -> Done:
    form = WeightsForm(owner=ask.owner, user=ask.request.user)
    changed = round_weights_set(round_=ask.owner, weights=form.weights(dict(ask.data)), actor=ask.actor)
    return Done("权重已保存。" if changed else "权重没有改动。")


def _copy(ask: Ask) -> Done:
    source = Round.objects.get(pk=ask.data["source"], zone=ask.owner.zone)
    copied = positions_copy_from(round_=ask.owner, source=source, actor=ask.actor)
    return Done(f"复制了{len(copied.created)}个岗位。", copied.skipped)


def _merge(ask: Ask) -> Done:
    units, into = list(ask.data["units"]), ask.data["into"]
    if into is None:
        codes = set(Unit.objects.filter(zone=ask.owner.zone).values_list("code", flat=True))
        first = units[0]
        into = Unit(
            name=ask.data["name"],
            kind=first.kind,
            parent=first.parent,
            code=free_code(f"{first.code}-", codes, "d"),
            sort_no=first.sort_no,
        )
    merged = units_merge(
        round_=ask.owner,
        units=units,
        into=into,
        actor=ask.actor,
        reason=ask.data["reason"],
        document_no=ask.data["document_no"],
    )
    return Done(f"已合并为“{merged}”，从生效日起。")


def _batch(ask: Ask) -> Done:
    batch = batch_create(round_=ask.owner, actor=ask.actor, **ask.data)
    return Done(f"已新建“{batch}”。打开它，加入岗位，排定日程。")


def _take(ask: Ask) -> Done:
    return Done(f"已取{baselines_take(round_=ask.owner, actor=ask.actor)}人的基准。")


def _confirm(ask: Ask) -> Done:
    refused = baselines_confirm(round_=ask.owner, actor=ask.actor)
    return Done("已复核人事认定的原层级。", refused)


def _attach(ask: Ask) -> Done:
    attached = applications_attach_to_batches(round_=ask.owner, actor=ask.actor)
    return Done(f"编入{attached.attached}个志愿。", attached.left)


def _superior(ask: Ask) -> Done:
    made = appointment_by_superior(round_=ask.owner, actor=ask.actor, **ask.data)
    return Done(f"已登记上级任命：{made}。")


def _advance(ask: Ask) -> Done:
    taken, refused = batches_advance(zone=ask.owner.zone, actor=ask.actor, on=ask.on)
    steps = "、".join(f"{batch}{step.label}" for batch, step in taken)
    return Done(f"已办理：{steps}。" if taken else "没有到期的系统步骤。", refused)


def _placing(ask: Ask) -> Done:
    made = placements_to_batch(round_=ask.owner, actor=ask.actor, on=ask.on, **ask.data)
    return Done(f"已编成“{made.batch}”，{len(made.applications)}人。", made.refused)


ROUND_ACTIONS: tuple[Action, ...] = (
    Action("plan", "修改方案", (OFFICE,), _plan, PlanForm, states=BEFORE_END),
    Action("weights", "考评权重", (OFFICE,), _weights, WeightsForm, states=frozenset({_S.DRAFT})),
    Action(
        "copy",
        "复制上一轮岗位",
        (OFFICE,),
        _copy,
        CopyForm,
        states=frozenset({_S.DRAFT}),
        hint="岗位沿革号随着复制，同一岗位的续聘因此算原岗；撤并单位的岗位归到后续单位。",
    ),
    Action(
        "merge_units",
        "合并单位",
        (OFFICE,),
        _merge,
        MergeForm,
        states=frozenset({_S.DRAFT}),
        hint="从本轮生效日起：被合并的单位及其科室撤销，岗位设置里的岗位随着移过去。",
    ),
    Action("batch", "新建批次", (OFFICE,), _batch, BatchForm, states=BEFORE_END),
    Action("baselines", "取基准", (OFFICE,), _take, states=frozenset({_S.APPROVED, _S.MOBILIZED})),
    Action("confirm_baselines", "复核原层级", (OFFICE,), _confirm, states=BEFORE_END),
    Action("attach", "报名表编入批次", (OFFICE,), _attach, states=BEFORE_END),
    Action(
        "advance",
        "办理到期的系统步骤",
        (OFFICE,),
        _advance,
        states=frozenset({_S.MOBILIZED, _S.RUNNING, _S.PLACING}),
    ),
    Action(
        "superior",
        "登记上级任命",
        (OFFICE,),
        _superior,
        SuperiorForm,
        states=frozenset({_S.MOBILIZED, _S.RUNNING, _S.PLACING}),
    ),
    Action(
        "placing_batch",
        "接受的岗位编成组织调配批次",
        (OFFICE,),
        _placing,
        PlacingBatchForm,
        states=frozenset({_S.PLACING}),
    ),
)
