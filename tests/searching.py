"""Looking for marked words where they must not be, in every spelling that bytes may have there."""

import base64
import html
import json
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, quote_plus

MARK = "Žqvéxo"
"""Part of every marked word: no log, page or library says it of itself."""


def marked(number: int) -> str:
    """The marked word of this number."""
    return f"{MARK}{number:05d}"


def spellings(word: str) -> dict[str, list[bytes]]:
    """How `word` may stand in a file, by encoding."""
    plain = word.encode()
    wide = word.encode("utf-16-le")
    return {
        "utf-8": [plain, word.casefold().encode(), word.upper().encode()],
        "utf-16": [wide, word.encode("utf-16-be")],
        "base64": [part for raw in (plain, wide) for part in _base64(raw)],
        "hex": [plain.hex().encode(), plain.hex().upper().encode(), repr(plain)[2:-1].encode()],
        "percent": [
            quote(word, safe="").encode(),
            quote_plus(word).encode(),
            "".join(f"%{byte:02X}" for byte in plain).encode(),
            "".join(f"%{byte:02x}" for byte in plain).encode(),
        ],
        "escaped": [
            json.dumps(word)[1:-1].encode(),
            word.encode("unicode_escape"),
            html.escape(word).encode("ascii", "xmlcharrefreplace"),
        ],
    }


def _base64(raw: bytes) -> Iterable[bytes]:
    """What is the same of it wherever it begins, three ways."""
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + raw)
        begin, end = (0, 2, 3)[shift], (len(raw) + shift) // 3 * 4
        yield whole[begin:end]
        yield base64.urlsafe_b64encode(b"\0" * shift + raw)[begin:end]


def found(there: bytes, word: str) -> list[str]:
    """The encodings in which `word` stands in `there`."""
    return [
        encoding for encoding, ways in spellings(word).items() if any(way in there for way in ways)
    ]


def found_below(folder: Path, words: Iterable[str]) -> list[str]:
    """Where below `folder` any of `words` stands, and in which encoding; never the word."""
    sought = list(words)
    return [
        f"{path.relative_to(folder)}: word {number}, {encoding}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for there in (path.read_bytes(),)
        for number, word in enumerate(sought)
        for encoding in found(there, word)
    ]
