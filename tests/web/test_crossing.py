"""Whether a form was sent from our own page."""

import pytest

from bot.web.crossing import is_from_elsewhere

OURS = frozenset({"127.0.0.1:8080", "sayso.northborough.example"})


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://sayso.northborough.example"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "http://127.0.0.1:8080"},
        {},
    ],
)
def test_our_own_pages_and_programs_may_post(headers: dict[str, str]) -> None:
    assert not is_from_elsewhere(headers, OURS)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://sayso.northborough.example"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "https://sayso.northborough.example.evil.example"},
        {"Origin": "https://sayso.northborough.example:8443"},
        {"Origin": "http://127.0.0.1:8081"},
        {"Origin": "http://[::1"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://sayso.northborough.example]"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    ],
)
def test_what_another_site_sent_may_not(headers: dict[str, str]) -> None:
    assert is_from_elsewhere(headers, OURS)
