"""What comes in from the council's other systems, as CSV files."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.shared import Json, fail, print_json, run, the_house

if TYPE_CHECKING:
    from bot.service.import_requests import Outcome, Unread

app = typer.Typer(help="Take in what other systems hold, as CSV files.", no_args_is_help=True)

_SHOWN = 20

Folder = Annotated[Path, typer.Argument(help="The folder with the files.")]
TakenOn = Annotated[
    datetime | None,
    typer.Option("--taken-on", formats=["%Y-%m-%d"], help="When they were taken out; else today."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")]
Problems = Annotated[
    Path | None,
    typer.Option("--problems", dir_okay=False, help="Write what can't be read into this CSV."),
]


@app.command()
def ssd(
    folder: Folder,
    taken_on: TakenOn = None,
    problems: Problems = None,
    *,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """The Standard Safeguarding Dataset's tables: children, episodes, reviews, who is allocated."""
    from bot.taking_in import ssd as do

    _take_in(do, folder, taken_on, problems, dry_run=dry_run, as_json=as_json)


@app.command()
def extra(
    folder: Folder,
    taken_on: TakenOn = None,
    problems: Problems = None,
    *,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """The council's own files: fostering households, education plans, quality tools, population."""
    from bot.taking_in import extra as do

    _take_in(do, folder, taken_on, problems, dry_run=dry_run, as_json=as_json)


def _take_in(
    do: Callable[..., object],
    folder: Path,
    taken_on: datetime | None,
    problems: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    from bot.progress import bar
    from bot.service.days import local_day
    from bot.web.context import now

    if not folder.is_dir():
        fail(f"{folder} is no folder. Name the folder that the CSV files are in.")
    if problems is not None and not os.access(problems.parent, os.W_OK):
        fail(f"Nothing can be written into {problems.parent}. Nothing was taken in.")
    house = the_house()
    day = taken_on.date() if taken_on else local_day(now())
    with bar("Looking" if dry_run else "Taking in") as done:
        outcome: Outcome = run(do(house, folder, day, done, look=dry_run))  # type: ignore[arg-type]
    if problems is not None:
        _write(problems, outcome)
    if as_json:
        print_json(outcome)
    elif outcome.failed:
        for note in outcome.notes:
            print(note)
        _lines("Can't be read", outcome.unread, outcome.all_unread, folder, problems)
    else:
        _say(outcome, folder, problems, dry_run=dry_run)
    if outcome.failed:
        fail(outcome.failed)
    if not outcome.understood:
        fail("Nothing in these files can be read, and nothing was changed.")


def _say(outcome: "Outcome", folder: Path, problems: Path | None, *, dry_run: bool) -> None:
    print("What would change:" if dry_run else "What changed:")
    for one in outcome.tallies:
        print(
            f"  {one.file}: "
            + (
                f"{one.read:,} read, as part of {one.completes}"
                if one.completes
                else f"{one.added:,} new, {one.changed:,} changed, {one.same:,} as before"
            )
            + (f", {one.gone:,} not there any more" if one.gone else "")
            + (f", {one.unread:,} not read" if one.unread else "")
        )
    for note in outcome.notes:
        print(f"  {note}")
    _lines("Can't be read", outcome.unread, outcome.all_unread, folder, problems)
    _lines("Went in, and can't be right", outcome.odd, outcome.all_odd, folder, problems)
    if not outcome.changes and outcome.understood:
        what = "Everything that can be read" if outcome.all_unread else "Everything in these files"
        print(f"{what} was here already.")


def _lines(
    title: str, found: "tuple[Unread, ...]", count: int, folder: Path, problems: Path | None
) -> None:
    if not count:
        return
    print(f"{title}: {count:,}")
    for one in found[:_SHOWN]:
        column = f", {one.column}" if one.column else ""
        print(f"  {one.file}, line {one.line}{column}: {one.reason} {one.mend}")
    if count > _SHOWN:
        many = "All of them" if count == len(found) else f"The first {len(found):,}"
        where = f"are in {problems}" if problems else f"are written by --problems {folder.name}.csv"
        print(f"  {many} {where}.")


def _write(path: Path, outcome: "Outcome") -> None:
    import csv

    from bot.service.auditing import harmless
    from bot.service.import_requests import as_csv_rows

    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file, lineterminator="\r\n")
        rows.writerows([harmless(cell) for cell in row] for row in as_csv_rows(outcome))
