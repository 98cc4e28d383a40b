"""How young people say their review was: the choices of *My experience in your care*, counted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import func, select

from bot.reports.figures.asked import Asked
from bot.reports.figures.people import in_batches
from bot.reports.tables import TOTAL, Declared, Drawn, Table, counted, without_data
from storage import contributions as kept
from storage.tables import contributions, reviews


def _experience_says(table: Table) -> str:
    said = [
        f"“{label}”: {yes:,} of {whole:,} said yes"
        for row, label in table.rows
        if (yes := table.at(row, "yes")) is not None and (whole := table.at(row, TOTAL))
    ]
    return f"{'; '.join(said[:2])}." if said else ""


EXPERIENCE = Declared(
    "my_experience",
    "How it was for them",
    "What young people said when they were asked after their review how it was, in what they sent "
    "in the year: each by its newest version, and each question that was answered by a choice. "
    "“In part” is a bit, some, some of it. Neither is: don’t know, I wasn’t there, I asked for "
    "nothing, it’s too soon.",
    "Contributions: my_experience, my_experience_pathway.",
    (
        ("listened.was", "Did people listen to what you think?"),
        ("understood.was", "Was it clear what people said?"),
        ("people.right", "Were the right people there?"),
        ("part.could", "Could you say what you wanted to say?"),
        ("asked.told", "Do you know what happens with what you asked for?"),
        ("asked.done", "Do people do what was agreed?"),
    ),
    (("yes", "Yes"), ("part", "In part"), ("no", "No"), ("neither", "Neither")),
    across=True,
    drawn=Drawn.STACKED,
    sentence=_experience_says,
)
DECLARED = (EXPERIENCE,)
_QUESTIONS = frozenset(question for question, _says in EXPERIENCE.rows)
_SAID = {"yes": "yes", "a_bit": "part", "some": "part", "no": "no"}
_NOTHING = "Nobody has said in this year how their review was."


def tables(asked: Asked) -> tuple[Table, ...]:
    many = Counter(
        (question, _SAID.get(choice, "neither"))
        for content in _opened(asked)
        for question, choice in _chosen(content)
    )
    return (counted(EXPERIENCE, many) if many else without_data(EXPERIENCE, _NOTHING),)


def _opened(asked: Asked) -> Iterator[Mapping[str, Any]]:
    """What was sent first in the year after a review, by its newest version."""
    begins, after = asked.year.moments
    first = select(contributions.c.contribution_id).where(
        contributions.c.council == asked.council,
        contributions.c.version == 1,
        contributions.c.sent_at >= begins,
        contributions.c.sent_at < after,
    )
    rows = asked.db.execute(
        select(contributions.c.contribution_id, func.max(contributions.c.version))
        .join(
            reviews,
            (reviews.c.council == contributions.c.council)
            & (reviews.c.review_id == contributions.c.review_id),
        )
        .where(
            contributions.c.council == asked.council,
            contributions.c.contribution_id.in_(first),
            reviews.c.looks_back_on.is_not(None),
        )
        .group_by(contributions.c.contribution_id)
    )
    newest: dict[str, int] = {row[0]: row[1] for row in rows}
    for some in in_batches(sorted(newest)):
        for one in kept.several(asked.db, asked.council, [(each, newest[each]) for each in some]):
            yield one.content


def _chosen(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Of each question that is counted, what was chosen. It stands in one of the documents."""
    for document in (content.get("ordinary"), content.get("restricted")):
        for answer in (document or {}).get("answers", ()):
            if answer["question_id"] in _QUESTIONS and answer.get("choices"):
                yield answer["question_id"], answer["choices"][0]
