"""Backups, and trying whether they can be relied on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.shared import Json, print_json, run, the_house

if TYPE_CHECKING:
    from bot.backups.restoring import Restored

app = typer.Typer()


@app.command()
def backup(
    to: Annotated[Path | None, typer.Option(help="The folder; otherwise SAYSO_BACKUPS.")] = None,
    recipient: Annotated[
        list[str] | None,
        typer.Option(help="age1…, may be repeated; otherwise SAYSO_BACKUP_RECIPIENTS."),
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Back up the database, encrypted, beside a serving Sayso. The key ring is never in it."""
    from bot.backups import making
    from bot.backups.progress import progress

    house = the_house()
    with progress("Backing up") as told:
        made = run(making.make(house.council, house.settings, to, recipient or [], told))
    print_json(made) if as_json else print(making.sentence(made))


Backup = Annotated[
    Path, typer.Argument(help="Made by `sayso backup`.", exists=True, dir_okay=False)
]


Identity = Annotated[
    Path, typer.Option(help="The age identity file that opens it.", exists=True, dir_okay=False)
]


Ledgers = Annotated[
    list[Path] | None,
    typer.Option(
        "--erasures", exists=True, dir_okay=False, help="The erasure ledger, if not beside it."
    ),
]


@app.command("restore-drill")
def restore_drill(
    backup: Backup,
    identity: Identity,
    erasures: Ledgers = None,
    scratch: Annotated[
        str, typer.Option("--database-url", help="An empty PostgreSQL database, for one's backup.")
    ] = "",
    aside: Annotated[
        Path | None,
        typer.Option("--in", help="Where SQLite's goes meanwhile.", exists=True, file_okay=False),
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Restore a backup elsewhere, look whether all is there, and remove it. Exit code 1 if not."""
    from bot.backups import restoring

    work = restoring.drill(
        backup, identity, the_house(), scratch, aside=aside, ledgers=erasures or ()
    )
    _restored(run(work), as_json)


@app.command()
def restore(
    backup: Backup, identity: Identity, erasures: Ledgers = None, *, as_json: Json = False
) -> None:
    """Restore a backup into SAYSO_DATABASE_URL, which must be empty or not there."""
    from bot.backups import restoring

    work = restoring.restore(backup, identity, the_house(), ledgers=erasures or ())
    _restored(run(work), as_json)


def _restored(result: "Restored", as_json: bool) -> None:
    from bot.backups.restoring import sentences

    print_json(result) if as_json else print(*sentences(result), sep="\n")
    if result.problems:
        raise typer.Exit(1)
