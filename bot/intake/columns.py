"""The tables of the Standard Safeguarding Dataset that are read, with the columns that are needed.

Names as published (data-to-insight/ssd-data-model) and as deployed by suppliers, which differ.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """`names`: the published one first, then others that are in use. `needed`: without it the file
    can't be read."""

    id: str
    names: tuple[str, ...]
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One file. `needed`: without it nothing can be imported. `completes`: nothing of it is kept by
    itself; what it says is part of that."""

    name: str
    columns: tuple[Column, ...]
    needed: bool = False
    completes: str = ""


def _column(id: str, *names: str, needed: bool = False) -> Column:
    return Column(id, names, needed)


PERSON = Source("ssd_person", (
    _column("person", "pers_person_id", "pers_single_unique_id", "person_id", needed=True),
    _column("first", "pers_forename", "pers_first_name", "pers_forenames"),
    _column("last", "pers_surname", "pers_last_name"),
    _column("sex", "pers_sex", "pers_gender"),
    _column("ethnicity", "pers_ethnicity"),
    _column("born", "pers_dob", "pers_date_of_birth", needed=True),
    _column("expected", "pers_expected_dob"),
), needed=True)  # fmt: skip
EPISODES = Source("ssd_cla_episodes", (
    _column("id", "clae_cla_episode_id", "cla_episode_id", needed=True),
    _column("person", "clae_person_id", "clae_cla_person_id", needed=True),
    _column("care", "clae_cla_id", "clae_cla_episode_cla_id"),
    _column("began", "clae_cla_episode_start_date", needed=True),
    _column("reason_began", "clae_cla_episode_start_reason"),
    _column("ended", "clae_cla_episode_ceased_date", "clae_cla_episode_ceased",
            "clae_cla_episode_end_date", needed=True),
    _column("reason_ended", "clae_cla_episode_ceased_reason", "clae_cla_episode_cease_reason"),
    _column("placement", "clae_cla_placement_id"),
))  # fmt: skip
PLACEMENTS = Source("ssd_cla_placement", (
    _column("id", "clap_cla_placement_id", needed=True),
    _column("care", "clap_cla_id", "clap_cla_episode_id"),
    _column("person", "clap_person_id", "clap_cla_person_id"),
    _column("began", "clap_cla_placement_start_date", needed=True),
    _column("ended", "clap_cla_placement_end_date"),
    _column("type", "clap_cla_placement_type", needed=True),
), completes="the episodes")  # fmt: skip
LEGAL = Source("ssd_legal_status", (
    _column("id", "lega_legal_status_id", needed=True),
    _column("person", "lega_person_id", needed=True),
    _column("status", "lega_legal_status", needed=True),
    _column("began", "lega_legal_status_start_date", "lega_legal_status_start", needed=True),
    _column("ended", "lega_legal_status_end_date", "lega_legal_status_end"),
), completes="the episodes")  # fmt: skip
REVIEWS = Source("ssd_cla_reviews", (
    _column("id", "clar_cla_review_id", "clar_review_id", needed=True),
    _column("care", "clar_cla_id", "clar_cla_episode_id"),
    _column("person", "clar_cla_person_id", "clar_person_id"),
    _column("due", "clar_cla_review_due_date", "clar_cla_rev_due_date"),
    _column("held", "clar_cla_review_date", "clar_cla_rev_date", needed=True),
    _column("cancelled", "clar_cla_review_cancelled"),
    _column("code", "clar_cla_review_participation", "clar_cla_rev_participation", needed=True),
    _column("shared"),  # of no file: whether the id stands for a review of several children
))  # fmt: skip
LEAVERS = Source("ssd_care_leavers", (
    _column("person", "clea_person_id", needed=True),
    _column("eligibility", "clea_care_leaver_eligibility"),
    _column("reviewed", "clea_pathway_plan_review_date", needed=True),
    _column("worker", "clea_care_leaver_worker_id", "clea_care_leaver_personal_advisor"),
))  # fmt: skip
INVOLVEMENTS = Source("ssd_involvements", (
    _column("professional", "invo_professional_id", needed=True),
    _column("role", "invo_professional_role_id", "invo_professional_role", needed=True),
    _column("person", "invo_person_id", needed=True),
    _column("began", "invo_involvement_start_date", needed=True),
    _column("ended", "invo_involvement_end_date"),
))  # fmt: skip
PROFESSIONALS = Source("ssd_professionals", (
    _column("id", "prof_professional_id", "prof_staff_id", needed=True),
    _column("name", "prof_professional_name", needed=True),
), completes="who is allocated")  # fmt: skip
PERMANENCE = Source("ssd_permanence", (
    _column("id", "perm_table_id", "perm_permanence_id", needed=True),
    _column("person", "perm_person_id", needed=True),
    _column("decided", "perm_adm_decision_date", needed=True),
    _column("placement_order", "perm_placement_order_date"),
    _column("placed", "perm_placed_for_adoption_date"),
    _column("reversed", "perm_decision_reversed_date"),
    _column("order_on", "perm_permanence_order_date"),
    _column("order_type", "perm_permanence_order_type"),
))  # fmt: skip

SOURCES: Sequence[Source] = (
    PERSON, EPISODES, PLACEMENTS, LEGAL, REVIEWS, LEAVERS, PROFESSIONALS, INVOLVEMENTS, PERMANENCE,
)  # fmt: skip
"""In the order in which they are read."""
COMPLETES: Mapping[str, str] = {one.name: one.completes for one in SOURCES if one.completes}
KNOWN_UNUSED = frozenset({"ssd_cp_plans"})
"""Of the dataset, and nothing of it is needed yet: no note is made of such a file."""

_NAME = re.compile(
    r"(?:.*?[._ ])?(ssd_[a-z_]*?[a-z])(?:[-_. (]*v?\d.*)?\.(?:csv|txt)", re.IGNORECASE
)


def source_of(file_name: str) -> str | None:
    """Which table a file is, by its name: `ssd_person.csv`, `dbo.SSD_Person 2025-09-01.csv`."""
    found = _NAME.fullmatch(file_name)
    return found[1].casefold() if found else None


@dataclass(frozen=True, slots=True)
class Header:
    """Where each column of a file stands. `ignored`: columns that are not needed; `missing`: such
    as can't be done without."""

    at: Mapping[str, int]
    width: int
    ignored: tuple[str, ...]
    missing: tuple[str, ...]


def header_of(source: Source, cells: Sequence[str]) -> Header:
    names = {cell.strip().strip('"').casefold(): number for number, cell in enumerate(cells)}
    at = {}
    for column in source.columns:
        found = next((names[name] for name in column.names if name in names), None)
        if found is not None:
            at[column.id] = found
    used = set(at.values())
    ignored = tuple(cell for number, cell in enumerate(cells) if number not in used)
    missing = tuple(one.names[0] for one in source.columns if one.needed and one.id not in at)
    return Header(at, len(cells), ignored, missing)
