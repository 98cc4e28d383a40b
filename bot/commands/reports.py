"""What a review unit reports of its year."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.shared import Json, fail, print_json, run, the_house

if TYPE_CHECKING:
    from bot.reporting import Written

app = typer.Typer(help="What a review unit reports of its year.", no_args_is_help=True)


@app.command()
def annual(
    year: Annotated[int, typer.Option(min=1990, max=2100, help="2025: April 2025 to March 2026.")],
    out: Annotated[Path, typer.Option(file_okay=False, help="The folder to write into.")],
    words: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="What stands beside figures, as TOML."),
    ] = None,
    *,
    exact: Annotated[
        bool, typer.Option("--exact", help="Withhold nothing: for the unit, not to publish.")
    ] = False,
    as_json: Json = False,
) -> None:
    """The annual report: a web page, a PDF, one CSV a table, and the figures as JSON."""
    from bot.progress import bar
    from bot.reporting import CannotReport
    from bot.reporting import annual as do
    from bot.reports.year import Year
    from bot.web.context import now

    house = the_house()
    try:
        with bar("Counting the year") as done:
            written = run(do(house, Year(year), out, now(), words=words, exact=exact, done=done))
    except CannotReport as error:
        fail(str(error))
    _say(written, as_json=as_json)


@app.command("quarterly-pathway")
def quarterly_pathway(
    year: Annotated[int, typer.Option(min=1990, max=2100, help="2025: April 2025 to March 2026.")],
    quarter: Annotated[int, typer.Option(min=1, max=4, help="1 is April to June.")],
    out: Annotated[Path, typer.Option(file_okay=False, help="The folder to write into.")],
    *,
    as_json: Json = False,
) -> None:
    """Pathway reviews of a quarter, and the backlog month by month."""
    from bot.progress import bar
    from bot.reporting import CannotReport
    from bot.reporting import quarterly_pathway as do
    from bot.reports.year import Quarter, Year
    from bot.web.context import now

    house = the_house()
    try:
        with bar("Counting the quarter") as done:
            written = run(do(house, Quarter(Year(year), quarter), out, now(), done))
    except CannotReport as error:
        fail(str(error))
    _say(written, as_json=as_json)


def _say(written: "Written", *, as_json: bool) -> None:
    if as_json:
        print_json(written)
        return
    print(f"{len(written.files)} files are in {written.out}: open index.html.")
    if written.withheld:
        print(f"Withheld: {written.withheld} cells that are under 6, or would give one away.")
    if written.no_data:
        print(f"Without data: {written.no_data} tables. The report says why.")
