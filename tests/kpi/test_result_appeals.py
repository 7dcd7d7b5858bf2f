"""考核申诉: filed in time by the right one, answered by another; upheld ones recompute, old versions stay."""

from datetime import date
from decimal import Decimal

import pytest

from kpi.models import (
    Cycle,
    CycleOutcome,
    Exclusion,
    Item,
    PersonEntry,
    PersonResult,
    ResultAppeal,
    UnitResult,
    Veto,
)
from kpi.selectors.appeal_effects import appeal_effects, cause_of
from kpi.selectors.results import cycle_results, result_history
from kpi.services import cycle_step
from kpi.services.appeals import (
    Correction,
    appeals_until,
    result_appeal_decide,
    result_appeal_submit,
    result_appeal_withdraw,
)
from kpi.services.results import results_compute
from reform.errors import IllegalTransition, Refused
from reform.models import AnnualGrade, AuditEvent, Kinship
from tests import factories as make
from tests.kpi import casts
from tests.kpi.registered_cast import ALL, a_registered_cycle, nine

pytestmark = pytest.mark.django_db
DAY = date(2023, 1, 28)  # the fifth working day after 2023-01-18 is 2023-01-30


@pytest.fixture
def cast() -> casts.Cast:
    return casts.a_cast(staff=2)


def publish(cast, state="APPEALING"):
    results_compute(cycle=cast.cycle, actor=cast.office)
    days = {"published_on": casts.PUBLISHED, "document_no": "考发〔2023〕1号"}
    Cycle.objects.filter(pk=cast.cycle.pk).update(state=state, **days)
    cast.cycle.refresh_from_db()
    return cast.cycle


@pytest.fixture
def published(cast):
    """A registered cycle in 公示: 招乙 misses the seat by what the sheet left out."""
    a_registered_cycle(cast, ALL, nine(cast, [80, 93, 80, 80, 90, 80, 80, 80, 80]))
    publish(cast)
    return cast


def submit(cast, name="招乙", actor=None, on=DAY, **said):
    facts = said or {"person": cast.people[name]}
    return result_appeal_submit(
        cycle=cast.cycle, claim="加分漏记", actor=actor or cast.supervisor, on=on, **facts
    )


def decide(cast, appeal, correction=None, uphold=True, actor=None, **said):
    return result_appeal_decide(
        appeal=appeal,
        uphold=uphold,
        answer=said.get("answer", "经核实，情况属实"),
        actor=actor or cast.checker,
        on=date(2023, 2, 3),
        correction=correction,
    )


def versions(cast, name):
    rows = result_history(cast.cycle, person=cast.people[name])
    return [(one.version, one.combined, one.grade, one.cause) for one in rows]


def an_account(cast, name):
    user = make.a_user(cast.zone, "个人", f"本人{name}", is_staff=False)
    user.membership.person = cast.people[name]
    user.membership.save()
    return type(user).objects.get(pk=user.pk)


def test_upheld_appeal_changes_score_grade_and_quota_and_both_versions_stay(published):
    appeal = submit(published)
    given = {"bonus": Decimal(8)}
    decide(published, appeal, Correction(person=published.people["招乙"], given=given))
    assert versions(published, "招乙") == [
        (1, Decimal("93.00"), "B", ""),
        (2, Decimal("98.60"), "A", f"申诉成立：招乙（申诉{appeal.pk}号）"),
    ]
    assert versions(published, "经乙")[-1][2] == "B"
    current = {one.name: one for one in cycle_results(published.cycle).people}
    assert (current["招乙"].grade, current["招乙"].coefficient) == ("A", Decimal("1.2000"))
    latest = CycleOutcome.objects.filter(cycle=published.cycle).order_by("version").last()
    assert latest.quotas[0]["used"] == 1
    appeal.refresh_from_db()
    assert (appeal.state, appeal.decided_by) == ("UPHELD", published.checker)
    assert appeal.correction == {
        "person": published.people["招乙"].pk,
        "before": {"bonus": None},
        "after": {"bonus": "8"},
        "text": "招乙：更正报送的得分",
    }


def test_upheld_appeal_of_a_unit_corrects_the_figure_of_a_leaf(cast):
    cycle = casts.appealing(cast, actual=90)
    head = cast.head(cast.units[1])
    appeal = submit(cast, unit=cast.units[1], actor=head)
    item = cast.item("招商局投资")
    decide(cast, appeal, Correction(item=item, actual=Decimal(100)))
    rows = result_history(cycle, unit=cast.units[1])
    assert [(one.version, one.total, one.rank) for one in rows] == [(1, 54, 1), (2, 60, 1)]
    item.refresh_from_db()
    assert (item.score, item.actual) == (60, 100)
    # the others lost a place, so they have a new version too
    assert UnitResult.objects.filter(unit=cast.units[0]).count() == 2
    appeal.refresh_from_db()
    assert appeal.correction["text"] == "招商局投资：完成值由90.0000更正为100"


def test_returned_leaf_that_an_appeal_corrects_counts(cast):
    cycle = casts.appealing(cast, actual=90)
    item = cast.item("招商局投资")
    Item.objects.filter(pk=item.pk).update(state="RETURNED", score=0, auto_score=0)
    results_compute(cycle=cycle, actor=cast.office, cause="退回")
    appeal = submit(cast, unit=cast.units[1])
    decide(cast, appeal, Correction(item=item, actual=Decimal(95)))
    item.refresh_from_db()
    assert item.score == 57


def test_veto_is_lifted_by_somebody_who_had_no_part_in_it(published):
    veto = Veto.objects.create(
        cycle=published.cycle, person=published.people["招乙"], matter="酒驾", state="APPROVED",
        raised_by=published.office, raised_on=date(2023, 1, 5),
    )  # fmt: skip
    results_compute(cycle=published.cycle, actor=published.office, cause="否决")
    appeal = submit(published)
    with pytest.raises(Refused, match="您本人提出的"):
        decide(published, appeal, Correction(veto=veto), actor=published.office)
    decide(published, appeal, Correction(veto=veto))
    assert [one[2] for one in versions(published, "招乙")] == ["B", "D", "B"]
    veto.refresh_from_db()
    assert veto.state == "DISMISSED"


def test_exclusion_comes_and_goes_by_appeal(published):
    person = published.people["招乙"]
    decide(published, submit(published), Correction(exclude=person, cause="LEAVE", note="病假190天"))
    assert versions(published, "招乙")[-1][2] == ""
    assert cycle_results(published.cycle).n == 8
    ResultAppeal.objects.all().delete()
    decide(published, submit(published), Correction(include=person))
    assert not Exclusion.objects.exists()
    assert cycle_results(published.cycle).n == 9


def test_rejected_appeal_changes_nothing_and_needs_an_answer(published):
    appeal = submit(published)
    with pytest.raises(Refused, match="须写明理由"):
        decide(published, appeal, uphold=False, answer=" ")
    decide(published, appeal, uphold=False)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.answer) == ("REJECTED", "经核实，情况属实")
    assert len(versions(published, "招乙")) == 1
    with pytest.raises(Refused, match="已提出过申诉"):
        submit(published)


def test_appeal_is_filed_within_five_working_days_of_publication(published):
    assert appeals_until(published.cycle) is not None
    last = appeals_until(published.cycle)
    with pytest.raises(Refused, match="申诉已于"):
        submit(published, on=date(2023, 2, 20))
    with pytest.raises(Refused, match="才公布"):
        submit(published, on=date(2023, 1, 17))
    appeal = submit(published, on=last)
    assert appeal.due_on > last


def test_appeal_needs_published_results(cast):
    a_registered_cycle(cast, ALL, {"招乙": 90})
    results_compute(cycle=cast.cycle, actor=cast.office)
    with pytest.raises(Refused, match="结果还没有公布"):
        submit(cast)
    publish(cast)
    with pytest.raises(Refused, match="没有考核结果"):
        submit(cast, "经乙")


def test_persons_and_heads_appeal_for_themselves_only(published):
    mine = an_account(published, "招乙")
    with pytest.raises(Refused, match="只能对本人"):
        submit(published, "招丙", actor=mine)
    with pytest.raises(Refused, match="只能替本单位"):
        submit(published, unit=published.units[0], actor=published.head(published.units[1]))
    with pytest.raises(Refused, match="没有这个权限"):
        submit(published, unit=published.units[0], actor=mine)
    appeal = submit(published, actor=mine)
    with pytest.raises(Refused, match="只能撤回自己"):
        result_appeal_withdraw(appeal=appeal, actor=published.supervisor, on=DAY)
    result_appeal_withdraw(appeal=appeal, actor=mine, on=DAY)
    with pytest.raises(IllegalTransition):
        decide(published, appeal, uphold=False)
    submit(published, actor=mine)


def test_decider_is_never_who_submitted_or_whom_it_is_about(published):
    appeal = submit(published, actor=published.office)
    with pytest.raises(Refused, match="您本人提出的"):
        decide(published, appeal, uphold=False, actor=published.office)
    published.checker.membership.person = published.people["招乙"]
    published.checker.membership.save()
    with pytest.raises(Refused, match="事关您本人或近亲属，须回避"):
        decide(published, appeal, uphold=False)
    published.checker.membership.person = published.people["规丙"]
    published.checker.membership.save()
    Kinship.objects.create(person=published.people["招乙"], relative=published.people["规丙"], relation="12")
    checker = type(published.checker).objects.get(pk=published.checker.pk)
    with pytest.raises(Refused, match="事关您本人或近亲属，须回避"):
        decide(published, appeal, uphold=False, actor=checker)
    with pytest.raises(Refused, match="没有这个权限"):
        decide(published, appeal, uphold=False, actor=published.leader)


def test_appeals_of_two_persons_of_one_name_are_told_apart(published):
    first, second = published.people["招乙"], published.people["招丙"]
    type(first).objects.filter(pk=second.pk).update(name=first.name)
    appeals = [submit(published, name) for name in ("招乙", "招丙")]
    for appeal, person in zip(appeals, (first, second), strict=True):
        appeal.refresh_from_db()
        decide(published, appeal, Correction(person=person, given={"bonus": Decimal(2)}))
    for appeal, person, other in zip(appeals, (first, second), (second, first), strict=True):
        changed = {pair.after.person_id for pair in appeal_effects(appeal).people}
        assert person.pk in changed
        assert other.pk not in changed


def test_upheld_appeal_says_what_it_corrects(published):
    appeal = submit(published)
    with pytest.raises(Refused, match="须写明更正哪一项"):
        decide(published, appeal)
    same = Correction(person=published.people["招乙"], given={"remark": ""})
    with pytest.raises(Refused, match="更正的内容与原来相同"):
        decide(published, appeal, same)
    with pytest.raises(Refused, match="不作更正"):
        decide(published, appeal, same, uphold=False)
    assert ResultAppeal.objects.get().state == "OPEN"


def test_correction_that_cannot_be_read_is_refused_and_nothing_changes(cast):
    entry = casts.IndicatorEntry(
        "加分", "表彰", subject=cast.units[1],
        values={"data_source": "组织部", "rule": "BONUS", "parameters": {"per": "1"}},
    )  # fmt: skip
    casts.a_scheme(cast, entries=[*(one for unit in cast.units for one in casts.leaves_of(unit)), entry])
    casts.a_cycle(cast)
    casts.collecting(cast)
    item = cast.item("表彰")
    Cycle.objects.filter(pk=cast.cycle.pk).update(state="CALIBRATING")
    cast.cycle.refresh_from_db()
    publish(cast)
    appeal = submit(cast, unit=cast.units[1])
    for inputs in ({"n": "两项"}, {"n": "2.5"}, {"n": "-1"}):
        with pytest.raises(Refused, match="招商局·表彰：参数 n（项数）"):
            decide(cast, appeal, Correction(item=item, inputs=inputs))
    item.refresh_from_db()
    assert item.inputs == {}
    assert ResultAppeal.objects.get().state == "OPEN"


def test_correction_of_a_column_that_the_sheet_lacks_or_below_0_is_refused(published):
    appeal, person = submit(published), published.people["招乙"]
    with pytest.raises(Refused, match="得分表没有“测评”这一栏，有："):
        decide(published, appeal, Correction(person=person, given={"values": {"测评": "99"}}))
    with pytest.raises(Refused, match="招乙：加分须不小于0，现为-1"):
        decide(published, appeal, Correction(person=person, given={"bonus": Decimal(-1)}))


def test_nobody_is_worse_off_by_their_own_appeal(published):
    appeal = submit(published)
    lower = Correction(person=published.people["招乙"], given={"deduction": Decimal(5)})
    with pytest.raises(Refused, match=r"更正后得分由93.00降为89.50，申诉不得加重"):
        decide(published, appeal, lower)
    assert ResultAppeal.objects.get().state == "OPEN"
    assert PersonEntry.objects.get(person=published.people["招乙"]).deduction is None
    assert len(versions(published, "招乙")) == 1


def test_nobody_loses_a_grade_by_their_own_appeal(published):
    appeal = submit(published, "经乙")
    other = Correction(person=published.people["招乙"], given={"bonus": Decimal(8)})
    with pytest.raises(Refused, match="更正后等次由A降为B，申诉不得加重"):
        decide(published, appeal, other)
    assert [one[2] for one in versions(published, "经乙")] == ["A"]


def test_grade_of_a_final_year_is_corrected_with_its_reason(published):
    appeal = submit(published)
    cycle = published.cycle
    Cycle.objects.filter(pk=cycle.pk).update(state="FINAL")
    person = published.people["招乙"]
    AnnualGrade.objects.create(person=person, year=2022, grade="B")
    decide(published, appeal, Correction(person=person, given={"bonus": Decimal(8)}))
    assert AnnualGrade.objects.get(person=person).grade == "A"
    event = AuditEvent.objects.filter(action="登记年度考核等次").latest("id")
    assert event.reason == cause_of(appeal)


def test_upheld_appeal_in_a_quarter_reaches_the_year(cast):
    for number in (1, 2, 3, 4):
        a_registered_cycle(cast, {"招商局": 80}, {"招乙": 80}, code=f"2022Q{number}")
        publish(cast)
    quarter = cast.cycle
    a_registered_cycle(cast, {"招商局": 80}, {}, formula="")
    PersonEntry.objects.create(cycle=cast.cycle, person=cast.people["招乙"], leader_points=3)
    year = publish(cast)
    before = PersonResult.objects.get(cycle=year, current=True)
    cast.cycle = quarter
    appeal = submit(cast)
    decide(cast, appeal, Correction(person=cast.people["招乙"], given={"bonus": Decimal(4)}))
    after = PersonResult.objects.get(cycle=year, current=True)
    assert (before.personal, after.personal) == (Decimal("79.00"), Decimal("79.95"))
    assert (after.version, after.cause) == (2, f"2022年第4季度考核{cause_of(appeal)}")


def test_open_appeal_holds_the_cycle_up(cast):
    cycle = casts.appealing(cast, actual=90)
    appeal = submit(cast, unit=cast.units[1], on=casts.PUBLISHED)
    with pytest.raises(Refused, match="1件申诉还没有答复：招商局"):
        cycle_step(cycle=cycle, event="finalize", actor=cast.office, on=casts.FINAL)
    decide(cast, appeal, uphold=False)
    cycle_step(cycle=cycle, event="finalize", actor=cast.office, on=casts.FINAL)
    assert cycle.state == "FINAL"
