"""Reviews, one by one."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.shared import run, the_house

if TYPE_CHECKING:
    from bot.service.reviews_of_year import Told

_WIDE = 240

app = typer.Typer(help="Reviews, one by one.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """Reviews, one by one."""


@app.command("list")
def list_(
    year: Annotated[int, typer.Option(min=1990, max=2100, help="2025: April 2025 to March 2026.")],
    kind: Annotated[
        str, typer.Option(help="cioc, of children in care; pathway, of care leavers; or all.")
    ] = "cioc",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, an array.")] = False,
) -> None:
    """The reviews of a year: stage, when due, held and why, days late, stood down, code."""
    from bot.listing_reviews import KINDS, listed
    from bot.progress import bar
    from bot.reports.year import Year

    if kind not in KINDS:
        raise typer.BadParameter(f"Say {', '.join(KINDS)}.", param_hint="--kind")
    house = the_house()
    with bar("Looking through the year") as done:
        found: list[Told] = run(listed(house, Year(year), KINDS[kind], done))
    if as_json:
        print(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=1))
        return
    _table(found)


def _plain(one: "Told") -> dict[str, object]:
    return {
        "review_id": one.review_id,
        "child_id": one.child_id,
        "kind": one.kind,
        "stage": one.stage and one.stage.value,
        "due": one.due and one.due.isoformat(),
        "held": one.held and one.held.isoformat(),
        "late_days": one.late_days,
        "stood_down": one.stood_down,
        "became": one.became and one.became.value,
        "code": one.code,
        "because": one.because,
    }


def _table(found: "list[Told]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None)
    for head in ("Review", "Child", "Stage", "Due", "Held", "Late", "Code"):
        table.add_column(head, no_wrap=True)
    table.add_column("Because")
    for one in found:
        held = f"{one.held or ('stood down' if one.stood_down else 'no')}"
        cells = (
            one.review_id, one.child_id or "erased", one.stage or "", str(one.due or ""), held,
            str(one.late_days or ""), one.code or "", one.because,
        )  # fmt: skip
        table.add_row(*map(Text, cells))  # an id is no markup
    # Where it is no terminal there is no width to keep to.
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)
