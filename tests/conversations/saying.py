"""Everything Sayso says to young people, as the tests of its texts read it."""

import re
from collections.abc import Iterable, Iterator

import textstat

from bot.channels.webchat.papers import PAPERS
from conversations import carers_texts, showing_texts, taking_part_texts, texts, texts_later
from conversations.flows import FLOWS
from conversations.glossary import GLOSSARY
from conversations.questions import Flow, Question, Topic
from conversations.wording import Band, Text

BANDS = {Band.EIGHT: 9, Band.TWELVE: 11, Band.SIXTEEN: 12}
"""The reading age in years that a band's whole text may have at the most."""

LONGEST_SENTENCE = 12
"""Words, for every band."""

LONGEST_MESSAGE = {Band.EIGHT: 45, Band.TWELVE: 60, Band.SIXTEEN: 65}
"""Words."""

_SAMPLES = {
    "lines": texts.LINES.plain,
    "file_readers": "Your social worker and their team",
    "officer_name": "Amara Osei",
    **dict.fromkeys(("open_until", "read_by", "erased_on", "sent_date"), "Friday 4 December"),
    "listen_by": "Friday 4 December, 17:00",
    "minutes": "5",
    "most": "10",
    "kept_until": "4 December 2027",
    "review_team_phone": "01632 960 123",
    "topic": "Where I live",
    "question": "How is it where you live?",
}
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_WORD = re.compile(r"[\w'’-]+")
_NUMBER = re.compile(r"\d+")


def fill(wording: str) -> str:
    """The wording with what may stand in it for each `{x}`."""
    return re.sub(r"\{(\w+)\}", lambda found: _SAMPLES.get(found[1], "Friday"), wording)


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
    """Everything a topic says to a band but choices, a message each."""
    return [
        fill(text.wording(band, pathway=flow.pathway, chair=flow.chair))
        for question in topic.questions
        if band in question.bands
        for text in of_question(question)
    ]


def of_flow(flow: Flow, band: Band) -> list[str]:
    """Everything a flow says to a band but choices, a message each."""
    return [said for topic in flow.topics for said in of_topic(flow, topic, band)]


def around_flows() -> list[Text]:
    """What is said whatever the flow: pages around the chat, buttons, fixed answers, words."""
    modules = (texts, taking_part_texts, showing_texts, texts_later)
    shared = [one for module in modules for one in vars(module).values() if isinstance(one, Text)]
    return [*shared, *(entry.means for entry in GLOSSARY)]


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


def all_texts(*, carers: bool = True) -> list[Text]:
    """Every text that a young person may read; and, unless left out, those for foster carers."""
    chosen = [flow for flow in FLOWS.values() if carers or not flow.carer]
    flows = [
        text
        for flow in chosen
        for _topic, question in flow.by_id.values()
        for text in (*of_question(question), *(option.label for option in question.options))
    ]
    titles = [topic.title for flow in chosen for topic in flow.topics]
    around = [*around_flows(), *(around_carers() if carers else ())]
    return [*around, *flows, *titles]


def wordings(*, carers: bool = True) -> set[str]:
    found = set()
    for text in all_texts(carers=carers):
        for band in BANDS:
            for pathway, chair in ((False, False), (True, False), (False, True)):
                found.add(text.wording(band, pathway=pathway, chair=chair))
    return found
