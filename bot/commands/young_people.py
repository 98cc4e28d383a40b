"""What is done for one young person: their invitation, their copy, their erasure."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.shared import Json, fail, print_json, run, the_house

app = typer.Typer()


@app.command()
def invite(
    review: Annotated[str, typer.Option(help="The review's id in the case system.")] = "",
    due_within: Annotated[
        int, typer.Option(min=0, max=52, help="All reviews due within this many weeks.")
    ] = 0,
    synthetic: Annotated[
        int, typer.Option(min=0, help="This many invented young people; demo databases only.")
    ] = 0,
    reason: Annotated[
        str, typer.Option(help="Why there is a new one, where one is open or used already.")
    ] = "",
    *,
    after: Annotated[
        bool, typer.Option("--after", help="To say how this held review was; with --review.")
    ] = False,
    letters: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Put their letters here, as PDF to print."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make invitations and print their links and codes. They are kept nowhere else."""
    from bot.demo.running import as_it_runs
    from bot.inviting import CannotInvite, ReasonNeeded, invite_all

    if letters is not None and synthetic:
        print("--letters goes with --review or --due-within.", file=sys.stderr)
        raise typer.Exit(2)
    if bool(review) + bool(due_within) + bool(synthetic) != 1:
        print("Say one of --review, --due-within or --synthetic.", file=sys.stderr)
        raise typer.Exit(2)
    if after and not review:
        print("--after goes with --review: the review that was held.", file=sys.stderr)
        raise typer.Exit(2)
    house = as_it_runs(the_house())
    try:
        invited = run(
            invite_all(house, review, due_within, synthetic, reason, after=after, letters=letters)
        )
    except ReasonNeeded as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from None
    except CannotInvite as error:
        fail(str(error))
    if as_json:
        print(json.dumps(invited, ensure_ascii=False))
        return
    for one in invited:
        start = one["telegram_start"] or "no Telegram"
        print(f"{one['review_id']}  {one['url']}  {one['code']}  {start}")
    if not invited:
        print("No review to invite to.")


@app.command()
def rearrange(
    review: Annotated[str, typer.Option(help="The review's id in the case system.")],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day it is arranged for now.")
    ] = None,
    officer: Annotated[str, typer.Option(help="Who runs it now, by e-mail or whole name.")] = "",
    *,
    off: Annotated[bool, typer.Option("--off", help="It is off, and has no day yet.")] = False,
) -> None:
    """Say that a review has another day, is off, or is run by somebody else. They are told."""
    from bot.rearranging import CannotRearrange
    from bot.rearranging import rearrange as do

    if bool(on) + bool(off) + bool(officer) != 1:
        print("Say one of --on, --off or --officer.", file=sys.stderr)
        raise typer.Exit(2)
    try:
        day = on.date() if on else None
        changed = run(do(the_house(), review, on=day, off=off, officer=officer))
    except CannotRearrange as error:
        fail(str(error))
    print("It is changed." if changed else "It was so before.")


@app.command()
def erase(
    review: Annotated[str, typer.Option(help="A review of theirs, as in the case system.")] = "",
    case: Annotated[str, typer.Option(help="Their id in the case system.")] = "",
    reason: Annotated[str, typer.Option(help="Why; kept with the erasure.")] = "",
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    unfiled_too: Annotated[
        bool, typer.Option("--unfiled-too", help="Even what is not in the case record yet.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Erase a young person: their keys are destroyed, their words go, a stub is left."""
    from bot import erasing

    if bool(review) + bool(case) != 1:
        print("Say one of --review or --case.", file=sys.stderr)
        raise typer.Exit(2)
    house = the_house()
    try:
        goes = run(erasing.look(house, review, case))
        if dry_run:
            said = [json.dumps(erasing.plain(goes))] if as_json else erasing.sentences(goes)
            print(*said, sep="\n")
            return
        if not yes:
            _ask_to_erase(erasing.sentences(goes), review or case)
        done = run(erasing.erase(house, goes.person.person_id, reason, unfiled_too=unfiled_too))
    except erasing.CannotErase as error:
        fail(str(error))
    if as_json:
        print(json.dumps(erasing.plain_done(done)))
    else:
        print(*erasing.sentences_done(done), sep="\n")
    if not done.noted:
        raise typer.Exit(1)


def _ask_to_erase(lines: list[str], expected: str) -> None:
    """Typed once more, by somebody at a terminal: what was erased comes back by no means."""
    if not sys.stdin.isatty():
        print("There is nobody to ask: say --yes, after a --dry-run.", file=sys.stderr)
        raise typer.Exit(2)
    print(*lines, sep="\n", file=sys.stderr)
    if typer.prompt("To erase, type the id once more", err=True).strip() != expected:
        fail("That is another id. Nothing was erased.")


@app.command("subject-access")
def subject_access(
    out: Annotated[Path, typer.Option(help="The ZIP to write; it must not be there yet.")],
    review: Annotated[str, typer.Option(help="A review of theirs, as in the case system.")] = "",
    case: Annotated[str, typer.Option(help="Their id in the case system.")] = "",
    recipient: Annotated[
        list[str] | None, typer.Option(help="An age public key: only they can open it.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """All that is held about one young person, to read and as data. It is on record."""
    from bot.subject_access import NoCopy, make, sentence

    if bool(review) + bool(case) != 1:
        print("Say one of --review or --case.", file=sys.stderr)
        raise typer.Exit(2)
    try:
        made = run(make(the_house(), review, case, out, recipient or ()))
    except NoCopy as error:
        fail(str(error))
    print_json(made) if as_json else print(sentence(made))
