"""The templates of what a young person sees, and the pages that are no conversation."""

from functools import cached_property
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.webchat import papers
from bot.channels.webchat.page import Page
from bot.service.codes import new_secret
from bot.service.house import House
from bot.service.wording import Reader
from bot.web.assets import Assets
from bot.web.forms import Form
from conversations import texts
from conversations.wording import Band, Say, Text

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
    "own_words": texts.OWN_WORDS,
    "words_label": texts.WORDS_LABEL,
    "words_hint": texts.WORDS_HINT,
    "date_label": texts.DATE_LABEL,
    "date_words": texts.DATE_WORDS,
    "net_lost": texts.NET_LOST,
    "net_danger": texts.NET_LOST_DANGER,
    "saving": texts.SAVING,
    "try_again": texts.TRY_AGAIN,
    "jump": texts.JUMP,
    "log": texts.LOG_LABEL,
    "ways": texts.WAYS_LABEL,
    "invitation_says": texts.INVITATION_SAYS,
    "code_label": texts.CODE_LABEL,
    "code_hint": texts.CODE_HINT,
    "code_open": texts.CODE_OPEN,
    "who_reads_title": texts.WHO_READS_TITLE,
    "who_reads": texts.WHO_READS,
    "you_choose_title": texts.YOU_CHOOSE_TITLE,
    "you_choose": texts.YOU_CHOOSE,
    "computer_title": texts.COMPUTER_TITLE,
    "computer": texts.COMPUTER,
    "privacy": texts.PRIVACY,
    "accessibility": texts.ACCESSIBILITY,
}


class _Labels:
    """The fixed labels of a page, read when a template asks for one."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def __getattr__(self, name: str) -> str:
        return self._reader.text(_LABELS[name])


class Render:
    """One for the application: the templates are compiled once."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.assets = Assets("chat", _HERE / "static")

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
        return environment

    def _page(self, template: str, reader: Reader, status: int, **context: Any) -> web.Response:
        html = self._environment.get_template(template).render(
            t=_Labels(reader),
            band=reader.band.value,
            lang="en-GB" if reader.locale == "en" else reader.locale,
            leave_to=str(self._house.council.leave_to),
            **context,
        )
        response = web.Response(text=html, content_type="text/html", status=status)
        response.enable_compression()
        return response

    def chat(self, page: Page, status: int = 200) -> web.Response:
        return self._page("chat.html", page.reader, status, **page.context())

    def invitation(
        self, *, status: int = 200, error: Say | None = None, code: str = ""
    ) -> web.Response:
        return self._page(
            "invitation.html",
            _NEUTRAL,
            status,
            title=_NEUTRAL.text(texts.INVITATION_TITLE),
            error=_NEUTRAL.read(error) if error else "",
            code=code,
            once=new_secret(),
            code_help=self._phone(texts.CODE_HELP),
        )

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
            onward_label=_NEUTRAL.text(texts.BACK_TO_QUESTION),
            rings=[
                {"name": _NEUTRAL.text(name), "when": _NEUTRAL.text(when), "number": number,
                 "href": href}
                for name, when, number, href in texts.RINGS_ANY_AGE
            ],
        )  # fmt: skip

    def away(self, form: Form | None, again: str | None) -> web.Response:
        """Storage is away: nothing was lost, and what was just typed is still on the page."""
        fields = [
            (name, value)
            for name, values in (form.fields.items() if form else ())
            for value in values
            if name != "words"
        ]
        box = " ".join(part for part in form.all("words") if part) if form else ""
        response = self._notice(
            503,
            texts.AWAY_TITLE,
            _NEUTRAL.text(texts.AWAY),
            box=box,
            again=again,
            fields=fields,
            onward=None if again else "/chat",
        )
        response.headers["Retry-After"] = "5"
        return response

    def closed(self, words: str) -> web.Response:
        says = [self._phone(texts.CLOSED)]
        if words:
            says.append(_NEUTRAL.text(texts.CLOSED_WORDS))
        return self._notice(410, texts.CLOSED_TITLE, *says, box=words)

    def unreadable(self, status: int) -> web.Response:
        text = texts.TOO_BIG if status == 413 else texts.UNREADABLE
        return self._notice(status, texts.UNREADABLE_TITLE, _NEUTRAL.text(text), onward="/chat")

    def not_found(self) -> web.Response:
        return self._notice(
            404, texts.NOT_FOUND_TITLE, _NEUTRAL.text(texts.NOT_FOUND), onward="/i/"
        )

    def wrong(self) -> web.Response:
        return self._notice(500, texts.WRONG_TITLE, _NEUTRAL.text(texts.WRONG), onward="/chat")

    def help_lines(self) -> web.Response:
        return self._notice(
            200, texts.HELP_TITLE, _NEUTRAL.text(texts.NO_CODE_HELP), state="help", onward="/chat"
        )

    def paper(self, name: str) -> web.Response:
        title, sections = papers.PAPERS[name]
        phone = {"council": self._house.council.name,
                 "review_team_phone": self._house.council.review_team_phone}  # fmt: skip
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
