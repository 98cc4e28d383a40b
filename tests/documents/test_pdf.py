"""What an IRO prints and brings: every word is on the paper, and a screen reader can read it."""

import io
from typing import Any

from pypdf import PdfReader

from bot.documents import contribution as documents
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
