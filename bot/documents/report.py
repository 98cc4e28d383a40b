"""The annual report as PDF/UA: the same view as its web page."""

from datetime import datetime
from typing import Any

from bot.documents.typesetting import typeset


def report_pdf(view: dict[str, Any], at: datetime) -> bytes:
    """The same bytes for the same view and time."""
    return typeset("report.typ", view, at)
