"""`sayso flows`."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.shared import fail

app = typer.Typer(help="What young people are asked.", no_args_is_help=True)


@app.command("list")
def flows_list() -> None:
    """Every flow, with its version and topics."""
    from bot.flow_pages import listing

    print(listing())


@app.command("show")
def flows_show(
    flow: Annotated[str, typer.Argument(help="For example cioc_review.")],
    band: Annotated[str, typer.Option(help="4-7, 8-11, 12-15 or 16+.")] = "12-15",
    out: Annotated[Path, typer.Option(help="Where the picture and the page go.")] = Path(
        "var/flows"
    ),
) -> None:
    """Everything a flow says and asks of a band: as text, a picture (SVG) and a page to print."""
    from bot.flow_pages import UnknownFlow, drawn, words

    try:
        print(words(flow, band))
        svg, html = drawn(flow, band, out)
    except UnknownFlow as error:
        fail(str(error))
    except OSError as error:
        fail(f"The picture can't be written to {out}: {error.strerror}. Say where with --out.")
    typer.echo(f"Drawn: {svg}\nTo print: {html}", err=True)


@app.command("check")
def flows_check() -> None:
    """Whether every flow holds together. Exit code 1 if not."""
    from bot.flow_pages import problems

    found = problems()
    for problem in found:
        print(f"✗ {problem}")
    if found:
        raise typer.Exit(1)
    print("✓ Every flow holds together.")
