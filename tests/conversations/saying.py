"""Everything Sayso says to young people, as the tests of its texts read it."""

import re
from collections.abc import Iterable, Iterator

import textstat

from bot.channels.webchat.papers import PAPERS
from conversations import (
    asks_texts,
    carers_texts,
    helper_texts,
    showing_texts,
    taking_part_texts,
    texts,
    texts_later,
    texts_taking_back,
)
from conversations.flows import FLOWS
from conversations.glossary import GLOSSARY
from conversations.questions import Flow, Question, Topic
from conversations.wording import Band, Text

BANDS = {Band.FOUR: 7, Band.EIGHT: 9, Band.TWELVE: 11, Band.SIXTEEN: 12}
"""The reading age in years that a band's whole text may have at the most."""

LONGEST_SENTENCE = {Band.FOUR: 8, Band.EIGHT: 12, Band.TWELVE: 12, Band.SIXTEEN: 12}
"""Words."""

LONGEST_MESSAGE = {Band.FOUR: 25, Band.EIGHT: 45, Band.TWELVE: 60, Band.SIXTEEN: 65}
"""Words."""

_SAMPLES = {
    "file_readers": "Your social worker and their team",
    "officer_name": "Amara Osei",
    **dict.fromkeys(("open_until", "read_by", "erased_on", "sent_date"), "Friday 4 December"),
    "listen_by": "Friday 4 December, 17:00",
    "minutes": "5",
    "most": "10",
    "kept_until": "4 December 2027",
    "opens": "9",
    "closes": "5",
    "duty_phone": "01632 960 124",
    "out_of_hours_phone": "01632 960 125",
    "review_team_phone": "01632 960 123",
    "topic": "Where I live",
    "question": "How is it where you live?",
    "who": "Your social worker",
    "reason": "There is no room for it.",
}
_TEXTS = {
    "lines": texts.LINES,
    "not_safe": texts.PASSED_ON,
    "watched": texts.WATCHED,
}
"""What stands in another text, in the words of the band."""

FOR_THE_HELPER = "helper.page"
"""Read by an adult who sits beside a child of any band."""

_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_WORD = re.compile(r"[\w'’-]+")
_NUMBER = re.compile(r"\d+")


def fill(wording: str, band: Band = Band.TWELVE) -> str:
    """The wording with what may stand in it for each `{x}`."""
    samples = {**_SAMPLES, **{name: text.wording(band) for name, text in _TEXTS.items()}}
    return re.sub(r"\{(\w+)\}", lambda found: samples.get(found[1], "Friday"), wording)


def words(said: str) -> list[str]:
    """Numbers left out: nobody spells them, and a telephone number is no sentence."""
    return [word for word in _WORD.findall(said) if not _NUMBER.fullmatch(word)]


def sentences(said: str) -> list[str]:
    return _SENTENCE.split(said)


def reading_ages(said: Iterable[str]) -> list[float]:
    """By Flesch-Kincaid and by Spache (textstat): grade + 5, in years. Choices are no sentences
    and numbers no words, so neither belongs in it."""
    whole = " ".join(one if one[-1] in ".?!" else f"{one}." for one in said)
    whole = _NUMBER.sub("", whole)
    return [textstat.flesch_kincaid_grade(whole) + 5, textstat.spache_readability(whole) + 5]


def of_question(question: Question) -> Iterator[Text]:
    yield from question.lead
    yield question.text


def of_topic(flow: Flow, topic: Topic, band: Band) -> list[str]:
    """Everything a topic says to a young person of a band but choices, a message each."""
    said = [
        text.wording(band, pathway=flow.pathway, chair=flow.chair)
        for question in topic.questions
        if band in question.bands and question.id != FOR_THE_HELPER
        for text in of_question(question)
    ]
    return [fill(one, band) for one in said if one]


def of_flow(flow: Flow, band: Band) -> list[str]:
    """Everything a flow says to a band but choices, a message each."""
    return [said for topic in flow.topics for said in of_topic(flow, topic, band)]


_NOT_SAID_TO_THE_YOUNGEST = re.compile(
    r"(PIN|ANSWERS|CODE|NOTME|TELEGRAM|DOORBELL|AWAY|CLOSED|ERASED|STRANGER|UNREADABLE|NOT_FOUND|"
    r"WRONG|LINK|INVITATION|COMPUTER|WHO_READS|YOU_CHOOSE|NO_CODE|HELP_NO_CODE|TOO_BIG|LINES_18|"
    r"LINES_AT_18|OFFICER_WHO|PAGE|PAPER|JOB|ASKED_ALONE|ARRANGED_ALONE|CHANGE_ARRANGER)"
)
"""Nobody reads back in a helper's session. Nobody so young is in Telegram, has a pathway plan, is
18, or is asked to lead the meeting or to see the officer alone. Pages that know nobody speak to
everyone as to 8–11."""


def around_flows(band: Band = Band.TWELVE) -> list[Text]:
    """What is said whatever the flow: pages around the chat, buttons, fixed answers, words. What a
    long word means is told in one wording: for 4–7 whoever helps reads it out."""
    modules = (
        texts,
        helper_texts,
        taking_part_texts,
        showing_texts,
        texts_later,
        texts_taking_back,
        asks_texts,
    )
    shared = {name: text for module in modules for name, text in vars(module).items()}
    if band is Band.FOUR:
        said = {n: v for n, v in shared.items() if not _NOT_SAID_TO_THE_YOUNGEST.match(n)}
        return [value for value in said.values() if isinstance(value, Text) and value.at4 != ""]
    found = [value for value in shared.values() if isinstance(value, Text)]
    return [*found, *(entry.means for entry in GLOSSARY)]


def around_carers() -> list[Text]:
    """What is said to foster carers alone, around their form."""
    return [value for value in vars(carers_texts).values() if isinstance(value, Text)]


def on_papers() -> list[str]:
    """What the pages about privacy and accessibility say, to everyone alike."""
    return [
        text.plain
        for _title, sections in PAPERS.values()
        for _heading, says in sections
        for text in says
    ]


def all_texts(band: Band = Band.TWELVE, *, carers: bool = True) -> list[Text]:
    """Every text that a young person of a band may read; and, unless left out, those for foster
    carers."""
    chosen = [flow for flow in FLOWS.values() if carers or not flow.carer]
    flows = [
        text
        for flow in chosen
        if band is not Band.FOUR or band in flow.bands
        for _topic, question in flow.by_id.values()
        if (band is not Band.FOUR or band in question.bands) and question.id != FOR_THE_HELPER
        for text in (
            *of_question(question),
            *(option.label for option in question.options if band in option.bands),
        )
    ]
    titles = [topic.title for flow in chosen for topic in flow.topics]
    around = [*around_flows(band), *(around_carers() if carers else ())]
    return [*around, *flows, *titles]


def wordings(*bands: Band, carers: bool = True) -> set[str]:
    """All that is said to these bands; to all of them, if none is named."""
    found = set()
    for band in bands or BANDS:
        for text in all_texts(band, carers=carers and band is Band.SIXTEEN):
            for pathway, chair in ((False, False), (True, False), (False, True)):
                found.add(text.wording(band, pathway=pathway, chair=chair))
    return found - {""}


def for_the_helper() -> set[str]:
    """The page that an adult reads who sits beside a young person."""
    return {
        text.plain
        for flow in FLOWS.values()
        if FOR_THE_HELPER in flow.by_id
        for text in of_question(flow.by_id[FOR_THE_HELPER][1])
    }
