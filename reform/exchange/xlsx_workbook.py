"""An .xlsx made fit for calamine: examined part by part, texts added up, a few bytes put right.

Put right are date formats that a Chinese Excel knows by number alone (57: 2018年12月), which calamine takes
for plain numbers, and errors newer than calamine (#SPILL!), which would make it give up.
"""

import posixpath
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from reform.exchange.raw import MAX_CELLS, MAX_SHEETS, CellFault, FileUnreadable, too_large
from reform.exchange.xlsx_package import Package, damaged
from reform.exchange.xlsx_scan import PartScan, Position, scan_part, whole_tokens

MAX_TEXT_BYTES = 200 * 1024 * 1024
# A part is rewritten in memory; a larger one is left as it is.
MAX_REWRITTEN = 48 * 1024 * 1024

_KNOWN_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
_ERROR_VALUE = re.compile(rb"( t=\"e\"[^<>]*>\s*(?:<f[^<>]*/>|<f[^<>]*>[^<]*</f>)?\s*<v>)[^<]*(</v>)")
# Formats 27–36 and 50–58 are dates and times in Chinese, Japanese and Korean Excel, written without a code.
_CELL_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_LOCAL_DATE = re.compile(rb"(\snumFmtId=\")(2[789]|3[0-6]|5[0-8])(?=\")")
_ANY_DATE = rb"\g<1>14"
_STRING_TAG = re.compile(rb"<si>|</si>|<si ?/>")
_STRING_TAG_ROUGHLY = re.compile(rb"</?si(?![^\s<>/])")
_VALUE_START = re.compile(rb"[<:]v(?![^\s<>/])")
_VALUE = re.compile(rb"[<:]v>([^<&]*)</")


@dataclass(frozen=True)
class SafeXlsx:
    """What calamine may open, and the cells it cannot tell about; elements: rows and cells, tags: all."""

    data: bytes
    faults: dict[str, dict[Position, CellFault]]
    elements: int
    tags: int
    epoch1904: bool


def examine_xlsx(package: Package) -> SafeXlsx:
    """Every part looked through, all limits applied; raises FileUnreadable."""
    names = package.xml_parts()
    plain = [name for name in names if "/worksheets/" not in name.lower()]
    scans = {name: scan_part(package, name) for name in plain}
    sheets = sheet_names_by_part(package)
    for name in names:
        if name not in scans:
            label = f"工作表「{sheets[name.lower()][0]}」" if name.lower() in sheets else "文件"
            scans[name] = scan_part(package, name, label)
    uses = {name: len(sheets[name.lower()]) for name in scans if name.lower() in sheets}
    if sum(scans[name].cells * times for name, times in uses.items()) > MAX_CELLS:
        raise too_large("文件的单元格过多")
    _check_texts(package, scans, uses)
    faults = {sheet: scans[name].faults for name in scans for sheet in sheets.get(name.lower(), [])}
    return SafeXlsx(
        data=package.repacked(names, dict(_replacements(package, scans))),
        faults={sheet: found for sheet, found in faults.items() if found},
        elements=sum(scan.elements for scan in scans.values()),
        tags=sum(scan.tags for scan in scans.values()),
        epoch1904=_counts_from_1904(package),
    )


def workbook_part(package: Package) -> str | None:
    """The name of the part that lists the sheets; None where the zip file is no workbook.

    Of two such parts calamine might read the other one; a file that has two is refused.
    """
    found = [name for name in package.parts if name.lower().rpartition("/")[2] == "workbook.xml"]
    if len(found) > 1:
        raise damaged()
    return found[0] if found else None


def _counts_from_1904(package: Package) -> bool:
    workbook = workbook_part(package)
    found = _elements(package, workbook, "workbookPr") if workbook else []
    return any(one.get("date1904", "").lower() in ("1", "true") for one in found)


def sheet_names_by_part(package: Package) -> dict[str, list[str]]:
    """xl/worksheets/sheet1.xml → the names of the sheets that it holds, normally one; parts in lower case."""
    workbook = workbook_part(package)
    if workbook is None:
        raise damaged()
    folder = posixpath.dirname(workbook)
    targets = {
        element.get("Id", ""): _resolved(folder, element.get("Target", ""))
        for element in _elements(package, _relations_part(package, workbook), "Relationship")
    }
    found: dict[str, list[str]] = {}
    sheets = _elements(package, workbook, "sheet")
    if len(sheets) > MAX_SHEETS:
        raise FileUnreadable(
            f"文件有 {len(sheets)} 张工作表，超出上限 {MAX_SHEETS} 张。", "请分成几个文件上传。"
        )
    for element in sheets:
        relation = next((value for key, value in element.items() if key.rpartition("}")[2] == "id"), "")
        found.setdefault(targets.get(relation, ""), []).append(element.get("name", ""))
    return found


def _relations_part(package: Package, workbook: str) -> str:
    folder, file_name = posixpath.split(workbook)
    wanted = posixpath.join(folder, "_rels", file_name + ".rels").lower()
    found = next((name for name in package.parts if name.lower() == wanted), None)
    if found is None:
        raise damaged()
    return found


def _resolved(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/").lower()


def _elements(package: Package, name: str, tag: str) -> list[ElementTree.Element]:
    try:
        root = ElementTree.fromstring(package.content(name))
    except ElementTree.ParseError as error:
        raise damaged() from error
    return [element for element in root.iter() if str(element.tag).rpartition("}")[2] == tag]


def _replacements(package: Package, scans: dict[str, PartScan]) -> Iterator[tuple[str, bytes]]:
    for name, scan in scans.items():
        if package.parts[name].file_size > MAX_REWRITTEN:
            continue
        if name.lower().endswith("styles.xml"):
            content = package.content(name)
            better = _with_general_dates(content)
            if better != content:
                yield name, better
        elif any(fault.kind == "error" and fault.text not in _KNOWN_ERRORS for fault in scan.faults.values()):
            yield name, _ERROR_VALUE.sub(rb"\g<1>#N/A\g<2>", package.content(name))


def _with_general_dates(styles: bytes) -> bytes:
    defined = set(re.findall(rb"<(?:\w+:)?numFmt\s[^<>]*?numFmtId=\"(\d+)\"", styles))

    def as_date(match: re.Match[bytes]) -> bytes:
        return match[0] if match[2] in defined else match.expand(_ANY_DATE)

    return _CELL_FORMATS.sub(lambda formats: _LOCAL_DATE.sub(as_date, formats[0]), styles)


def _check_texts(package: Package, scans: dict[str, PartScan], uses: dict[str, int]) -> None:
    """Refuse a file whose shared strings, copied into every cell that names them, would fill the memory.

    uses: how many sheets show the part. The longest string in every cell is a bound that all but a few files
    keep; only for the others are the references added up.
    """
    shared = next((name for name in scans if name.lower().endswith("sharedstrings.xml")), None)
    if shared is None:
        return
    longest = _longest_string(package, shared)
    if longest * sum(scans[name].cells * uses[name] for name in uses) <= MAX_TEXT_BYTES:
        return
    lengths = _string_lengths(package, shared)
    total = 0
    for name, times in uses.items():
        total += times * _text_bytes(package, name, lengths, longest)
        if total > MAX_TEXT_BYTES:
            raise FileUnreadable(
                "文件中的长文字重复过多，展开后超出内存上限。", "请删除重复的长篇说明文字后再上传。"
            )


def _longest_string(package: Package, name: str) -> int:
    """At least the length of the longest shared string, in bytes of XML."""
    longest = kept = 0
    for chunk in whole_tokens(package.chunks(name)):
        if b":si" in chunk:  # under a prefix: not worth telling apart
            return package.parts[name].file_size
        first, *others = chunk.split(b"</si>")
        longest = max(longest, kept + len(first), max(map(len, others), default=0))
        kept = len(others[-1]) if others else kept + len(first)
    return longest


def _string_lengths(package: Package, name: str) -> "array[int]":
    """The length of every shared string in bytes of XML, which is never less than that of the text."""
    lengths: array[int] = array("I")
    open_at: int | None = None
    offset = 0
    for chunk in whole_tokens(package.chunks(name)):
        tags = list(_STRING_TAG.finditer(chunk))
        if len(tags) != len(_STRING_TAG_ROUGHLY.findall(chunk)):
            raise damaged()
        for tag in tags:
            is_end = tag[0] == b"</si>"
            if is_end is (open_at is None):  # one inside the other, or an end without a start
                raise damaged()
            if tag[0] == b"<si>":
                open_at = offset + tag.end()
            else:
                lengths.append(offset + tag.start() - open_at if open_at is not None else 0)
                open_at = None
        offset += len(chunk)
    return lengths


def _text_bytes(package: Package, name: str, lengths: "array[int]", longest: int) -> int:
    """A bound of the text in one sheet: numbers count as references, what is unclear as the longest."""
    total = 0
    for chunk in whole_tokens(package.chunks(name)):
        values = _VALUE.findall(chunk)
        total += (len(_VALUE_START.findall(chunk)) - len(values)) * longest
        for value in values:
            if value.isdigit() and len(value) < 10:
                total += lengths[int(value)] if int(value) < len(lengths) else 0
            elif value.strip(b"+ \t\r\n").isdigit():
                total += longest
            else:
                total += lengths[0] if lengths else 0  # calamine's choice for a reference that is no number
    return total
