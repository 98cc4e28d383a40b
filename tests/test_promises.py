"""What stands in `docs/promises.md` as measured was measured, by a test that passed."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import promises
from tests.promises import write
from tools.promises import BEGIN, END, PAGE, ROOT, rendered, unmeasured

A_TEST = "tests/test_promises.py::test_a_promise_is_kept[sqlite]"
RUN = {"full": True, "on": "2026-11-26", "cores": 2}
ROW = "| P1 | Never lost | 0 lost | `tests/test_promises.py` |\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_promises.py").write_text("async def test_a_promise_is_kept():\n ...\n")
    return tmp_path


def test_only_what_tests_that_passed_have_measured_is_taken_down(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_them.py").write_text(
        "def test_holds(promise): promise('P1', lost=0, kills=50)\n"
        "def test_fails(promise): promise('P3', doubled=1); assert not 1\n"
        "def test_says_nothing(promise): pass\n"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", promises.__name__, "-p", "no:cacheprovider"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "1 failed, 2 passed" in ran.stdout
    taken = json.loads((tmp_path / promises.KEPT_IN).read_text())
    assert [(test, run["full"], run["said"]) for test, run in taken.items()] == [
        (
            "test_them.py::test_holds",
            False,
            [{"promise": "P1", "figures": {"lost": 0, "kills": 50}}],
        )
    ]


def test_a_later_run_replaces_what_it_measured_and_leaves_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "build" / "promises.json"
    first, second = (
        {"a": [{"promise": "P1", "figures": {"kills": 500}}], "b": []},
        {"a": [{"promise": "P1", "figures": {"kills": 50}}]},
    )

    write(path, first, datetime(2026, 11, 1, tzinfo=UTC), full=True)
    write(path, second, datetime(2026, 11, 2, tzinfo=UTC), full=False)

    kept = json.loads(path.read_text())
    assert (kept["a"]["on"], kept["a"]["full"], kept["a"]["said"]) == (
        "2026-11-02", False, second["a"],
    )  # fmt: skip
    assert (kept["b"]["on"], kept["b"]["full"]) == ("2026-11-01", True)


def test_the_page_shows_each_figure_with_its_test_and_nothing_older(repository: Path) -> None:
    page = f"{ROW}{BEGIN}\nold figures\n{END}\nthe rest\n"
    said = [{"promise": "P1", "figures": {"messages": 10400, "lost": 0, "seconds": 2.345}}]

    new = rendered(page, {A_TEST: {**RUN, "said": said}}, repository)

    assert new.startswith(ROW)
    assert new.endswith(f"{END}\nthe rest\n")
    assert "old figures" not in new
    assert (
        "| P1 | messages 10,400, lost 0, seconds 2.35 | `tests/test_promises.py`: "
        "a promise is kept (sqlite) | 2026-11-26, full count, 2 cores |" in new
    )


def test_figures_of_a_test_that_is_gone_are_left_out(repository: Path) -> None:
    gone = A_TEST.replace("is_kept", "was_kept")
    said = [{"promise": "P1", "figures": {"lost": 0}}]

    assert "lost 0" not in rendered(f"{BEGIN}{END}", {gone: {**RUN, "said": said}}, repository)


def test_a_promise_that_names_a_test_and_has_no_figure_is_told() -> None:
    page = f"{ROW}{ROW.replace('P1', 'P2')}| P3 | Once | 0 | not made yet |\n{BEGIN}{END}"
    said = [{"promise": "P2", "figures": {"checked": 3}}]

    assert unmeasured(page, {"a test": {**RUN, "said": said}}) == ["P1"]


def test_every_promise_that_a_test_measures_names_that_test_in_its_row() -> None:
    rows = dict(
        re.findall(r"^\| (P\d+) \|.*\| (.*) \|$", PAGE.read_text().partition(BEGIN)[0], re.M)
    )
    for path in (ROOT / "tests").rglob("test_*.py"):
        if path.name == Path(__file__).name:
            continue
        for number in re.findall(r"\bpromise\(\s*\"(P\d+)\"", path.read_text()):
            assert f"`{path.relative_to(ROOT)}`" in rows[number], f"{path.name} measures {number}"
