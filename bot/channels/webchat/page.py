"""From a screen to what a template needs: every word ready to be shown, nothing to decide."""

from dataclasses import dataclass, field
from typing import Any

from bot.channels.webchat.live import Live
from bot.service import my_meeting
from bot.service.attaching import labelled
from bot.service.hear import Answered
from bot.service.house import House
from bot.service.own_asks import News
from bot.service.sending import contribution_id
from bot.service.wording import Reader, in_words
from conversations import asks_texts, carers_texts, showing_texts, taking_part_texts, texts, typists
from conversations import texts_taking_back as more
from conversations.conversation import Answer
from conversations.flows import FLOWS
from conversations.flows.explaining import PICTURES
from conversations.places import MAP
from conversations.questions import Flow, Question
from conversations.screens import Line, Pick, Screen, State
from conversations.sending import anything_said
from conversations.sharing import audience_question, is_sharing_choice, said_in_topic
from conversations.wording import Band, Param, Say, Text

_PLATES = 4
_ENDS = (State.STOPPED, State.SENT, State.CHECK)
"""Where reading one's answers again is offered: nothing else is asked there."""


@dataclass(frozen=True, slots=True)
class Page:
    """One `/chat` page. `box` and `chosen`: what was posted and could not be kept, `errors` why;
    `told`: what is said to a post that was kept; `arranged`: something they asked a person for is
    set up, which they hear when they come back, and wherever nothing else is asked; `officer`:
    there is a picture of whoever runs the review, and it is said here who that is; `asks`: what may
    be said here of their wishes."""

    answered: Answered
    live: Live
    house: House
    box: str = ""
    chosen: tuple[str, ...] = ()
    errors: tuple[Say, ...] = ()
    told: tuple[Say, ...] = ()
    arranged: bool = False
    officer: bool = False
    asks: News = field(default_factory=News)

    @property
    def reader(self) -> Reader:
        return self.answered.reader

    @property
    def screen(self) -> Screen:
        return self.answered.screen

    def context(self) -> dict[str, Any]:
        """Everything that `chat.html` shows."""
        screen, reader = self.screen, self.reader
        quiet = reader.band is Band.SIXTEEN
        return {
            "screen": screen,
            "state": screen.state.value,
            "question": screen.asked.removeprefix("@"),
            "kind": screen.kind.value if screen.state in (State.ASKING, State.EXPLAIN) else "",
            "says_first": self._says_first(),
            "turn": f"{screen.turn}:{screen.asked}",
            "title": reader.read(screen.ask),
            "says": [reader.read(say) for say in (*screen.says, *self._only_fewer())],
            "after": [reader.read(say) for say in screen.after],
            "errors": [reader.read(say) for say in self.errors],
            "told": [reader.read(say) for say in (*self.told, *self._news())],
            "picks": [self._pick(pick, number, quiet) for number, pick in enumerate(screen.picks)],
            "ways": [self._pick(pick, 0, True) for pick in screen.ways],
            "topic": None if screen.topic is None else reader.text(screen.topic.title),
            "officer": self.officer,
            "piece_picture": None
            if quiet or screen.state is not State.EXPLAIN
            else PICTURES.get(screen.asked),
            "topic_picture": None if quiet or screen.topic is None else screen.topic.picture,
            "kept": self._shows(screen.kept),
            "kept_hidden": screen.kept is not None and not self._shows(screen.kept),
            "day": self._day(),
            "last": self._last(),
            "box": self.box or self._box(),
            "has_box": screen.words and screen.state is State.ASKING,
            "attached": self._attached(screen.kept),
            "offered_attached": self._attached(screen.offered),
            "showing": self._showing(),
            "lines": self._lines(),
            "offered": self._offered(),
            "offered_hidden": screen.offered is not None and self._offered() is None,
            "aside": [self._draft(answer) for answer in screen.aside],
            "receipt": self._receipt(),
            "reads_back": screen.state in _ENDS
            and anything_said(self.answered.kept.conversation)
            and typists.reads_back(self.answered.kept.conversation),
            "pin_opens": any(
                map(self.live.reads, self.answered.kept.conversation.answers.values())
            ),
            "pictured": reader.band is Band.FOUR and any(pick.picture for pick in screen.picks),
            "page_to_bring": screen.state in (State.SENT, State.STOPPED)
            and my_meeting.is_offered(self.answered.kept)
            and typists.reads_back(self.answered.kept.conversation),
            "asks": self._asks(),
            "code": self._code(),
            "reminder": self._reminder(),
            "rings": rings(screen, reader) if screen.state is State.HELP else [],
            "rings_at_hand": ring_rows(texts.RINGS[_lines(screen.ask)], reader),
        }

    def _says_first(self) -> bool:
        screen = self.screen
        if screen.state is State.ASKING:
            return not screen.title_first
        return len(screen.picks) > 1 and screen.state is not State.HELP

    def _pick(self, pick: Pick, number: int, quiet: bool) -> dict[str, Any]:
        return {
            "id": pick.id,
            "label": self.reader.read(pick.label),
            "detail": self.reader.read(pick.detail) if pick.detail else "",
            "picture": None if quiet else pick.picture,
            "plate": number % _PLATES + 1,
            "alone": self._alone(pick) if pick.alone else None,
            "chosen": pick.id in self.chosen
            if self.errors
            else pick.chosen and self._shows(self.screen.kept),
            "said": pick.said,
        }

    def _reminder(self) -> dict[str, Any] | None:
        """Days as buttons, or as entries for their own calendar to take along."""
        found = self.screen.reminder
        if found is None:
            return None
        return {
            "says": self.reader.read(found.says),
            "calendar": found.calendar,
            "picks": [{"id": one.id, "label": self.reader.read(one.label)} for one in found.picks],
        }

    def _alone(self, pick: Pick) -> dict[str, str]:
        """What is said when it takes other ticks out, and when another takes it out."""
        option = {"option": pick.label.text}
        return {
            "ticked": self.reader.read(Say(texts.ALONE_TICKED, option)),
            "unticked": self.reader.read(Say(texts.ALONE_UNTICKED, option)),
        }

    def _only_fewer(self) -> tuple[Say, ...]:
        """Said before somebody chooses in vain; as an error it stands there already."""
        screen = self.screen
        if screen.topic is None or not is_sharing_choice(screen.asked) or self.errors:
            return ()
        answers = self.answered.kept.conversation.answers
        said = said_in_topic(screen.topic, answers)
        return () if all(map(self._reads, said)) else (Say(texts.ONLY_FEWER),)

    def _news(self) -> tuple[Say, ...]:
        """Neutral: whoever looks at this screen may not know what they asked for. Not to a helper:
        that something was asked for is an answer, too."""
        if not typists.reads_back(self.answered.kept.conversation):
            return ()
        screen = self.screen
        quiet = screen.state in _ENDS or screen.asked == MAP
        if not self.arranged or screen.state is State.HELP or not (quiet or self.live.is_new):
            return ()
        phone = self.house.council.review_team_phone
        return (Say(taking_part_texts.NEWS, {"review_team_phone": phone}),)

    def _asks(self) -> dict[str, Any]:
        """Of their wishes nothing but that there is something to read, as neutral as in a chat; and
        after sending, that it was read, and how an answer is read."""
        found, screen = self.asks, self.screen
        quiet = screen.state in _ENDS or screen.asked == MAP
        shown = quiet or self.live.is_new or self._asks_back()
        if not found.any or screen.state is State.HELP:
            return {"unread": False, "shut": "", "link": "", "says": []}
        says = []
        if found.read_on and screen.state in (State.SENT, State.STOPPED):
            says.append(Say(asks_texts.READ, {"day": found.read_on}))
        phone = {"review_team_phone": self.house.council.review_team_phone}
        if found.needs_pin and screen.state is State.SENT:
            pin = asks_texts.PIN_FIRST if found.would_open else asks_texts.PIN_LATE
            says.append(Say(pin, phone))
        if self._asks_back():
            says.append(Say(asks_texts.AFTER))
        return {
            "unread": found.unread and found.opens and shown,
            "shut": self.reader.read(Say(asks_texts.NEWS_SHUT, phone))
            if found.unread and not found.opens and shown
            else "",
            "link": self.reader.text(asks_texts.LINK) if quiet or self._asks_back() else "",
            "says": [self.reader.read(say) for say in says],
        }

    def _asks_back(self) -> bool:
        """Whether it is asked now what became of what they asked for: they can read it first."""
        return self._flow().after and self.screen.asked.startswith("asked.")

    def _shows(self, answer: Answer | None) -> bool:
        return answer is not None and self._reads(answer)

    def _reads(self, answer: Answer) -> bool:
        """Whether it is shown to whoever is here now: a helper sees what they typed themselves."""
        conversation = self.answered.kept.conversation
        return self.live.reads(answer) and typists.reads(conversation, answer)

    def _box(self) -> str:
        """An answer in own words, to be changed where it stands."""
        kept = self.screen.kept
        return kept.words or "" if kept is not None and self._shows(kept) else ""

    def _attached(self, answer: Answer | None) -> list[dict[str, str]]:
        """What was said aloud or shown, where the answer may be read."""
        if answer is None or not self._shows(answer):
            return []
        return attached_rows(self.reader, answer)

    def _showing(self) -> dict[str, str] | None:
        """What is said before a voice note or a picture is taken; None where there can be none."""
        screen = self.screen
        settings = self.house.settings
        if screen.aloud is None or screen.shown is None:
            return None
        recording = Say(showing_texts.RECORDING, {"minutes": settings.voice_minutes})
        return {
            "aloud": self.reader.read(screen.aloud),
            "shown": self.reader.read(screen.shown),
            "recording": self.reader.read(recording),
            "seconds": str(settings.voice_minutes * 60),
        }

    def _day(self) -> str:
        """The day that was picked, as a date field takes it; not if words are shown back."""
        kept = self.screen.kept
        if kept is None or kept.day is None or self.errors or not self._shows(kept):
            return ""
        return kept.day.isoformat()

    def _offered(self) -> str | None:
        """What waits to be made an answer; None on every other page, and where it is hidden."""
        offered = self.screen.offered
        return None if offered is None else self._draft(offered)

    def _draft(self, draft: Answer) -> str | None:
        """None if it is hidden: only their own words may stand in the strip."""
        if not self._reads(draft):
            return None
        known = self._flow().by_id.get(draft.question)
        return self.in_words(known[1], draft) if known else draft.words or ""

    def _code(self) -> str:
        """The come-back code, where the screen says it."""
        codes = [say.params["code"] for say in self.screen.says if say.text == texts.STOPPED_CODE]
        return self.reader.param(codes[0], {}) if codes else ""

    def _last(self) -> str:
        """What was said just before: the end of the last exchange."""
        conversation = self.answered.kept.conversation
        screen = self.screen
        if screen.state is not State.ASKING or screen.kept or screen.offered:
            return ""
        flow = self._flow()
        said = [
            answer
            for answer in conversation.answers.values()
            if self._reads(answer) and flow.by_id[answer.question][0] is self.screen.topic
        ]
        if not said:
            return ""
        answer = max(said, key=lambda one: one.at)
        return self.in_words(flow.by_id[answer.question][1], answer)

    def _flow(self) -> Flow:
        return FLOWS[self.answered.kept.conversation.flow_id]

    def in_words(self, question: Question, answer: Answer) -> str:
        return in_words(self.reader, question, answer)

    def _lines(self) -> list[dict[str, Any]]:
        """Who hears it is chosen for a topic, so it is changed after the topic's last answer."""
        lines = [self._line(line) for line in self.screen.lines]
        last = {line.sharing: number for number, line in enumerate(self.screen.lines)}
        for pick in self.screen.sharing:
            topic = self._flow().by_id[pick.id.removeprefix("@change:")][0]
            at = last[audience_question(topic.id)]
            lines[at]["shares"].append(self._pick(pick, 0, True))
        return lines

    def _line(self, line: Line) -> dict[str, Any]:
        shown = self._reads(line.answer)
        option = next((line.question.option(c) for c in line.answer.choices), None)
        return {
            "id": line.question.id,
            "question": line.answer.shown or self.reader.text(line.question.text),
            "words": self.in_words(line.question, line.answer) if shown else None,
            "attached": attached_rows(self.reader, line.answer) if shown else [],
            "picture": option.picture if option and shown else None,
            "hears": self._hears(line.audience),
            "to_file": line.to_file,
            "aloud": line.aloud,
            "quick": self._quick(line) if line.choice else None,
            "can_change": line.can_change,
            "wish": self._wish() if line.wish else "",
            "shares": [],
        }

    def _wish(self) -> str:
        return self.reader.text(carers_texts.ASKED if self._flow().carer else texts.WISH)

    def _quick(self, line: Line) -> dict[str, str]:
        """The choice that one tap makes: the most private one, or the file where it is made."""
        private = len(line.audience) == 1
        verb, text = ("@file", more.FILE_TOO) if private else ("@just", more.JUST_OFFICER)
        return {"id": f"{verb}:{line.question.id}", "label": self.reader.text(text)}

    def _hears(self, audience: tuple[str, ...]) -> str:
        if len(audience) == 1:
            return self.reader.text(texts.HEARS_ONLY[audience[0]])
        return " · ".join(self.reader.text(texts.HEARS[who]) for who in audience)

    def _receipt(self) -> str:
        if self.screen.sent is None:
            return ""
        return contribution_id(self.house, self.answered.kept.conversation_id)


def attached_rows(reader: Reader, answer: Answer) -> list[dict[str, str]]:
    """What was said aloud or shown, as a page shows it."""
    return [
        {"id": one.id, "medium": one.medium.value, "label": label}
        for one, label in labelled(reader, answer)
    ]


def rings(screen: Screen, reader: Reader) -> list[dict[str, str]]:
    """The help lines as rows to tap, by age."""
    return ring_rows(texts.RINGS[_lines(screen.says[0])], reader)


def _lines(say: Say) -> Text:
    lines: Param = say.params.get("lines", texts.LINES)
    return lines if isinstance(lines, Text) else texts.LINES


def ring_rows(rows: tuple[texts.Ring, ...], reader: Reader) -> list[dict[str, str]]:
    return [
        {"name": reader.text(name), "when": reader.text(when), "number": number, "href": href}
        for name, when, number, href in rows
    ]
