"""The figures that a test run measured of the promises in `docs/promises.md`.

A test asks for `promise` and says what it counted once it has checked it:

    promise("P4", updates=5_000, unhandled=0)

What tests that passed have said stands in `build/promises.json` when the run is over, and
`make promises` writes it into `docs/promises.md`. A later run replaces what it measured again.
"""

import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

FULL = os.environ.get("SAYSO_TEST_FULL") == "1"
"""`make test-full`: the counts that the promises name."""

KEPT_IN = Path("build/promises.json")

Promise = Callable[..., None]

_measured: dict[str, list[dict[str, Any]]] = {}


@pytest.fixture
def promise(request: pytest.FixtureRequest) -> Promise:
    """Say what was measured of a promise: `promise("P4", updates=5_000, unhandled=0)`."""

    def said(number: str, **figures: float | str) -> None:
        assert re.fullmatch(r"P[1-9]\d?", number), f"{number} is no promise"
        assert figures, "a promise without a figure is not measured"
        request.node.user_properties.append(("promise", {"promise": number, "figures": figures}))

    return said


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed:
        for name, value in report.user_properties:
            if name == "promise" and isinstance(value, dict):
                _measured.setdefault(report.nodeid, []).append(value)


def pytest_sessionfinish(session: pytest.Session) -> None:
    in_a_worker = hasattr(session.config, "workerinput")  # its reports reach whoever started it
    if _measured and not in_a_worker:
        write(session.config.rootpath / KEPT_IN, _measured, datetime.now(UTC), full=FULL)
        _measured.clear()


def write(
    path: Path, measured: dict[str, list[dict[str, Any]]], now: datetime, *, full: bool
) -> None:
    """Put what was measured beside what earlier runs measured by other tests."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    run = {"full": full, "on": now.date().isoformat(), "cores": os.cpu_count()}
    kept |= {test: {**run, "said": said} for test, said in measured.items()}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
