"""What goes to the Department."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.shared import Json, fail, print_json, run, the_house

app = typer.Typer(help="What goes to the Department for Education.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """What goes to the Department for Education."""


@app.command()
def ssda903(
    year: Annotated[int, typer.Option(min=1990, max=2100, help="2025: April 2025 to March 2026.")],
    out: Annotated[Path, typer.Option(file_okay=False, help="The folder to write into.")],
    header: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="The Header file of that year, to compare with."
        ),
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """The Reviews file of the SSDA903, as CSV and XML, and what has to be mended first."""
    from bot.progress import bar
    from bot.reports.year import Year
    from bot.returning import CannotReturn, export
    from bot.serving import settle_memory
    from bot.web.context import now

    house = the_house()
    settle_memory()  # looking for garbage among so many rows took a quarter of the time
    try:
        with bar("Looking through the year") as done:
            made = run(export(house, Year(year), out, now(), header=header, done=done))
    except CannotReturn as error:
        fail(str(error))
    if as_json:
        print_json(made)
        return
    many, children = (
        _many(made.goes_in, "review", "reviews"),
        _many(made.children, "child", "children"),
    )
    print(f"In {out}/reviews.csv: {many} of {children}.")
    if made.left_out:
        print(f"Left out: {made.left_out:,}. Open report.html for why, and who mends it.")
    for one in made.not_checked:
        print(one)


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"
