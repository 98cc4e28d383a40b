"""Charts are drawn in a process of their own.

What draws them takes a second and 150 MB, which a server that others wait for has not to spare for
good. The process gets the tables by its pipe, without what is withheld, and ends with the answer.

    request: the tables as JSON
    answer:  by table the chart as SVG, as JSON
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import structlog

from bot.reports.tables import Declared, Drawn, Table

log = structlog.get_logger()

SECONDS = 60.0
LOW = 5
"""How much nicer than the server whoever draws is."""


async def drawn(tables: Iterable[Table]) -> Mapping[str, str]:
    """The charts by the ids of their tables. Where they can't be drawn a report is without them:
    each number stands in its table."""
    wanted = [_plain(one) for one in tables if one.declared.drawn is not None and not one.no_data]
    if not wanted:
        return {}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(SECONDS):
            answer, _errors = await process.communicate(json.dumps(wanted).encode())
        found: dict[str, str] = json.loads(answer)
    except (OSError, TimeoutError, ValueError) as error:
        log.error("charts_not_drawn", error=type(error).__name__)
        return {}
    else:
        return found
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _plain(table: Table) -> dict[str, Any]:
    declared = table.declared
    shown = [(row, column, table.at(row, column)) for row, column in table.places()]
    return {
        "id": declared.id,
        "drawn": declared.drawn,
        "adds_up": declared.adds_up,
        "across": declared.across,
        "columns": declared.columns,
        "rows": table.rows,
        "shown": [one for one in shown if one[2] is not None],
    }


def _table(plain: Mapping[str, Any]) -> Table:
    rows, columns = (
        tuple((id_, says) for id_, says in plain[name]) for name in ("rows", "columns")
    )
    declared = Declared(
        plain["id"], "", "", "", rows, columns, adds_up=plain["adds_up"], across=plain["across"],
        drawn=Drawn(plain["drawn"]),
    )  # fmt: skip
    values = {(row, column): number for row, column, number in plain["shown"]}
    return Table(declared, rows, values)


def main() -> None:
    """Draw what the pipe brings. Signals are for the server."""
    from bot.reports import charts  # noqa: PLC0415 - only here

    os.nice(LOW)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    tables = [_table(one) for one in json.load(sys.stdin.buffer)]
    found = {table.id: svg for table in tables if (svg := charts.svg(table)) is not None}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
