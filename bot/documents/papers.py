"""Every paper that is printed, by the kind that its document names."""

from datetime import datetime
from typing import Any

from bot.documents.ask_answer import ask_answer_pdf
from bot.documents.brief import brief_pdf
from bot.documents.letter import letter_picture, letters_pdf
from bot.documents.my_meeting import my_meeting_pdf
from bot.documents.note import DISPUTE, QUALITY, note_pdf
from bot.documents.own_copy import own_copy_pdf
from bot.documents.pdf import contribution_pdf
from bot.documents.report import report_pdf
from bot.documents.review_record import review_record_pdf


def paper(document: dict[str, Any]) -> bytes:
    """The PDF; of a letter that is only looked at, a PNG. A document that names no kind is one that
    is filed: an officer's note, by its schema, or a contribution."""
    if document.get("schema") in (QUALITY, DISPUTE):
        return note_pdf(document)
    match document.get("paper"):
        case None:
            return contribution_pdf(document)
        case "annual_report":
            return report_pdf(document["view"], datetime.fromisoformat(document["at"]))
        case "ask_answer":
            return ask_answer_pdf(document)
        case "brief":
            return brief_pdf(document)
        case "letters":
            return letters_pdf(document)
        case "letter_picture":
            return letter_picture(document)
        case "my_meeting":
            return my_meeting_pdf(document)
        case "review_record":
            return review_record_pdf(document)
        case "own_copy":
            return own_copy_pdf(document)
        case other:
            raise ValueError(f"There is no paper of kind {other!r}.")
