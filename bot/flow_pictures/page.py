"""A flow as a page to print: its picture on a sheet of A3, then every text, with room for notes."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.flow_pictures.picture import draw, font_face
from bot.flow_pictures.reading import Script
from conversations import (
    carers_texts,
    helper_texts,
    showing_texts,
    taking_part_texts,
    texts,
    texts_later,
    texts_taking_back,
)
from conversations.asked_back import FIXED
from conversations.wording import Text

_AROUND = (
    texts, helper_texts, taking_part_texts, showing_texts, texts_later, texts_taking_back,
)  # fmt: skip
"""What is said whatever the flow."""


def page(script: Script) -> str:
    """The HTML: it loads nothing from elsewhere."""
    around = [
        (name.replace("_", " ").lower(), script.say(text))
        for module in (*((carers_texts,) if script.carer else ()), *_AROUND)
        for name, text in vars(module).items()
        if isinstance(text, Text) and not name.startswith("FAQ_") and name != "LINES_SAYS"
    ]
    return (
        _environment()
        .get_template("flow.html")
        .render(
            script=script,
            picture=Markup(draw(script)),  # noqa: S704 - drawn by us, each word escaped
            face=Markup(font_face()),  # noqa: S704 - our own file
            fixed=[(", ".join(f.examples[:3]), script.say(f.says)) for f in FIXED],
            around=around,
            _=lambda english: script.reader.text(Text(english)),
        )
    )


@cache
def _environment() -> Environment:
    options: dict[str, Any] = {"trim_blocks": True, "lstrip_blocks": True}
    return Environment(
        loader=PackageLoader("bot.flow_pictures"),
        autoescape=True,
        undefined=StrictUndefined,
        **options,
    )
