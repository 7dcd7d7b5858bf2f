"""A round from the office's workbooks to the leader's page, by visible Chinese labels, in a real browser."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from openpyxl import load_workbook
from playwright.sync_api import expect

from reform.access import command_actor
from reform.models import Membership, Tenure, Upload, Zone
from reform.services import zone_create
from tests.browser.pages import PASSWORD, follow, log_in, press, sees

DEMO = Path(__file__).resolve().parents[2] / "fixtures" / "demo"
pytestmark = pytest.mark.browser


def a_user(name: str, role: str, zone: Zone, *, staff: bool) -> None:
    user = get_user_model().objects.create_user(name, password=PASSWORD, is_staff=staff)
    user.groups.add(Group.objects.get(name=role))
    Membership.objects.create(user=user, zone=zone)


@pytest.fixture
def zone(live_server: Any, django_db_serialized_rollback: None) -> Zone:
    made = zone_create(code="demo", name="云溪高新区", actor=command_actor(None))
    a_user("renshi", "人事", made, staff=True)
    a_user("lingdao", "领导", made, staff=False)
    return made


def faulty_results() -> bytes:
    """The demo's results with one cell spoilt: a day that February does not have."""
    book = load_workbook(DEMO / "2022-3-全员聘任结果汇总表.xlsx")
    sheet = book.active
    column = next(cell.column for cell in sheet[3] if cell.value and "起始" in str(cell.value))
    sheet.cell(10, column).value = "2022.2.30"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def saved(download: Any) -> Any:
    """The workbook that the browser saved."""
    return load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))


def choose(page: Any, *files: Any) -> None:
    page.goto("/admin/uploads/")
    page.set_input_files("input[type=file]", list(files))
    assert page.get_by_label("轮次").input_value() == ""
    page.get_by_label("动员日").fill("2022-01-09")
    press(page, "开始预检")
    page.wait_for_url(re.compile("/rehearsal/"))


def test_hr_uploads_corrects_confirms_and_undoes_and_the_leader_reads(
    offline_page: Any, foreign_requests: list[str], zone: Zone, tmp_path: Path
) -> None:
    page = offline_page
    good = [DEMO / "2022-1-岗位设置一览表.xlsx", DEMO / "2022-2-改革前人员花名册.xlsx"]
    results = DEMO / "2022-3-全员聘任结果汇总表.xlsx"
    bad = tmp_path / results.name
    bad.write_bytes(faulty_results())

    log_in(page, "renshi")
    choose(page, *good, bad)
    sees(page, "有1处错误，未写入任何数据")
    sees(page, "没有这一天", within="table.findings >> nth=0")
    assert page.get_by_role("button", name="确认写入").is_disabled()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("下载标注后的文件")).first.click()
    marked = saved(download)
    assert "错误汇总" in marked.sheetnames
    assert not Upload.objects.exists()

    choose(page, *good, results)
    sees(page, "可以写入")
    press(page, "确认写入")
    page.wait_for_url(re.compile(r"/uploads/\d+/$"))
    sees(page, "已写入")
    follow(page, page.get_by_role("link", name="看领导报表"))
    sees(page, "参加聘任613人，其中提拔20人、降职17人", within="h1")

    page.goto("/")
    page.context.clear_cookies()
    log_in(page, "lingdao")
    assert page.url.endswith("/reports/2022/")
    sees(page, "全部人员找到了合适的位置，无人一落千丈。", within="h1")
    follow(page, page.locator(".figures a.up"))
    sees(page, "20", within="h1")
    expect(page.locator("main table tbody tr")).to_have_count(20)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("导出")).first.click()
    listed = saved(download).active
    cells = [[cell.value for cell in row] for row in listed.iter_rows()]
    assert sum(1 for row in cells if isinstance(row[0], int)) == 20 or len(cells) >= 22
    assert page.request.post(page.url).status in (403, 405)
    assert page.request.post("/admin/uploads/").status == 403

    page.context.clear_cookies()
    log_in(page, "renshi")
    page.goto("/admin/uploads/")
    follow(page, page.get_by_role("link", name=re.compile(r"第\d+号")).first)
    page.get_by_label("撤销原因").fill("试装")
    press(page, "撤销这次上传")
    sees(page, "已撤销")
    assert not Tenure.objects.exists()
    assert foreign_requests == []


def test_no_page_asks_for_anything_outside_the_machine(
    offline_page: Any, foreign_requests: list[str], zone: Zone
) -> None:
    """Every page that the menu of an HR user and of a leader leads to."""
    page = offline_page
    log_in(page, "renshi")
    page.goto("/admin/")
    own = page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.href)")
    addresses = sorted({one for one in own if "/admin/" in one and "logout" not in one})
    assert len(addresses) >= 8
    for address in addresses:
        response = page.goto(address)
        assert response is not None
        assert response.status == 200, address
    page.goto("/reports/")
    assert foreign_requests == []
