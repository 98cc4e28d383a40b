"""What an installation sets is read as it was meant, and what is wrong is said."""

import pytest

from bot.settings import Settings, SettingsWrong, read_settings


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
