"""`sayso keys`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.shared import Json, fail, run, the_house

app = typer.Typer(help="The keys that seal what is stored.", no_args_is_help=True)


@app.command("new")
def keys_new() -> None:
    """Make the key ring of a new installation, where SAYSO_KEYS says. Overwrites nothing."""
    from bot.keeping_keys import new
    from bot.settings import SettingsWrong

    try:
        ring = run(new())
    except SettingsWrong as error:
        fail(*error.problems)
    print(f"The key ring is made, with the key {ring.current}. Now: sayso keys export")


@app.command("rotate")
def keys_rotate() -> None:
    """Seal every data key by a new key, then drop the old one. Sayso may go on serving. Stopped in
    the middle, it goes on where it was when it is run again."""
    from rich.console import Console
    from rich.progress import Progress

    from bot.keeping_keys import rotate

    house = the_house()
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Wrapping data keys")
        try:
            done = run(rotate(house, lambda n, of: progress.update(task, completed=n, total=of)))
        except KeyboardInterrupt:
            fail("Stopped. Nothing is lost: run `sayso keys rotate` again to go on.")
    print(f"{done.rewrapped} data keys are wrapped by {done.current}.")
    print("Export the ring again (sayso keys export); keep the older escrow as long as backups.")


@app.command("export")
def keys_export(
    recipient: Annotated[list[str], typer.Option(help="An age public key; at least two of them.")],
    out: Annotated[Path, typer.Option(help="The file to write; it must not be there yet.")],
) -> None:
    """Write the key ring for escrow, in age format: each recipient alone can open it."""
    from bot.keeping_keys import EscrowRefused, export

    try:
        export(the_house(), recipient, out)
    except (EscrowRefused, OSError) as error:
        fail(str(error))
    print(f"{out} holds the key ring for {len(set(recipient))} recipients. Keep it elsewhere.")


@app.command("restore")
def keys_restore(
    escrow: Annotated[Path, typer.Argument(help="The file that `sayso keys export` wrote.")],
    identity: Annotated[Path, typer.Option(help="A recipient's age identity file.")],
) -> None:
    """Put the key ring back from escrow, where SAYSO_KEYS says. Overwrites nothing."""
    from bot.keeping_keys import EscrowRefused, restore
    from bot.settings import SettingsWrong
    from storage.errors import KeyRingUnfit

    try:
        ring = restore(escrow, identity)
    except SettingsWrong as error:
        fail(*error.problems)
    except (EscrowRefused, KeyRingUnfit, OSError) as error:
        fail(str(error))
    print(f"The key ring is back, with the key {ring.current}. Now: sayso check")


@app.command("list")
def keys_list(*, as_json: Json = False) -> None:
    """The keys of the ring, and how many data keys each wraps."""
    from bot.keeping_keys import listed

    found = run(listed(the_house()))
    if as_json:
        print(json.dumps(found))
        return
    for one in found:
        current = "current" if one["current"] else "old"
        print(f"{one['id']}  {current:<7}  {one['data_keys']} data keys")
