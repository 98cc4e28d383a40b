"""The demo as `make run` starts it: a process of its own, on an empty folder."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pysqlite3.dbapi2 as sqlite
import pytest
from aiohttp.test_utils import unused_port

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}


@contextmanager
def demo(folder: Path, *options: str) -> Iterator[str]:
    """What the running demo printed; afterwards Ctrl-C, which must end it without an error."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", *options],
        cwd=folder,
        env={**ENVIRONMENT, "SAYSO_PORT": str(unused_port()), "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    printed = ""
    while "Ctrl-C" not in printed and (line := process.stdout.readline()):
        printed += line
    try:
        yield printed
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0


def _written(folder: Path) -> dict[str, Any]:
    written: dict[str, Any] = json.loads((folder / "var" / "demo.json").read_text())
    return written


def _reviews(folder: Path) -> set[str]:
    return {invitation["review_id"] for invitation in _written(folder)["invitations"]}


def test_it_prints_whole_links_that_work_and_writes_them_down(tmp_path: Path) -> None:
    with demo(tmp_path) as printed:
        written = _written(tmp_path)
        for signing_in in written["sign_in"]:
            assert signing_in["url"] in printed
        first = {(one["kind"], one["band"]): one for one in reversed(written["invitations"])}
        for kind, band in (("cioc", "8-11"), ("cioc", "12-15"), ("cioc", "16+")):
            (line,) = [at for at in printed.splitlines() if first[kind, band]["url"] in at]
            assert first[kind, band]["code"] in line
        for address in (f"{written['base_url']}/i/", written["sign_in"][0]["url"]):
            with urlopen(address) as answer:
                assert answer.status == 200


def test_a_second_start_keeps_what_is_there_and_fresh_starts_over(tmp_path: Path) -> None:
    with demo(tmp_path):
        before = _reviews(tmp_path)
        kept = tmp_path / "var" / "case-record" / "child" / "kept.json"
        kept.parent.mkdir(parents=True)
        kept.write_text("{}")
    with demo(tmp_path):
        assert _reviews(tmp_path) == before
        assert kept.exists()

    with demo(tmp_path, "--fresh"):
        assert not kept.exists()


def test_a_demo_that_runs_is_not_removed(tmp_path: Path) -> None:
    with demo(tmp_path):
        refused = _demo(tmp_path, "--fresh")

        assert refused.returncode == 1
        assert refused.stderr.startswith("var/sayso.db is served already")
        with urlopen(_written(tmp_path)["base_url"] + "/readyz") as answer:
            assert answer.status == 200


@pytest.mark.parametrize(
    ("makes", "said"),
    [
        ("CREATE TABLE ledger (id)", "var/sayso.db is not Sayso's"),
        ("UPDATE councils SET demo = 0", "var/sayso.db holds a real council"),
        (None, "var/sayso.db can't be read"),
    ],
)
def test_starting_over_removes_nothing_that_a_demo_did_not_make(
    tmp_path: Path, makes: str | None, said: str
) -> None:
    var = tmp_path / "var"
    (var / "case-record").mkdir(parents=True)
    database = var / "sayso.db"
    if makes is None:
        database.write_bytes(b"no database at all, but somebody's")
    else:
        if "councils" in makes:
            _demo(tmp_path, "--prepare")
        with closing(sqlite.connect(database)) as connection, connection:
            connection.execute(makes)
    before = database.read_bytes()

    refused = _demo(tmp_path, "--fresh")

    assert refused.returncode == 1
    assert refused.stderr.startswith(said)
    assert database.read_bytes() == before
    assert (var / "case-record").exists()


@pytest.mark.parametrize(
    ("setting", "value"),
    [("SAYSO_HOST", "0.0.0.0"), ("SAYSO_BASE_URL", "https://sayso.northborough.example")],  # noqa: S104 - refused
)
def test_it_answers_on_this_machine_only(tmp_path: Path, setting: str, value: str) -> None:
    refused = _demo(tmp_path, **{setting: value})

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"{setting} is {value}: the demo answers on this machine only")
    assert not (tmp_path / "var" / "sayso.db").exists()


def _demo(folder: Path, *options: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """One that is expected to end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "demo", *options],
        cwd=folder,
        env={**ENVIRONMENT, **settings},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
