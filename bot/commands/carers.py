"""`sayso carers`."""

from datetime import datetime
from typing import Annotated

import typer

from bot.commands.shared import fail, run, the_house

app = typer.Typer(help="Foster carers and their own form.", no_args_is_help=True)

_DAY = ["%Y-%m-%d"]


@app.command("add")
def carers_add(
    name: Annotated[str, typer.Argument(help="As the carers write themselves.")],
    case: Annotated[str, typer.Option(help="The household's own id in the case system.")],
    review: Annotated[str, typer.Option(help="The review's id in the case system.")],
    chair: Annotated[str, typer.Option(help="Who chairs it: e-mail address or whole name.")],
    due: Annotated[datetime, typer.Option(formats=_DAY, help="When it is due.")],
    meeting: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="The day it is arranged for.")
    ] = None,
) -> None:
    """Add a review of a fostering household. Then: sayso invite --review ID."""
    from bot.carers import CannotAdd, Household, StaffUnknown, add
    from bot.demo.running import as_it_runs

    household = Household(
        name, case, review, chair, due.date(), meeting.date() if meeting else None
    )
    try:
        added = run(add(as_it_runs(the_house()), household))
    except (CannotAdd, StaffUnknown) as error:
        fail(str(error))
    print(f"Added. To invite them to their form: sayso invite --review {added}")


@app.callback()
def _carers() -> None:
    """So that `add` stays a word of its own."""
