"""What an installation sets is read as it was meant, and what is wrong is said."""

import pytest

from bot.service.council import read_council
from bot.service.house import House
from bot.serving import serve
from bot.settings import ReachedUnsafely, Settings, SettingsWrong, read_settings
from tests.keys import RING


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_a_setting_that_is_empty_counts_as_not_set(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"SAYSO_{name.upper()}", "")

    assert read_settings() == Settings.model_construct()


def test_every_wrong_setting_is_named_with_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_PORT", "many")
    monkeypatch.setenv("SAYSO_TELEGRAM_MODE", "pigeon")

    with pytest.raises(SettingsWrong) as wrong:
        read_settings()

    port, mode = wrong.value.problems
    assert port.startswith("SAYSO_PORT: ")
    assert port.endswith("Example: 8080")
    assert mode.startswith("SAYSO_TELEGRAM_MODE: ")
    assert mode.endswith("Example: webhook or polling")


def test_a_case_record_that_is_posted_to_needs_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_CASE_RECORD", "https://integration.northborough.example/sayso")

    with pytest.raises(SettingsWrong, match="SAYSO_CASE_RECORD_SECRET"):
        read_settings()


@pytest.mark.parametrize(
    ("base_url", "host", "safe"),
    [
        ("", "127.0.0.1", True),
        ("http://localhost:8080", "127.0.0.1", True),
        ("https://sayso.northborough.example", "0.0.0.0", True),  # noqa: S104
        ("", "0.0.0.0", False),  # noqa: S104
        ("http://localhost:8080", "0.0.0.0", False),  # noqa: S104
        ("http://sayso.northborough.example", "127.0.0.1", False),
        ("http://127.0.0.1.evil.example", "127.0.0.1", False),
    ],
)
def test_plain_http_is_for_this_machine_alone(base_url: str, host: str, safe: bool) -> None:
    assert Settings(base_url=base_url, host=host).is_reached_safely is safe


async def test_a_start_that_others_could_read_along_with_is_refused() -> None:
    settings = Settings(base_url="http://sayso.northborough.example")
    house = House(read_council(None), RING, settings)
    with pytest.raises(ReachedUnsafely, match=r"SAYSO_BASE_URL.*https://"):
        await serve(house)


@pytest.mark.parametrize("proxies", ["0", "10", "many", "10.0.0.0/99", "10.0.0.1;10.0.0.2"])
def test_proxies_are_a_number_or_addresses(proxies: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_PROXIES", proxies)
    with pytest.raises(SettingsWrong, match=r"SAYSO_PROXIES.*Example: 1 or"):
        read_settings()


def test_the_councils_sign_in_needs_its_name_for_us_and_https(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SAYSO_OIDC_ISSUER", "https://login.northborough.example")
    with pytest.raises(SettingsWrong, match="SAYSO_OIDC_CLIENT_ID"):
        read_settings()
    monkeypatch.setenv("SAYSO_OIDC_CLIENT_ID", "sayso")
    assert read_settings().oidc_issuer == "https://login.northborough.example"
    monkeypatch.setenv("SAYSO_OIDC_ISSUER", "http://login.northborough.example")
    with pytest.raises(SettingsWrong, match="SAYSO_OIDC_ISSUER"):
        read_settings()
