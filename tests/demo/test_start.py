"""What `make run` prints is enough to begin."""

import pytest

from bot.demo import running

SECRET = "BfRK6yWfiXAR0qvdhIaovpSVF2RlN06Yy2WNaBnxnvS"


@pytest.mark.parametrize("columns", ["40", "80"])
def test_links_are_printed_whole_however_narrow_the_window(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    desk = "http://127.0.0.1:8080/desk/"
    invitations = [
        {"kind": kind, "band": band, "code": f"NME8-DNWB-M6{number}Z", "officer": "Siân Pritchard",
         "url": f"http://127.0.0.1:8080/i/#{SECRET}{number}"}
        for number, (kind, band) in enumerate(
            [("cioc", "8-11"), ("cioc", "12-15"), ("cioc", "16+"), ("pathway", "16+")]
        )
    ]  # fmt: skip
    someone = {"role": "iro", "name": "Siân Pritchard", "url": f"{desk}sign-in/{SECRET}"}

    running._say(
        {
            "desk": desk,
            "case_record": "var/case-record",
            "case_record_restricted": "var/case-record-restricted",
            "sign_in": [someone],
            "invitations": invitations,
        }
    )

    lines = capsys.readouterr().out.splitlines()
    assert any("var/case-record-restricted" in line for line in lines)
    for one in [someone, *invitations]:
        assert any(line.endswith(one["url"]) for line in lines), one["url"]
    assert sum("Siân Pritchard" in line for line in lines) == 1 + len(invitations)
