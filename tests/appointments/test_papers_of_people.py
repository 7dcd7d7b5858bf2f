"""Papers name everybody whom they are about and leave no field empty that the system knows."""

from datetime import date
from typing import Any

import pytest

from appointments.documents import document_file
from appointments.documents.lrmx import read_lrmx
from appointments.models import Appointment, BatchPost, ItemScore
from reform.models import Honour, Kinship, Membership, Sanction
from tests import factories as make

from .papers import ON, Cast, a_cast, rows_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return a_cast()


def printed(cast: Cast, kind: str, fmt: str = "xlsx", **facts: Any) -> bytes:
    wanted = {"round_": cast.round, "actor": cast.clerk, "on": ON, "batch": cast.batch} | facts
    return document_file(kind, fmt=fmt, **wanted)[1]


def lines(cast: Cast, kind: str) -> dict[str, list[Any]]:
    """Name → row of a workbook."""
    return {row[2]: row for row in rows_of(printed(cast, kind))[2:]}


def of(cast: Cast, person: Any) -> Any:
    return cast.batch.candidacies.get(person=person).applications


def test_who_won_elsewhere_after_the_assessment_stays_in_its_tables(cast: Cast):
    of(cast, cast.loser).update(state="WITHDRAWN")
    assert (lines(cast, "scores")["钱二"][7], lines(cast, "screening")["钱二"][10]) == (80.1, "合格")
    of(cast, cast.loser).update(total=None, rank=None, reviewed_by=None)
    assert "钱二" not in lines(cast, "scores")
    assert "钱二" not in lines(cast, "screening")


def test_who_was_nominated_or_rejected_or_chosen_without_scores_has_no_line_of_scores(cast: Cast):
    rejected = cast.batch.candidacies.get(person=cast.rejected)
    ItemScore.objects.create(candidacy=rejected, item="interview", score="70")
    assert "孙三" not in lines(cast, "scores")
    of(cast, cast.winner).update(screened_by=None, reviewed_by=None)  # nominated, or taken over
    assert "赵一" not in lines(cast, "screening")
    BatchPost.objects.filter(batch=cast.batch).update(method="SX")
    with pytest.raises(Exception, match="没有可以打印的内容"):
        printed(cast, "scores")


def test_relatives_in_the_zone_are_told_on_both_sides_whatever_was_declared(cast: Cast):
    Kinship.objects.create(person=cast.winner, relative=cast.loser, relative_name="钱二", relation="71")
    found = lines(cast, "screening")
    assert (found["赵一"][9], found["钱二"][9]) == ("有：钱二（兄）", "有：赵一（对方登记为兄）")
    assert found["孙三"][9] is None
    cast.round.kinship_complete = True
    assert lines(cast, "screening")["孙三"][9] == "无"
    cast.batch.candidacies.filter(person=cast.rejected).update(declares_kin=True)
    assert lines(cast, "screening")["孙三"][9] == "有"


def test_former_posts_are_written_like_the_new_ones(cast: Cast):
    proposal = cast.batch.proposal_lists.get()
    proposal.rows.update(former_post="招商局·项目科·科长")
    assert rows_of(printed(cast, "publicity"))[2][9] == "招商局项目科科长"
    proposal.rows.update(former_post="招商局·招商局副局长")
    assert rows_of(printed(cast, "publicity"))[2][9] == "招商局副局长"
    assert rows_of(printed(cast, "placements", batch=None))[2][2] == "招商局副局长"


def test_a_post_held_on_is_one_line_of_the_career(cast: Cast):
    person, appointment = cast.loser, cast.appointment
    (first,) = person.tenures.all()
    type(first).objects.filter(pk=first.pk).update(ends_before=date(2022, 1, 1))
    second = make.a_tenure(person, first.position, date(2022, 1, 1), ends_before=date(2022, 1, 10))
    make.a_tenure(person, appointment.position, date(2022, 1, 10))
    assert read_lrmx(printed(cast, "approval_form", "lrmx", people=[person]))["JianLi"].splitlines() == [
        "2019.01--2022.01  招商局副局长",
        "2022.01--         经济发展局局长",
    ]
    # After a pause it is a line of its own.
    type(second).objects.filter(pk=second.pk).update(starts_on=date(2022, 1, 5))
    assert len(read_lrmx(printed(cast, "approval_form", "lrmx", people=[person]))["JianLi"].splitlines()) == 3


def test_honours_and_sanctions_stand_on_the_form_for_who_may_see_them(cast: Cast):
    person = cast.winner
    Honour.objects.create(person=person, name="优秀党务工作者", level="CITY", granted_on=date(2021, 7, 1))
    Sanction.objects.create(
        person=person, kind="WARNING", decided_on=date(2016, 3, 2), ends_before=date(2016, 9, 2)
    )
    Sanction.objects.create(person=person, kind="INVESTIGATION", decided_on=date(2021, 12, 1))
    words = "2016.03受警告处分；2021.07获市级“优秀党务工作者”"
    assert read_lrmx(printed(cast, "approval_form", "lrmx", people=[person]))["JiangChengQingKuang"] == words
    head = make.a_user(cast.zone, "单位负责人", "局长")
    Membership.objects.filter(user=head).update(unit=person.tenures.get().position.unit)
    text = text_of(printed(cast, "approval_form", "docx", people=[person], actor=head))
    assert "2021.07获市级“优秀党务工作者”" in text
    assert "警告" not in text
    assert Appointment.objects.count() == 1
