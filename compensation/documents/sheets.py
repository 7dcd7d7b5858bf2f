"""绩效工资发放表 and 工资表 (layout 10 of domain.md §8), and what the bank gets."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from compensation.models import PayLine, PayRun
from compensation.selectors.runs import Payable
from compensation.selectors.slip_view import post_inside
from reform.admin.display import mask_account
from reform.documents.paper import Paper, numbered
from reform.documents.sheets import Field, fields_of, write_paper
from reform.ladder import Ladder

PERFORMANCE, PAYROLL, BANK = "performance", "payroll", "bank"
LABELS: Mapping[str, str] = {PERFORMANCE: "绩效工资发放表", PAYROLL: "工资表", BANK: "银行代发"}
_WHO = "序号:6 单位:20 姓名:10 岗位:18 层级:12 岗位系数:10"
_MERIT = "绩效基数:12 单位系数:10 个人系数:10 应发绩效:12 已预发:12 本次发放:12 补发扣回:12"
_END = "实发:12 银行账号:24 签字:10"
_MORE = "基础工资:12 岗位工资:12 年功:10 专项奖励:12 津补贴:10 应发合计:12"
# What the layout has no column for stands behind it.
_BEHIND = "过渡补差:12 社保:10 公积金:10 个税:10 说明:40"
COLUMNS: Mapping[str, tuple[Field, ...]] = {
    PERFORMANCE: fields_of(f"{_WHO} {_MERIT} {_END}"),
    PAYROLL: fields_of(f"{_WHO} {_MORE} {_MERIT} {_END} {_BEHIND}"),
    BANK: fields_of("序号:6 户名=姓名:14 银行账号:26 金额:14 身份证号:22 摘要:24"),
}
NOTES: Mapping[str, str] = {
    "岗位系数": "当月按岗位层级的系数",
    "应发绩效": "单位得分和个人等次确定后才有（季度、年终清算）",
    "已预发": "年终清算时，本年各月已经预发的绩效",
    "本次发放": "本批发放的绩效",
    "补发扣回": "更正以前月份的金额，扣回为负",
    "应发合计": "各项之和，含绩效、过渡补差和补发扣回",
    "实发": "工资表为应发合计减社保、公积金、个税；绩效工资发放表为本次发放加补发扣回",
    "银行账号": "文本格式，请勿改成数字",
}
_PERIOD = {PayRun.Kind.MONTH: "工资", PayRun.Kind.QUARTER: "绩效工资", PayRun.Kind.SETTLEMENT: "绩效清算"}
_UNSAFE = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def sheet_title(kind: str, run: PayRun) -> str:
    """2022年3月绩效工资发放表, 2022年度绩效清算发放表: the run and the sheet in one, no word of it twice."""
    what = _PERIOD[PayRun.Kind(run.kind)]
    period = str(run).removesuffix(what)
    label = LABELS[kind]
    if run.kind == PayRun.Kind.SETTLEMENT:
        label = f"{what}{label.removeprefix('绩效工资')}"
    return f"{run.zone.name}{period}{label}"


def pay_sheet(
    kind: str, run: PayRun, lines: Iterable[PayLine], ladder: Ladder, *, clear_accounts: bool
) -> bytes:
    """One of the two sheets as .xlsx; a last line adds everything up. Without the right to them, of accounts
    only the last digits are written."""
    rows = [_row(kind, run, line, ladder, clear_accounts) for line in lines]
    paper = Paper(
        sheet_title(kind, run),
        {},
        [*numbered(rows), _total(rows)],
        [_signatures(run)],
    )
    return write_paper(paper, COLUMNS[kind], notes=NOTES, words={})


def _row(kind: str, run: PayRun, line: PayLine, ladder: Ladder, clear: bool) -> dict[str, Any]:
    account = line.person.bank_account
    is_month = run.kind == PayRun.Kind.MONTH
    return {
        "单位": line.unit.owner.name if line.unit else "",
        "姓名": line.person.name,
        "岗位": post_inside(line),
        "层级": ladder.name_of(line.level),
        "岗位系数": _coefficient(line.post_coefficient),
        "基础工资": line.base_pay,
        "岗位工资": line.position_pay,
        "年功": line.seniority_pay,
        "专项奖励": line.special_award,
        "津补贴": line.allowance,
        "应发合计": line.gross,
        "绩效基数": line.performance_base,
        "单位系数": _coefficient(line.unit_coefficient),
        "个人系数": _coefficient(line.personal_coefficient),
        "应发绩效": None if is_month else line.performance_due,
        "已预发": None if is_month else line.prepaid,
        "本次发放": line.performance_pay,
        "补发扣回": line.back_pay,
        "实发": line.net if kind == PAYROLL else line.performance_pay + line.back_pay,
        "银行账号": account if clear else mask_account(account),
        "过渡补差": line.protection,
        "社保": line.social_insurance,
        "公积金": line.housing_fund,
        "个税": line.income_tax,
        "说明": line.why,
    }


def _coefficient(value: Decimal | None) -> str:
    """Four places, as text: the sheet's own numbers have two."""
    return "" if value is None else f"{value:.4f}"


def _total(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    sums: dict[str, Any] = {"单位": "合计"}
    for row in rows:
        for key, value in row.items():
            if isinstance(value, Decimal):
                sums[key] = sums.get(key, Decimal("0.00")) + value
    return sums


def _signatures(run: PayRun) -> str:
    words = [
        f"{word}：{(user.get_full_name() or user.get_username()) if user else '　　　　'}"
        for word, user in (("制表", run.calculated_by), ("核对", run.checked_by), ("批准", run.approved_by))
    ]
    return "　　".join([*words, f"文号：{run.document_no}" if run.document_no else "文号：　　　　"])


def bank_sheet(run: PayRun, rows: Sequence[Payable]) -> bytes:
    """What the bank pays, as .xlsx with the accounts as text."""
    lines = [
        {
            "姓名": one.name,
            "银行账号": one.bank_account,
            "金额": one.amount,
            "身份证号": one.id_number,
            "摘要": str(run),
        }
        for one in rows
    ]
    total = {"姓名": "合计", "金额": sum((one.amount for one in rows), Decimal("0.00"))}
    paper = Paper(f"{run.zone.name}{run}{LABELS[BANK]}", {}, [*numbered(lines), total])
    return write_paper(paper, COLUMNS[BANK], notes=NOTES, words={})


def bank_csv(run: PayRun, rows: Sequence[Payable]) -> bytes:
    """What the bank pays, as CSV in UTF-8 with its mark, so that Excel reads it; no cell is a formula."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(["序号", "户名", "银行账号", "金额", "身份证号", "摘要"])
    for number, one in enumerate(rows, 1):
        cells = [one.name, one.bank_account, f"{one.amount:.2f}", one.id_number, str(run)]
        writer.writerow([number, *(_safe(cell) for cell in cells)])
    return stream.getvalue().encode("utf-8-sig")


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_UNSAFE) else text
