"""`make bench`: Sayso and its peers, measured in one run, taking turns.

python -m benchmarks [--rounds 3] [--seconds 3] [--peers sayso,echo,limit] [--rate N] [--keys N]
"""

import argparse
import asyncio
import contextlib
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvloop
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from benchmarks import sealing
from benchmarks.bot_api import Sink
from benchmarks.contenders import PEERS
from benchmarks.load import Chats, TelegramLoad, WebLoad, measure, settle
from benchmarks.peer import ROOT, Peer, Running, TelegramWay, cores, running
from benchmarks.report import (
    CROWD,
    CROWD_SLOW,
    MANY,
    MANY_SLOW,
    ONE,
    Results,
    Scenario,
    show,
    write,
)
from tests import postgres
from tests.postgres import Postgres

SCENARIOS = (ONE, MANY, CROWD, MANY_SLOW, CROWD_SLOW)
_GUESS = 400.0  # messages per second, before anything was measured


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for. `rate`: messages per second that fall due (open loop); 0: closed.
    `keys`: data keys to wrap anew; 0 leaves sealing out."""

    peers: tuple[Peer, ...]
    rounds: int
    seconds: float
    rate: float
    keys: int


def _plan() -> Plan:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--peers", default=",".join(peer.name for peer in PEERS))
    parser.add_argument("--rate", type=float, default=0.0, help="messages per second; 0: no pause")
    parser.add_argument("--keys", type=int, default=30_000, help="to wrap anew; 0: no sealing")
    given = parser.parse_args()
    wanted = [name for name in given.peers.split(",") if name]
    if unknown := set(wanted) - {peer.name for peer in PEERS}:
        parser.error(f"no such peer: {', '.join(sorted(unknown))}")
    peers = tuple(peer for peer in PEERS if peer.name in wanted)
    return Plan(peers, given.rounds, given.seconds, given.rate, given.keys)


async def _run(plan: Plan, folder: Path, console: Console) -> Results:
    results = Results(plan.peers, SCENARIOS, plan.seconds)
    server_core, own_core = cores()
    os.sched_setaffinity(0, {own_core})
    with contextlib.ExitStack() as stack:
        cluster: Postgres | None = None
        if any(peer.database == "postgresql" for peer in plan.peers):
            console.print("Starting PostgreSQL")
            cluster = await asyncio.to_thread(stack.enter_context, postgres.running())
        for number in range(plan.rounds):
            for peer in plan.peers:
                console.print(f"Round {number + 1} of {plan.rounds}: {peer.what}")
                with _place(peer, folder, cluster) as (where, database):
                    await _measure_peer(peer, where, database, server_core, plan, results)
    if plan.keys:
        console.print("Sealing: the desk, a message, a rotation of keys")
        with tempfile.TemporaryDirectory(prefix="sealing-", dir=folder) as where_:
            results.sealing = await sealing.measure(Path(where_), plan.keys)
    return results


@contextlib.contextmanager
def _place(peer: Peer, folder: Path, cluster: Postgres | None) -> Iterator[tuple[Path, str]]:
    """An empty folder, and an empty database of the kind the peer wants."""
    where = Path(tempfile.mkdtemp(prefix=f"{peer.name}-", dir=folder))
    try:
        match peer.database:
            case "sqlite":
                yield where, f"sqlite+aiosqlite:///{where / 'peer.db'}"
            case "postgresql":
                assert cluster is not None  # it was started for this peer
                with cluster.database() as name:
                    yield where, cluster.url(name)
            case _:
                yield where, ""
    finally:
        shutil.rmtree(where)


async def _measure_peer(
    peer: Peer, where: Path, database: str, core: int, plan: Plan, results: Results
) -> None:
    chats = Chats()
    sink = Sink(chats.seen)
    await sink.start()
    try:
        async with running(peer, where, sink.url, database, core) as server:
            results.started.setdefault(peer.name, []).append(server.started_in)
            results.at_start.setdefault(peer.name, []).append(server.peak_megabytes)
            await _windows(server, chats, sink, plan, results)
            results.peak.setdefault(peer.name, []).append(server.peak_megabytes)
    finally:
        await sink.stop()


async def _windows(server: Running, chats: Chats, sink: Sink, plan: Plan, results: Results) -> None:
    peer, place = server.peer, server.place
    per_second = _GUESS
    load: TelegramLoad | WebLoad
    prepare: Callable[[int], Awaitable[None]]
    if isinstance(peer.way, TelegramWay):
        load = TelegramLoad(place.port, peer.way.path, chats, again=not peer.way.once)
        prepare = partial(load.prepare, peer.way.talks(place))
    else:
        load = WebLoad(place.port)
        prepare = partial(load.prepare, peer.way.talks(place))
    for scenario in results.scenarios:
        sink.delay = 0
        await prepare(_enough(scenario, per_second, plan.seconds, again=_again(load)))
        await settle(server.pid)
        sink.delay = scenario.delay
        window = await measure(
            load,
            sink,
            server.pid,
            scenario.at_once,
            plan.seconds,
            rate=plan.rate,
            drain=scenario != results.scenarios[-1],
        )
        results.windows.setdefault((peer.name, scenario), []).append(window)
        per_second = max(per_second, window.per_second)


def _again(load: TelegramLoad | WebLoad) -> bool:
    return isinstance(load, TelegramLoad) and load.again


def _enough(scenario: Scenario, per_second: float, seconds: float, *, again: bool) -> int:
    """Conversations for a window: each answers twelve questions, and one is going on per chat."""
    if again:
        return scenario.at_once
    return scenario.at_once + math.ceil(per_second * 1.3 * seconds / 12)


def main() -> None:
    plan = _plan()
    console = Console(width=max(120, Console().width))
    folder = ROOT / "var" / "benchmarks"  # on the disk that a database would be on
    folder.mkdir(parents=True, exist_ok=True)
    usable = os.sched_getaffinity(0)
    try:
        results = uvloop.run(_run(plan, folder, console))
    except SQLAlchemyError as error:
        sys.exit(f"The database could not be used: {type(error).__name__}")
    finally:
        os.sched_setaffinity(0, usable)  # the report counts the cores there are, not ours alone
    show(results, console)
    if not plan.peers:
        return  # a part, which must not take the place of the whole
    where = Path(__file__).parent / "results.md"
    write(results, where)
    console.print(f"Written to {where.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
