"""Whoever stops reads how long what they said is kept."""

from datetime import UTC, datetime

import pytest

from conversations import texts
from conversations.engine import start, step
from conversations.flows import FLOWS
from conversations.hearing import Chosen, Command, Heard, Name, Text
from conversations.places import START, asked
from conversations.screens import About, look
from conversations.wording import Band
from conversations.wording import Text as Wording

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SEND = Command(name=Name.SEND)


@pytest.mark.parametrize(
    ("heard", "told", "not_told"),
    [
        ([Text(words="a dog")], texts.STOPPED_UNSENT, texts.SENT_KEPT),
        ([Chosen(option="yes")], texts.STOPPED_UNSENT, texts.SENT_KEPT),
        ([Chosen(option="yes"), SEND, SEND], texts.SENT_KEPT, texts.STOPPED_UNSENT),
    ],
)
def test_who_stops_is_told_how_long_what_they_said_is_kept(
    heard: list[Heard], told: Wording, not_told: Wording
) -> None:
    conversation = start(FLOWS["cioc_review"], Band.EIGHT)
    while asked(conversation) != START:
        conversation = step(conversation, Command(name=Name.SKIP), NOW).conversation
    for one in [*heard, Command(name=Name.STOP)]:
        conversation = step(conversation, one, NOW).conversation

    said = [say.text for say in look(conversation, About({})).says]

    assert told in said
    assert not_told not in said
