"""A young person's own copy: every word of it, in the look of their band, and nothing of alerts."""

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from bot.documents.own_copy import OWN_COPY, own_copy_pdf, paper
from bot.service.own_words import Gone, Mine, Once, Words
from bot.service.wording import Reader
from conversations import texts
from conversations.conversation import Answer
from conversations.engine import start
from conversations.flows import FLOWS
from conversations.wording import Band
from storage.conversations import Kept

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PICTURES = Path("bot/channels/webchat/static/pictures")
SAID = "To many people 🐕 שלום\n<b>x</b> #let x\n\n  and agen " + "no" * 60


def kept(band: Band) -> Kept:
    flow = FLOWS["cioc_review"]
    return Kept("northborough", "9b1d", "R-1", "person-1", NOW, start(flow, band))


def mine(band: Band, *, empty: bool = False) -> Mine:
    answer = Answer("home.change", NOW, words=SAID)
    face = Answer("home.feeling", NOW, choices=("not_good",))
    words = (
        Words("home.feeling", "home", "Where I live", "How is it where you live?", "Not good",
              "1F641", "Just your IRO", True, face, ("iro",)),
        Words("home.change", "home", "Where I live", "What would you change there?", SAID, None,
              "Your IRO · Your advocate", False, answer, ("iro", "advocate")),
    )  # fmt: skip
    gone = (Gone("family", "Family", "Who would you like to see more?", NOW),)
    once = Once(kept(band), None, date(2026, 11, 20), "Before my review, 20 November 2026", words,
                gone, NOW, "9B1D-1", {"agreed_to_start_at": NOW.isoformat()})  # fmt: skip
    return Mine("person-1", () if empty else (once,), before=not empty)


def made(band: Band, *, empty: bool = False) -> tuple[dict[str, Any], PdfReader]:
    document = paper(mine(band, empty=empty), Reader(band), texts.LINES, PICTURES, NOW)
    return document, PdfReader(io.BytesIO(own_copy_pdf(document)))


@pytest.mark.parametrize("band", list(Band))
def test_it_says_what_they_said_and_who_may_hear_it_in_every_band(band: Band) -> None:
    document, read = made(band)

    text = " ".join("".join(page.extract_text() for page in read.pages).split())
    assert document["paper"] == OWN_COPY
    assert read.metadata is not None
    assert read.metadata.title == "What I said"
    assert "Before my review, 20 November 2026" in text
    for part in ("To many people", "<b>x</b> #let x", "and agen", "Not good", "Just your IRO",
                 "Not to be read out.", "You took this back on 24 November 2026.",
                 "Receipt: 9B1D-1", "0800 1111"):  # fmt: skip
        assert part in text, part
    root: dict[str, Any] = dict(read.root_object)
    assert root["/MarkInfo"]["/Marked"]
    assert document["pictures"].keys() == (set() if band is Band.SIXTEEN else {"1F641"})


def test_a_paper_with_nothing_on_it_says_so() -> None:
    _document, read = made(Band.TWELVE, empty=True)
    assert "There is nothing here." in read.pages[0].extract_text()


def test_the_same_paper_is_the_same_file() -> None:
    document = paper(mine(Band.EIGHT), Reader(Band.EIGHT), texts.LINES, PICTURES, NOW)
    assert own_copy_pdf(document) == own_copy_pdf(document)
