"""`sayso`: the command line. Each command imports what it needs when it runs."""

import gc
import json
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from bot.backups.restoring import Restored
    from bot.service.house import House

app = typer.Typer(
    help="Sayso: what children in care and care leavers say before their review.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
staff_app = typer.Typer(help="The people at the desk.", no_args_is_help=True)
flows_app = typer.Typer(help="What young people are asked.", no_args_is_help=True)
audit_app = typer.Typer(help="The record of who read and did what.", no_args_is_help=True)
app.add_typer(staff_app, name="staff")
app.add_typer(audit_app, name="audit")
keys_app = typer.Typer(help="The keys that seal what is stored.", no_args_is_help=True)
app.add_typer(flows_app, name="flows")
safeguarding_app = typer.Typer(help="What is read as not safe.", no_args_is_help=True)
app.add_typer(safeguarding_app, name="safeguarding")
app.add_typer(keys_app, name="keys")

Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object.")]


def main() -> None:
    app()


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end; what people can mend is one line, not a traceback. Exit code 1."""
    from bot.backups.envelope import BackupError
    from bot.demo.council import NotADemo
    from bot.serving import NotMigrated, ReachedUnsafely
    from storage.errors import StorageError

    try:
        import uvloop

        return uvloop.run(work)
    except (BackupError, NotADemo, NotMigrated, ReachedUnsafely, StorageError) as error:
        _fail(str(error) or type(error).__name__)
    except OSError as error:
        _fail(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))


def _fail(*lines: str) -> NoReturn:
    for line in lines:
        print(line, file=sys.stderr)
    raise typer.Exit(1)


def _house(*, quiet: bool = True, demo: bool = False) -> "House":
    """Settings, council and keys; what is wrong with them is said and ends the program."""
    from bot.keeping_keys import house_of
    from bot.logs import set_up
    from bot.settings import SettingsWrong
    from storage.errors import KeyRingUnfit

    set_up(quiet=quiet)
    try:
        house = house_of(demo=demo)
    except SettingsWrong as error:
        _fail(*error.problems)
    except KeyRingUnfit as error:
        _fail(str(error))
    set_up(quiet=quiet, level=house.settings.log_level)
    return house


@app.command()
def demo(
    *,
    prepare: Annotated[bool, typer.Option(help="Only make the demo council.")] = False,
    fresh: Annotated[bool, typer.Option(help="Start over: all demo data goes first.")] = False,
    conversations: Annotated[
        int, typer.Option(min=0, help="Besides, this many finished conversations.")
    ] = 0,
) -> None:
    """Make the demo council where there is none, then serve it. On this machine only."""
    from bot.demo import running
    from bot.demo.council import NotADemo
    from storage.errors import StorageInUse

    house = running.demo_house(_house(demo=True))
    try:
        running.refuse_other_hosts(house)
        if fresh:
            running.start_over(house)
    except (running.DemoRefused, NotADemo, StorageInUse) as error:
        _fail(str(error))
    _run(running.prepare(house, conversations))
    if not prepare:
        _run(running.serve_demo(house))


@app.command()
def serve(
    *, worker: Annotated[bool, typer.Option(help="Deliver in this process too.")] = True
) -> None:
    """Serve pages, chat and desk until stopped. Delivers too, unless --no-worker."""
    gc.disable()  # what a start loads stays: a fifth of its time went into looking for waste
    from bot.serving import serve as run

    _run(run(_house(quiet=False), worker=worker))


@app.command()
def work() -> None:
    """Deliver only: what is filed, and what goes to Telegram."""
    from bot.serving import work as run

    _run(run(_house(quiet=False)))


@app.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    from bot.serving import opened
    from storage.migrate import migrate as run

    house = _house()

    async def go() -> None:
        async with opened(house) as store:
            await run(store)

    _run(go())
    print("The database is at this version's tables.")


@app.command()
def check(*, as_json: Json = False) -> None:
    """Say what is misconfigured, and how to mend it. Exit code 1 if anything is."""
    from bot.checking import problems
    from bot.logs import set_up

    set_up(quiet=True)
    found = _run(problems())
    if as_json:
        print(json.dumps({"problems": found}, ensure_ascii=False))
    elif found:
        for problem in found:
            typer.secho(f"✗ {problem}", fg="red")
    else:
        print("✓ Everything is in order.")
    if found:
        raise typer.Exit(1)


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

    house = _house()
    with progress("Backing up") as told:
        made = _run(making.make(house.council, house.settings, to, recipient or [], told))
    _print(made) if as_json else print(making.sentence(made))


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

    work = restoring.drill(backup, identity, _house(), scratch, aside=aside, ledgers=erasures or ())
    _restored(_run(work), as_json)


@app.command()
def restore(
    backup: Backup, identity: Identity, erasures: Ledgers = None, *, as_json: Json = False
) -> None:
    """Restore a backup into SAYSO_DATABASE_URL, which must be empty or not there."""
    from bot.backups import restoring

    work = restoring.restore(backup, identity, _house(), ledgers=erasures or ())
    _restored(_run(work), as_json)


def _restored(result: "Restored", as_json: bool) -> None:
    from bot.backups.restoring import sentences

    _print(result) if as_json else print(*sentences(result), sep="\n")
    if result.problems:
        raise typer.Exit(1)


def _print(result: "DataclassInstance") -> None:
    from dataclasses import asdict

    print(json.dumps(asdict(result), ensure_ascii=False, default=str))


@staff_app.command("add")
def staff_add(
    name: Annotated[str, typer.Argument(help="As young people and colleagues know them.")],
    role: Annotated[str, typer.Option(help="For example iro; docs/permissions.md lists them.")],
    email: Annotated[str, typer.Option(help="To sign in by.")] = "",
    team: Annotated[str, typer.Option(help="Their team, where the council names teams.")] = "",
) -> None:
    """Add a member of staff, and print a link to sign in with: once, within half an hour."""
    from bot.demo.running import as_it_runs
    from bot.staffing import EmailTaken, UnknownRole, add

    try:
        link = _run(add(as_it_runs(_house()), name, role, email or None, team))
    except (EmailTaken, UnknownRole) as error:
        _fail(str(error))
    print(f"{name} can sign in, once and within half an hour, at:\n{link}")


Who = Annotated[str, typer.Argument(help="Their e-mail address, or their whole name.")]


@staff_app.command("list")
def staff_list(*, as_json: Json = False) -> None:
    """Everybody at the desk: name, role, e-mail, and whether they still work here."""
    from bot.staffing import everybody

    found = _run(everybody(_house()))
    if as_json:
        rows = [
            {"name": one.name, "role": one.role, "email": one.email, "active": one.active}
            for one in found
        ]
        print(json.dumps(rows, ensure_ascii=False))
        return
    for one in found:
        print(f"{one.name}  {one.role}  {one.email or '-'}{'' if one.active else '  left'}")


@staff_app.command("reset")
def staff_reset(
    who: Who,
    *,
    second_factor: Annotated[
        bool, typer.Option(help="Their second factor goes too: for a lost phone.")
    ] = False,
) -> None:
    """Print a fresh link to choose a new password with. Their sessions and password end now."""
    from bot.demo.running import as_it_runs
    from bot.staffing import StaffUnknown, reset

    try:
        name, link = _run(reset(as_it_runs(_house()), who, second_factor=second_factor))
    except StaffUnknown as error:
        _fail(str(error))
    print(f"{name} can sign in anew, once and within half an hour, at:\n{link}")


@staff_app.command("disable")
def staff_disable(who: Who) -> None:
    """They have left: all their sessions end at once, and nothing signs them in any more."""
    from bot.staffing import StaffUnknown, disable

    try:
        name, ended = _run(disable(_house(), who))
    except StaffUnknown as error:
        _fail(str(error))
    print(f"{name} can't sign in any more. Sessions ended: {ended}.")


@staff_app.command("enable")
def staff_enable(who: Who) -> None:
    """They are back: what they signed in with is good again."""
    from bot.staffing import StaffUnknown, enable

    try:
        name = _run(enable(_house(), who))
    except StaffUnknown as error:
        _fail(str(error))
    print(f"{name} can sign in again.")


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
    as_json: Json = False,
) -> None:
    """Make invitations and print their links and codes. They are kept nowhere else."""
    from bot.demo.running import as_it_runs
    from bot.inviting import CannotInvite, ReasonNeeded, invite_all

    if bool(review) + bool(due_within) + bool(synthetic) != 1:
        print("Say one of --review, --due-within or --synthetic.", file=sys.stderr)
        raise typer.Exit(2)
    if after and not review:
        print("--after goes with --review: the review that was held.", file=sys.stderr)
        raise typer.Exit(2)
    house = as_it_runs(_house())
    try:
        invited = _run(invite_all(house, review, due_within, synthetic, reason, after=after))
    except ReasonNeeded as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from None
    except CannotInvite as error:
        _fail(str(error))
    if as_json:
        print(json.dumps(invited, ensure_ascii=False))
        return
    for one in invited:
        start = one["telegram_start"] or "no Telegram"
        print(f"{one['review_id']}  {one['url']}  {one['code']}  {start}")
    if not invited:
        print("No review to invite to.")


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
    house = _house()
    try:
        goes = _run(erasing.look(house, review, case))
        if dry_run:
            said = [json.dumps(erasing.plain(goes))] if as_json else erasing.sentences(goes)
            print(*said, sep="\n")
            return
        if not yes:
            _ask_to_erase(erasing.sentences(goes), review or case)
        done = _run(erasing.erase(house, goes.person.person_id, reason, unfiled_too=unfiled_too))
    except erasing.CannotErase as error:
        _fail(str(error))
    if as_json:
        print(json.dumps(erasing.plain_done(done)))
    else:
        print(*erasing.sentences_done(done), sep="\n")
    if not done.noted:
        raise typer.Exit(1)


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
        made = _run(make(_house(), review, case, out, recipient or ()))
    except NoCopy as error:
        _fail(str(error))
    _print(made) if as_json else print(sentence(made))


def _ask_to_erase(lines: list[str], expected: str) -> None:
    """Typed once more, by somebody at a terminal: what was erased comes back by no means."""
    if not sys.stdin.isatty():
        print("There is nobody to ask: say --yes, after a --dry-run.", file=sys.stderr)
        raise typer.Exit(2)
    print(*lines, sep="\n", file=sys.stderr)
    if typer.prompt("To erase, type the id once more", err=True).strip() != expected:
        _fail("That is another id. Nothing was erased.")


@audit_app.command("verify")
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
            report = _run(verify_all(_house(), checkpoints, advance))
    except CheckpointsUnreadable as error:
        _fail(str(error))
    if as_json:
        print(json.dumps(report.plain))
    else:
        print(*report.lines, sep="\n")
    if not report.whole:
        raise typer.Exit(1)


@flows_app.command("list")
def flows_list() -> None:
    """Every flow, with its version and topics."""
    from bot.flow_pages import listing

    print(listing())


@flows_app.command("show")
def flows_show(
    flow: Annotated[str, typer.Argument(help="For example cioc_review.")],
    band: Annotated[str, typer.Option(help="8-11, 12-15 or 16+.")] = "12-15",
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
        _fail(str(error))
    except OSError as error:
        _fail(f"The picture can't be written to {out}: {error.strerror}. Say where with --out.")
    typer.echo(f"Drawn: {svg}\nTo print: {html}", err=True)


@flows_app.command("check")
def flows_check() -> None:
    """Whether every flow holds together. Exit code 1 if not."""
    from bot.flow_pages import problems

    found = problems()
    for problem in found:
        print(f"✗ {problem}")
    if found:
        raise typer.Exit(1)
    print("✓ Every flow holds together.")


@safeguarding_app.callback()
def safeguarding() -> None:
    """What is read as not safe."""


@safeguarding_app.command("try")
def safeguarding_try(
    language: Annotated[str, typer.Option(help="The language's code.")] = "en",
) -> None:
    """Read lines, and answer each with a line of JSON: grade, category, because."""
    from bot.trying_words import answer
    from conversations.safeguarding.language import LanguageUnknown

    try:
        for line in sys.stdin:
            print(json.dumps(answer(line.rstrip("\r\n"), language), ensure_ascii=False), flush=True)
    except LanguageUnknown as error:
        _fail(str(error))


@keys_app.command("new")
def keys_new() -> None:
    """Make the key ring of a new installation, where SAYSO_KEYS says. Overwrites nothing."""
    from bot.keeping_keys import new
    from bot.settings import SettingsWrong

    try:
        ring = _run(new())
    except SettingsWrong as error:
        _fail(*error.problems)
    print(f"The key ring is made, with the key {ring.current}. Now: sayso keys export")


@keys_app.command("rotate")
def keys_rotate() -> None:
    """Seal every data key by a new key, then drop the old one. Sayso may go on serving. Stopped in
    the middle, it goes on where it was when it is run again."""
    from rich.console import Console
    from rich.progress import Progress

    from bot.keeping_keys import rotate

    house = _house()
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Wrapping data keys")
        try:
            done = _run(rotate(house, lambda n, of: progress.update(task, completed=n, total=of)))
        except KeyboardInterrupt:
            _fail("Stopped. Nothing is lost: run `sayso keys rotate` again to go on.")
    print(f"{done.rewrapped} data keys are wrapped by {done.current}.")
    print("Export the ring again (sayso keys export); keep the older escrow as long as backups.")


@keys_app.command("export")
def keys_export(
    recipient: Annotated[list[str], typer.Option(help="An age public key; at least two of them.")],
    out: Annotated[Path, typer.Option(help="The file to write; it must not be there yet.")],
) -> None:
    """Write the key ring for escrow, in age format: each recipient alone can open it."""
    from bot.keeping_keys import EscrowRefused, export

    try:
        export(_house(), recipient, out)
    except (EscrowRefused, OSError) as error:
        _fail(str(error))
    print(f"{out} holds the key ring for {len(set(recipient))} recipients. Keep it elsewhere.")


@keys_app.command("restore")
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
        _fail(*error.problems)
    except (EscrowRefused, KeyRingUnfit, OSError) as error:
        _fail(str(error))
    print(f"The key ring is back, with the key {ring.current}. Now: sayso check")


@keys_app.command("list")
def keys_list(*, as_json: Json = False) -> None:
    """The keys of the ring, and how many data keys each wraps."""
    from bot.keeping_keys import listed

    found = _run(listed(_house()))
    if as_json:
        print(json.dumps(found))
        return
    for one in found:
        current = "current" if one["current"] else "old"
        print(f"{one['id']}  {current:<7}  {one['data_keys']} data keys")


if __name__ == "__main__":
    main()
