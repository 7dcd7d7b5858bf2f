"""import_workbooks as a script sees it: one JSON object, its keys, the exit status, and what stays behind."""

import io

import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from reform.models import AuditEvent, Upload, Zone
from tests.import_cast import (
    SUMMARY,
    Office,
    command,
    dump,
    figures,
    people,
    positions,
    results,
    roster,
    summary,
    table_sizes,
)
from tests.workbooks import make_xlsx

pytestmark = pytest.mark.django_db

OUTCOME = {"ok", "written", "upload", "zone", "round", "files", "findings"}
SHEET = {
    *("file", "sheet", "kind", "target", "header_rows", "rows", "created", "changed", "unchanged"),
    *("skipped", "findings"),
}
FINDING = {
    *("level", "code", "file", "sheet", "row", "column", "cell", "value", "message", "hint", "persons"),
    *("limit", "actual"),
}
UNKNOWN = make_xlsx({"Sheet1": [["序号", "菜名", "单价"], [1, "烩面", 12]]})


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def wrong_numbers():
    return [one | {"id": "123"} if one["number"] == 3 else one for one in people()]


def test_outcome_has_the_keys_of_the_contract_and_no_others(office):
    run = office.bring_all(results=results(wrong_numbers()))
    assert set(run.facts) == OUTCOME
    assert all(set(file) == SHEET for file in run.facts["files"])
    assert all(set(one) == FINDING for one in run.findings)
    assert run.facts["files"][2]["target"] == {"round": "2022", "cycle": None}


def test_three_workbooks_into_an_empty_database_are_written_as_one_upload(office):
    run = office.bring_all()
    assert (run.status, run.facts["ok"], run.facts["written"]) == (0, True, True)
    assert run.facts["upload"] == Upload.objects.get().pk
    assert (run.facts["zone"], run.facts["round"]) == ("default", "2022")
    assert figures() == SUMMARY


def test_same_files_twice_leave_no_row_in_any_table(office):
    office.bring_all()
    before = table_sizes(), dump()
    run = office.bring_all()
    assert (run.status, run.facts["ok"], run.facts["written"], run.facts["upload"]) == (0, True, False, None)
    assert [run.counts(kind) for kind in ("positions", "roster", "appointments")] == [(0, 0, 8)] * 3
    assert (table_sizes(), dump()) == before


def test_check_keeps_nothing_not_even_the_zone(office):
    before = table_sizes()
    run = office.bring_all("--check")
    assert (run.status, run.facts["ok"], run.facts["written"], run.facts["upload"]) == (0, True, False, None)
    assert run.counts("appointments") == (8, 0, 0)
    assert table_sizes() == before


def test_errors_end_with_status_1_and_keep_nothing(office):
    before = table_sizes()
    run = office.bring_all(results=results(wrong_numbers()))
    assert (run.status, run.facts["ok"], run.facts["written"], run.facts["upload"]) == (1, False, False, None)
    assert run.codes == ["ID_LENGTH"]
    assert table_sizes() == before


def test_unreadable_file_is_found_before_anything_else(office):
    before = table_sizes()
    run = office.bring_all("--zone", "none", roster=b"\x89PNG\r\n\x1a\n" + bytes(64))
    assert (run.status, run.codes) == (2, ["FILE_UNREADABLE"])
    assert run.errors[0]["file"] == "roster.xlsx"
    assert [file["rows"] for file in run.facts["files"]] == [8, 8]
    assert table_sizes() == before


def test_file_of_no_known_kind_ends_with_status_2(office):
    run = office.bring_all(roster=UNKNOWN)
    assert (run.status, run.codes, run.errors[0]["file"]) == (2, ["KIND_UNKNOWN"], "roster.xlsx")
    assert run.facts["zone"] is None
    assert not Zone.objects.exists()


def test_missing_file_ends_with_status_2(office, tmp_path):
    run = command("import_workbooks", tmp_path / "没有.xlsx")
    assert (run.status, run.codes) == (2, ["FILE_UNREADABLE"])
    assert run.errors[0]["message"] == "没有这个文件。"
    assert set(run.facts) == OUTCOME


def test_unknown_zone_ends_with_status_2_and_lists_those_there_are(office):
    office.bring_all()
    run = office.bring_all("--zone", "east")
    assert (run.status, run.facts["files"]) == (2, [])
    assert run.errors[0]["message"] == "没有编码为“east”的开发区。现有：default（试验区）。"
    assert set(run.facts) == OUTCOME


def test_several_zones_and_none_named_end_with_status_2_and_list_them(office):
    Zone.objects.create(code="east", name="东区")
    Zone.objects.create(code="west", name="西区")
    run = office.bring_all()
    assert run.status == 2
    assert run.errors[0]["message"] == "请用 --zone 指明开发区。现有：east（东区）、west（西区）。"
    for name, *args in (("round_summary", "2022"), ("list_uploads",), ("undo_upload", 1)):
        other = command(name, *args)
        assert other.status == 2
        assert "east（东区）、west（西区）" in other.facts["why"]


def test_zone_that_cannot_have_this_code_ends_with_status_2(office):
    run = office.bring_all("--zone", "高新区")
    assert run.status == 2
    assert "不能作开发区编码" in run.errors[0]["message"]
    assert not Zone.objects.exists()


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("高新区2022年岗位设置一览表", "高新区"),
        ("××经开区2023年度岗位设置表", "××经开区"),
        ("云溪高新区 2022 年岗位设置", "云溪高新区"),
        ("2022年岗位设置表", "开发区"),
        ("岗位设置一览表", "开发区"),
    ],
)
def test_zone_is_named_by_the_words_before_the_year_in_the_title(office, title, name):
    rows = [[title], ["单位", "岗位名称", "岗位层级", "职数"], ["招商局", "局长", "中层正职", 1]]
    run = office.bring({"岗位.xlsx": make_xlsx({"Sheet1": rows})}, "--zone", "z1")
    assert run.status == 0
    assert list(Zone.objects.values_list("code", "name")) == [("z1", name)]


def test_actor_is_the_one_named_else_the_account_of_the_command_line(office):
    get_user_model().objects.create_user("hr")
    office.bring({"1.xlsx": positions()}, "--actor", "hr")
    office.bring({"2.xlsx": roster()})
    assert list(Upload.objects.order_by("id").values_list("by__username", flat=True)) == ["hr", "命令行"]
    assert set(AuditEvent.objects.filter(upload=Upload.objects.first()).values_list("actor__username")) == {
        ("命令行",)
    }


def test_unknown_actor_ends_with_status_2(office):
    run = office.bring_all("--actor", "nobody")
    assert (run.status, run.errors[0]["message"]) == (2, "没有用户“nobody”。")


def test_annotated_copies_are_written_for_files_with_findings_only(office, tmp_path):
    folder = tmp_path / "标注" / "副本"
    office.bring_all("--annotated", folder, results=results(wrong_numbers()))
    (path,) = folder.iterdir()
    assert path.name.startswith("results")
    sheet = openpyxl.load_workbook(path)["Sheet1"]
    assert sheet["C6"].comment is not None
    assert "错误信息" in [cell.value for cell in sheet[3]]


def test_folder_for_copies_that_cannot_be_made_stops_before_anything_is_written(office, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    run = office.bring_all("--annotated", tmp_path / "file")
    assert run.status == 2
    assert not Upload.objects.exists()


def test_corrected_copy_goes_in(office, tmp_path):
    office.bring_all("--annotated", tmp_path / "copies", results=results(wrong_numbers()))
    (path,) = (tmp_path / "copies").iterdir()
    book = openpyxl.load_workbook(path)
    book["Sheet1"]["C6"] = people()[2]["id"]
    out = io.BytesIO()
    book.save(out)
    run = office.bring_all(results=out.getvalue())
    assert run.status == 0, run.errors
    assert figures() == SUMMARY


def test_two_files_of_the_same_name_are_told_apart(tmp_path):
    paths = []
    for number, data in enumerate((roster(people()[:4]), roster(people()[4:]))):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "花名册.xlsx").write_bytes(data)
        paths.append(folder / "花名册.xlsx")
    run = command("import_workbooks", *paths, "--round", "2022")
    assert [file["file"] for file in run.facts["files"]] == ["花名册.xlsx", "花名册 (2).xlsx"]


def test_cover_and_instructions_are_other_and_no_error(office):
    book = {"封面": [["试验区"], ["聘任材料汇编"]], "填写说明": [["一、身份证号为文本格式。"]]}
    rows = [["单位", "岗位名称", "岗位层级", "职数"], ["招商局", "局长", "中层正职", 1]]
    run = office.bring({"全.xlsx": make_xlsx(book | {"岗位": rows, "空": []})})
    assert run.status == 0
    assert [(file["sheet"], file["kind"]) for file in run.facts["files"]] == [
        ("封面", "other"),
        ("填写说明", "other"),
        ("岗位", "positions"),
    ]


def test_table_without_a_row_writes_nothing(office):
    run = office.bring({"1.xlsx": positions([])})
    assert (run.status, run.facts["written"]) == (0, False)
    assert not Zone.objects.exists()


def test_without_json_the_outcome_is_told_in_chinese(office, capsys):
    paths = office.save({"1.xlsx": positions(), "2.xlsx": roster(), "3.xlsx": results(wrong_numbers())})
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_workbooks", *map(str, paths), stdout=out)
    assert ended.value.code == 1
    assert "[错误 ID_LENGTH] 3.xlsx Sheet1 第6行 “身份证号”“123”：" in out.getvalue()
    assert "有1处错误，没有写入任何数据。" in out.getvalue()


def test_other_commands_refuse_what_they_do_not_know_with_status_2(office):
    for name, *args in (("round_summary", "2022"), ("undo_upload", 1), ("round_summary", "1", "--zone", "x")):
        run = command(name, *args)
        assert run.status == 2
        assert run.facts["why"]
    assert command("list_uploads").facts == {"uploads": []}
    office.bring_all()
    assert command("round_summary", "2030").facts["why"] == "试验区没有轮次“2030”。"
    assert command("undo_upload", 99).facts == {
        **{"ok": False, "upload": 99, "removed": 0, "restored": 0},
        "why": "没有第99号上传。",
    }


def test_uploads_are_listed_with_what_they_did(office):
    upload = office.bring_all().facts["upload"]
    (one,) = command("list_uploads").facts["uploads"]
    assert set(one) == {"id", "at", "by", "round", "files", "counts", "undone", "can_undo", "why"}
    assert (one["id"], one["by"], one["round"]) == (upload, "命令行", "2022")
    assert one["files"] == ["positions.xlsx", "roster.xlsx", "results.xlsx"]
    assert (one["undone"], one["can_undo"], one["why"]) == (False, True, "")


def test_round_summary_has_the_keys_of_the_contract(office):
    office.bring_all()
    facts = summary("2022", "--people")
    assert set(facts) == {
        *("zone", "round", "effective", "in_scope", "appointed", "promoted", "demoted", "lateral"),
        *("unchanged", "new", "unplaced", "exited", "max_demotion_steps", "headcount", "positions"),
        *("by_level", "by_unit", "checks", "sentence", "people"),
    }
    assert facts["effective"] == "2022-01-23"
    assert facts["by_unit"][1] == {"unit": "招商局", "headcount": 6, "appointed": 5}
    promoted = next(one for one in facts["people"] if one["change"] == "PROMOTION")
    assert set(promoted) == {"id_number", "name", "change", "steps", "before", "after"}
    assert promoted["before"] == {
        **{"unit": "招商局", "section": "综合科", "title": "副科长", "level": "科室副职"},
    }
    assert facts["sentence"] == "参加聘任8人，其中提拔1人、降职1人，全部人员找到了合适的位置，无人一落千丈。"
