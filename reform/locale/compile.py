"""django.po → django.mo without gettext, which a fresh machine may lack: python -m reform.locale.compile"""

import ast
import re
import struct
from pathlib import Path

CATALOGUE = Path(__file__).parent / "zh_Hans" / "LC_MESSAGES" / "django.po"
_ENTRY = re.compile(
    r'^msgid (?P<id>".*"(?:\n".*")*)\n(?:msgid_plural (?P<plural>".*"(?:\n".*")*)\n)?'
    r'msgstr(?:\[0\])? (?P<text>".*"(?:\n".*")*)$',
    re.MULTILINE,
)


def read_po(text: str) -> dict[str, str]:
    """msgid → msgstr as a .mo holds them: a plural joined to its singular by NUL. One plural form, as in
    Chinese."""
    messages = {}
    for entry in _ENTRY.finditer(text):
        key = _joined(entry["id"])
        if entry["plural"]:
            key += "\0" + _joined(entry["plural"])
        messages[key] = _joined(entry["text"])
    return messages


def _joined(lines: str) -> str:
    return "".join(ast.literal_eval(line) for line in lines.split("\n"))


def mo_bytes(messages: dict[str, str]) -> bytes:
    """The file that gettext reads: two tables of (length, offset), then the texts, each closed by NUL."""
    keys = sorted(messages, key=lambda key: key.encode())
    texts = [key.encode() for key in keys] + [messages[key].encode() for key in keys]
    start = 7 * 4 + 8 * len(texts)
    table, data = b"", b""
    for text in texts:
        table += struct.pack("<II", len(text), start + len(data))
        data += text + b"\0"
    count = len(keys)
    return struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 28 + 16 * count) + table + data


if __name__ == "__main__":
    CATALOGUE.with_suffix(".mo").write_bytes(mo_bytes(read_po(CATALOGUE.read_text(encoding="utf-8"))))
