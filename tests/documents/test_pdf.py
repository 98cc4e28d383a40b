"""What an IRO prints and brings: every word is on the paper, and a screen reader can read it."""

import io
import unicodedata
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pypdf import PdfReader

from bot.documents import contribution as documents
from bot.documents.glyphs import _fonts, printable
from bot.documents.pdf import contribution_pdf
from conversations.contribution import contribution
from conversations.conversation import Conversation
from conversations.effects import Submit
from conversations.engine import start, step
from conversations.flows import FLOWS
from conversations.hearing import Chosen, Command, Heard, Name, Text
from conversations.places import CHECK, asked
from conversations.wording import Band
from tests.conversations.test_contribution import NOW, about

LONG = "no" * 400  # 800 letters without a space


def _said(words: str) -> dict[str, Any]:
    """The ordinary document of somebody who says `words` wherever they can."""
    conversation = start(FLOWS["cioc_review"], Band.TWELVE)
    while asked(conversation) != CHECK:
        conversation = step(conversation, _reply(conversation, words), NOW).conversation
    turn = step(conversation, Command(name=Name.SEND), NOW)
    (submit,) = turn.effects
    assert isinstance(submit, Submit)
    what = contribution(turn.conversation, submit.answers)
    return documents.ordinary(what, about(turn.conversation))


def _reply(conversation: Conversation, words: str) -> Heard:
    topic, question = FLOWS[conversation.flow_id].by_id[asked(conversation)]
    if topic.explains:
        return Chosen(option="yes" if question.id == "start.ok" else question.options[0].id)
    if question.id.endswith(".audience"):
        return Chosen(option="file")
    return Chosen(option=question.options[0].id) if question.options else Text(words=words)


def _paper(words: str) -> PdfReader:
    return PdfReader(io.BytesIO(contribution_pdf(_said(words))))


def test_it_is_pdf_ua_with_a_title_a_language_and_tags() -> None:
    paper = _paper("A dog")

    assert paper.metadata is not None
    assert paper.metadata.title == "What the young person says"
    root: dict[str, Any] = dict(paper.root_object)
    assert str(root["/Lang"]).startswith("en")
    assert root["/MarkInfo"].get_object()["/Marked"] == True  # noqa: E712 - a PDF's own boolean
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()


@pytest.mark.parametrize(
    ("who", "on_paper"),
    [
        ({"who": "young_person"}, ""),
        (
            {"who": "helper", "helper_name": "Sam", "helper_role": "carer"},
            "Typed for them by: Sam, carer.",
        ),
        ({"who": "with_help"}, "Typed with help: it was not said by whom."),
    ],
)
def test_it_says_who_typed_where_it_was_not_the_young_person(
    who: dict[str, str], on_paper: str
) -> None:
    paper = PdfReader(io.BytesIO(contribution_pdf({**_said("A dog"), "who_typed": who})))
    text = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    assert on_paper in text
    assert ("Typed" in text) is bool(on_paper)


def test_a_word_wider_than_the_paper_is_broken_and_no_letter_is_lost() -> None:
    text = "\n".join(page.extract_text() for page in _paper(LONG).pages)
    lines = [line.replace("\u200b", "").strip() for line in text.splitlines()]

    assert max(len(line) for line in lines if set(line) <= {"n", "o"}) < 90
    assert "".join(lines).count("no" * 100) >= 10


def test_it_says_who_may_hear_each_answer_and_which_are_wishes() -> None:
    text = " ".join(" ".join(page.extract_text().split()) for page in _paper("A dog").pages)

    assert "May hear it: IRO; in the file, social worker and team." in text
    assert "A wish: needs an answer." in text
    assert "A dog" in text


# Signs that no paper takes

SIGNS = [chr(point) for point in range(1, 0x110000) if not 0xD800 <= point <= 0xDFFF]


def _alike() -> list[str]:
    """Of every category all the signs that a font has, and up to 300 that none has."""
    fonts: frozenset[int] = frozenset().union(*_fonts())
    chosen = []
    for _category, signs in groupby(sorted(SIGNS, key=unicodedata.category), unicodedata.category):
        several = list(signs)
        chosen += [sign for sign in several if ord(sign) in fonts]
        without = [sign for sign in several if ord(sign) not in fonts]
        chosen += without[:: len(without) // 300 + 1]
    odd = [0xFFFE, 0xFFFF, *range(0xFDD0, 0xFDF0), *range(0xE0000, 0xE01F0), 0x10FFFF]
    return chosen + [chr(point) for point in odd]


@pytest.mark.parametrize("around", ["{}", "a{}b", "\u05d0{}", "\U0001f9d1{}", "\u2764\u200d{} "])
def test_signs_of_every_category_get_on_the_paper_wherever_they_stand(around: str) -> None:
    words = "\n".join(around.format(sign) for sign in _alike())

    assert contribution_pdf(_once(words)).startswith(b"%PDF-")


UNRULY = some.sampled_from(
    "\ufeff\u200d\u200c\u00ad\ufe0f\ufe0e\u0301\u05c5\u0357\u0600\u20e3\U00010efd\U0001f3fb"
    "\U0001f9d1\U0001f9bd\u00a9\u2764\U000e0067\U000e007f\U0001f3f4\x7f\x0b\u2028\n\t "
    "ae1\u05d0\u0628"
)


@settings(max_examples=60, deadline=None)
@given(some.text(UNRULY | some.characters(codec="utf-8", exclude_characters="\0"), max_size=60))
def test_any_words_get_on_the_paper(words: str) -> None:
    assert contribution_pdf(_once(words)).startswith(b"%PDF-")


def _once(words: str) -> dict[str, Any]:
    """The same document with these words as its only answer."""
    document = _said("A dog")
    words_of = next(answer for answer in document["answers"] if answer["words"])
    return {**document, "answers": [{**words_of, "words": words}]}


@pytest.mark.parametrize(
    ("said", "on_paper"),
    [
        ("caf\u00e9 cafe\u0301", "caf\u00e9 cafe\u0301"),
        ("\u0301", "[combining acute accent]"),
        ("a \u0301\u05c5", "a [combining acute accent][hebrew mark lower dot]"),
        ("\U0001f9d1\u05c5", "\U0001f9d1[hebrew mark lower dot]"),
        ("\u05d0\u05c5", "\u05d0\u05c5"),
        ("a\ufeffb", "ab"),
        ("\ufffe\ue000", "[u+fffe][u+e000]"),
        ("\x07", "[u+0007]"),
        ("\u4f60", "[cjk unified ideograph-4f60]"),
        ("\u202ea\u2066b", "ab"),
        ("a\tb\nc", "a b\nc"),
        ("\u2764\ufe0f", "\u2764\ufe0f"),
        ("\ufe0fa\U000e0067", "a"),
        ("\u200da", "a"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("\U0001f44d\U0001f3fd", "\U0001f44d\U0001f3fd"),
        ("\U0001f3fd", "[emoji modifier fitzpatrick type-4]"),
    ],
)
def test_a_sign_that_no_font_can_print_has_its_name_on_the_paper(said: str, on_paper: str) -> None:
    assert printable(said) == on_paper
