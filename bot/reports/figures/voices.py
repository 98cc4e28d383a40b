"""Invitations, and the views that young people sent: by channel, language and age."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import exists, func, select

from bot.reports.figures.asked import Asked
from bot.reports.figures.people import age_on, in_batches
from bot.reports.tables import (
    COUNT,
    NOT_KNOWN,
    Declared,
    Drawn,
    Table,
    counted,
    of_one,
    without_data,
)
from bot.service.days import local_day
from conversations.effects import Want
from storage.inviting_tables import invitation_sendings
from storage.tables import contributions, invitations, reviews, tasks, young_people

INVITED = Declared(
    "invitations",
    "Invitations",
    "Reviews for which an invitation was made in the year. Opened is one that was used; with views "
    "is one before whose review views were sent.",
    "Invitations and contributions.",
    (
        ("answered", "Opened, and views were sent"),
        ("opened", "Opened, and nothing was sent"),
        ("unopened", "Not opened"),
    ),
    adds_up=True,
    drawn=Drawn.BARS,
)
_AGES = (("under_8", "4 to 7"), ("8_11", "8 to 11"), ("12_15", "12 to 15"), ("16_on", "16 or more"))
_LANGUAGES = (("english", "English"), ("other", "Another language"))
INVITED_LANGUAGES = Declared(
    "invitations_by_language",
    "Invitations, by language",
    "The same reviews, by the language that whoever was invited reads.",
    "Invitations and young people.",
    _LANGUAGES,
    adds_up=True,
)
INVITED_BANDS = Declared(
    "invitations_by_age",
    "Invitations, by age",
    "The same reviews, by age on the day of the first invitation. Foster carers were asked for "
    "their own reviews.",
    "Invitations and birth dates.",
    (*_AGES, ("carer", "Foster carers"), NOT_KNOWN),
    adds_up=True,
    drawn=Drawn.BARS,
    apart=frozenset({NOT_KNOWN[0], "carer"}),
)
SENT_BY = Declared(
    "invitations_by_way",
    "How invitations and reminders went out",
    "Invitations and reminders made in the year, by the way they took.",
    "Sendings of invitations.",
    (("letter", "Letter"), ("sms", "Text message"), ("email", "E-mail"), ("telegram", "Telegram")),
    adds_up=True,
)
CHANNELS = Declared(
    "views_by_channel",
    "Views sent, by channel",
    "Contributions whose first version was sent in the year.",
    "Contributions.",
    (("web_chat", "Web chat"), ("telegram", "Telegram")),
    adds_up=True,
)
LANGUAGES = Declared(
    "views_by_language",
    "Views sent, by language",
    "The same contributions, by the language that the young person reads.",
    "Contributions and young people.",
    _LANGUAGES,
    adds_up=True,
)
BANDS = Declared(
    "views_by_age",
    "Views sent, by age",
    "The same contributions, by age on the day they were sent. Foster carers’ own are left out.",
    "Contributions and birth dates.",
    _AGES,
    adds_up=True,
    drawn=Drawn.BARS,
)
ADVOCACY = Declared(
    "advocacy",
    "Advocates asked for",
    "Advocates that young people asked for in the year, by what became of it.",
    "Tasks that young people asked for.",
    (
        ("arranged", "Arranged"),
        ("not_wanted", "Not wanted after all, or taken back"),
        ("open", "Not arranged yet"),
    ),
    adds_up=True,
)
DECLARED = (
    INVITED,
    INVITED_LANGUAGES,
    INVITED_BANDS,
    SENT_BY,
    CHANNELS,
    LANGUAGES,
    BANDS,
    ADVOCACY,
)
_NOT_INVITED = "No invitation was made in this year."
_NO_VIEWS = "No views were sent through Sayso in this year."
_BANDS = ((8, "under_8"), (12, "8_11"), (16, "12_15"))


def tables(asked: Asked) -> tuple[Table, ...]:
    return (*_invited(asked), *_views(asked), _advocacy(asked))


def _invited(asked: Asked) -> tuple[Table, ...]:
    begins, after = asked.year.moments
    sent = exists().where(
        contributions.c.council == asked.council,
        contributions.c.review_id == invitations.c.review_id,
    )
    rows = asked.db.execute(
        select(
            reviews.c.person_id,
            func.max(invitations.c.used_at).is_not(None).label("used"),
            sent.label("said"),
            func.min(invitations.c.issued_at).label("first"),
        )
        .join(
            reviews,
            (reviews.c.council == invitations.c.council)
            & (reviews.c.review_id == invitations.c.review_id),
        )
        .where(
            invitations.c.council == asked.council,
            invitations.c.issued_at >= begins,
            invitations.c.issued_at < after,
        )
        .group_by(invitations.c.council, invitations.c.review_id, reviews.c.person_id)
    ).all()
    invited = [(row.person_id, local_day(row.first)) for row in rows]
    sendings = asked.db.execute(
        select(invitation_sendings.c.way, func.count().label("many"))
        .where(
            invitation_sendings.c.council == asked.council,
            invitation_sendings.c.made_at >= begins,
            invitation_sendings.c.made_at < after,
        )
        .group_by(invitation_sendings.c.way)
    )
    by_way: dict[str, int] = {row.way: row.many for row in sendings}
    came = Counter("answered" if row.said else "opened" if row.used else "unopened" for row in rows)
    return (
        of_one(INVITED, came.__getitem__) if rows else without_data(INVITED, _NOT_INVITED),
        *_whom(asked, invited),
        of_one(SENT_BY, lambda way: by_way.get(way, 0))
        if by_way
        else without_data(SENT_BY, _NOT_INVITED),
    )


def _whom(asked: Asked, invited: Sequence[tuple[str, date]]) -> tuple[Table, Table]:
    """By language and age: of each invited review, whose it is and when they were invited first."""
    if not invited:
        return (
            without_data(INVITED_LANGUAGES, _NOT_INVITED),
            without_data(INVITED_BANDS, _NOT_INVITED),
        )
    ids = {person for person, _day in invited}
    known: dict[str, tuple[str, bool]] = {}
    for some in in_batches(ids):
        found = asked.db.execute(
            select(young_people.c.person_id, young_people.c.language, young_people.c.carer).where(
                young_people.c.council == asked.council, young_people.c.person_id.in_(some)
            )
        )
        known |= {row.person_id: (row.language, row.carer) for row in found}
    births = asked.births.of({person for person in ids if not known[person][1]})
    languages = Counter(_language(known[person][0]) for person, _day in invited)
    ages = Counter(
        "carer"
        if known[person][1]
        else _band(age_on(births[person], day))
        if person in births
        else NOT_KNOWN[0]
        for person, day in invited
    )
    rows = INVITED_BANDS.rows if ages[NOT_KNOWN[0]] else INVITED_BANDS.rows[:-1]
    by_age = {(row, COUNT[0]): number for row, number in ages.items()}
    return of_one(INVITED_LANGUAGES, languages.__getitem__), counted(INVITED_BANDS, by_age, rows)


def _language(code: str) -> str:
    return "english" if code.startswith("en") else "other"


def _views(asked: Asked) -> tuple[Table, ...]:
    begins, after = asked.year.moments
    rows = asked.db.execute(
        select(
            contributions.c.channel,
            contributions.c.sent_at,
            contributions.c.person_id,
            young_people.c.language,
        )
        .join(
            young_people,
            (young_people.c.council == contributions.c.council)
            & (young_people.c.person_id == contributions.c.person_id),
        )
        .where(
            contributions.c.council == asked.council,
            contributions.c.version == 1,
            contributions.c.sent_at >= begins,
            contributions.c.sent_at < after,
            young_people.c.carer.is_(False),
        )
    ).all()
    if not rows:
        return tuple(without_data(one, _NO_VIEWS) for one in (CHANNELS, LANGUAGES, BANDS))
    births = asked.births.of({row.person_id for row in rows})
    channels = Counter("telegram" if row.channel == "telegram" else "web_chat" for row in rows)
    languages = Counter(_language(row.language) for row in rows)
    bands = Counter(
        _band(age_on(born, local_day(row.sent_at)))
        for row in rows
        if (born := births.get(row.person_id)) is not None
    )
    return (
        of_one(CHANNELS, channels.__getitem__),
        of_one(LANGUAGES, languages.__getitem__),
        of_one(BANDS, bands.__getitem__),
    )


def _band(age: int) -> str:
    return next((band for below, band in _BANDS if age < below), "16_on")


def _advocacy(asked: Asked) -> Table:
    begins, after = asked.year.moments
    rows = asked.db.execute(
        select(tasks.c.outcome, tasks.c.done_at).where(
            tasks.c.council == asked.council,
            tasks.c.kind == Want.ADVOCATE.value,
            tasks.c.made_at >= begins,
            tasks.c.made_at < after,
        )
    ).all()
    if not rows:
        return without_data(ADVOCACY, "No young person asked for an advocate through Sayso.")
    became = Counter(
        "open" if done is None else "arranged" if outcome == "arranged" else "not_wanted"
        for outcome, done in rows
    )
    return of_one(ADVOCACY, became.__getitem__)
