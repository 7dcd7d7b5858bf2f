"""Arguments that a command cannot make out: told in Chinese, status 2, and with --json as one object."""

import json
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError

from reform.models import Zone
from tests.import_cast import people, positions, results, roster

pytestmark = pytest.mark.django_db

CALLS = [
    (("import_workbooks",), "缺少参数 FILE。"),
    (("import_workbooks", "a.xlsx", "--kickoff", "明天"), "参数 --kickoff：“明天”不是日期。"),
    (("import_workbooks", "a.xlsx", "--effective", "2022.01"), "参数 --effective：“2022.01”只到月份"),
    (("import_workbooks", "a.xlsx", "--round"), "参数 --round 后面缺少内容。"),
    (("import_workbooks", "a.xlsx", "--kick", "2022-01-09"), "不认识的参数：--kick"),
    (("round_summary",), "缺少参数 CODE。"),
    (("round_summary", "2022", "2023"), "不认识的参数：2023。"),
    (("round_summary", "2022", "--as-of", "2022-02-30"), "参数 --as-of：没有这一天：2022年2月30日"),
    (("round_state",), "缺少参数 CODE。"),
    (("round_state", "2022", "--json=1"), "参数 --json 后面不写内容。"),
    (("undo_upload",), "缺少参数 ID。"),
    (("undo_upload", "一"), "参数 ID 须是整数，现为“一”。"),
    (("list_uploads", "1"), "不认识的参数：1。"),
    (("verify_audit", "--all"), "不认识的参数：--all。"),
    (("advance_rounds", "--on", "x"), "参数 --on：“x”不是日期。"),
    (("advance_cycles", "--on"), "参数 --on 后面缺少内容。"),
    (("kpi_results",), "缺少参数 CYCLE。"),
    (("kpi_try", "PROP", "--full"), "参数 --full 后面缺少内容。"),
    (("workdays", "2022-01-10", "2022-01-21", "-v", "9"), "参数 -v/--verbosity 没有“9”这个选项。"),
    (("publicity_end", "2022-01-24"), "缺少参数 DAYS。"),
    (("pay_run", "2022-03", "2022-04"), "不认识的参数：2022-04。"),
]


def told(*args: str) -> tuple[str, str]:
    """What a call says that ends with status 2, on stdout and on stderr."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
        call_command(*args)
    assert end.value.code == 2
    return out.getvalue(), err.getvalue()


@pytest.mark.parametrize(("call", "why"), CALLS, ids=[" ".join(call) for call, _ in CALLS])
def test_wrong_arguments_are_told_in_chinese_with_the_form_of_the_call(call: tuple[str, ...], why: str):
    out, err = told(*call)
    assert out == ""
    assert err.startswith(why)
    assert f"用法：manage.py {call[0]}" in err


@pytest.mark.parametrize(("call", "why"), CALLS, ids=[" ".join(call) for call, _ in CALLS])
def test_with_json_the_same_is_one_object(call: tuple[str, ...], why: str):
    out, err = told(*call, "--json")
    facts = json.loads(out)
    assert (facts["ok"], err) == (False, "")
    said = facts["findings"][0]["message"] if call[0] == "import_workbooks" else facts["why"]
    assert said.startswith(why)


def test_refused_import_has_the_form_of_an_import_and_is_told_on_stderr_otherwise(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"")
    call = ("import_workbooks", str(tmp_path / "a.xlsx"), "--annotated", str(tmp_path / "a.xlsx" / "b"))
    out, err = told(*call)
    assert (out, err[:7]) == ("", "不能建立文件夹")
    facts = json.loads(told(*call, "--json")[0])
    assert (facts["ok"], facts["written"], facts["upload"], facts["files"]) == (False, False, None, [])
    assert facts["findings"][0]["code"] == "CALL_REFUSED"


def test_copy_that_cannot_be_written_is_told_beside_the_outcome(tmp_path):
    names = [tmp_path / name for name in ("p.xlsx", "r.xlsx", "x.xlsx")]
    (tmp_path / "out" / "x-标注.xlsx").mkdir(parents=True)
    faulty = results([one | {"id": "12345"} for one in people()])
    for path, data in zip(names, (positions(), roster(), faulty), strict=True):
        path.write_bytes(data)
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
        call_command("import_workbooks", *map(str, names), "--annotated", str(tmp_path / "out"), "--json")
    assert end.value.code == 1
    assert {one["code"] for one in json.loads(out.getvalue())["files"][2]["findings"]} == {"ID_LENGTH"}
    assert err.getvalue().startswith("标注后的文件“x-标注.xlsx”写不进")


@pytest.mark.parametrize(
    "call", [("list_uploads",), ("round_summary", "2022"), ("import_workbooks", "{file}")]
)
def test_database_of_another_state_is_told_in_words(call, tmp_path, monkeypatch):
    (tmp_path / "p.xlsx").write_bytes(positions())

    def without_tables(*args: object, **options: object) -> None:
        raise OperationalError("no such table: reform_zone")

    monkeypatch.setattr(Zone.objects, "order_by", without_tables)
    monkeypatch.setattr(Zone.objects, "exists", without_tables)
    monkeypatch.setattr(Zone.objects, "select_for_update", without_tables)
    out = StringIO()
    with redirect_stdout(out), pytest.raises(SystemExit) as end:
        call_command(*(word.format(file=tmp_path / "p.xlsx") for word in call), "--json")
    assert end.value.code == 1
    facts = json.loads(out.getvalue())
    said = facts.get("why") or facts["findings"][0]["message"]
    assert said == "数据库不能读写：no such table: reform_zone。请先运行 manage.py migrate。"
