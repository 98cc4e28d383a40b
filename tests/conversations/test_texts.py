"""What Sayso says and never says (`docs/voice`, sections 1, 2, 5)."""

import re

import pytest

from conversations import asks_texts, texts, texts_later
from conversations.flows import FLOWS
from conversations.questions import Flow
from conversations.screens import FACTS
from conversations.sharing import is_sharing_choice
from conversations.wording import Band
from tests.conversations.saying import (
    BANDS,
    FOR_THE_HELPER,
    LONGEST_MESSAGE,
    all_texts,
    around_carers,
    around_flows,
    fill,
    of_flow,
    of_question,
    wordings,
    words,
)

NEVER = re.compile(
    r"\b(secret|confidential|promise|anonymous|don't worry|well done|great|brave|i feel|"
    r"i understand|hurry|on their way|never|placement|contact with|siblings|lac|care plan|pep|"
    r"respite|permanence|local authority|safeguarding|consent|case record)\b",
    re.IGNORECASE,
)


def test_a_message_asks_one_thing() -> None:
    assert [said for said in wordings() if said.count("?") > 1] == []


def test_what_sayso_never_says_it_does_not_say() -> None:
    assert [said for said in wordings() if NEVER.search(said)] == []


def test_to_a_care_leaver_it_speaks_of_their_review_officer() -> None:
    for flow in FLOWS.values():
        said = of_flow(flow, Band.SIXTEEN) if flow.pathway else []
        assert [one for one in said if re.search(r"\bIRO\b", one)] == []


def test_a_care_leaver_is_not_taken_for_a_pupil() -> None:
    for flow in (flow for flow in FLOWS.values() if flow.pathway):
        offered = [
            option.label.wording(Band.SIXTEEN, pathway=True)
            for _, question in flow.questions(Band.SIXTEEN)
            for option in question.offered(Band.SIXTEEN)
        ]
        said = [*of_flow(flow, Band.SIXTEEN), *offered]
        assert [one for one in said if re.search(r"\bschool\b", one, re.IGNORECASE)] == []


def test_before_a_conference_it_speaks_of_the_chair_and_of_no_iro() -> None:
    """A child who is spoken of there need not be in care: they may have no IRO, and no review."""
    flow = FLOWS["conference"]
    asked_for = (
        texts.IRO_WHO,
        texts.OFFICER_WHO,
        texts.WHO_READS,
    )  # before anybody knows who it is
    around = [text for text in around_flows() if text not in asked_for]
    for band in BANDS:
        said = [*of_flow(flow, band)]
        for topic, question in flow.questions(band):
            said += [topic.title.wording(band, chair=True)]
            said += [option.label.wording(band, chair=True) for option in question.options]
        said += [fill(text.wording(band, chair=True)) for text in around]
        theirs = re.compile(r"\bIRO\b|your review officer|my review\b|your review\b", re.IGNORECASE)
        assert [one for one in said if theirs.search(one)] == []


def test_to_a_foster_carer_it_speaks_of_the_chair_and_as_to_nobodys_child() -> None:
    """An adult writes to adults: no IRO of theirs, nobody that a child has, and no word of what a
    child said."""
    flow = FLOWS["foster_carer_form"]
    said = of_flow(flow, Band.SIXTEEN)
    options = [
        option.label.wording(Band.SIXTEEN, chair=True)
        for _topic, question in flow.by_id.values()
        for option in question.options
    ]
    around = [fill(text.wording(Band.SIXTEEN, chair=True)) for text in around_carers()]
    theirs = re.compile(
        r"\bIRO\b|your review officer|advocate|your plan|my parents|people (I|you) live with",
        re.IGNORECASE,
    )
    assert [one for one in (*said, *options, *around) if theirs.search(one)] == []
    whole = " ".join(said)
    assert "Please don't answer for a child" in whole
    assert "If a child may not be safe, ring" in said[0]
    assert flow.title.plain == "Before the review of my fostering"


def test_every_fact_that_a_text_asks_for_is_known() -> None:
    for said in wordings():
        unknown = set(re.findall(r"\{(\w+)\}", said)) - FACTS - asks_texts.FACTS - texts_later.FACTS
        assert not unknown, (said, unknown)


@pytest.mark.parametrize("flow", FLOWS.values(), ids=list(FLOWS))
@pytest.mark.parametrize("band", BANDS)
def test_each_flow_asks_at_least_six_topics(flow: Flow, band: Band) -> None:
    topics = {topic.id for topic, _question in flow.questions(band) if not topic.explains}
    assert len(topics) >= 6


def test_the_explainer_tells_everything_a_young_person_must_be_told() -> None:
    """`docs/domain`, section 4, item by item."""
    said = " ".join(of_flow(FLOWS["cioc_review"], Band.TWELVE))
    for told in (
        "A review is your meeting",
        "at least every 6 months",
        "They are not your social worker's boss",
        "You can reach them on",
        "talk with you alone first",
        "You may say no",
        "You can come, come for part, or send what you think",
        "your IRO must say why",
        "An advocate is on your side",
        "You can complain",
        "advice from a lawyer",
        "Cafcass",
        "a review sooner",
        "you get a record of it",
        "You can ask to see it later",
    ):
        assert told in said


@pytest.mark.parametrize("band", BANDS)
def test_a_page_of_the_explainer_is_no_longer_than_a_message(band: Band) -> None:
    """What stands on one page is read at once, so that the limit is the page's."""
    for flow in FLOWS.values():
        if (flow.pathway and band is not Band.SIXTEEN) or band not in flow.bands:
            continue  # nobody has a pathway plan before they are 16
        for topic, question in flow.questions(band):
            if topic.explains and question.id != FOR_THE_HELPER:
                whole = [
                    fill(text.wording(band, pathway=flow.pathway, chair=flow.chair), band)
                    for text in of_question(question)
                ]
                assert len(words(" ".join(whole))) <= LONGEST_MESSAGE[band], whole


@pytest.mark.parametrize("band", [band for band in BANDS if band is not Band.FOUR])
def test_every_band_is_told_what_the_file_shows_of_what_is_not_in_it(band: Band) -> None:
    """The ordinary document says how many answers are withheld, so the texts say it too."""
    for flow in FLOWS.values():
        pages = [q for _t, q in flow.questions(band) if q.id.endswith(".audience")]
        said = [text for question in pages for text in question.lead]
        for text in (*said, texts.CHECK_FILE):
            wording = text.wording(band, pathway=flow.pathway, chair=flow.chair)
            assert "shows how many answers are left out" in wording


def test_the_youngest_are_asked_by_nobody_who_may_hear_it_and_told_what_others_see() -> None:
    """It is for the officer alone; of the rest the ordinary document says how many answers."""
    for flow in FLOWS.values():
        if Band.FOUR in flow.bands:
            assert not [q for _t, q in flow.questions(Band.FOUR) if is_sharing_choice(q.id)]
    said = texts.CHECK_FILE.wording(Band.FOUR)
    assert "you see who reads it" in said
    assert "Others see only how many answers there are" in said


def test_what_is_said_to_the_youngest_fits_every_flow() -> None:
    """It names neither an IRO nor a chair: before a conference a child may have no IRO."""
    fours = [text.at4 for text in all_texts(Band.FOUR) if text.at4]
    assert len(fours) > 60
    assert [one for one in fours if re.search(r"\bIRO\b|\bchair\b", one)] == []


def test_everything_that_the_youngest_may_choose_has_a_picture() -> None:
    bare = [
        (flow.id, question.id, option.id)
        for flow in FLOWS.values()
        if Band.FOUR in flow.bands
        for _topic, question in flow.questions(Band.FOUR)
        for option in question.offered(Band.FOUR)
        if option.id != "on" and not option.picture
    ]
    assert bare == []


def test_the_youngest_are_asked_less() -> None:
    for flow in FLOWS.values():
        if Band.FOUR in flow.bands:
            asked = [
                len([q for t, q in flow.questions(band) if not t.explains])
                for band in (Band.FOUR, Band.EIGHT)
            ]
            assert asked[0] < asked[1] * 0.6, (flow.id, asked)


def test_the_page_for_the_helper_is_one_screen() -> None:
    for flow in (one for one in FLOWS.values() if not one.carer):
        (_topic, question) = flow.by_id[FOR_THE_HELPER]
        assert len(words(" ".join(fill(text.plain) for text in of_question(question)))) < 130


def test_whoever_may_ask_for_an_advocate_is_told_who_hears_of_it_and_that_it_is_now() -> None:
    for flow in (one for one in FLOWS.values() if not one.carer):
        (question,) = [q for _t, q in flow.by_id.values() if q.id == "rights.advocate"]
        officer = "your review officer" if flow.pathway else "your IRO"
        if flow.chair:
            officer = "the chair"
        for band in BANDS:
            said = " ".join(
                t.wording(band, pathway=flow.pathway, chair=flow.chair) for t in question.lead
            )
            if band is Band.FOUR:
                assert "two grown-ups hear now" in said  # the officer and their manager
                assert "Even if you don't send" in said
                continue
            if not flow.pathway or band is not Band.EIGHT:  # nobody so young has a pathway plan
                assert f"I tell {officer} and their manager now" in said
            assert "even if you don't start or send" in said
