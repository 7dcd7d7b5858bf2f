"""工资条 as PDF: typst with a font of our own, so that it looks the same on every machine."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import typst

from compensation.selectors.slip_view import Slip

HERE = Path(__file__).resolve().parent
PDF = "application/pdf"
MAX_SLIPS = 2000  # of one file


def slips_pdf(slips: Sequence[Slip], on: date) -> bytes:
    """One page or more for each slip. What people wrote reaches the page as data, never as markup."""
    data = {
        "slips": [_slip(one) for one in slips],
        "footer": f"{on:%Y年%-m月%-d日}打印，个人薪酬信息，请妥善保管",
    }
    made: Any = typst.compile(
        str(HERE / "slip.typ"),
        root=str(HERE),
        font_paths=[str(HERE / "fonts")],
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return bytes(made)


def _slip(slip: Slip) -> dict[str, Any]:
    where = "  ".join(part for part in (slip.name, slip.unit, slip.post, slip.level) if part)
    paid = f"  {slip.paid_on:%Y年%-m月%-d日}发放" if slip.paid_on else f"  {slip.state}"
    return {
        "title": slip.title,
        "zone": slip.zone,
        "who": where + paid,
        "facts": [list(one) for one in slip.facts],
        "parts": [[word, f"{amount:,.2f}"] for word, amount in slip.parts],
        "deductions": [[word, f"{amount:,.2f}"] for word, amount in slip.deductions],
        "gross": f"{slip.gross:,.2f}",
        "net": f"{slip.net:,.2f}",
        "why": slip.why,
        "terms": list(slip.terms),
    }
