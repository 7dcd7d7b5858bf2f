"""Write docs/machines.md and docs/machines/*.svg from the tables that settings.MACHINES names."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from reform.diagrams import Diagram, Step, diagrams
from reform.models import Position

METHODS = dict(Position.Method.choices)
HEAD = """# 状态机

轮次、批次、报名、聘任和考核等的状态，由 `appointments/states.py`、`kpi/states.py` 中的表画出：
`python manage.py machine_diagrams`。图上的编号对应下面的表；表中没有的（状态，步骤）一律拒绝。
"""
COLUMNS = ("编号", "步骤", "从", "到", "由谁办理", "任用方式", "产生的文件")


def documents() -> dict[str, str]:
    """Path below docs/ → content."""
    found = diagrams()
    files = {f"machines/{one.key}.svg": one.svg for one in found}
    return files | {"machines.md": HEAD + "".join(_section(one) for one in found)}


def _section(one: Diagram) -> str:
    rows = [COLUMNS, tuple("---" for _ in COLUMNS), *(_row(step) for step in one.steps)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"\n## {one.name}\n\n![{one.name}状态图](machines/{one.key}.svg)\n\n{table}\n"


def _row(step: Step) -> tuple[str, ...]:
    return (
        str(step.number),
        f"{step.code} {step.label}".strip(),
        "、".join(step.source_labels),
        step.target_label,
        step.actor,
        "、".join(METHODS[one] for one in step.methods) or "全部",
        step.document or "—",
    )


class Command(BaseCommand):
    help = "按状态表重新生成 docs/machines.md 和 docs/machines/*.svg"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="只核对是否最新，不写文件")

    def handle(self, *args: Any, **options: Any) -> None:
        docs = Path(settings.BASE_DIR) / "docs"
        stale = [
            path
            for path, text in documents().items()
            if not (docs / path).exists() or (docs / path).read_text(encoding="utf-8") != text
        ]
        if options["check"] and stale:
            self.stderr.write(f"不是最新的：{'、'.join(stale)}。请运行 manage.py machine_diagrams。")
            raise SystemExit(1)
        for path in () if options["check"] else stale:
            (docs / path).parent.mkdir(exist_ok=True)
            (docs / path).write_text(documents()[path], encoding="utf-8")
        self.stdout.write(f"已更新{len(stale)}个文件。" if stale else "已是最新。")
