"""A template and what stands in it, as PDF/UA. Words come in as data, never as markup."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.documents.glyphs import FONTS, printable

_HERE = Path(__file__).parent


def typeset(template: str, view: dict[str, Any], at: datetime, *, picture: bool = False) -> bytes:
    """The PDF: the same bytes for the same view and time. `picture`: its one page as PNG."""
    import typst  # noqa: PLC0415 - 40 MB that only who prints needs

    how: dict[str, Any] = {"format": "pdf", "pdf_standards": ["ua-1"]}
    if picture:
        how = {"format": "png", "ppi": 96.0}
    compiled: bytes = typst.compile(
        str(_HERE / template),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,  # the same paper on every machine
        sys_inputs={"document": json.dumps(_all_printable(view), ensure_ascii=False)},
        timestamp=int(at.astimezone(UTC).timestamp()),
        **how,
    )
    return compiled


def _all_printable(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case dict():
            return {name: _all_printable(one) for name, one in value.items()}
        case list():
            return [_all_printable(one) for one in value]
        case _:
            return value
