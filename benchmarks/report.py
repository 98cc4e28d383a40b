"""What was measured, as a table on the terminal and in `benchmarks/results.md`."""

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.load import Window
from benchmarks.peer import Peer, cores
from benchmarks.sealing import Sealing

AWAY = 0.25
"""Cores used by others in a window above which its throughput is no longer believed."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """So many young people at once, a Bot API that takes so long (seconds)."""

    at_once: int
    delay: float

    def __str__(self) -> str:
        api = f"API {self.delay * 1000:.0f} ms" if self.delay else "API at once"
        return f"{self.at_once} at once, {api}"


_Measure = Callable[[Window], float]


@dataclass(slots=True)
class Results:
    """Every window of every round. `started`: seconds until ready; `at_start`, `peak`: MB of
    memory once ready and in the end. A value a round. `sealing`: measured once, where asked."""

    peers: Sequence[Peer]
    scenarios: Sequence[Scenario]
    seconds: float
    windows: dict[tuple[str, Scenario], list[Window]] = field(default_factory=dict)
    started: dict[str, list[float]] = field(default_factory=dict)
    at_start: dict[str, list[float]] = field(default_factory=dict)
    peak: dict[str, list[float]] = field(default_factory=dict)
    sealing: Sealing | None = None

    def middle(self, peer: str, scenario: Scenario, of: _Measure) -> float | None:
        """The median over the rounds; None where it was not measured."""
        found = self.windows.get((peer, scenario))
        return median(of(window) for window in found) if found else None

    def is_disturbed(self, peer: str, scenario: Scenario) -> bool:
        """Whether others took so much of the machine that its times say little. (PostgreSQL's own
        time counts as others', so for those peers this can't be told.)"""
        others = self.middle(peer, scenario, lambda window: window.others_busy)
        return others is not None and others > AWAY and "postgresql" not in peer


@dataclass(frozen=True, slots=True)
class Target:
    """What the issue asks for. `most`: the value may be at most `figure`, else at least.

    `rests_on`: the windows it is made of. Where others disturbed one of them there is no verdict:
    on a busy machine slow and fast look alike. `by_cpu`: the same from processor time, which
    others disturb less; where there is such a thing.
    """

    what: str
    figure: float
    value: Callable[[Results], float | None]
    rests_on: tuple[tuple[str, Scenario], ...] = ()
    by_cpu: Callable[[Results], float | None] = lambda _results: None
    most: bool = False
    unit: str = ""

    def row(self, results: Results) -> tuple[str, ...]:
        value, by_cpu = self.value(results), self.by_cpu(results)
        asked = f"{'≤' if self.most else '≥'} {self.figure:g}{self.unit}"
        cpu = "–" if by_cpu is None else f"{by_cpu:.2f}"
        if value is None:
            return self.what, asked, "not measured", cpu, "–"
        met = value <= self.figure if self.most else value >= self.figure
        disturbed = any(results.is_disturbed(*window) for window in self.rests_on)
        verdict = "? disturbed" if disturbed else "✓" if met else "✗"
        return self.what, asked, f"{value:.2f}{self.unit}", cpu, verdict


ONE, MANY, CROWD = Scenario(1, 0), Scenario(32, 0), Scenario(256, 0)
MANY_SLOW, CROWD_SLOW = Scenario(32, 0.05), Scenario(256, 0.05)

_Value = Callable[[Results], float | None]


def _ratio(
    results: Results, one: tuple[str, Scenario], other: tuple[str, Scenario], of: _Measure
) -> float | None:
    ours, theirs = results.middle(*one, of), results.middle(*other, of)
    return ours / theirs if ours is not None and theirs else None


def _compare(
    what: str, figure: float, one: tuple[str, Scenario], other: tuple[str, Scenario]
) -> Target:
    """Of messages per second: at least so many times the other's."""

    def by_time(results: Results) -> float | None:
        return _ratio(results, one, other, lambda window: window.per_second)

    def by_cpu(results: Results) -> float | None:
        return _ratio(results, other, one, lambda window: window.cpu_per_thousand)

    return Target(what, figure, by_time, (one, other), by_cpu)


def _tail(results: Results) -> float | None:
    return results.middle("sayso", CROWD, lambda w: w.percentile(0.99) / w.percentile(0.5))


def _of(values: Callable[[Results], dict[str, list[float]]], peer: str = "sayso") -> _Value:
    def value(results: Results) -> float | None:
        found = values(results).get(peer)
        return median(found) if found else None

    return value


def _sealing(of: Callable[[Sealing], float]) -> _Value:
    def value(results: Results) -> float | None:
        return of(results.sealing) if results.sealing is not None else None

    return value


TARGETS = (
    _compare("32 at once: Sayso / ptb with SQLAlchemy", 5, ("sayso", MANY), ("sqlalchemy", MANY)),
    _compare("32 at once: Sayso / ptb echo", 1.7, ("sayso", MANY), ("echo", MANY)),
    _compare("32 at once: Sayso / limit", 0.25, ("sayso", MANY), ("limit", MANY)),
    # At 256: with 32, a 50 ms API could not answer more than 640 times a second, whatever we do.
    _compare(
        "256 at once: Sayso with a 50 ms API / at once",
        0.9,
        ("sayso", CROWD_SLOW),
        ("sayso", CROWD),
    ),
    _compare("1 at once: Sayso / ptb with SQLAlchemy", 2, ("sayso", ONE), ("sqlalchemy", ONE)),
    _compare("1 at once: Sayso / ptb echo", 0.7, ("sayso", ONE), ("echo", ONE)),
    Target("256 at once: Sayso's p99 / p50", 3, _tail, (("sayso", CROWD),), most=True),
    Target("Sayso is ready after", 2.5, _of(lambda r: r.started), most=True, unit=" s"),
    Target(
        "Sayso is ready with Telegram off after", 1.5, _of(lambda r: r.started, "webchat"),
        most=True, unit=" s",
    ),
    Target("Sayso's memory when ready", 150, _of(lambda r: r.at_start), most=True, unit=" MB"),
    Target("Sayso's peak memory under load", 150, _of(lambda r: r.peak), most=True, unit=" MB"),
    Target(
        "40 answers are opened at the desk in", 20, _sealing(lambda s: s.opened_cold_ms),
        most=True, unit=" ms",
    ),
    Target(
        "30,000 data keys are wrapped anew, under load, in", 60,
        _sealing(lambda s: 30_000 / s.per_second), most=True, unit=" s",
    ),
    Target(
        "Reads that failed meanwhile", 0, _sealing(lambda s: float(s.read_errors)), most=True
    ),
)  # fmt: skip

_TARGET_HEAD = ("What is asked", "target", "measured", "by CPU", "")

_HEAD = (
    "Peer",
    "msg/s",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "CPU s per 1,000",
    "msg per CPU s",
    "load gen. busy",
    "others busy",
)


def _rows(results: Results, scenario: Scenario) -> list[tuple[str, ...]]:
    rows = []
    for peer in results.peers:
        windows = results.windows.get((peer.name, scenario))
        if not windows:
            continue

        cpu = median(w.cpu_per_thousand for w in windows)
        times = [median(w.percentile(share) for w in windows) for share in (0.5, 0.95, 0.99)]
        rows.append(
            (
                peer.what,
                f"{median(w.per_second for w in windows):,.0f}",
                *(f"{seconds * 1000:,.1f}" for seconds in times),
                f"{cpu:.2f}",
                f"{1000 / cpu:,.0f}" if cpu else "–",
                f"{median(w.load_busy for w in windows):.0%}",
                f"{median(w.others_busy for w in windows):.2f}",
            )
        )
    return rows


def _memory_rows(results: Results) -> list[tuple[str, ...]]:
    return [
        (
            peer.what,
            f"{median(results.started[peer.name]):.2f}",
            f"{median(results.at_start[peer.name]):.0f}",
            f"{median(results.peak[peer.name]):.0f}",
        )
        for peer in results.peers
        if results.peak.get(peer.name)
    ]


_SEALING_HEAD = ("Sealing", "measured")


def _sealing_rows(results: Results) -> list[tuple[str, ...]]:
    found = results.sealing
    if found is None:
        return []
    return [
        ("40 answers opened at the desk, no key in memory", f"{found.opened_cold_ms:.1f} ms"),
        ("the same, keys in memory", f"{found.opened_warm_ms:.1f} ms"),
        ("values that an answer in words seals", f"{found.sealed:.1f}"),
        ("values that it opens", f"{found.unsealed:.1f}"),
        ("sealing and opening them, of the processor", f"{found.message_us:.0f} µs"),
        (
            f"{found.data_keys:,} data keys wrapped anew under load",
            f"{found.rotated_seconds:.1f} s, {found.per_second:,.0f} a second",
        ),
        ("read meanwhile", f"{found.reads:,}, {found.read_errors} failed"),
    ]


_MEMORY_HEAD = ("Peer", "ready after s", "memory when ready MB", "peak memory MB")


def doubts(results: Results) -> list[str]:
    """What a reader must know before believing a figure."""
    found = []
    disturbed = [key for key in results.windows if results.is_disturbed(*key)]
    if disturbed:
        found.append(
            f"In {len(disturbed)} of {len(results.windows)} rows other processes used more than "
            f"{AWAY:g} of a core: their messages per second are lower bounds and no target that "
            "rests on them is judged. Measure again on a quiet machine."
        )
    for (name, scenario), windows in results.windows.items():
        if median(w.load_busy for w in windows) > 0.9 and name != "ceiling":
            found.append(f"{name}, {scenario}: the load generator itself is what was measured.")
    return found


def show(results: Results, console: Console) -> None:
    for scenario in results.scenarios:
        table = Table(*_HEAD, title=str(scenario), title_justify="left")
        for row in _rows(results, scenario):
            table.add_row(*row)
        console.print(table)
    table = Table(*_MEMORY_HEAD, title="Start", title_justify="left")
    for row in _memory_rows(results):
        table.add_row(*row)
    console.print(table)
    table = Table(*_SEALING_HEAD, title="Sealing", title_justify="left")
    for row in _sealing_rows(results):
        table.add_row(*row)
    console.print(table)
    table = Table(*_TARGET_HEAD, title="Targets", title_justify="left")
    for target in TARGETS:
        table.add_row(*target.row(results))
    console.print(table)
    for doubt in doubts(results):
        console.print(f"! {doubt}", style="yellow")


def write(results: Results, path: Path) -> None:
    """The same as Markdown, with what machine it was."""
    rounds = max((len(windows) for windows in results.windows.values()), default=0)
    lines = [
        "# What `make bench` measured",
        "",
        f"Medians of {rounds} round{'s' * (rounds != 1)} of {results.seconds:g} s, the peers "
        "taking turns within each round. A message counts as answered when the server said 200 "
        "and its reply arrived at the Bot API (web chat: 303, and the next page came). The server "
        "has a core to itself, the load generator with the Bot API the other; PostgreSQL runs "
        "beside the load generator and its own processor time is in *others busy* (cores), not in "
        "*CPU*.",
        "",
        *(f"- {fact}" for fact in machine()),
    ]
    for scenario in results.scenarios:
        lines += ["", f"## {scenario}", "", *_markdown(_HEAD, _rows(results, scenario))]
    lines += ["", "## Start", "", *_markdown(_MEMORY_HEAD, _memory_rows(results))]
    if sealing := _sealing_rows(results):
        lines += ["", "## Sealing", "", *_markdown(_SEALING_HEAD, sealing)]
    rows = [one.row(results) for one in TARGETS]
    lines += ["", "## Targets", "", *_markdown(_TARGET_HEAD, rows)]
    if found := doubts(results):
        lines += ["", "## Doubts", "", *(f"- {doubt}" for doubt in found)]
    path.write_text("\n".join(lines) + "\n")


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    numbers = ["---", *("---:" for _ in head[1:])]
    return [f"| {' | '.join(row)} |" for row in (head, numbers, *rows)]


def machine() -> list[str]:
    """What it ran on: no names of hosts or people."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    server, load = cores()
    pinned = "a core each" if server != load else "one core shared by server and load"
    names = ("python-telegram-bot", "aiohttp", "SQLAlchemy", "uvloop")
    return [
        f"{model}, {len(os.sched_getaffinity(0))} cores ({pinned}), {memory:.0f} GiB",
        f"{platform.system()} {platform.release().partition('-')[0]}, "
        f"{platform.python_implementation()} {platform.python_version()}",
        ", ".join(f"{name} {version(name)}" for name in names),
    ]
