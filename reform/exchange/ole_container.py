"""The container of an .xls: one stream in an otherwise empty OLE file (MS-CFB, version 4)."""

import struct

_SECTOR = 4096
_FREE, _END_OF_CHAIN, _FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_FAT_ENTRIES = _SECTOR // 4
_MAX_FAT_SECTORS = 109  # as many as the header lists; room for 400 MB


def pack_ole(name: str, stream: bytes) -> bytes:
    """An OLE file with this one stream, padded with zeros to whole sectors; sectors in the order of the file.

    Raises ValueError beyond 400 MB.
    """
    padded = stream + bytes(-len(stream) % _SECTOR)
    stream_sectors = len(padded) // _SECTOR
    fat_sectors = 1
    while fat_sectors * _FAT_ENTRIES < fat_sectors + 1 + stream_sectors:
        fat_sectors += 1
    if fat_sectors > _MAX_FAT_SECTORS:
        raise ValueError("stream too long")
    first = fat_sectors + 1  # the tables, one directory sector, then the stream
    fat = [_FAT_SECTOR] * fat_sectors + [_END_OF_CHAIN]
    fat += [*range(first + 1, first + stream_sectors), _END_OF_CHAIN]
    fat += [_FREE] * (fat_sectors * _FAT_ENTRIES - len(fat))
    directory = _entry("Root Entry", 5, 1, 0, 0) + _entry(name, 2, _FREE, first, len(padded))
    return b"".join(
        [
            _header(fat_sectors),
            struct.pack(f"<{len(fat)}L", *fat),
            directory.ljust(_SECTOR, b"\0"),
            padded,
        ]
    )


def _header(fat_sectors: int) -> bytes:
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    start += struct.pack("<5H", 0x3E, 4, 0xFFFE, 12, 6) + bytes(6)
    numbers = (1, fat_sectors, fat_sectors, 0, 4096, _END_OF_CHAIN, 0, _END_OF_CHAIN, 0)
    listed = [*range(fat_sectors), *[_FREE] * (_MAX_FAT_SECTORS - fat_sectors)]
    return (start + struct.pack("<9L", *numbers) + struct.pack("<109L", *listed)).ljust(_SECTOR, b"\0")


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    """A directory entry of 128 bytes; kind: 5 root, 2 stream."""
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<BB3L", kind, 1, _FREE, _FREE, child)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<H", len(text))
        + links
        + bytes(36)
        + struct.pack("<LQ", first, size)
    )
