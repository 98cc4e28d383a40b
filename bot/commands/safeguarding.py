"""`sayso safeguarding`."""

import json
import sys
from typing import Annotated

import typer

from bot.commands.shared import fail

app = typer.Typer(help="What is read as not safe.", no_args_is_help=True)


@app.callback()
def safeguarding() -> None:
    """What is read as not safe."""


@app.command("try")
def safeguarding_try(
    language: Annotated[str, typer.Option(help="The language's code.")] = "en",
) -> None:
    """Read lines, and answer each with a line of JSON: grade, category, because."""
    from bot.trying_words import answer
    from conversations.safeguarding.language import LanguageUnknown

    try:
        for line in sys.stdin:
            print(json.dumps(answer(line.rstrip("\r\n"), language), ensure_ascii=False), flush=True)
    except LanguageUnknown as error:
        fail(str(error))
