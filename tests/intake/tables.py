"""Folders of tables for these tests, as a council's data officer has them."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

PERSON = ("pers_person_id", "pers_forename", "pers_surname", "pers_sex", "pers_ethnicity",
          "pers_dob")  # fmt: skip
EPISODES = ("clae_cla_episode_id", "clae_person_id", "clae_cla_id", "clae_cla_episode_start_date",
            "clae_cla_episode_start_reason", "clae_cla_episode_ceased_date",
            "clae_cla_episode_ceased_reason", "clae_cla_placement_id")  # fmt: skip
PLACEMENT = ("clap_cla_placement_id", "clap_cla_id", "clap_person_id",
             "clap_cla_placement_start_date", "clap_cla_placement_end_date",
             "clap_cla_placement_type")  # fmt: skip
LEGAL = ("lega_legal_status_id", "lega_person_id", "lega_legal_status",
         "lega_legal_status_start_date", "lega_legal_status_end_date")  # fmt: skip
REVIEWS = ("clar_cla_review_id", "clar_cla_id", "clar_cla_review_due_date", "clar_cla_review_date",
           "clar_cla_review_cancelled", "clar_cla_review_participation")  # fmt: skip
LEAVERS = ("clea_person_id", "clea_pathway_plan_review_date")
INVOLVED = ("invo_professional_id", "invo_professional_role_id", "invo_person_id",
            "invo_involvement_start_date", "invo_involvement_end_date")  # fmt: skip
PROFESSIONALS = ("prof_professional_id", "prof_professional_name")
PERMANENCE = ("perm_table_id", "perm_person_id", "perm_adm_decision_date",
              "perm_placement_order_date", "perm_placed_for_adoption_date")  # fmt: skip
TAKEN = date(2026, 4, 1)

Rows = list[Sequence[str]]


@dataclass(slots=True)
class Tables:
    """Kai is in care since 2024, with three reviews held and the next one ahead."""

    person: Rows = field(default_factory=lambda: [("1", "Kai", "Doe", "M", "WBRI", "04/05/2012")])
    episodes: Rows = field(
        default_factory=lambda: [
            ("E1", "1", "C1", "08/01/2024", "S", "01/03/2025", "X1", "P1"),
            ("E2", "1", "C1", "01/03/2025", "P", "1900-01-01", "", "P2"),
        ]
    )
    placement: Rows = field(
        default_factory=lambda: [
            ("P1", "C1", "1", "2024-01-08", "2025-03-01", "U6"),
            ("P2", "C1", "1", "2025-03-01", "", "K2"),
        ]
    )
    legal: Rows = field(default_factory=lambda: [("L1", "1", "C2", "2024-01-08", "")])
    reviews: Rows = field(
        default_factory=lambda: [
            ("R1", "C1", "2024-02-05", "2024-02-02", "N", "PN1"),
            ("R2", "C1", "2024-05-02", "2024-05-01", "N", "PN6"),
            ("R3", "C1", "2024-11-01", "2024-11-05", "N", "PN7"),
            ("R4", "C1", "2026-05-05", "", "N", ""),
        ]
    )
    leavers: Rows = field(default_factory=list)
    involved: Rows = field(default_factory=lambda: [("W1", "IRO", "1", "2024-01-08", "")])
    professionals: Rows = field(default_factory=lambda: [("W1", "Yusuf, Amina")])
    permanence: Rows = field(default_factory=list)

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, head, rows in (
            ("ssd_person", PERSON, self.person), ("ssd_cla_episodes", EPISODES, self.episodes),
            ("ssd_cla_placement", PLACEMENT, self.placement),
            ("ssd_legal_status", LEGAL, self.legal), ("ssd_cla_reviews", REVIEWS, self.reviews),
            ("ssd_care_leavers", LEAVERS, self.leavers),
            ("ssd_involvements", INVOLVED, self.involved),
            ("ssd_professionals", PROFESSIONALS, self.professionals),
            ("ssd_permanence", PERMANENCE, self.permanence),
        ):  # fmt: skip
            if name == "ssd_permanence" and not rows:
                continue
            with (folder / f"{name}.csv").open("w", newline="") as file:
                csv.writer(file).writerows([head, *rows])
        return folder
