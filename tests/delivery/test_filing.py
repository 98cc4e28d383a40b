"""Under what a document is filed, and what the event that carries it is called: by its schema."""

from typing import Any

import pytest

from bot.delivery.filing import Head, head_of

SENT: dict[str, Any] = {
    "schema": "urn:sayso:contribution:1",
    "contribution_id": "c",
    "version": 2,
    "submitted_at": "2026-09-14T09:30:00+00:00",
}
RECORDED: dict[str, Any] = {"record_id": "r", "version": 3, "made_at": "2026-09-15T10:00:00+00:00"}
ANSWERED: dict[str, Any] = {
    "schema": "urn:sayso:ask-answer:1",
    "ask_id": "k",
    "answer": 1,
    "contribution_id": "c",
    "answered_at": "2026-09-16T11:00:00+00:00",
}


@pytest.mark.parametrize(
    ("document", "head"),
    [
        (SENT, Head("c", "c-v2", SENT["submitted_at"], "urn:sayso:contribution:filed:1")),
        (ANSWERED, Head("k", "k-a1", ANSWERED["answered_at"], "urn:sayso:ask-answer:filed:1")),
        *(
            (
                {**RECORDED, "schema": f"urn:sayso:{kind}:1"},
                Head("r", "r-v3", RECORDED["made_at"], f"urn:sayso:{kind}:filed:1"),
            )
            for kind in ("review-record", "quality-assurance", "dispute")
        ),
    ],
)
def test_every_kind_has_an_id_a_name_a_time_and_an_event(
    document: dict[str, Any], head: Head
) -> None:
    assert head_of(document) == head


def test_a_paper_that_is_only_printed_is_filed_nowhere() -> None:
    with pytest.raises(ValueError, match="own-copy"):
        head_of({**SENT, "schema": "urn:sayso:own-copy:1"})
