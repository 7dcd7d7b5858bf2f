"""*.po → *.mo without gettext, which a fresh machine may lack: python -m reform.locale.compile"""

import ast
import re
import struct
from pathlib import Path

CATALOGUES = Path(__file__).parent / "zh_Hans" / "LC_MESSAGES"
_LINES = r'".*"(?:\n".*")*'
_ENTRY = re.compile(
    rf"^(?:msgctxt (?P<context>{_LINES})\n)?msgid (?P<id>{_LINES})\n(?:msgid_plural (?P<plural>{_LINES})\n)?"
    rf"msgstr(?:\[0\])? (?P<text>{_LINES})$",
    re.MULTILINE,
)


def read_po(text: str) -> dict[str, str]:
    """msgid → msgstr as a .mo holds them.

    The context stands before its msgid, joined by EOT; a plural behind its singular, joined by NUL.
    One plural form, as in Chinese.
    """
    messages = {}
    for entry in _ENTRY.finditer(text):
        key = _joined(entry["id"])
        if entry["context"]:
            key = f"{_joined(entry['context'])}\x04{key}"
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
    for path in sorted(CATALOGUES.glob("*.po")):
        path.with_suffix(".mo").write_bytes(mo_bytes(read_po(path.read_text(encoding="utf-8"))))
