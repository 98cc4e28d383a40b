"""Serving, and what comes before it."""

import gc
import json
from typing import Annotated

import typer

from bot.commands.shared import Json, fail, run, the_house

app = typer.Typer()


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

    house = running.demo_house(the_house(demo=True))
    try:
        running.refuse_other_hosts(house)
        if fresh:
            running.start_over(house)
    except (running.DemoRefused, NotADemo, StorageInUse) as error:
        fail(str(error))
    run(running.prepare(house, conversations))
    if not prepare:
        run(running.serve_demo(house))


@app.command()
def serve(
    *, worker: Annotated[bool, typer.Option(help="Deliver in this process too.")] = True
) -> None:
    """Serve pages, chat and desk until stopped. Delivers too, unless --no-worker."""
    gc.disable()  # what a start loads stays: a fifth of its time went into looking for waste
    from bot.serving import serve as serving

    run(serving(the_house(quiet=False), worker=worker))


@app.command()
def work() -> None:
    """Deliver only: what is filed, and what goes to Telegram."""
    from bot.serving import work as working

    run(working(the_house(quiet=False)))


@app.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    from bot.opening import opened
    from storage.migrate import migrate as bring_up

    house = the_house()

    async def go() -> None:
        async with opened(house) as store:
            await bring_up(store)

    run(go())
    print("The database is at this version's tables.")


@app.command()
def check(*, as_json: Json = False) -> None:
    """Say what is misconfigured, and how to mend it. Exit code 1 if anything is."""
    from bot.checking import problems
    from bot.logs import set_up

    set_up(quiet=True)
    found = run(problems())
    if as_json:
        print(json.dumps({"problems": found}, ensure_ascii=False))
    elif found:
        for problem in found:
            typer.secho(f"✗ {problem}", fg="red")
    else:
        print("✓ Everything is in order.")
    if found:
        raise typer.Exit(1)
