"""How much is found, how often wrongly, and what stands around a disclosure."""

import json
from pathlib import Path

import pytest

from conversations.safeguarding.detecting import detect, read
from conversations.safeguarding.finding import Category, Grade
from conversations.safeguarding.language import LanguageUnknown
from tests.commands import Installation
from tests.safeguarding.measuring import (
    CONCERN,
    FALSE_ALARMS,
    SETS,
    TAUGHT,
    URGENT,
    graded,
    labelled,
    share,
)
from tools.safeguarding import PAGE, rendered


def test_the_sets_are_as_large_as_they_have_to_be() -> None:
    tuned, development, unread, voices, others, held_out, blind, two = map(labelled, SETS.values())
    taught = [one for path in TAUGHT for one in labelled(path)]
    assert len(taught) >= 5000
    assert len(graded(taught, None)) >= 2500
    assert len(two) >= 400
    assert len(others) >= 1700
    assert len(graded(others, None)) >= 700
    assert len(blind) >= 350
    assert len(voices) >= 1200
    assert len(graded(voices, None)) >= 500
    assert len(tuned) + len(held_out) >= 600
    assert len(development) + len(unread) >= 1200
    assert len(held_out) >= 300
    assert len(graded((*tuned, *held_out), None)) >= 250
    assert len(graded((*development, *unread), None)) >= 500
    for phrases in (tuned, (*development, *unread), others, held_out):
        for category in Category:
            kinds = {one.kind for one in phrases if one.category is category}
            assert {"misspelt", "slang"} <= kinds, category


def test_no_set_holds_a_phrase_of_another() -> None:
    texts = [one.text.lower() for path in (*SETS.values(), *TAUGHT) for one in set(labelled(path))]
    assert len(texts) == len(set(texts))


def test_the_tuned_set_is_found_and_seldom_wrongly() -> None:
    phrases = labelled(SETS["tuned"])
    assert share(graded(phrases, Grade.URGENT)).percent >= URGENT
    assert share(graded(phrases, Grade.CONCERN)).percent >= CONCERN
    assert share(graded(phrases, None)).percent <= FALSE_ALARMS


def test_the_set_of_several_voices_is_found_and_seldom_wrongly() -> None:
    phrases = labelled(SETS["voices"])
    assert share(graded(phrases, Grade.URGENT)).percent >= 96
    assert share(graded(phrases, Grade.CONCERN)).percent >= CONCERN
    assert share(graded(phrases, None)).percent <= FALSE_ALARMS


def test_what_four_other_writers_wrote_is_found_as_often_as_it_was() -> None:
    phrases = labelled(SETS["others"])
    assert share(graded(phrases, Grade.URGENT)).percent >= 83
    assert share(graded(phrases, Grade.CONCERN)).percent >= 72
    assert share(graded(phrases, None)).percent <= 8


def test_the_page_for_practitioners_shows_the_figures_of_today() -> None:
    assert rendered(PAGE.read_text()) == PAGE.read_text(), "Run: make promises"


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("I want to die", Grade.URGENT),
        ("I don't want to die", None),
        ("I never really wanted to die", None),
        ("I don't want to die but my dad hits me", Grade.URGENT),
        ("nobody hits me here", None),
        ("nobody knows he hits me", Grade.URGENT),
        ("my carer says I cut myself but I don't", None),
        ("we aint got no food", Grade.CONCERN),
        ("I have no thoughts of hurting myself", None),
        ("there isn't any shouting in this house", None),
        ("I do drugs", Grade.CONCERN),
        ("I think I was raped but I don't know", Grade.URGENT),
        ("I think I was raped but I wasn't", None),
        ("I don't sell drugs", None),
        ("no he hits me", Grade.URGENT),
        ("nobody has touched me or hit me", None),
        ("don't tell anyone or dad hits me", Grade.URGENT),
        ("I must not talk or he hits me", Grade.URGENT),
        ("I have no plans to run away", None),
        ("my social worker asked if my dad hits me and I said no", None),
        ("he asked if I wanted to touch it and I said no", Grade.URGENT),
    ],
)
def test_a_negation_turns_round_only_what_it_is_about(text: str, grade: Grade | None) -> None:
    finding = detect(text, "en")
    assert (finding and finding.grade) == grade


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("my dad used to hit me", Grade.CONCERN),
        ("my dad used to hit me and now he is doing it again", Grade.URGENT),
        ("when I was 7 my uncle touched me", Grade.URGENT),  # he may be near other children
        ("I used to get bullied but it stopped", None),
        ("I used to cut in year 9 but not now", Grade.CONCERN),  # it may come back
    ],
)
def test_what_is_past_counts_for_less_unless_it_goes_on(text: str, grade: Grade | None) -> None:
    finding = detect(text, "en")
    assert (finding and finding.grade) == grade


@pytest.mark.parametrize(
    "text",
    [
        "this homework is killing me",
        "I could murder a pizza",
        "I got stabbed in GTA",
        "In the film the dad hits the boy",
        "the song goes i wanna die",
        "we learned about county lines in PSHE",
    ],
)
def test_everyday_words_and_stories_raise_nothing_and_say_why(text: str) -> None:
    reading = read(text, "en")
    assert reading.finding is None
    assert all(because.lowered for because in reading.set_aside)


@pytest.mark.parametrize(
    ("everyday", "telling"),
    [
        ("he makes me happy", "he makes me feel like dirt"),
        ("I am scared to talk in class", "I am scared to talk at home in case they shout"),
    ],
)
def test_an_everyday_use_gives_way_to_words_that_say_more(everyday: str, telling: str) -> None:
    assert detect(everyday, "en") is None
    assert detect(telling, "en") is not None


def test_an_everyday_use_that_is_plain_sets_aside_whatever_is_said_with_it() -> None:
    assert detect("a boy in my class beat me at chess", "en") is None
    assert detect("a boy in my class beat me at the bus stop", "en") is not None
    assert detect("my dad beat me at chess and then he beat me with a belt", "en") is not None


def test_an_everyday_use_hides_nothing_else_that_is_said() -> None:
    finding = detect("This homework is killing me. My stepdad punched me last night.", "en")
    assert finding is not None
    assert (finding.grade, finding.category) == (Grade.URGENT, Category.PHYSICAL)


@pytest.mark.parametrize(
    "text",
    [
        "he hit my head on the table",
        "she burnt my hand on the oven",
        "he slapped me on the back of my head",
        "my grandma kisses me and touches my privates",
        "I cut my arm on purpose with a wire",
        "he gets in my bed and does bad things",
        "they kicked me off the bus and beat me",
        "help me get away from him",
        "police came to my house because dad hit mum",
        "I met my best friend online on discord and he wants pictures of me",
    ],
)
def test_what_is_done_to_somebody_is_no_everyday_use(text: str) -> None:
    finding = detect(text, "en")
    assert finding is not None
    assert finding.grade is Grade.URGENT


def test_a_game_or_the_past_before_a_but_sets_nothing_aside() -> None:
    finding = detect("we used to play games together but now he hits me", "en")
    assert finding is not None
    assert finding.grade is Grade.URGENT
    assert detect("I got stabbed in GTA", "en") is None


def test_a_finding_says_which_entry_it_is_and_on_what_words_as_they_were_written() -> None:
    finding = detect("School is ok. I wanna DIEEE tbh", "en")
    assert finding is not None
    assert finding.because.entry == "self_harm.wants_to_die"
    assert finding.because.words == "wanna DIEEE"
    assert "wanna DIEEE" in str(finding.because)


def test_the_same_text_gives_the_same_finding() -> None:
    for phrase in labelled(SETS["tuned"])[:100]:
        assert detect(phrase.text, "en") == detect(phrase.text, "en-GB")


def test_a_language_without_phrases_is_refused_by_name() -> None:
    with pytest.raises(LanguageUnknown, match=r"'xx'.*en"):
        detect("I want to die", "xx")


def test_the_command_reads_a_line_and_answers_with_a_line(tmp_path: Path) -> None:
    installation = Installation(tmp_path, "sqlite+aiosqlite:///nowhere/sayso.db")
    said = "I want to die\nI like football\n\nI was so embarrassed I wanted to die\nI hate myself"

    lines = installation.run("safeguarding", "try", says=said).stdout.splitlines()

    answers = [json.loads(line) for line in lines]
    assert [answer["grade"] for answer in answers] == ["urgent", "none", "none", "none", "concern"]
    assert answers[0]["category"] == "self_harm"
    assert "want to die" in answers[0]["because"]
    assert answers[1] == {"grade": "none", "category": None, "because": ""}
    assert "an everyday use" in answers[3]["because"]
    refused = installation.run("safeguarding", "try", "--language", "xx", says="hi", expect=1)
    assert "Languages: en" in refused.stderr
    assert "Traceback" not in refused.stderr
