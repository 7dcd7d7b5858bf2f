"""Confirming a rehearsal: the very same comes about, or nothing does and the reason is said."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone

from reform.access import command_actor
from reform.errors import RuleError
from reform.exchange.admin import Group, UploadForm
from reform.exchange.findings import ERROR, Finding
from reform.exchange.plan import SourceFile, import_files
from reform.models import Person, Position, Upload
from reform.services import audit_record, edit, save_all
from tests.import_cast import Office, command, dump, figures, people, positions, results, roster, table_sizes

pytestmark = pytest.mark.django_db

CHANGED = "预检之后，系统中的数据有了变化，结果与预检时不同，没有写入。请重新预检。"


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def files(**data):
    return [SourceFile(f"{name}.xlsx", one) for name, one in data.items()]


def rehearse(sources):
    return import_files(sources, actor=command_actor(None), now=timezone.now(), check=True)


def confirm(sources, rehearsal):
    return import_files(
        sources, actor=command_actor(None), now=timezone.now(), expected_digest=rehearsal.digest
    )


def refused(sources, rehearsal):
    before = table_sizes(), dump()
    with pytest.raises(RuleError, match=CHANGED):
        confirm(sources, rehearsal)
    assert (table_sizes(), dump()) == before


def by_hand(row, **values):
    event = audit_record(actor=command_actor(None), action="修改", zone=row.zone, subject=str(row))
    save_all(event, changed=[edit(row, **values)])


def test_rehearsal_and_confirmation_come_to_the_same():
    sources = files(p=positions(), r=roster(), x=results())
    first, second = rehearse(sources), rehearse(sources)
    assert first.digest == second.digest
    assert (first.written, first.would_write, Upload.objects.count()) == (False, True, 0)
    done = confirm(sources, first)
    assert done.written
    assert done.counts == first.counts
    assert [one.as_json() for one in done.all_findings] == [one.as_json() for one in first.all_findings]
    assert figures()["appointed"] == 8


def test_the_same_changes_are_shown_and_made(office):
    office.bring_all()
    sources = files(x=results([one | {"term": 2} for one in people()]))
    rehearsal = rehearse(sources)
    shown = [(one.row, one.who, one.header, one.old, one.new) for one in rehearsal.files[0].changes]
    assert shown[0] == (4, "赵建国", "聘期止", "2025-01-22", "2024-01-22")
    done = confirm(sources, rehearsal)
    assert [(one.row, one.who, one.header, one.old, one.new) for one in done.files[0].changes] == shown


def test_another_upload_in_between_stops_the_confirmation(office):
    office.bring({"p.xlsx": positions(), "r.xlsx": roster()})
    sources = files(x=results())
    rehearsal = rehearse(sources)
    office.bring({"x.xlsx": results(people()[:2])})
    refused(sources, rehearsal)


def test_an_undo_in_between_stops_the_confirmation(office):
    office.bring({"p.xlsx": positions()})
    second = office.bring({"r.xlsx": roster()})
    sources = files(x=results())
    rehearsal = rehearse(sources)
    command("undo_upload", second.facts["upload"])
    refused(sources, rehearsal)


def test_an_edit_in_between_stops_the_confirmation_even_if_the_counts_stay_the_same(office):
    office.bring({"p.xlsx": positions(), "r.xlsx": roster()})
    sources = files(
        x=results(
            layout={
                "姓名": "name",
                "身份证号": "id",
                "聘任单位": "unit",
                "聘任科室": "section",
                "聘任岗位": "title",
            }
        )
    )
    rehearsal = rehearse(sources)
    by_hand(Position.objects.get(title="科长"), level="L40")
    refused(sources, rehearsal)


def test_what_changes_no_row_does_not_stop_the_confirmation(office):
    office.bring({"p.xlsx": positions(), "r.xlsx": roster()})
    sources = files(x=results())
    rehearsal = rehearse(sources)
    audit_record(actor=command_actor(None), action="导出", zone=Person.objects.first().zone, subject="花名册")
    assert confirm(sources, rehearsal).written


def test_another_file_than_the_rehearsed_one_is_refused(office):
    office.bring({"p.xlsx": positions(), "r.xlsx": roster()})
    rehearsal = rehearse(files(x=results()))
    refused(files(x=results(people()[:7])), rehearsal)


@pytest.mark.parametrize(
    ("text", "found", "told"),
    [
        ("2022.1.9", date(2022, 1, 9), ""),
        ("2022年1月9日", date(2022, 1, 9), ""),
        (" ", None, ""),
        ("0001-01-01", None, "年份 1 不在 1900—2100 之间。"),
        ("9999-12-31", None, "年份 9999 不在 1900—2100 之间。"),
        ("2022.01", None, "“2022.01”只到月份。请写到日"),
        ("昨天", None, "“昨天”不是日期。请写成 2022-01-23、2022.1.23 或 2022年1月23日。"),
    ],
)
def test_day_typed_on_the_upload_page_is_read_as_in_a_workbook(text, found, told):
    field = UploadForm().fields["kickoff"]
    if not told:
        assert field.clean(text) == found
        return
    with pytest.raises(ValidationError) as refused:
        field.clean(text)
    assert refused.value.messages[0].startswith(told)


def test_finding_names_file_and_sheet():
    finding = Finding(ERROR, "ID_LENGTH", "身份证号应为 18 位。", file="名册.xlsx", sheet="甲部", row=6)
    shown = render_to_string("admin/uploads/finding.html", {"group": Group(finding, [finding])})
    assert "名册.xlsx · 甲部 · 第6行" in shown
