"""PDFs that are made in a process of their own."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.documents.pdf import contribution_pdf
from bot.documents.printing import Printer
from bot.service.outcome import NoPaper
from tests.documents.test_pdf import _said


@pytest.fixture
async def printer() -> AsyncIterator[Printer]:
    printer = Printer()
    yield printer
    await printer.close()


def _pid(printer: Printer) -> int:
    assert printer._process is not None
    return printer._process.pid


def _gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def _until_gone(pid: int) -> None:
    async with asyncio.timeout(20):
        while not _gone(pid):
            await asyncio.sleep(0.01)


async def test_a_document_is_printed_as_it_would_be_here(printer: Printer) -> None:
    document = _said("My room is cold. \U0001f976")

    assert await printer(document) == contribution_pdf(document)


async def test_documents_that_come_together_are_not_mixed_up(printer: Printer) -> None:
    documents = [_said(f"Words of number {number}") for number in range(12)]

    printed = await asyncio.gather(*(printer(document) for document in documents))

    assert printed == [contribution_pdf(document) for document in documents]


async def test_what_cannot_be_printed_says_where_and_not_what_and_the_next_one_is_printed(
    printer: Printer,
) -> None:
    broken: dict[str, Any] = {**_said("my secret place"), "submitted_at": "my secret place"}

    with pytest.raises(NoPaper) as failed:
        await printer(broken)
    pid = _pid(printer)

    assert str(failed.value).startswith("ValueError in contribution_pdf:")
    assert "secret" not in str(failed.value)
    assert (await printer(_said("fine"))).startswith(b"%PDF-")
    assert _pid(printer) == pid


async def test_a_process_that_fell_is_an_error_once_and_begins_anew(printer: Printer) -> None:
    await printer(_said("first"))
    pid = _pid(printer)
    os.kill(pid, signal.SIGSTOP)
    waiting = asyncio.create_task(printer(_said("second")))
    await asyncio.sleep(0.05)
    os.kill(pid, signal.SIGKILL)

    with pytest.raises(NoPaper):
        await waiting
    assert (await printer(_said("second"))).startswith(b"%PDF-")
    assert _pid(printer) != pid


async def test_who_stops_waiting_does_not_leave_an_answer_for_the_next(printer: Printer) -> None:
    await printer(_said("first"))
    os.kill(_pid(printer), signal.SIGSTOP)
    waiting = asyncio.create_task(printer(_said("second")))
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert await printer(_said("third")) == contribution_pdf(_said("third"))


async def test_the_process_ends_when_it_is_idle_and_when_the_server_ends() -> None:
    printer = Printer(idle_seconds=0.05)
    await printer(_said("first"))
    await _until_gone(_pid(printer) if printer._process else 0)

    await printer(_said("second"))
    pid = _pid(printer)
    await printer.close()

    assert _gone(pid)


async def test_it_leaves_signals_to_the_server(printer: Printer) -> None:
    await printer(_said("first"))
    pid = _pid(printer)
    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGINT)

    assert (await printer(_said("second"))).startswith(b"%PDF-")
    assert _pid(printer) == pid
