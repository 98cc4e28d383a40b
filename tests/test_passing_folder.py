"""What names children lies in the temporary folder for as long as it is needed, and no longer."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bot.passing_folder import passing_folder

HOLDS_ONE = (
    "from bot.passing_folder import passing_folder\n"
    "with passing_folder() as folder:\n"
    "    (folder / 'ssd_person.csv').write_text('1,Kai')\n"
    "    print(folder, flush=True)\n"
    "    input()\n"
)


@pytest.fixture(autouse=True)
def _beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def test_what_a_killed_process_left_is_removed_and_what_is_in_use_stays() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_ONE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        left = Path(other.stdout.readline().strip())
        os.utime(left, (0, 0))  # it has been at it for long

        with passing_folder() as mine:
            assert (left / "ssd_person.csv").exists()
        assert not mine.exists()

        other.send_signal(signal.SIGKILL)
        other.wait()
        assert (left / "ssd_person.csv").exists()
        with passing_folder():
            assert not left.exists()


def test_one_that_was_made_just_now_is_left_alone(tmp_path: Path) -> None:
    new = tmp_path / "sayso-passing-new"
    new.mkdir()

    with passing_folder():
        assert new.exists()
