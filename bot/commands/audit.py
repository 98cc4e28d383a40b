"""`sayso audit`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.shared import Json, fail, run, the_house

app = typer.Typer(help="The record of who read and did what.", no_args_is_help=True)


@app.command("verify")
def audit_verify(
    checkpoints: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="The checkpoints that left the machine."),
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Whether every entry of the audit is as it was written. Exit code 1 if not."""
    from bot.auditing import CheckpointsUnreadable, verify_all
    from bot.progress import bar

    try:
        with bar("Checking") as advance:
            report = run(verify_all(the_house(), checkpoints, advance))
    except CheckpointsUnreadable as error:
        fail(str(error))
    if as_json:
        print(json.dumps(report.plain))
    else:
        print(*report.lines, sep="\n")
    if not report.whole:
        raise typer.Exit(1)
