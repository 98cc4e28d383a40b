"""What comes when the conversation has moved on is offered, and a chat can't show what it was."""

from conversations.hearing import Chosen, Command, Name, Text
from conversations.places import OFFER, asked
from conversations.wording import Band
from tests.conversations.test_helping import begun, say, skipped_to


def test_of_two_late_picks_for_one_question_the_later_is_asked_about_and_one_tap_settles_it() -> (
    None
):
    conversation = say(begun(band=Band.TWELVE), Chosen(option="mixed"))
    moved_on = skipped_to(conversation, "home.feeling")

    late = say(moved_on, Chosen(option="good", to="feel.care"), Chosen(option="ok", to="feel.care"))
    assert asked(late) == OFFER
    kept = say(late, Chosen(option="@keep"))

    assert asked(kept) == "home.feeling"
    assert kept.answers["feel.care"].choices == ("ok",)


def test_late_words_stay_each_for_itself_beside_a_late_pick() -> None:
    conversation = say(begun(band=Band.TWELVE), Chosen(option="mixed"))
    moved_on = skipped_to(conversation, "home.feeling")

    late = say(
        moved_on,
        Text(words="It was a bad day", to="feel.care"),
        Chosen(option="good", to="feel.care"),
        Text(words="And a long one", to="feel.care"),
        Command(name=Name.HELP),
    )

    assert [one.words for one in late.offered if one.words] == [
        "It was a bad day",
        "And a long one",
    ]
    assert [one.choices for one in late.offered if one.choices] == [("good",)]
