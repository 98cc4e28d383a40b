"""Whoever helps a child of 4 to 7 may choose longer words. Nor is it asked then who hears it."""

import pytest

from conversations.age_words import longer, read_as
from conversations.conversation import Conversation
from conversations.engine import start, step
from conversations.flows import FLOWS
from conversations.hearing import Chosen, Command, Name
from conversations.places import CHECK, MAP, asked
from conversations.screens import About, check_lines, look
from conversations.sharing import heard, is_sharing_choice
from conversations.wording import Band
from tests.conversations.test_engine_properties import onward
from tests.conversations.test_starting_over import NOW


def with_longer_words(flow_id: str) -> Conversation:
    conversation = start(FLOWS[flow_id], Band.FOUR)
    while asked(conversation) != "start.ok":
        conversation = step(conversation, Command(name=Name.SKIP), NOW).conversation
    conversation = step(conversation, Chosen(option="yes"), NOW).conversation
    while band := longer(conversation):
        conversation = read_as(conversation, band).conversation
    return conversation


@pytest.mark.parametrize(
    "flow_id", sorted(one.id for one in FLOWS.values() if Band.FOUR in one.bands)
)
def test_nobody_is_asked_who_may_hear_it_and_only_the_officer_does(flow_id: str) -> None:
    conversation = with_longer_words(flow_id)
    assert (conversation.young, conversation.band) != (True, Band.FOUR)
    seen = set()
    for _step in range(120):
        at = asked(conversation)
        seen.add(at)
        if at == CHECK:
            break
        heard_now = Chosen(option="@check") if at == MAP else onward(conversation)
        conversation = step(conversation, heard_now, NOW).conversation
    assert len(seen) > 5
    assert not [one for one in seen if is_sharing_choice(one)]
    conversation = step(conversation, Chosen(option="@check"), NOW).conversation
    screen = look(conversation, About({}))
    assert screen.sharing == ()
    assert not [line for line in screen.lines if line.choice]
    before = heard(FLOWS[flow_id], conversation)
    for line in check_lines(conversation):
        topic = line.topic.id
        for option in (
            f"@file:{line.question.id}", f"@hears:{line.question.id}", f"@pick:{line.question.id}",
            f"@change:{topic}.audience", "file", "everyone",
        ):  # fmt: skip
            conversation = step(conversation, Chosen(option=option), NOW).conversation
            back = step(conversation, Chosen(option="@check"), NOW).conversation
            assert heard(FLOWS[flow_id], back) == before
            conversation = back
