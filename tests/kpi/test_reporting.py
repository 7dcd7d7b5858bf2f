"""Reports of the units: figures, evidence, handing in, confirmation, return, verification."""

import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpi.models import EvidenceFile, Item
from kpi.selectors.reporting import items_of, items_waiting
from kpi.services import (
    IndicatorEntry,
    actuals_report,
    cycle_step,
    evidence_add,
    evidence_read,
    evidence_withdraw,
    items_reopen,
    items_return,
    items_source_check,
    items_submit,
    items_verify,
)
from kpi.services.scores import cycle_score
from reform.errors import Refused, RuleError, StaleState
from reform.models import AuditEvent, Membership
from tests.kpi import casts
from tests.workbooks import make_xlsx

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4 proof"
ON = casts.REPORTED


@pytest.fixture
def cast() -> casts.Cast:
    return casts.a_cast(staff=1)


def an_own_leaf(cast, rule="PROP", **values):
    """A cycle that is collecting, whose only leaf 投资 is 招商局's; 经济发展局 is its source where wanted."""
    unit = cast.units[1]
    facts = {"rule": rule, "full": Decimal(100), "data_source": "统计局", "responsible_unit": unit} | values
    entry = IndicatorEntry("经济发展", "投资", subject=unit, values=facts)
    casts.a_scheme(cast, entries=[entry])
    casts.collecting(cast)
    return cast.head(unit)


def report(cast, actor, name="投资", on=ON, **values):
    given = values or {"actual": Decimal(90)}
    return actuals_report(cycle=cast.cycle, values={cast.item(name).pk: given}, actor=actor, on=on)


def submit(cast, actor, name="投资", on=ON):
    return items_submit(items=[cast.item(name)], actor=actor, on=on)


def reasons(refusals):
    return [one for refusal in refusals for one in refusal.reasons]


def test_head_saves_and_hands_in_the_own_leaf(cast):
    head = an_own_leaf(cast)
    assert report(cast, head, actual=Decimal("90.5"), note="按季报") == 1
    assert cast.item("投资").state == "OPEN"
    assert submit(cast, head) == []
    item = cast.item("投资")
    assert (item.state, item.actual, item.note) == ("SUBMITTED", Decimal("90.5"), "按季报")
    assert (item.submitted_by, item.submitted_unit, item.submitted_on) == (head, cast.units[1], ON)


def test_same_figures_again_change_nothing(cast):
    head = an_own_leaf(cast)
    report(cast, head)
    events = AuditEvent.objects.count()
    assert report(cast, head) == 0
    assert AuditEvent.objects.count() == events


def test_other_units_leaf_is_neither_filled_nor_handed_in(cast):
    an_own_leaf(cast)
    stranger = cast.head(cast.units[0])
    with pytest.raises(Refused, match="招商局·投资：只能填报本单位负责的指标"):
        report(cast, stranger)
    assert reasons(submit(cast, stranger)) == ["只能填报本单位负责的指标", "还没有填完成值"]
    assert cast.item("投资").state == "OPEN"


def test_nothing_is_handed_in_without_a_figure_or_asked_for_evidence(cast):
    head = an_own_leaf(cast, evidence_needed="统计报表")
    assert reasons(submit(cast, head)) == ["还没有填完成值", "这个指标要求佐证材料，还没有上传"]


def test_figures_are_not_changed_once_handed_in(cast):
    head = an_own_leaf(cast)
    report(cast, head)
    submit(cast, head)
    with pytest.raises(Refused, match="招商局·投资：“已填报”，退回后才能改"):
        report(cast, head, actual=Decimal(95))


def test_reports_are_taken_while_collecting_and_reviewing_only(cast):
    unit = cast.units[1]
    casts.a_cycle(cast)
    with pytest.raises(Refused, match="是“目标编制”，不在填报或核验阶段"):
        report(cast, cast.head(unit), "招商局投资")
    casts.scoring(cast)
    with pytest.raises(Refused, match="是“评分”，不在填报或核验阶段"):
        report(cast, cast.head(unit), "招商局投资", actual=Decimal(1))


def test_inputs_are_read_as_the_rule_reads_them(cast):
    head = an_own_leaf(cast, rule="MILESTONE", parameters={"nodes": "开工40%;封顶60%"})
    assert report(cast, head, inputs={"done": [Decimal(40)], "rank": None}) == 1
    assert cast.item("投资").inputs == {"done": ["40"]}
    with pytest.raises(Refused, match="各节点的百分比须不小于0、合计不超过100"):
        report(cast, head, inputs={"done": ["80", "60"]})
    with pytest.raises(Refused, match="规则“节点”不用 rank"):
        report(cast, head, inputs={"rank": 2})


@pytest.mark.parametrize("rank", ["3", "3.0", "３", "0.3e1"])
def test_place_is_stored_as_the_score_reads_it_however_it_was_typed(cast, rank):
    head = an_own_leaf(cast, rule="RANK")
    report(cast, head, inputs={"rank": rank})
    assert cast.item("投资").inputs == {"rank": "3"}
    cycle_score(cycle=cast.cycle, actor=cast.office)
    assert cast.item("投资").score == 90


def test_accepted_nodes_typed_with_other_signs_are_stored_as_figures(cast):
    head = an_own_leaf(cast, rule="MILESTONE", parameters={"nodes": "开工40%;封顶60%"})
    report(cast, head, inputs={"done": ["４０％", "60.0"]})
    assert cast.item("投资").inputs == {"done": ["40", "60"]}


def test_whether_a_veto_has_come_about_is_said_of_veto_leaves_only(cast):
    head = an_own_leaf(cast)
    with pytest.raises(Refused, match="只有一票否决项才有“是否发生”"):
        report(cast, head, inputs={"triggered": True})


def test_returned_leaf_comes_back_and_keeps_its_first_day(cast):
    head = an_own_leaf(cast)
    report(cast, head)
    submit(cast, head)
    assert reasons(items_return(items=cast.items(), reason=" ", actor=cast.office, on=ON)) == ["须写明理由"]
    assert items_return(items=cast.items(), reason="口径不对", actor=cast.office, on=ON) == []
    item = cast.item("投资")
    assert (item.state, item.returned_reason) == ("RETURNED", "口径不对")
    report(cast, head, actual=Decimal(80), on=casts.CLOSED)
    assert submit(cast, head, on=casts.CLOSED) == []
    item = cast.item("投资")
    assert (item.state, item.returned_reason, item.submitted_on) == ("RESUBMITTED", "", ON)


def test_late_leaf_is_taken_in_review_and_is_no_longer_unreported(cast):
    head = an_own_leaf(cast)
    cycle_step(cycle=cast.cycle, event="review", actor=cast.office, on=casts.CLOSED)
    assert cast.item("投资").unreported
    report(cast, head, on=date(2023, 1, 12))
    assert submit(cast, head, on=date(2023, 1, 12)) == []
    item = cast.item("投资")
    assert (item.unreported, item.submitted_on) == (False, date(2023, 1, 12))


def test_office_that_filled_a_leaf_in_does_not_verify_it(cast):
    an_own_leaf(cast)
    report(cast, cast.office)
    assert submit(cast, cast.office) == []
    refused = items_verify(items=cast.items(), actor=cast.office, on=ON)
    assert reasons(refused) == ["不能核验本单位或本人填报的数据"]
    assert items_verify(items=cast.items(), actor=cast.checker, on=ON) == []
    item = cast.item("投资")
    assert (item.state, item.verified_by, item.verified_on) == ("VERIFIED", cast.checker, ON)


def test_officer_of_the_unit_itself_does_not_verify_its_figures(cast):
    head = an_own_leaf(cast)
    report(cast, head)
    submit(cast, head)
    Membership.objects.filter(user=cast.checker).update(person=cast.people["招乙"])
    refused = items_verify(items=cast.items(), actor=cast.checker, on=ON)
    assert reasons(refused) == ["不能核验本单位或本人填报的数据"]


def test_source_unit_confirms_before_the_office_verifies(cast):
    head = an_own_leaf(cast, source_unit=cast.units[0])
    source = cast.head(cast.units[0])
    report(cast, head)
    submit(cast, head)
    assert reasons(items_verify(items=cast.items(), actor=cast.office, on=ON)) == [
        "数据来源单位“经济发展局”还没有核对"
    ]
    for stranger, why in ((head, "不能核验本单位或本人填报的数据"), (cast.head(cast.units[2]), None)):
        refused = items_source_check(items=cast.items(), actor=stranger, on=ON)
        assert reasons(refused) == ["只有数据来源单位可以核对", *([why] if why else [])]
    assert items_source_check(items=cast.items(), actor=source, on=ON) == []
    assert items_verify(items=cast.items(), actor=cast.office, on=ON) == []
    assert cast.item("投资").source_checked_by == source


def test_source_unit_returns_and_a_stranger_does_not(cast):
    head = an_own_leaf(cast, source_unit=cast.units[0])
    report(cast, head)
    submit(cast, head)
    stranger = cast.head(cast.units[2])
    refused = items_return(items=cast.items(), reason="不符", actor=stranger, on=ON)
    assert reasons(refused) == ["由考核办或数据来源单位退回"]
    source = cast.head(cast.units[0])
    assert items_return(items=cast.items(), reason="与统计数不符", actor=source, on=ON) == []
    assert cast.item("投资").state == "RETURNED"


def test_unit_that_is_its_own_source_is_verified_by_the_office_alone(cast):
    head = an_own_leaf(cast, source_unit=cast.units[1])
    report(cast, head)
    submit(cast, head)
    assert items_verify(items=cast.items(), actor=cast.office, on=ON) == []


def test_verification_is_taken_back_with_a_reason(cast):
    head = an_own_leaf(cast)
    report(cast, head)
    submit(cast, head)
    items_verify(items=cast.items(), actor=cast.office, on=ON)
    assert items_reopen(items=cast.items(), reason="数据有误", actor=cast.office, on=ON) == []
    item = cast.item("投资")
    assert (item.state, item.verified_by, item.returned_reason) == ("RETURNED", None, "数据有误")


def test_second_who_acts_on_an_old_page_is_told(cast):
    head = an_own_leaf(cast)
    report(cast, head)
    submit(cast, head)
    seen = cast.items()
    items_return(items=cast.items(), reason="重报", actor=cast.office, on=ON)
    with pytest.raises(StaleState):
        items_verify(items=seen, actor=cast.checker, on=ON)


def test_statements_do_not_grow_with_the_leaves(cast):
    casts.collecting(cast)
    unit = cast.units[1]

    def statements(rows):
        with CaptureQueriesContext(connection) as queries:
            items_submit(items=rows, actor=cast.head(unit), on=ON)
            items_waiting(cast.office, ON)
        return len(queries)

    values = {one.pk: {"actual": Decimal(1)} for one in cast.items()}
    actuals_report(cycle=cast.cycle, values=values, actor=cast.office, on=ON)
    first = statements(cast.items("招商局投资"))
    fresh = {"state": "OPEN", "submitted_by": None, "submitted_unit": None, "submitted_on": None}
    Item.objects.filter(cycle=cast.cycle).update(**fresh)
    again = statements(cast.items("招商局投资", "招商局开工"))
    assert first == again


def test_each_sees_and_is_asked_for_the_own_leaves(cast):
    casts.collecting(cast)
    unit = cast.units[1]
    head = cast.head(unit)
    assert {one.indicator.subject for one in items_of(cast.cycle, head)} == {unit}
    assert items_of(cast.cycle, cast.office).count() == 6
    assert len(items_waiting(head, ON).to_report) == 2
    report(cast, head, "招商局投资")
    submit(cast, head, "招商局投资")
    assert len(items_waiting(head, ON).to_report) == 1
    assert [str(one) for one in items_waiting(cast.office, ON).to_verify] == ["招商局投资"]
    assert items_waiting(cast.scorer, ON).to_verify == ()


# --- evidence ---


def add(cast, actor, name="证明.pdf", data=PDF, on=ON):
    return evidence_add(item=cast.item("投资"), name=name, data=data, actor=actor, on=on)


def a_docx():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return data.getvalue()


def test_evidence_is_kept_outside_what_is_served_under_its_hash(cast):
    head = an_own_leaf(cast, evidence_needed="统计报表")
    file = add(cast, head, "C:\\资料\\年度证明.pdf")
    assert (file.name, file.size, file.uploaded_by) == ("年度证明.pdf", len(PDF), head)
    path = Path(settings.UPLOAD_DIR) / "evidence" / file.digest
    assert path.read_bytes() == evidence_read(file) == PDF
    report(cast, head)
    assert submit(cast, head) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", a_docx()),
        ("a.xlsx", make_xlsx({"S": [["x"]]})),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"),
        ("a.JPG", b"\xff\xd8\xff\xe0rest"),
        ("a.png", b"\x89PNG\r\n\x1a\nrest"),
        ("a.zip", a_docx()),
    ],
)
def test_usual_kinds_of_files_are_taken(cast, name, data):
    assert add(cast, an_own_leaf(cast), name, data).pk


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.exe", b"MZ", "不收“.exe”的文件"),
        ("证明", PDF, "不收“没有扩展名”的文件"),
        ("a.pdf", b"", "文件是空的"),
        ("a.pdf", b"MZ\x90", "文件的内容不是扩展名“.pdf”所说的类型"),
        ("a.docx", make_xlsx({"S": [["x"]]}), "文件的内容不是扩展名“.docx”所说的类型"),
        ("a.xlsx", b"PK\x03\x04broken", "文件的内容不是扩展名“.xlsx”所说的类型"),
        ("a.pdf", b"%PDF" + bytes(20 * 1024 * 1024), "文件有20.0 MB，超出上限20 MB"),
    ],
)
def test_other_files_are_refused(cast, name, data, why):
    head = an_own_leaf(cast)
    with pytest.raises(Refused, match=why):
        add(cast, head, name, data)
    assert not EvidenceFile.objects.exists()


def test_same_file_is_kept_once(cast):
    head = an_own_leaf(cast)
    add(cast, head)
    with pytest.raises(Refused, match="这个文件已经上传过"):
        add(cast, head, "另一个名字.pdf")


def test_evidence_is_the_units_own_until_it_is_handed_in(cast):
    head = an_own_leaf(cast)
    with pytest.raises(Refused, match="只能上传本单位负责的指标的佐证材料"):
        add(cast, cast.head(cast.units[0]))
    file = add(cast, head)
    evidence_withdraw(file=file, actor=head, on=ON)
    with pytest.raises(Refused, match="这个文件已经撤下"):
        evidence_withdraw(file=file, actor=head, on=ON)
    report(cast, head)
    submit(cast, head)
    with pytest.raises(Refused, match="指标“已填报”，退回后才能改佐证材料"):
        add(cast, head)


def test_changed_file_is_noticed(cast):
    file = add(cast, an_own_leaf(cast))
    path = Path(settings.UPLOAD_DIR) / "evidence" / file.digest
    path.write_bytes(b"%PDF other")
    with pytest.raises(RuleError, match="与上传时不一致"):
        evidence_read(file)
    path.unlink()
    with pytest.raises(RuleError, match="文件不在了"):
        evidence_read(file)
