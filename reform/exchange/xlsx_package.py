"""The zip file that an .xlsx is: opened with suspicion, inflated in pieces, packed anew for the reader.

Nothing is inflated beyond what its entry declares, all declarations together stay under MAX_INFLATED, and a
part is handed out in pieces of at most CHUNK bytes. Readers of zip files differ about doubtful ones; so
calamine gets a package written here, of exactly the parts that were examined.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from reform.exchange.raw import RESAVE, FileUnreadable

CHUNK = 256 * 1024
MAX_INFLATED = 200 * 1024 * 1024
MAX_RATIO = 200
RATIO_MATTERS_FROM = 20 * 1024 * 1024
MAX_PARTS = 5_000
# Workbook, styles and relations; only worksheets and shared strings may be larger.
MAX_SMALL_PART = 48 * 1024 * 1024

_READABLE_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# Parts that hold no cell; left out of what calamine sees.
_NO_CELLS = re.compile(
    r"(?:^|/)(?:docprops|customxml|theme|drawings|charts|chartsheets|media|pivot\w+|externallinks|comments\d*"
    r"|threadedcomments|persons|printersettings|tables|calcchain\.xml|comments\d*\.xml|ctrlprops|activex"
    r"|embeddings|slicer\w*|querytables|connections\.xml|richdata|worksheets/_rels)(?:/|$)"
)


class Package:
    """The parts of one .xlsx file, by name as written, '/' between folders.

    Raises FileUnreadable for what is no zip file, is encrypted, damaged, or inflates beyond the limits.
    """

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self.parts = {info.filename.replace("\\", "/"): info for info in _entries(data)}

    def xml_parts(self) -> list[str]:
        """The parts that calamine may look at."""
        return [
            name
            for name in self.parts
            if name.lower().endswith((".xml", ".rels")) and not _NO_CELLS.search(name.lower())
        ]

    def chunks(self, name: str) -> Iterator[bytes]:
        """The inflated bytes of a part, in pieces of at most CHUNK; exactly as many as it declares."""
        info = self.parts[name]
        raw = self._raw(info)
        pieces = _slices(raw) if info.compress_type == zipfile.ZIP_STORED else _inflated(raw)
        total = 0
        for piece in pieces:
            total += len(piece)
            if total > info.file_size:
                raise _bomb()
            yield piece
        if total != info.file_size:
            raise damaged()

    def content(self, name: str) -> bytes:
        return b"".join(self.chunks(name))

    def repacked(self, names: list[str], replaced: Mapping[str, bytes]) -> bytes:
        """A fresh zip file of these parts; `replaced` holds new content for some of them."""
        out = io.BytesIO()
        directory = []
        for name in names:
            method, crc, raw, size = self._stored(name, replaced)
            path = name.encode("utf-8")
            common = struct.pack("<5H3L2H", 20, 0x800, method, 0, 0x21, crc, len(raw), size, len(path), 0)
            directory.append(
                b"PK\x01\x02" + b"\x14\x00" + common + struct.pack("<3H2L", 0, 0, 0, 0, out.tell()) + path
            )
            out.write(b"PK\x03\x04" + common + path)
            out.write(raw)
        start = out.tell()
        out.writelines(directory)
        count, length = len(directory), out.tell() - start
        out.write(b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, count, count, length, start, 0))
        return out.getvalue()

    def _stored(self, name: str, replaced: Mapping[str, bytes]) -> tuple[int, int, bytes | memoryview, int]:
        """Method, checksum, bytes as stored and inflated size of a part."""
        if name in replaced:
            content = replaced[name]
            packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
            packed = packer.compress(content) + packer.flush()
            return zipfile.ZIP_DEFLATED, zlib.crc32(content), packed, len(content)
        info = self.parts[name]
        return info.compress_type, info.CRC, self._raw(info), info.file_size

    def _raw(self, info: zipfile.ZipInfo) -> memoryview:
        """The bytes of an entry as they stand in the file, behind its local header."""
        header = self._data[info.header_offset : info.header_offset + 30]
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise damaged()
        name_length, extra_length = struct.unpack("<2H", header[26:])
        start = info.header_offset + 30 + name_length + extra_length
        raw = self._data[start : start + info.compress_size]
        if len(raw) < info.compress_size:
            raise damaged()
        return raw


def damaged() -> FileUnreadable:
    return FileUnreadable("文件已损坏，无法读取。", "请重新取得该文件，或" + RESAVE.removeprefix("请"))


def _bomb() -> FileUnreadable:
    limit = MAX_INFLATED // 1024 // 1024
    return FileUnreadable(
        f"文件解压后过大（上限 {limit} MB），通常是表格里有大量空白的带格式行或内嵌对象。",
        "请把有数据的部分复制到新建的工作簿中，保存后上传。",
    )


def _entries(data: bytes) -> list[zipfile.ZipInfo]:
    # Counted before zipfile makes an object of each.
    if data.count(b"PK\x01\x02") > MAX_PARTS:
        raise FileUnreadable("文件内的部件过多，不像是正常的工作簿。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError) as error:
        raise damaged() from error
    inflated = sum(info.file_size for info in entries)
    if inflated > MAX_INFLATED or (inflated > RATIO_MATTERS_FROM and inflated > MAX_RATIO * len(data)):
        raise _bomb()
    if len({info.filename.replace("\\", "/").lower() for info in entries}) < len(entries):
        raise FileUnreadable("文件内有同名的部件，不是正常的工作簿。")
    for info in entries:
        _check_entry(info)
    return entries


def _check_entry(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & 0x1:
        raise FileUnreadable("文件是加密的压缩包，无法读取。", "请解压后上传其中的 .xlsx 文件。")
    if info.compress_type not in _READABLE_METHODS:
        raise damaged()
    name = info.filename.lower()
    large = "worksheets" in name or "sharedstrings" in name or not name.endswith((".xml", ".rels"))
    if not large and info.file_size > MAX_SMALL_PART:
        raise _bomb()


def _slices(raw: memoryview) -> Iterator[bytes]:
    for start in range(0, len(raw), CHUNK):
        yield bytes(raw[start : start + CHUNK])


def _inflated(raw: memoryview) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for start in range(0, len(raw), CHUNK):
            waiting: bytes | memoryview = raw[start : start + CHUNK]
            while waiting:
                yield inflater.decompress(waiting, CHUNK)
                waiting = inflater.unconsumed_tail
        while piece := inflater.decompress(inflater.unconsumed_tail, CHUNK):
            yield piece
    except zlib.error as error:
        raise damaged() from error
    if not inflater.eof:
        raise damaged()
