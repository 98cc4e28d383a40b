"""`sayso`: the command line. Each command imports what it needs when it runs."""

import json
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from bot.service.house import House

app = typer.Typer(
    help="Sayso: what children in care and care leavers say before their review.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
staff_app = typer.Typer(help="The people at the desk.", no_args_is_help=True)
flows_app = typer.Typer(help="What young people are asked.", no_args_is_help=True)
app.add_typer(staff_app, name="staff")
app.add_typer(flows_app, name="flows")

Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object.")]


def main() -> None:
    app()


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end; what people can mend is one line, not a traceback. Exit code 1."""
    from bot.demo.council import NotADemo
    from bot.serving import NotMigrated
    from storage.errors import StorageError

    try:
        import uvloop

        return uvloop.run(work)
    except (NotADemo, NotMigrated, StorageError) as error:
        _fail(str(error) or type(error).__name__)
    except OSError as error:
        _fail(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))


def _fail(*lines: str) -> NoReturn:
    for line in lines:
        print(line, file=sys.stderr)
    raise typer.Exit(1)


def _house(*, quiet: bool = True) -> "House":
    """Settings, council and keys; what is wrong with them is said and ends the program."""
    from bot.logs import set_up
    from bot.service.council import read_council
    from bot.service.house import House
    from bot.settings import SettingsWrong, read_settings
    from storage.keys import KeyRingUnfit, load_or_make

    set_up(quiet=quiet)
    try:
        settings = read_settings()
        return House(read_council(settings.council), load_or_make(settings.keys), settings)
    except SettingsWrong as error:
        _fail(*error.problems)
    except KeyRingUnfit as error:
        _fail(str(error))


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

    house = running.demo_house(_house(quiet=True))
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

    found = _run(problems())
    if as_json:
        print(json.dumps({"problems": found}, ensure_ascii=False))
    elif found:
        for problem in found:
            print(f"✗ {problem}")
    else:
        print("✓ Everything is in order.")
    if found:
        raise typer.Exit(1)


@staff_app.command("add")
def staff_add(
    name: Annotated[str, typer.Argument(help="As young people and colleagues know them.")],
    role: Annotated[str, typer.Option(help="iro, pathway_review_officer or unit_manager.")],
    email: Annotated[str, typer.Option(help="To sign in by, later.")] = "",
) -> None:
    """Add a member of staff, and print a link to sign in with: once, within half an hour."""
    from bot.staffing import UnknownRole, add

    try:
        link = _run(add(_house(), name, role, email or None))
    except UnknownRole as error:
        _fail(str(error))
    print(f"{name} can sign in, once and within half an hour, at:\n{link}")


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
    as_json: Json = False,
) -> None:
    """Make invitations and print their links and codes. They are kept nowhere else."""
    from bot.inviting import CannotInvite, invite_all

    if bool(review) + bool(due_within) + bool(synthetic) != 1:
        print("Say one of --review, --due-within or --synthetic.", file=sys.stderr)
        raise typer.Exit(2)
    try:
        invited = _run(invite_all(_house(), review, due_within, synthetic, reason))
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


@flows_app.command("list")
def flows_list() -> None:
    """Every flow, with its version and topics."""
    from bot.flow_pages import listing

    print(listing())


@flows_app.command("show")
def flows_show(
    flow: Annotated[str, typer.Argument(help="For example cioc_review.")],
    band: Annotated[str, typer.Option(help="8-11, 12-15 or 16+.")] = "12-15",
) -> None:
    """Everything a flow says and asks of a band, to read and to print."""
    from bot.flow_pages import UnknownFlow, picture

    try:
        print(picture(flow, band))
    except UnknownFlow as error:
        _fail(str(error))


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


if __name__ == "__main__":
    main()
