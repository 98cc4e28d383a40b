"""Text typed where a button is offered: the button's own words press it."""

from dataclasses import replace
from functools import cache

from bot.service.wording import Reader
from conversations import helper_texts, starting_over, texts
from conversations.conversation import Conversation
from conversations.flows import FLOWS
from conversations.hearing import Chosen, Command, Draft, Heard, Name, Text
from conversations.places import asked
from conversations.questions import Kind
from conversations.safeguarding import help_words
from conversations.wording import Band

_SHORT = 24
"""Letters of the longest word of help, with some to spare for *heeeelp*."""

_WAYS = {
    Name.HELP: texts.HELP_BUTTON,
    Name.SKIP: texts.SKIP_BUTTON,
    Name.BACK: texts.BACK_BUTTON,
    Name.STOP: texts.STOP_BUTTON,
    Name.SEND: texts.SEND_BUTTON,
}


def understand(heard: Heard, conversation: Conversation) -> Heard:
    """What was meant, with the question as it was read. Words that press nothing stay words."""
    flow = FLOWS[conversation.flow_id]
    at = heard.to or asked(conversation)
    found = flow.by_id.get(at)
    band, locale = conversation.band, conversation.locale
    reader = Reader(band, locale, flow.pathway, flow.chair)
    if isinstance(heard, Text) and len(heard.words) <= 60:
        pressed = _plain(heard.words)
        ways = _ways(reader)
        options = _options(flow.id, at, band, locale) if found else {}
        if pressed in options:
            heard = Chosen(
                option=options[pressed],
                to=heard.to,
                turn=heard.turn,
                channel=heard.channel,
                typed_by=heard.typed_by,
            )
        elif pressed in _goes(reader):
            heard = Chosen(
                option=_goes(reader)[pressed], to=heard.to, turn=heard.turn, channel=heard.channel
            )
        elif pressed in ways:
            return Command(name=ways[pressed], to=heard.to, turn=heard.turn, channel=heard.channel)
        elif pressed in starting_over.WORDS:
            return Chosen(option="@start_over", to=heard.to, turn=heard.turn, channel=heard.channel)
        elif len(pressed) <= _SHORT and (said := help_words.command(heard.words, locale)):
            return Command(name=said, to=heard.to, turn=heard.turn, channel=heard.channel)
    if isinstance(heard, Draft) and len(heard.words) <= 60 and _asks_for_help(heard, locale):
        return Command(name=Name.HELP, to=heard.to, turn=heard.turn, channel=heard.channel)
    if found is None or isinstance(heard, Command | Draft):
        return heard
    return replace(heard, shown=reader.text(found[1].text))


def _asks_for_help(heard: Draft, locale: str) -> bool:
    short = len(_plain(heard.words)) <= _SHORT
    return short and help_words.command(heard.words, locale) is Name.HELP


def _plain(label: str) -> str:
    return "".join(sign for sign in label.casefold() if sign.isalnum())


@cache
def _ways(reader: Reader) -> dict[str, Name]:
    return {_plain(reader.text(text)): name for name, text in _WAYS.items()}


@cache
def _goes(reader: Reader) -> dict[str, str]:
    """What may be typed anywhere of how one talks: other words, somebody beside them."""
    said = {
        "@shorter": (reader.text(helper_texts.SHORTER), *helper_texts.SAID_SHORTER),
        "@longer": (reader.text(helper_texts.LONGER), *helper_texts.SAID_LONGER),
        "@who": (
            reader.text(helper_texts.WHO_NOW),
            reader.text(helper_texts.SOMEONE_HELPS),
            *helper_texts.SAID_WHO,
        ),
    }
    return {_plain(phrase): verb for verb, phrases in said.items() for phrase in phrases}


@cache
def _options(flow_id: str, question_id: str, band: Band, locale: str) -> dict[str, str]:
    flow = FLOWS[flow_id]
    question = flow.by_id[question_id][1]
    if question.kind is Kind.CHOICES:
        return {}  # a list typed out is words
    reader = Reader(band, locale, flow.pathway, flow.chair)
    return {_plain(reader.text(option.label)): option.id for option in question.offered(band)}
