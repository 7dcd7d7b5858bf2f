"""A zone of any size for the benchmarks: positions and people through the importer, results as a workbook."""

import io
import os
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def setup() -> None:
    """Django on a throw-away database: SQLite in a temporary directory, or an empty one named by
    DATABASE_URL."""
    sys.path.insert(0, str(ROOT))
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="bench-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reform.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def id_number(place: int) -> str:
    """A valid number under a division code that no place has."""
    from reform.exchange.cells import check_character

    birth = date(1965, 1, 1) + timedelta(days=place % 10000)
    body = f"419900{birth:%Y%m%d}{place // 10000 % 100:02d}{1 + 2 * (place % 5)}"
    return body + check_character(body)


def workbook(title: str, lines: list[str], headers: list[str], rows: list[list[object]]) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Sheet1")
        for place, text in enumerate([title, *lines]):
            sheet.write_string(place, 0, text)
        for place, row in enumerate([headers, *rows], 1 + len(lines)):
            sheet.write_row(place, 0, row)
    return stream.getvalue()


def files(people: int, per_post: int = 5) -> tuple[bytes, bytes, bytes]:
    """(岗位设置表, 花名册, 聘任结果) for a number of people, one in thirty up and one down; other numbers,
    other people."""
    posts = people // per_post + 1
    place = [
        (f"{people}号第{n // 20:03d}部", f"{'一二三四五'[n // 4 % 5]}科", f"岗位{n % 4}")
        for n in range(posts)
    ]
    positions = [[*one, "一般主办", per_post] for one in place]
    results, roster = [], []
    for n in range(people):
        unit, section, title = place[n // per_post]
        before = "科室副职" if n % 30 == 7 else "职员" if n % 30 == 11 else "一般主办"
        number = id_number(people + n)
        name = f"王{chr(0x4E00 + n % 6000)}{chr(0x4E00 + n // 6000)}"
        roster.append(
            [name, number, "男", "汉族", unit, section, f"旧{title}" if n % 3 else title, before, "2018.12"]
        )
        results.append([n + 1, name, number, unit, section, title, "一般主办", "2022-01-23", 3, ""])
    return (
        workbook("高新区2022年岗位设置表", [], ["单位", "科室", "岗位名称", "岗位层级", "职数"], positions),
        workbook(
            "高新区2022年花名册",
            ["截止时间：2021年12月31日"],
            ["姓名", "身份证号", "性别", "民族", "原单位", "原科室", "原岗位", "原层级", "任现职时间"],
            roster,
        ),
        workbook(
            "高新区2022年全员聘任结果汇总表",
            ["2022年1月23日"],
            [
                "序号",
                "姓名",
                "公民身份号码",
                "聘任单位",
                "聘任科室",
                "聘任岗位",
                "岗位层级",
                "聘任起始时间",
                "聘期(年)",
                "备注",
            ],
            results,
        ),
    )
