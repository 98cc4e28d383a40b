"""Shorter words, longer words: chosen in the middle, and nothing that was said is lost."""

from hypothesis import given

from bot.service.understood import understand
from conversations.conversation import Conversation, from_plain, to_plain
from conversations.engine import start, step
from conversations.flows import FLOWS
from conversations.hearing import Chosen, Command, Name, Text
from conversations.places import asked
from conversations.screens import About, look
from conversations.sending import to_send
from conversations.wording import Band
from tests.conversations.test_engine_properties import NOW, conversations, everything_said, often
from tests.conversations.test_helping import begun, say

SHORTER, LONGER = Chosen(option="@shorter"), Chosen(option="@longer")


def test_shorter_and_longer_again_is_the_band_of_their_age() -> None:
    down = {
        Band.SIXTEEN: [Band.EIGHT, Band.FOUR, Band.FOUR],
        Band.TWELVE: [Band.EIGHT, Band.FOUR, Band.FOUR],
        Band.EIGHT: [Band.FOUR, Band.FOUR, Band.FOUR],
    }
    for band, steps in down.items():
        conversation = begun(band=band)
        for expected in steps:
            conversation = say(conversation, SHORTER)
            assert conversation.band is expected
        for _step in range(3):
            conversation = say(conversation, LONGER)
        assert conversation.band is (Band.TWELVE if band is Band.EIGHT else band)
        assert from_plain(to_plain(conversation)) == conversation


def test_a_child_of_five_may_have_longer_words_and_stays_too_young_to_come_alone() -> None:
    conversation = say(begun(Chosen(option="myself")), LONGER)

    assert conversation.band is Band.EIGHT
    assert conversation.helped


def test_somebody_older_in_short_words_is_asked_who_types_and_is_not_taken_for_helped() -> None:
    conversation = say(begun(band=Band.EIGHT), SHORTER)

    assert asked(conversation) == "helper.who"
    conversation = say(conversation, Chosen(option="myself"))
    assert asked(conversation) == "feel.care"
    assert not conversation.helped


def test_a_care_leavers_flow_has_one_wording_and_offers_no_other() -> None:
    conversation = start(FLOWS["pathway_review"], Band.SIXTEEN)
    assert say(conversation, SHORTER, LONGER).band is Band.SIXTEEN
    while asked(conversation) != "start.ok":
        conversation = say(conversation, Command(name=Name.SKIP))
    assert [way.id for way in look(conversation, About({})).ways] == ["@who"]


def test_what_was_answered_in_other_words_is_sent() -> None:
    conversation = say(begun(band=Band.EIGHT), Chosen(option="@topic:health"), Chosen(option="ok"))
    shorter = say(conversation, SHORTER, Chosen(option="myself"))
    shorter = say(shorter, Chosen(option="@topic:family"), Chosen(option="brother"))

    assert [answer.question for answer in to_send(shorter)] == ["family.see", "health.feeling"]
    longer = say(shorter, LONGER)
    assert [answer.question for answer in to_send(longer)] == ["family.see", "health.feeling"]
    line = next(
        one
        for one in look(say(longer, Chosen(option="@check")), About({})).lines
        if one.question.id == "family.see"
    )
    assert not line.can_change  # this age is not asked it: it can be taken out
    gone = say(longer, Chosen(option="@remove:family.see"))
    assert [answer.question for answer in to_send(gone)] == ["health.feeling"]


def test_who_goes_up_is_told_what_was_not_told_yet() -> None:
    conversation = say(begun(Chosen(option="myself")), LONGER)
    skip = Command(name=Name.SKIP)

    assert asked(conversation) == "feel.care"  # first the topic that they are at
    assert asked(say(conversation, skip, skip)) == "rights.help"


def test_it_can_be_typed_whatever_is_asked() -> None:
    conversation = begun(band=Band.TWELVE)
    for typed, option in (
        ("Use shorter words", "@shorter"),
        ("these words are too hard!", "@shorter"),
        ("use longer words", "@longer"),
        ("Someone is helping me type", "@who"),
    ):
        meant = understand(Text(words=typed), conversation)
        assert isinstance(meant, Chosen)
        assert meant.option == option
    said = understand(Text(words="my teacher uses shorter words than you"), conversation)
    assert isinstance(said, Text)


@often
@given(conversations())
def test_in_any_state_no_word_is_lost(conversation: Conversation) -> None:
    for one in (SHORTER, LONGER, LONGER, SHORTER):
        after = step(conversation, one, NOW).conversation
        assert everything_said(after) == everything_said(conversation)
        assert set(to_send(conversation)) <= set(to_send(after))
        conversation = after
