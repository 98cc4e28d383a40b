"""The templates of what a young person sees, and the pages that are no conversation."""

import math
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.webchat import papers
from bot.channels.webchat.dial import Dial
from bot.channels.webchat.page import Page, attached_rows, ring_rows
from bot.channels.webchat.parse import words_of
from bot.service.codes import new_secret
from bot.service.guessing import Wait
from bot.service.house import House
from bot.service.own_words import Mine
from bot.service.wording import LONDON, Reader, next_minute, whole_date
from bot.web.assets import Assets
from bot.web.forms import Form
from conversations import (
    asks_texts,
    helper_texts,
    showing_texts,
    taking_part_texts,
    texts,
    texts_inviting,
)
from conversations import texts_taking_back as more
from conversations.hearing import keepable
from conversations.wording import Band, Param, Say, Text

_HERE = Path(__file__).parent
_NEUTRAL = Reader(Band.EIGHT)
"""Before a code is accepted no band is known: the plainest words."""

_LABELS = {
    "back": texts.BACK_BUTTON,
    "leave": texts.LEAVE_BUTTON,
    "help": texts.HELP_BUTTON,
    "stop": texts.STOP_BUTTON,
    "skip": texts.SKIP_BUTTON,
    "send": texts.SEND_BUTTON,
    "change": texts.CHANGE_BUTTON,
    "remove": texts.REMOVE,
    "use": texts.ASIDE_USE,
    "aside": texts.ASIDE_TITLE,
    "keep": texts.KEEP_THIS,
    "keep_ticked": texts.KEEP_TICKED,
    "kept": texts.KEPT_TICK,
    "said": texts.SAID,
    "hidden": texts.HIDDEN,
    "who_hears": texts.WHO_HEARS,
    "alone": texts.ALONE,
    "own_words": texts.OWN_WORDS,
    "words_label": texts.WORDS_LABEL,
    "words_hint": texts.WORDS_HINT,
    "name_label": helper_texts.NAME_LABEL,
    "date_label": texts.DATE_LABEL,
    "date_words": texts.DATE_WORDS,
    "net_lost": texts.NET_LOST,
    "saving": texts.SAVING,
    "try_again": texts.TRY_AGAIN,
    "jump": texts.JUMP,
    "log": texts.LOG_LABEL,
    "ways": texts.WAYS_LABEL,
    "code_label": texts.CODE_LABEL,
    "code_hint": texts.CODE_HINT,
    "code_open": texts.CODE_OPEN,
    "who_reads_title": texts.WHO_READS_TITLE,
    "who_reads": texts.WHO_READS,
    "you_choose_title": texts.YOU_CHOOSE_TITLE,
    "you_choose": texts.YOU_CHOOSE,
    "computer_title": texts.COMPUTER_TITLE,
    "computer": texts.COMPUTER,
    "answers": texts.ANSWERS,
    "my_meeting": taking_part_texts.PAGE_LINK,
    "answers_hint": texts.ANSWERS_HINT,
    "answers_before": texts.ANSWERS_BEFORE,
    "answers_none": texts.ANSWERS_NONE,
    "answers_time": texts.ANSWERS_TIME,
    "pin": texts.PIN_LABEL,
    "pin_new": texts.PIN_NEW_LABEL,
    "pin_again": texts.PIN_AGAIN_LABEL,
    "pin_keep": texts.PIN_KEEP,
    "pin_show": texts.PIN_SHOW,
    "pin_change": texts.PIN_CHANGE,
    "pin_lock": texts.PIN_LOCK,
    "pin_forgot": texts.PIN_FORGOT,
    "pin_pick": texts.PIN_PICK,
    "pin_reset_label": texts.PIN_RESET_LABEL,
    "notme": texts.NOTME,
    "notme_code": texts.NOTME_CODE,
    "who_will_hear": more.WHO_WILL_HEAR,
    "more_choices": more.MORE_CHOICES,
    "not_aloud": more.NOT_ALOUD,
    "take_all_back": more.TAKE_ALL_BACK,
    "copy_title": more.COPY_TITLE,
    "copy_says": more.COPY_SAYS,
    "copy_pdf": more.COPY_PDF,
    "copy_json": more.COPY_JSON,
    "years": more.YEARS,
    "years_says": more.YEARS_SAYS,
    "years_nothing": more.YEARS_NOTHING,
    "asks_news": asks_texts.NEWS,
    "asks_read": asks_texts.NEWS_LINK,
    "asks_link": asks_texts.LINK_OPEN,
    "asks_none": asks_texts.NONE,
    "you_asked": asks_texts.YOU_ASKED,
    "say_more": asks_texts.SAY_MORE,
    "say_words": asks_texts.SAY_WORDS,
    "told": asks_texts.TOLD,
    "came_about": asks_texts.CAME_ABOUT,
    "can_do": asks_texts.CAN_DO,
    "advocate": asks_texts.ADVOCATE,
    "advocate_ask": asks_texts.ADVOCATE_ASK,
    "advocate_asked": asks_texts.ADVOCATE_ASKED,
    "earlier": asks_texts.EARLIER,
    "to_question": texts.BACK_TO_QUESTION,
    "officer": texts.OFFICER_PICTURE,
    "privacy": texts.PRIVACY,
    "accessibility": texts.ACCESSIBILITY,
    "go_on": texts.GO_ON,
    "picture_place": showing_texts.PICTURE_PLACE,
    "say_it": showing_texts.SAY_IT,
    "show_it": showing_texts.SHOW_IT,
    "draw_it": showing_texts.DRAW_IT,
    "choose_sound": showing_texts.CHOOSE_SOUND,
    "choose_picture": showing_texts.CHOOSE_PICTURE,
    "keep_sound": showing_texts.KEEP_SOUND,
    "keep_picture": showing_texts.KEEP_PICTURE,
    "keep_drawing": showing_texts.KEEP_DRAWING,
    "record": showing_texts.RECORD,
    "record_stop": showing_texts.RECORD_STOP,
    "record_again": showing_texts.RECORD_AGAIN,
    "recorded": showing_texts.RECORDED,
    "no_microphone": showing_texts.NO_MICROPHONE,
    "canvas": showing_texts.CANVAS,
    "canvas_help": showing_texts.CANVAS_HELP,
    "colour": showing_texts.COLOUR,
    "black": showing_texts.BLACK,
    "red": showing_texts.RED,
    "blue": showing_texts.BLUE,
    "green": showing_texts.GREEN,
    "orange": showing_texts.ORANGE,
    "rubber": showing_texts.RUBBER,
    "undo": showing_texts.UNDO,
    "clear": showing_texts.CLEAR,
    "take_out": showing_texts.TAKE_OUT,
}


_PIN_SAYS = {
    "choose": (texts.PIN_CHOOSE_TITLE, texts.PIN_CHOOSE),
    "locked": (texts.PIN_TITLE, texts.PIN_SAYS),
    "reset": (texts.PIN_RESET_TITLE, texts.PIN_RESET),
    "change": (texts.PIN_CHANGE_TITLE, texts.PIN_PICK),
}


class _Labels:
    """The fixed labels of a page, read when a template asks for one."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def __getattr__(self, name: str) -> str:
        return self._reader.text(_LABELS[name])


def _encoded(html: str) -> bytes:
    """What was posted is shown back as it would be kept: a lone surrogate has no bytes."""
    try:
        return html.encode()
    except UnicodeEncodeError:
        return keepable(html)[0].encode()


def _taken_back(reader: Reader, at: datetime) -> str:
    day = whole_date(at.astimezone(LONDON).date(), reader.locale)
    return reader.read(Say(more.TAKEN_BACK_LINE, {"day": day}))


class Render:
    """One for the application: the templates are compiled once."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.assets = Assets("chat", _HERE / "static", bare=True)

    @cached_property
    def _environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals["asset"] = self.assets.url
        council = self._house.council
        environment.filters["dial"] = Dial(
            council.review_team_phone,
            council.duty_phone,
            council.duty_phone_adults,
            council.out_of_hours_phone,
            *council.fostering.advice_phones,
        )
        return environment

    def _page(self, template: str, reader: Reader, status: int, **context: Any) -> web.Response:
        html = self._environment.get_template(template).render(
            t=_Labels(reader),
            band=reader.band.value,
            lang="en-GB" if reader.locale == "en" else reader.locale,
            leave_to=str(self._house.council.leave_to),
            **context,
        )
        response = web.Response(
            body=_encoded(html), content_type="text/html", charset="utf-8", status=status
        )
        response.enable_compression()
        return response

    def chat(self, page: Page, status: int = 200) -> web.Response:
        return self._page("chat.html", page.reader, status, **page.context())

    def invitation(
        self,
        *,
        status: int = 200,
        error: Say | None = None,
        code: str = "",
        used_link: bool = False,
        known: bool = False,
        wait: Wait | None = None,
        secret: str = "",
        action: str = "/i/",
    ) -> web.Response:
        """`used_link`: the link was right, but this browser is another. `known`: it has a cookie
        of ours, so it may simply go on. `wait`: the code, or the link's secret, is looked at once
        our script has solved something, or at a time that is said."""
        return self._page(
            "invitation.html",
            _NEUTRAL,
            status,
            title=_NEUTRAL.text(
                texts.CODE_WAIT_TITLE
                if wait
                else texts.LINK_USED_TITLE
                if used_link
                else texts.INVITATION_TITLE
            ),
            says=_NEUTRAL.text(
                texts.CODE_WAIT_SAYS
                if wait
                else texts.LINK_USED
                if used_link
                else texts.INVITATION_SAYS
            ),
            wait=wait,
            wait_at=_NEUTRAL.read(Say(texts.CODE_WAIT, {"time": next_minute(wait.ticket.at)}))
            if wait
            else "",
            wait_busy=_NEUTRAL.text(texts.CODE_WAIT_BUSY),
            secret="" if used_link else secret,
            used_secret=secret if used_link else "",
            action=action,
            notme_link=_NEUTRAL.text(texts.NOTME_LINK),
            error=_NEUTRAL.read(error) if error else "",
            code=code,
            once=new_secret(),
            code_help=self._phone(texts.CODE_FORGOT if used_link else texts.CODE_HELP),
            known=known,
            go_on=_NEUTRAL.text(texts.GO_ON),
        )

    def wait(
        self, wait: Wait, code: str, secret: str, now: datetime, *, action: str = "/i/"
    ) -> web.Response:
        """What was typed stays in the box, and is looked at later."""
        response = self.invitation(status=429, wait=wait, code=code, secret=secret, action=action)
        seconds = math.ceil((wait.ticket.at - now).total_seconds())
        response.headers["Retry-After"] = str(max(1, seconds))
        return response

    def _phone(self, text: Text) -> str:
        phone = self._house.council.review_team_phone
        return _NEUTRAL.read(Say(text, {"review_team_phone": phone}))

    def _notice(
        self,
        status: int,
        title: Text,
        *says: str,
        state: str = "notice",
        box: str = "",
        again: str | None = None,
        fields: list[tuple[str, str]] | None = None,
        onward: str | None = None,
        onward_label: Text = texts.BACK_TO_QUESTION,
    ) -> web.Response:
        return self._page(
            "notice.html",
            _NEUTRAL,
            status,
            title=_NEUTRAL.text(title),
            says=says,
            state=state,
            box=box,
            again=again,
            fields=fields or [],
            onward=onward,
            onward_label=_NEUTRAL.text(onward_label),
            rings=ring_rows(texts.RINGS_ANY_AGE, _NEUTRAL),
        )

    def away(self, form: Form | None, again: str | None) -> web.Response:
        """Storage is away: nothing was lost, and what was just typed is still on the page."""
        fields = [
            (name, value)
            for name, values in (form.fields.items() if form else ())
            for value in values
            if name != "words"
        ]
        box = words_of(form) if form else ""
        response = self._notice(
            503,
            texts.AWAY_TITLE if form else texts.AWAY_NOW,
            _NEUTRAL.text(texts.AWAY if box else texts.AWAY_NOTHING),
            box=box,
            again=again,
            fields=fields,
            onward=None if again else "/chat",
            onward_label=texts.TRY_AGAIN,
        )
        response.headers["Retry-After"] = "5"
        return response

    def erased(self) -> web.Response:
        """Their link was right, and there is nothing behind it any more."""
        return self._notice(410, texts.ERASED_TITLE, self._phone(texts.ERASED))

    def closed(self, words: str, told: tuple[str, ...] = ()) -> web.Response:
        """`told`: who is told of what they wrote, and when they look. Their words went there."""
        says = [*told, self._phone(texts.CLOSED)]
        if words and not told:
            says.append(_NEUTRAL.text(texts.CLOSED_WORDS))
        return self._notice(410, texts.CLOSED_TITLE, *says, box=words)

    def stranger(self, words: str) -> web.Response:
        """Somebody posts whom no cookie lets in: what they wrote is theirs to take along."""
        says = [_NEUTRAL.text(texts.NOT_FOUND)]
        if words:
            says.append(_NEUTRAL.text(texts.CLOSED_WORDS))
        return self._notice(
            403, texts.STRANGER_TITLE, *says, box=words, onward="/i/", onward_label=texts.CODE_LABEL
        )

    def unreadable(self, status: int) -> web.Response:
        text = texts.TOO_BIG if status == 413 else texts.UNREADABLE
        return self._notice(status, texts.UNREADABLE_TITLE, _NEUTRAL.text(text), onward="/chat")

    def not_found(self) -> web.Response:
        return self._notice(
            404,
            texts.NOT_FOUND_TITLE,
            _NEUTRAL.text(texts.NOT_FOUND),
            onward="/i/",
            onward_label=texts.CODE_LABEL,
        )

    def wrong(self, reference: str) -> web.Response:
        """`reference`: what somebody who looks for the reason finds in the log."""
        says = _NEUTRAL.text(texts.WRONG)
        number = _NEUTRAL.read(Say(texts.WRONG_REFERENCE, {"reference": reference}))
        return self._notice(500, texts.WRONG_TITLE, says, number, onward="/chat")

    def answers(
        self,
        reader: Reader,
        groups: list[list[dict[str, Any]]],
        *,
        before: bool,
        asked_for: list[str],
        page: bool,
        asks: bool,
    ) -> web.Response:
        """What was said, in a browser where the PIN was typed."""
        title = texts.ANSWERS_TITLE if groups else texts.ANSWERS
        return self._page(
            "answers.html",
            reader,
            200,
            title=reader.text(title),
            groups=groups,
            before=before,
            asked_for=asked_for,
            page=page,
            asks=asks,
        )

    def asks(self, reader: Reader, *, status: int, **shown: Any) -> web.Response:
        """What was said to each wish, in a browser where the PIN was typed."""
        return self._page("asks.html", reader, status, title=reader.text(asks_texts.TITLE), **shown)

    def my_meeting(
        self, reader: Reader, lines: list[dict[str, Any]], error: Say | None, status: int
    ) -> web.Response:
        """What may go on the page to bring, ticked or not."""
        return self._page(
            "my_meeting.html",
            reader,
            status,
            title=reader.text(taking_part_texts.PAGE_TITLE),
            says=reader.text(taking_part_texts.PAGE_SAYS),
            file=reader.text(taking_part_texts.PAGE_FILE),
            label=reader.text(taking_part_texts.PAGE_ANSWERS),
            make=reader.text(taking_part_texts.PAGE_MAKE),
            lines=lines,
            error=reader.read(error) if error else "",
        )

    def years(self, reader: Reader, mine: Mine) -> web.Response:
        """What was said each time, topic by topic, the oldest first."""
        times = list(reversed(mine.times))
        titles = {one.topic_id: one.topic for once in times for one in once.words}
        titles |= {back.topic_id: back.topic for once in times for back in once.gone}
        topics = [
            {
                "title": title,
                "times": [
                    {
                        "title": once.title,
                        "reader": once.reader,
                        "words": [one for one in once.words if one.topic_id == topic],
                        "gone": [
                            {"question": one.question, "line": _taken_back(once.reader, one.at)}
                            for one in once.gone
                            if one.topic_id == topic
                        ],
                    }
                    for once in times
                ],
            }
            for topic, title in titles.items()
        ]
        return self._page(
            "years.html",
            reader,
            200,
            title=reader.text(more.YEARS),
            topics=topics,
            attached_rows=attached_rows,
            columns=len(times),
            before=mine.before,
        )

    def pin(
        self,
        reader: Reader,
        act: str,
        *,
        error: Say | None = None,
        wrong: str = "",
        status: int = 200,
        told: Say | None = None,
    ) -> web.Response:
        """Where a PIN is chosen, typed or changed. `wrong`: the field that `error` is about."""
        title, says = _PIN_SAYS[act]
        return self._page(
            "pin.html",
            reader,
            status,
            title=reader.text(title),
            says=reader.text(says),
            told=reader.read(told) if told else "",
            act=act,
            error=reader.read(error) if error else "",
            wrong=wrong,
            phone=self._phone(texts.CODE_HELP),
        )

    def notme(
        self,
        reader: Reader | None,
        *,
        error: Say | None = None,
        code: str = "",
        status: int = 200,
    ) -> web.Response:
        """Before it is said. `reader`: none for a browser that nobody let in."""
        reads = reader or _NEUTRAL
        return self._page(
            "notme.html",
            reads,
            status,
            title=reads.text(texts.NOTME_TITLE),
            says=[reads.text(texts.NOTME_SAYS), reads.text(texts.NOTME_KEPT)],
            known=reader is not None,
            done=False,
            error=reads.read(error) if error else "",
            code=code,
            rings=[],
        )

    def notme_done(self, reader: Reader | None) -> web.Response:
        reads = reader or _NEUTRAL
        return self._page(
            "notme.html",
            reads,
            200,
            title=reads.text(texts.NOTME_DONE_TITLE),
            says=[reads.text(texts.NOTME_DONE)],
            known=reader is not None,
            done=True,
            error="",
            code="",
            rings=ring_rows(texts.RINGS_ANY_AGE, reads),
        )

    def stop(self, action: str, *, done: bool = False) -> web.Response:
        """Whoever was sent a message wants no more of them: the button, or that it is so."""
        read = _NEUTRAL.read
        phone = {"review_team_phone": self._house.council.review_team_phone}
        says = texts_inviting.STOP_BACK if done else texts_inviting.STOP_SAYS
        return self._page(
            "stop.html",
            _NEUTRAL,
            200,
            title=_NEUTRAL.text(texts_inviting.STOP_DONE if done else texts_inviting.STOP_TITLE),
            says=[read(Say(says, phone))],
            button=_NEUTRAL.text(texts_inviting.STOP_YES),
            action=action,
            done=done,
        )

    def help_lines(self) -> web.Response:
        return self._notice(
            200,
            texts.HELP_TITLE,
            _NEUTRAL.text(texts.NO_CODE_HELP),
            state="help",
            onward="/chat",
            onward_label=texts.BACK_BUTTON,
        )

    def paper(self, name: str) -> web.Response:
        title, sections = papers.PAPERS[name]
        phone: dict[str, Param] = {"council": self._house.council.name,
                 "review_team_phone": self._house.council.review_team_phone,
                 "words_days": self._house.council.keeping.words_days,
                 "unsent_days": self._house.council.keeping.unsent_days}  # fmt: skip
        return self._page(
            "paper.html",
            _NEUTRAL,
            200,
            title=_NEUTRAL.text(title),
            sections=[
                (_NEUTRAL.text(heading), [_NEUTRAL.read(Say(text, phone)) for text in paragraphs])
                for heading, paragraphs in sections
            ],
        )


RENDER = web.AppKey("render", Render)
