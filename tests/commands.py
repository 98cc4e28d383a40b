"""`sayso` as an installation runs it: processes of their own, on a database and a folder."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from aiohttp.test_utils import unused_port

ROOT = Path(__file__).parents[1]
PATIENCE = 120
"""Seconds; only a machine that stands still needs them."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Its settings are these alone."""

    folder: Path
    database_url: str
    port: int = field(default_factory=unused_port)
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "SAYSO_DATABASE_URL": self.database_url,
            "SAYSO_PORT": str(self.port),
            **self.settings,
        }

    def run(
        self, *command: str, expect: int = 0, says: str | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """One command, to its end; it must end with the exit code that is expected. `says`: what
        is typed into it."""
        ended = subprocess.run(
            [sys.executable, "-m", "bot", *command],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False,
            input=says, timeout=PATIENCE,
        )  # fmt: skip
        assert ended.returncode == expect, (command, ended.stdout, ended.stderr)
        return ended

    @contextmanager
    def serving(self, *command: str) -> "Iterator[subprocess.Popen[str]]":
        """`sayso serve`, ready. Afterwards SIGTERM, which must end it without an error."""
        with subprocess.Popen(
            [sys.executable, "-m", "bot", *(command or ("serve",))],
            cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, text=True,
        ) as process:  # fmt: skip
            try:
                self._wait_until_ready(process)
                yield process
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)
                assert process.wait(PATIENCE) == 0
            finally:
                process.kill()

    def ready(self) -> int:
        """The status of `/readyz`; 0 while nobody answers."""
        try:
            with urlopen(f"{self.base}/readyz", timeout=30) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code
        except URLError:
            return 0

    def _wait_until_ready(self, process: "subprocess.Popen[str]") -> None:
        until = time.monotonic() + PATIENCE
        while self.ready() != 200:
            assert process.poll() is None, "it ended before it was ready"
            assert time.monotonic() < until, "it does not become ready"
            time.sleep(0.05)
