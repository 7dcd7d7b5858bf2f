"""The parts of an .xlsx looked through before calamine gets them: where values stand, what hides in the XML.

calamine keeps a sheet as one dense block from its first to its last value, copies a shared string into every
cell that refers to it, and gives '' for errors and for formulas saved without a result. So each part is
streamed once: by far most sheets are cleared by a few searches over their bytes; one with values far out, or
written in an unusual way, goes through an XML parser that counts every cell. Refused are a document type,
CDATA and comments (entity bombs, and places to hide cells from a search) and any text beyond MAX_TOKEN.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import unescape

from reform.exchange.raw import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, CellFault, FileUnreadable, too_large
from reform.exchange.xlsx_package import Package, damaged

MAX_TOKEN = 1024 * 1024
MAX_FAULTS = 100_000
MAX_DEPTH = 64

# A cell that is neither within BZ59999 (78 × 59,999 cells are below MAX_CELLS) nor plainly blank. Of two
# attributes r calamine takes the last, therefore all attributes are named.
_ODD_CELL = re.compile(
    rb"<c(?![^\s<>/])(?! r=\""
    rb"(?:[AB]?[A-Z][1-5]?[0-9]{1,4}\"(?: (?:s|t|cm|vm|ph)=\"\w*+\")*+ ?/?>"
    rb"|[A-Z]{1,3}[0-9]{1,7}\"(?: s=\"\w*+\")? ?(?:/>|></c>)))"
)
_PREFIXED_CELL = re.compile(rb":c[\s/>]")
_FORMULA = rb"<f(?:[^<>]*/>|[^<>]*>([^<]*)</f>)"
_ERROR_CELL = re.compile(
    rb"<c r=\"([A-Z]+)([0-9]+)\"[^<>]* t=\"e\"[^<>]*>\s*(?:" + _FORMULA + rb"\s*)?<v>([^<]*)</v>"
)
_UNSAVED_FORMULA = re.compile(
    rb"<c r=\"([A-Z]+)([0-9]+)\"([^<>]*)>\s*" + _FORMULA + rb"\s*(?:</c>|<v ?/>|<v></v>)"
)
_UNIQUE_COUNT = re.compile(rb"uniqueCount\s*=\s*[\"']([^\"']*)")

Position = tuple[int, int]  # row and column, counted from 1


@dataclass
class PartScan:
    """What one part holds: cells that may have a value, cells and rows of any kind, cells without result."""

    cells: int = 0
    elements: int = 0
    tags: int = 0
    odd: bool = False
    faults: dict[Position, CellFault] = field(default_factory=dict)

    def add_fault(self, position: Position, fault: CellFault) -> None:
        if len(self.faults) >= MAX_FAULTS:
            raise FileUnreadable(f"文件中有超过 {MAX_FAULTS} 个单元格是错误值，或是没有保存结果的公式。")
        self.faults[position] = fault


def scan_part(package: Package, name: str, label: str = "文件") -> PartScan:
    """One part streamed through; raises FileUnreadable for what no office writes, and for values too far out.

    label: what the part is to the clerk, 工作表「花名册」.
    """
    found = PartScan()
    tags = 0
    for chunk in whole_tokens(package.chunks(name)):
        if b"<!" in chunk:
            raise FileUnreadable("文件的内部结构异常，为安全起见不予读取。")
        for match in _UNIQUE_COUNT.finditer(chunk):
            # calamine reserves room for as many strings as are announced.
            if not match[1].isdigit() or int(match[1][:12]) > package.parts[name].file_size:
                raise damaged()
        tags += chunk.count(b"<")
        found.odd = found.odd or bool(_ODD_CELL.search(chunk) or _PREFIXED_CELL.search(chunk))
        found.cells += chunk.count(b"</c>")
        found.elements += chunk.count(b"<c ") + chunk.count(b"<row")
        if not found.odd:
            _note_faults(chunk, found)
    if found.odd:
        found = _count_cells(package, name, label)
    found.tags = tags
    if found.cells > MAX_CELLS:
        raise too_large(f"{label}的单元格过多")
    return found


def whole_tokens(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes cut in front of a tag, of a cell or row where possible, so that no cell is torn."""
    kept = b""
    first = True
    for chunk in chunks:
        chunk = kept + chunk
        if first and len(chunk) >= 4:
            _check_encoding(chunk)
            first = False
        cut = max(chunk.rfind(b"<c "), chunk.rfind(b"<row"))
        if cut <= 0:
            cut = chunk.rfind(b"<")
        cut = max(cut, 0)
        if len(chunk) - cut > MAX_TOKEN:
            raise FileUnreadable("文件中有超长的文字（超过 1 MB），不像是正常的工作簿。")
        kept = chunk[cut:]
        if cut:
            yield chunk[:cut]
    if kept:
        yield kept


def _check_encoding(start: bytes) -> None:
    # UTF-16 would slip through every search for bytes; no spreadsheet program writes it.
    if b"\0" in start[:4] or start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise FileUnreadable("文件的内部编码异常，无法读取。")


def _note_faults(chunk: bytes, found: PartScan) -> None:
    if b't="e"' in chunk:
        for match in _ERROR_CELL.finditer(chunk):
            text = match[4].decode("utf-8", "replace")
            found.add_fault(_position(match), CellFault(text, "error"))
    if b"<f" in chunk:
        for match in _UNSAVED_FORMULA.finditer(chunk):
            # An empty text is a saved result like any other.
            if b't="str"' not in match[3] and b't="e"' not in match[3]:
                found.add_fault(_position(match), _unsaved(match[4] or b""))


def _position(match: re.Match[bytes]) -> Position:
    return int(match[2]), column_number(match[1].decode("ascii"))


def _unsaved(formula: bytes) -> CellFault:
    text = unescape(formula.decode("utf-8", "replace"), {"&quot;": '"', "&apos;": "'"})
    return CellFault("=" + (text[:200] or "…"), "formula")


def column_number(letters: str) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


class _CellCounter:
    """Handlers of an XML parser: number cells as calamine does, stop at the first value out of bounds."""

    def __init__(self, label: str) -> None:
        self.found = PartScan()
        self.label = label
        self.row = self.column = self.depth = self.last_row = self.last_column = 0
        self.position: Position = (0, 0)
        self.kind: str | None = None
        self.child = ""
        self.has_formula = self.valued = False
        self.formula = self.value = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise damaged()
        match tag.rpartition(":")[2]:
            case "row":
                self.found.elements += 1
                if "r" in attributes:
                    self.row = _reference(attributes["r"])[0] - 1
            case "c":
                self._start_cell(attributes)
            case "v" | "f" | "is" as child:
                self.child = child
                self.valued = True
                self.has_formula = self.has_formula or child == "f"

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.found.elements += 1
        if "r" in attributes:
            row, column = _reference(attributes["r"])
            self.column = max(column, 1) - 1
            self.position = (row, self.column + 1)
        else:
            self.position = (self.row + 1, self.column + 1)
        self.column += 1
        self.kind = attributes.get("t")
        self.has_formula = self.valued = False
        self.formula = self.value = ""

    def end(self, tag: str) -> None:
        self.depth -= 1
        match tag.rpartition(":")[2]:
            case "row":
                self.row += 1
                self.column = 0
            case "c":
                self._end_cell()
            case "v" | "f" | "is":
                self.child = ""

    def text(self, text: str) -> None:
        if self.child == "v":
            self.value = (self.value + text)[:200]
        elif self.child == "f":
            self.formula = (self.formula + text)[:200]

    def _end_cell(self) -> None:
        if not self.valued:
            return
        self.found.cells += 1
        self.last_row = max(self.last_row, self.position[0])
        self.last_column = max(self.last_column, self.position[1])
        if self.last_row > MAX_ROWS:
            raise too_large(f"{self.label}第 {self.last_row} 行仍有内容")
        if self.last_column > MAX_COLUMNS:
            raise too_large(f"{self.label}第 {self.last_column} 列仍有内容")
        if self.found.cells > MAX_CELLS or self.last_row * self.last_column > MAX_CELLS:
            raise too_large(f"{self.label}有 {self.last_row} 行 × {self.last_column} 列")
        if self.kind == "e":
            self.found.add_fault(self.position, CellFault(self.value, "error"))
        elif self.has_formula and not self.value and self.kind != "str":
            self.found.add_fault(self.position, CellFault("=" + (self.formula or "…"), "formula"))


def _reference(text: str) -> Position:
    """B12 → (12, 2); a row's own number has no letters: 12 → (12, 0)."""
    match = re.fullmatch(r"([A-Za-z]{0,3})([0-9]{1,7})", text)
    if match is None:
        raise damaged()
    return int(match[2]), column_number(match[1])


def _count_cells(package: Package, name: str, label: str) -> PartScan:
    counter = _CellCounter(label)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    parser.CharacterDataHandler = counter.text
    try:
        for chunk in package.chunks(name):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise damaged() from error
    counter.found.odd = True
    return counter.found
