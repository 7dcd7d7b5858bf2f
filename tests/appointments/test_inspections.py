"""组织考察: two inspectors, no relatives, and what B7 still lacks of each."""

from dataclasses import replace
from datetime import date

import pytest

from appointments.selectors.selection import inspect_facts
from appointments.services.inspections import InspectionEntry, inspections_record
from reform.errors import Refused
from reform.models import ConductRecord, Kinship
from tests.appointments.selection_cast import DAY, Selection, four_matched, rows_of


@pytest.fixture
def cast(db: None) -> Selection:
    return four_matched()


def reasons_against(cast: Selection, entry: InspectionEntry) -> tuple[str, ...]:
    (refusal,) = inspections_record(batch=cast.batch, entries=[entry], actor=cast.users["考察组"])
    return tuple(refusal.reasons)


def test_b7_says_what_the_inspection_of_each_still_lacks(cast):
    risen, moved, *rest = rows_of(cast)
    cast.inspect(risen, matters_checked=False, discipline_clear=False)
    cast.inspect(moved, archive_checked=False, discipline_opinion="", discipline_clear=None)
    cast.inspect(*rest, matters_checked=False)
    assert inspect_facts(cast.batch, DAY).lacking == [
        "升：没有核查个人有关事项",
        "平：缺纪检意见、没有审核档案",
    ]


def test_check_of_personal_matters_counts_while_it_is_valid(cast):
    cast.inspect(*rows_of(cast), matters_checked=False)
    record = ConductRecord.objects.create(
        person=cast.people["升"],
        kind="VERIFICATION",
        result="TRUE",
        happened_on=date(2021, 6, 1),
        valid_before=date(2022, 6, 1),
    )
    assert inspect_facts(cast.batch, DAY).lacking == []
    assert inspect_facts(cast.batch, date(2022, 6, 1)).lacking == ["升：没有核查个人有关事项"]
    ConductRecord.objects.filter(pk=record.pk).update(result="CONCEALED")
    assert inspect_facts(cast.batch, DAY).lacking == ["升：没有核查个人有关事项"]


def test_inspection_needs_two_persons_and_material(cast):
    entry = InspectionEntry(rows_of(cast)[0], ("陈组工", "陈组工"), DAY, " ")
    assert reasons_against(cast, entry) == ("考察人员1人，至少2人", "没有考察材料")


def test_relative_does_not_inspect(cast):
    inspector = cast.person("陈组工")
    Kinship.objects.create(person=inspector, relative=cast.people["升"], relative_name="升", relation="73")
    entry = InspectionEntry(rows_of(cast)[0], ("陈组工", "黄纪检"), DAY, "德才表现良好")
    assert "考察人员与升是三代以内旁系血亲，应当回避" in "；".join(reasons_against(cast, entry))
    own = replace(entry, inspectors=("升", "黄纪检"))
    assert "不能考察本人" in "；".join(reasons_against(cast, own))


def test_office_does_not_inspect(cast):
    entry = InspectionEntry(rows_of(cast)[0], ("陈组工", "黄纪检"), DAY, "德才表现良好")
    with pytest.raises(Refused, match="由考察组办理"):
        inspections_record(batch=cast.batch, entries=[entry], actor=cast.users["人事"])
