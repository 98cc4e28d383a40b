"""Children in care by what the case system says of them: sex, ethnicity, legal status, and where
they live. Each table is of the same children."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping

from sqlalchemy import Connection, or_, select

from bot.reports.figures.asked import Asked
from bot.reports.figures.people import in_batches
from bot.reports.figures.profile import NONE
from bot.reports.tables import COUNT, NOT_KNOWN, Declared, Drawn, Table, counted, without_data
from storage import particulars
from storage.care_tables import care_episodes
from storage.particulars import Particulars

SEX = Declared(
    "children_by_sex",
    "Children in care, by sex",
    "The same children, by the sex that the case system has.",
    "ssd_person: pers_sex.",
    (("girls", "Girls"), ("boys", "Boys"), NOT_KNOWN),
    adds_up=True,
)
ETHNICITY = Declared(
    "children_by_ethnicity",
    "Children in care, by ethnicity",
    "The same children, by the main groups of the codes that the case system has. Refused and not "
    "yet asked count as not on record.",
    "ssd_person: pers_ethnicity.",
    (
        ("white", "White"),
        ("mixed", "Mixed"),
        ("asian", "Asian"),
        ("black", "Black"),
        ("other", "Another group"),
        NOT_KNOWN,
    ),
    adds_up=True,
    drawn=Drawn.BARS,
)
LEGAL_STATUS = Declared(
    "children_by_legal_status",
    "Children in care, by legal status",
    "The same children, by the legal status of the episode that is open when the year’s last day "
    "is over. An episode that changed is another one.",
    "Episodes of care: SSDA903 LEGAL_STATUS.",
    (
        ("full_care_order", "Full care order (C2)"),
        ("interim_care_order", "Interim care order (C1)"),
        ("placement_order", "Placement order or freed for adoption (E1, D1)"),
        ("accommodated", "Accommodated, section 20 (V2)"),
        ("youth_justice", "Youth justice (J1 to J3)"),
        ("protection", "Emergency protection or police (L1 to L3)"),
        ("other", "Another status"),
        NOT_KNOWN,
    ),
    adds_up=True,
    drawn=Drawn.BARS,
)
PLACEMENT = Declared(
    "children_by_placement",
    "Children in care, by where they live",
    "The same children, by the placement of that episode.",
    "Episodes of care: SSDA903 PLACE.",
    (
        ("foster_family", "Fostered by relatives or friends (U1 to U3)"),
        ("foster_other", "Fostered by others (U4 to U6)"),
        ("adoption", "Placed for adoption (A3 to A6)"),
        ("parents", "With their parents (P1)"),
        ("home", "In a children’s home (K1, K2)"),
        ("independent", "Living independently or semi-independently (P2, P3, H5)"),
        ("other", "Elsewhere"),
        NOT_KNOWN,
    ),
    adds_up=True,
    drawn=Drawn.BARS,
)
DECLARED = (SEX, ETHNICITY, LEGAL_STATUS, PLACEMENT)

_SEXES = {"f": "girls", "female": "girls", "2": "girls", "m": "boys", "male": "boys", "1": "boys"}
_GROUPS = {
    "white": ("WBRI", "WIRI", "WIRT", "WROM", "WOTH"),
    "mixed": ("MWBC", "MWBA", "MWAS", "MOTH"),
    "asian": ("AIND", "APKN", "ABAN", "CHNE", "CNHE", "AOTH"),  # the data set spells it CNHE
    "black": ("BCRB", "BAFR", "BOTH"),
    "other": ("OOTH",),
}
_STATUSES = {
    "full_care_order": ("C2",),
    "interim_care_order": ("C1",),
    "placement_order": ("E1", "D1"),
    "accommodated": ("V2",),
    "youth_justice": ("J1", "J2", "J3"),
    "protection": ("L1", "L2", "L3"),
}
_PLACES = {
    "foster_family": ("U1", "U2", "U3"),
    "foster_other": ("U4", "U5", "U6"),
    "adoption": ("A3", "A4", "A5", "A6"),
    "parents": ("P1",),
    "home": ("K1", "K2"),
    "independent": ("P2", "P3", "H5"),
}
_NO_PARTICULARS = "Neither sex nor ethnicity is on record: import ssd_person."
_NO_EPISODES = "No episode of care is on record: import the episodes."


def _by_code(groups: Mapping[str, Iterable[str]], otherwise: str) -> Callable[[str], str]:
    known = {code: group for group, codes in groups.items() for code in codes}
    return lambda code: known.get(code, otherwise) if code else NOT_KNOWN[0]


_group = _by_code(_GROUPS, NOT_KNOWN[0])
_status = _by_code(_STATUSES, "other")
_place = _by_code(_PLACES, "other")


def look(db: Connection, council: str, ids: Collection[str]) -> dict[str, Particulars]:
    """Sex and ethnicity of these people, opened."""
    found: dict[str, Particulars] = {}
    for some in in_batches(ids):
        found |= particulars.of_people(db, council, some)
    return found


def tables(asked: Asked) -> tuple[Table, ...]:
    if not asked.cares:
        return tuple(without_data(one, NONE) for one in DECLARED)
    return (*_of_persons(asked), *_of_episodes(asked))


def _of_persons(asked: Asked) -> tuple[Table, ...]:
    known = asked.particulars
    if not known.keys() & asked.in_care:
        return tuple(without_data(one, _NO_PARTICULARS) for one in (SEX, ETHNICITY))
    every = [known.get(person, Particulars()) for person in asked.in_care]
    return (
        _table(SEX, (_SEXES.get(one.sex.casefold(), NOT_KNOWN[0]) for one in every)),
        _table(ETHNICITY, (_group(one.ethnicity.upper()) for one in every)),
    )


def _of_episodes(asked: Asked) -> tuple[Table, ...]:
    day = asked.until
    rows = asked.db.execute(
        select(care_episodes.c.person_id, care_episodes.c.legal_status, care_episodes.c.placement)
        .where(
            care_episodes.c.council == asked.council,
            care_episodes.c.began <= day,
            or_(care_episodes.c.ended.is_(None), care_episodes.c.ended > day),
        )
        .order_by(care_episodes.c.began, care_episodes.c.episode_id)
    )
    newest = {
        person: (status, place) for person, status, place in rows.all() if person in asked.in_care
    }
    if not newest:
        return tuple(without_data(one, _NO_EPISODES) for one in (LEGAL_STATUS, PLACEMENT))
    every = [newest.get(person, ("", "")) for person in asked.in_care]
    return (
        _table(LEGAL_STATUS, (_status(status) for status, _place_ in every)),
        _table(PLACEMENT, (_place(place) for _status_, place in every)),
    )


def _table(declared: Declared, rows: Iterable[str]) -> Table:
    """Not on record stands there only if there are any: that everybody is tells of nobody."""
    many = Counter(rows)
    shown = declared.rows if many[NOT_KNOWN[0]] else declared.rows[:-1]
    return counted(declared, {(row, COUNT[0]): number for row, number in many.items()}, shown)
