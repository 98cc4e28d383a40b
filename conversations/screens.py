"""`look`: what is asked now, ready to be rendered by any channel. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from conversations import arranger, carers_texts, helper_texts, showing_texts, texts, texts_later
from conversations import texts_taking_back as more
from conversations.age_words import longer, shorter
from conversations.contribution import is_wish
from conversations.conversation import ALARMED, Answer, Conversation, Pause, Sent
from conversations.each_answer import may_be_shared
from conversations.flows import FLOWS
from conversations.places import (
    ANYTHING,
    BACK,
    CHECK,
    EACH,
    FEWER,
    GONE,
    HELP,
    MAP,
    NEWS,
    NOT_ME,
    NOT_ME_SAID,
    OFFER,
    OVER,
    SENT,
    START,
    STOPPED,
    TELLS,
    about_answer,
    agreed,
    asked,
    said_in,
    sequence,
)
from conversations.questions import Flow, Kind, Question, Topic
from conversations.sharing import (
    FILE,
    OFFICER,
    PICK,
    are_sharing_words,
    audience_of_answer,
    audience_question,
    file_reader_of,
    in_ordinary_record,
    is_read_aloud,
    is_sharing_choice,
    officer_of,
    tell_of,
)
from conversations.typists import WHO
from conversations.wording import Band, Param, Say, Text


class State(StrEnum):
    """The value is a page's `data-state`."""

    EXPLAIN = "explain"
    ASKING = "asking"
    CHECK = "check"
    SENT = "sent"
    HELP = "help"
    STOPPED = "stopped"


FACTS = frozenset(
    {
        "open_until", "read_by", "officer_name", "review_team_phone", "file_readers", "lines",
        "sent_date", "sent_time", "receipt", "code", "link", "over", "question", "time",
        "reference", "erased_on", "kept_until", "topic", "option", "duty_team", "duty_phone",
        "opens", "closes", "next_open", "out_of_hours_phone", "not_safe", "watched",
        "listen_by", "minutes", "most", "advocate_days", "alone_days", "arrange_by",
        "remind_on", "remind_in_chat", "remind_in_calendar",
        "child_phone", "carers_advice",
        "became", "in_file", "day", "who",
    }
)  # fmt: skip
"""Everything that a text may ask to be filled in."""


@dataclass(frozen=True, slots=True)
class About:
    """What a screen says that the conversation does not hold.

    `facts` fill the texts' `{x}`, those of `FACTS` that the screen's texts ask for.
    """

    facts: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pick:
    """Something to press. `id` is what comes back as the choice."""

    id: str
    label: Say
    detail: Say | None = None
    picture: str | None = None
    alone: bool = False  # ticked with others, it alone counts
    chosen: bool = False  # it is the answer that is kept now
    said: bool = False  # a topic that was spoken of


@dataclass(frozen=True, slots=True)
class Reminder:
    """What may be chosen at a stop. `calendar`: we can't reach them, so the picks' ids are days
    of which a channel gives them an entry for a calendar of their own."""

    says: Say
    picks: tuple[Pick, ...]
    calendar: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One answer on the check page. `sharing`: where it can be changed who hears its topic;
    `choice`: and who hears it alone; `aloud`: it may be read out; `wish`: it asks for something
    that somebody must answer."""

    question: Question
    topic: Topic
    answer: Answer
    audience: tuple[str, ...]
    to_file: bool
    can_change: bool
    sharing: str | None = None
    wish: bool = False
    aloud: bool = True
    choice: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """What is asked now.

    `asked` is the question's id or an @place; it is what a reply answers (`Heard.to`), `turn` its
    count. `says` stands before `ask`. `picks` are the choices, `ways` the quiet ones beneath them.
    `sharing`: a topic each, to change who hears what was said in it. `words`: own words can be
    typed. `kept` is the answer that stands now. `aloud`, `shown`: what is said before a voice note
    or a picture is taken; none where there can be none. `title_first`: `ask`
    stands before `says`.
    """

    state: State
    asked: str
    turn: int
    ask: Say
    kind: Kind = Kind.CHOICE
    says: tuple[Say, ...] = ()
    after: tuple[Say, ...] = ()
    picks: tuple[Pick, ...] = ()
    ways: tuple[Pick, ...] = ()
    words: bool = False
    topic: Topic | None = None
    kept: Answer | None = None
    lines: tuple[Line, ...] = ()
    sharing: tuple[Pick, ...] = ()
    aside: tuple[Answer, ...] = ()
    offered: Answer | None = None
    sent: Sent | None = None
    aloud: Say | None = None
    shown: Say | None = None
    reminder: Reminder | None = None
    title_first: bool = False


def look(conversation: Conversation, about: About) -> Screen:
    """What is asked now: computed from the conversation alone, as often as one likes."""
    flow = FLOWS[conversation.flow_id]
    at = asked(conversation)
    see = _Look(conversation, flow, about.facts)
    match at:
        case _ if at == HELP:
            return see.help()
        case _ if at == STOPPED:
            return see.stopped()
        case _ if at == OFFER:
            return see.offer()
        case _ if at == NEWS:
            return see.news()
        case _ if at == OVER:
            return see.over()
        case _ if at == MAP:
            return see.map()
        case _ if at == CHECK:
            return see.check()
        case _ if at == SENT:
            return see.sent()
        case _ if at.startswith("@"):
            return see.about_one(at)
        case _:
            return see.question(*flow.by_id[at])


def check_lines(conversation: Conversation) -> tuple[Line, ...]:
    """All that would be sent, in the flow's order; retired questions last."""
    flow = FLOWS[conversation.flow_id]
    asked_now = {question.id for _topic, question in sequence(conversation)}
    rows = [(topic, q, q.id in asked_now) for topic, q in said_in(conversation)]
    rows += [(topic, q, False) for topic in flow.retired for q in topic.questions]
    lines = []
    for topic, question, can_change in rows:
        answer = conversation.answers.get(question.id)
        if answer is None or topic.explains:
            continue
        if is_sharing_choice(question.id):
            if are_sharing_words(answer):
                words = replace(answer, choices=())
                lines.append(Line(question, topic, words, (officer_of(flow),), False, False))
            continue
        audience = arranger.heard_by(
            conversation, answer, audience_of_answer(flow, conversation, question.id)
        )
        to_file = in_ordinary_record(flow, audience)
        sharing = audience_question(topic.id)
        lines.append(
            Line(
                question,
                topic,
                answer,
                audience,
                to_file,
                can_change,
                sharing if sharing in asked_now else None,
                question.becomes_ask and is_wish(answer),
                is_read_aloud(conversation, question.id),
                may_be_shared(conversation, question.id),
            )
        )
    return tuple(lines)


def _takes_words(topic: Topic, question: Question) -> bool:
    if topic.explains:
        return question.kind is Kind.WORDS  # a helper's name
    return not is_sharing_choice(question.id)


_SURE = (("@yes", more.BACK_YES), ("@no", more.BACK_NO))
_WAS_IT_ME = (("@yes", more.NOT_ME_YES), ("@no", more.NOT_ME_NO))


def _as_option(flow: Flow, audience: tuple[str, ...]) -> str:
    """Which of the three choices this audience is."""
    if len(audience) == 1:
        return OFFICER
    return FILE if audience == (officer_of(flow), file_reader_of(flow)) else PICK


@dataclass(frozen=True, slots=True)
class _Look:
    conversation: Conversation
    flow: Flow
    facts: Mapping[str, Param]

    def say(self, text: Text, **more: Param) -> Say:
        return Say(text, {**self.facts, **more} if more else self.facts)

    def pick(self, option_id: str, text: Text) -> Pick:
        return Pick(option_id, self.say(text))

    def question(self, topic: Topic, question: Question) -> Screen:
        kept = self.conversation.answers.get(question.id)
        chosen = kept.choices if kept and not topic.explains else ()
        words = question.kind is Kind.WORDS and not topic.explains
        takes = words and "listen_by" in self.facts
        picks = tuple(
            Pick(
                option.id,
                self.say(option.label),
                self.say(option.detail) if option.detail else None,
                option.picture,
                alone=option.alone,
                chosen=option.id in chosen,
            )
            for option in question.offered(self.conversation.band)
        )
        return Screen(
            State.EXPLAIN if topic.explains else State.ASKING,
            question.id,
            self.conversation.turns,
            self.say(question.text),
            question.kind,
            says=tuple(
                self.say(text)
                for text in (*self._concern(topic, question), *question.lead)
                if text.wording(self.conversation.band)
            ),
            picks=picks,
            ways=self._ways(topic, question),
            words=_takes_words(topic, question),
            topic=topic,
            kept=None if topic.explains else kept,
            aloud=self.say(showing_texts.VOICE_INTRO) if takes else None,
            shown=self.say(showing_texts.PICTURE_INTRO) if takes else None,
        )

    def _concern(self, topic: Topic, question: Question) -> tuple[Text, ...]:
        """The help lines once, where a topic ends in which something worried: never later on."""
        if topic.id not in self.conversation.concerned or "lines" not in self.facts:
            return ()
        if self.conversation.helped:  # who helps came after it was said
            return ()
        ends = question.id == audience_question(topic.id)
        return (
            (texts.CONCERN_LINES,) if ends and question.id not in self.conversation.answers else ()
        )

    def _ways(self, topic: Topic, question: Question) -> tuple[Pick, ...]:
        if topic.explains:
            return self._how_to_talk() if question.id == START else ()
        ways = [self.pick("@map", texts.MAP_LINK)]
        kept = self.conversation.answers.get(question.id)
        if kept is not None and kept.attachments:
            ways.insert(0, self.pick("@done", texts.DONE))
        if self._nothing_said() and question.id != ANYTHING:
            ways.insert(0, self.pick("@one", texts.MAP_ONE))
        if question.id in self.conversation.answers:
            ways.append(self.pick(f"@remove:{question.id}", texts.REMOVE))
        return (*ways, *self._who_types())

    def _who_types(self) -> tuple[Pick, ...]:
        """Wherever somebody may sit beside them, it is one tap to say who types now."""
        if not self.conversation.helped and self.conversation.band is not Band.FOUR:
            return ()
        return (self.pick("@who", helper_texts.WHO_NOW),)

    def _how_to_talk(self) -> tuple[Pick, ...]:
        """Shorter or longer words, and that somebody helps."""
        ways = []
        if shorter(self.conversation):
            ways.append(self.pick("@shorter", helper_texts.SHORTER))
        if longer(self.conversation):
            ways.append(self.pick("@longer", helper_texts.LONGER))
        if WHO not in self.flow.by_id:
            return tuple(ways)  # an adult's own form
        return (*ways, *(self._who_types() or (self.pick("@who", helper_texts.SOMEONE_HELPS),)))

    def _nothing_said(self) -> bool:
        """Whoever has one thing to say may say it before anything else is asked."""
        by_id = self.flow.by_id
        return all(
            question in by_id and by_id[question][0].explains
            for question in self.conversation.answers
        )

    def map(self) -> Screen:
        spoken = {
            self.flow.by_id[question][0].id
            for question in self.conversation.answers
            if question in self.flow.by_id
        }
        topics = dict.fromkeys(topic for topic, _ in sequence(self.conversation))
        picks = [self.pick("@one", texts.MAP_ONE)]
        picks += [
            Pick(
                f"@topic:{topic.id}",
                self.say(topic.title),
                None,
                topic.picture,
                said=topic.id in spoken,
            )
            for topic in topics
            if not topic.explains
        ]
        return Screen(
            State.ASKING,
            MAP,
            self.conversation.turns,
            self.say(texts.MAP_ASK),
            says=(self.say(texts.MAP_SAYS),),
            picks=tuple(picks),
            ways=(self.pick("@check", texts.MAP_CHECK), *self._over(), *self._how_to_talk()),
        )

    def _over(self) -> tuple[Pick, ...]:
        """Nothing is put away of what was sent, so there is nothing to start over then."""
        if self.conversation.sent or self._nothing_said():
            return ()
        return (self.pick("@start_over", texts_later.OVER),)

    def over(self) -> Screen:
        return Screen(
            State.ASKING,
            OVER,
            self.conversation.turns,
            self.say(texts_later.OVER_ASK),
            says=(self.say(texts_later.OVER_SAYS),),
            picks=(
                self.pick("@over", texts_later.OVER_YES),
                self.pick("@map", texts_later.OVER_NO),
            ),
        )

    def news(self) -> Screen:
        """What changed while they were away. Without a name or a day: whoever has the link reads
        it."""
        text = texts_later.NEWS[self.conversation.news[0]]
        return Screen(
            State.EXPLAIN,
            NEWS,
            self.conversation.turns,
            self.say(texts_later.NEWS_TITLE),
            says=(self.say(text),),
            picks=(self.pick("@seen", texts.GO_ON),),
        )

    def offer(self) -> Screen:
        offered = self.conversation.offered[0]
        question = self.flow.by_id[offered.question][1]
        ask = self.say(texts.OFFER_ASK)
        says: tuple[Say, ...] = (self.say(texts.OFFER_SAYS, question=question.text),)
        if offered.question == ANYTHING:
            ask, says = self.say(texts.OFFER_ANYTHING), ()
        picks = (
            self.pick("@keep", texts.OFFER_KEEP),
            self.pick("@aside", texts.OFFER_ASIDE),
            self.pick("@drop", texts.OFFER_DROP),
        )
        return Screen(
            State.ASKING,
            OFFER,
            self.conversation.turns,
            ask,
            says=says,
            picks=picks,
            offered=offered,
        )

    def check(self) -> Screen:
        lines = check_lines(self.conversation)
        ways = [self.pick("@map", texts.SAY_MORE)]
        if self.conversation.aside:
            ways.append(self.pick("@use", texts.ASIDE_USE))
        before = self.conversation.before and not self.conversation.sent
        if before:
            ways.append(self.pick("@before", texts_later.BEFORE_USE))
        ways += self._who_types()
        says = [texts.CHECK_FILE if lines else texts.CHECK_NOTHING]
        if any(line.wish for line in lines):
            says.append(carers_texts.ASKS if self.flow.carer else texts.WISHES)
        if before:
            says.append(texts_later.BEFORE_SAYS)
        if any(not is_sharing_choice(line.question.id) for line in lines):
            ways.append(self.pick("@each", more.EACH))
        ways += self._over()  # what undoes comes last
        if lines:
            ways.append(self.pick("@back", more.TAKE_ALL_BACK))
        topics = dict.fromkeys((line.sharing, line.topic) for line in lines if line.sharing)
        return Screen(
            State.CHECK,
            CHECK,
            self.conversation.turns,
            self.say(texts.CHECK_ASK if lines else texts.CHECK_NOTHING_ASK),
            says=tuple(self.say(text) for text in says),
            after=(self.say(texts.CHECK_SEND), self.say(texts.LINES_SAYS)),
            picks=(self.pick("send", texts.SEND_BUTTON),),
            ways=tuple(ways),
            lines=lines,
            sharing=(
                *(
                    Pick(f"@change:{sharing}", self.say(texts.CHANGE_WHO_HEARS, topic=topic.title))
                    for sharing, topic in topics
                ),
                *self._arranger(),
            ),
            aside=self.conversation.aside,
        )

    def about_one(self, at: str) -> Screen:
        """A page about one answer, or about all of them; and *that wasn't me*."""
        here = about_answer(at)
        if here is None:
            return self._about_all(at)
        where, question_id = here
        question = self.flow.by_id[question_id][1]
        asked_then = self.say(texts.OFFER_SAYS, question=question.text)
        kept = self.conversation.answers[question_id]
        match where:
            case _ if where == BACK:
                return self._simply(
                    at, more.BACK_ASK, [asked_then, *self._what_back_does(kept)], _SURE
                )
            case _ if where == TELLS:
                return self._tells(at, question_id, asked_then)
            case _:
                return self._hears(at, question_id, asked_then, kept)

    def _about_all(self, at: str) -> Screen:
        go_on = (("@check", texts.GO_ON),)
        every = self.conversation.answers.values()
        match at:
            case _ if at == BACK:
                return self._simply(at, more.BACK_ALL_ASK, self._what_back_does(*every), _SURE)
            case _ if at == GONE:
                says = [self.say(text) for text in (more.BECAME, more.IN_FILE, more.BACK_ALWAYS)]
                return self._simply(at, more.GONE_TITLE, says, go_on, lines=True)
            case _ if at == FEWER:
                says = [self.say(text) for text in (more.BECAME, more.IN_FILE)]
                return self._simply(at, more.FEWER_TITLE, says, go_on)
            case _ if at == NOT_ME:
                says = [self.say(text) for text in (texts.NOTME_SAYS, texts.NOTME_KEPT)]
                return self._simply(at, texts.NOTME_TITLE, says, _WAS_IT_ME)
            case _ if at == NOT_ME_SAID:
                says = [self.say(texts.NOTME_DONE)]
                return self._simply(at, texts.NOTME_DONE_TITLE, says, go_on, lines=True)
            case _ if at == EACH:
                picks = tuple(
                    Pick(f"@hears:{line.question.id}", self.say(line.question.text))
                    for line in check_lines(self.conversation)
                    if not is_sharing_choice(line.question.id)
                )
                if not picks:  # an old button, after all was taken out
                    return self._simply(at, texts.CHECK_NOTHING_ASK, [], go_on)
                screen = self._simply(at, more.EACH_ASK, [self.say(more.EACH_SAYS)], ())
                return replace(screen, picks=picks, ways=(self.pick("@check", texts.BACK_BUTTON),))
            case _:
                says = [self.say(text) for text in (more.NOT_SENT, more.BACK_ALWAYS)]
                return self._simply(at, more.GONE_TITLE, says, go_on, lines=True)

    def _simply(
        self,
        at: str,
        ask: Text,
        says: list[Say],
        picks: tuple[tuple[str, Text], ...],
        *,
        lines: bool = False,
    ) -> Screen:
        return Screen(
            State.ASKING,
            at,
            self.conversation.turns,
            self.say(ask),
            says=tuple(says),
            after=(self.say(texts.LINES_SAYS),) if lines else (),
            picks=tuple(self.pick(name, text) for name, text in picks),
            title_first=bool(picks),
        )

    def _what_back_does(self, *answers: Answer) -> list[Say]:
        """Before they take it back. Of what was sent as sound or a picture the same is said whether
        somebody has listened by then or not."""
        says = [more.BACK_SAYS, more.BACK_ALWAYS]
        if self.conversation.sent:
            says.insert(1, more.BACK_SENT)
            if any(answer.attachments for answer in answers):
                says.append(more.BACK_SHOWN)
        return [self.say(text) for text in says]

    def _hears(self, at: str, question_id: str, asked_then: Say, kept: Answer) -> Screen:
        audience = audience_of_answer(self.flow, self.conversation, question_id)
        options = self.flow.by_id[audience_question(self.flow.by_id[question_id][0].id)][1].options
        verbs = {OFFICER: "@just", FILE: "@file", PICK: "@pick"}
        now = _as_option(self.flow, audience)
        picks = tuple(
            Pick(verbs[option.id], self.say(option.label), chosen=option.id == now)
            for option in options
            if option.id in verbs
        )
        ways = [self.pick("@back", more.TAKE_BACK), self.pick("@no", texts.BACK_BUTTON)]
        if not self.flow.after:
            aloud = is_read_aloud(self.conversation, question_id)
            way = ("@aloud:no", more.ALOUD_NO) if aloud else ("@aloud:yes", more.ALOUD_YES)
            ways.insert(0, self.pick(*way))
        says = [asked_then, self.say(texts.CHECK_FILE)]
        if self.conversation.sent:
            says.append(self.say(more.HEARS_LATER))
        screen = self._simply(at, more.HEARS_ASK, says, ())
        return replace(screen, picks=picks, ways=tuple(ways), kept=kept)

    def _tells(self, at: str, question_id: str, asked_then: Say) -> Screen:
        tell = tell_of(self.flow, question_id)
        alone = self.conversation.sharing.get(question_id)
        chosen = alone.hears if alone and alone.hears else ()
        picks = tuple(
            Pick(option.id, self.say(option.label), alone=option.alone, chosen=option.id in chosen)
            for option in (tell.options if tell else ())
        )
        screen = self._simply(at, tell.text if tell else more.HEARS_ASK, [asked_then], ())
        return replace(
            screen,
            kind=Kind.CHOICES,
            picks=picks,
            kept=self.conversation.answers[question_id],
        )

    def _arranger(self) -> tuple[Pick, ...]:
        """Where it can be changed whether they may read what was written about the meeting."""
        asked_now = any(q.id == arranger.MAY_READ for _, q in sequence(self.conversation))
        if not asked_now:
            return ()
        return (self.pick(f"@change:{arranger.MAY_READ}", texts.CHANGE_ARRANGER),)

    def sent(self) -> Screen:
        if not check_lines(self.conversation) and self.conversation.taken_back:
            return self._all_back()
        return Screen(
            State.SENT,
            SENT,
            self.conversation.turns,
            self.say(texts.SENT_TITLE),
            says=tuple(
                self.say(text)
                for text in (
                    texts.THANKS,
                    texts.SENT_AT,
                    texts.SENT_READ,
                    texts.SENT_RECEIPT,
                    more.SENT_CHANGE_HOW,
                )
            ),
            after=(self.say(texts.SENT_KEPT), self.say(texts.LINES_SAYS)),
            picks=(self.pick("@check", texts.SENT_CHANGE),),
            sent=self.conversation.sent[-1],
        )

    def _all_back(self) -> Screen:
        """Everything that was sent is taken back, and nothing said since."""
        return Screen(
            State.SENT,
            SENT,
            self.conversation.turns,
            self.say(more.ALL_BACK_TITLE),
            says=(self.say(more.ALL_BACK_SAYS),),
            after=(self.say(texts.LINES_SAYS),),
            picks=(self.pick("@check", texts.SENT_CHANGE),),
            sent=self.conversation.sent[-1],
        )

    def help(self) -> Screen:
        """Says that somebody is told only where an alert was raised."""
        pause, safe = self.conversation.pause, self.conversation.safe
        helped = self.conversation.helped  # the lines alone, whether an alert was raised or not
        told = pause in ALARMED and "duty_team" in self.facts and not helped
        says, after, picks = [texts.HELP_LINES], [texts.HELP_NEXT], []
        if told:
            says.append(texts.HELP_URGENT if pause is Pause.URGENT else texts.HELP_TAPPED)
            says.append(self._when())
            after.append(texts.HELP_SAFE_NOW if safe is None else texts.HELP_SAFE_KEPT)
            if safe is None:
                picks = [self.pick(f"@safe:{name}", text) for name, text in texts.SAFE.items()]
        elif self.flow.carer:
            says.append(carers_texts.HELP)  # the same whether an alert stands behind it or not
        elif pause is Pause.HELP and not helped:
            says.append(texts.HELP_NOT_TOLD)
        return Screen(
            State.HELP,
            HELP,
            self.conversation.turns,
            self.say(texts.HELP_TITLE),
            says=tuple(self.say(text) for text in says),
            after=tuple(self.say(text) for text in after),
            picks=(*picks, self.pick("@go_on", texts.GO_ON)),
        )

    def _when(self) -> Text:
        """The truth about time."""
        if "opens" in self.facts:
            return texts.HELP_OPEN
        return texts.HELP_CLOSED if "out_of_hours_phone" in self.facts else texts.HELP_NOBODY

    def stopped(self) -> Screen:
        title, says = texts.STOPPED_TITLE, [texts.STOPPED_KEPT]
        if not agreed(self.conversation):
            says = [texts.STOPPED_NOT_STARTED]
            if (
                self.conversation.offered or self.conversation.aside
            ):  # said before anything was asked, and kept
                says.append(texts.STOPPED_UNSENT)
        elif self.conversation.sent:
            says += [texts.STOPPED_SENT, texts.SENT_KEPT]
        else:
            says.append(texts.STOPPED_UNSENT)
        if "code" in self.facts:
            says.append(texts.STOPPED_CODE)
        return Screen(
            State.STOPPED,
            STOPPED,
            self.conversation.turns,
            self.say(title),
            says=tuple(self.say(text) for text in says),
            after=(self.say(texts.LINES_SAYS),),
            picks=(self.pick("@go_on", texts.GO_ON),),
            reminder=self._reminder(),
        )

    def _reminder(self) -> Reminder | None:
        """Once something was sent nobody is reminded of anything."""
        if self.conversation.sent:
            return None
        if "remind_on" in self.facts:
            none = self.pick("@remind:none", texts_later.REMIND_NONE)
            return Reminder(self.say(texts_later.REMIND_SET), (none,))
        if "remind_in_chat" in self.facts:
            return Reminder(
                self.say(texts_later.REMIND_OFFER), self._days("remind_in_chat", "@remind:")
            )
        if "remind_in_calendar" in self.facts:
            picks = self._days("remind_in_calendar", "")
            return Reminder(self.say(texts_later.CALENDAR_OFFER), picks, calendar=True)
        return None

    def _days(self, fact: str, verb: str) -> tuple[Pick, ...]:
        """The fact names the days that may be chosen."""
        days = str(self.facts[fact]).split()
        return tuple(
            self.pick(verb + day, text) for day, text in texts_later.REMIND.items() if day in days
        )
