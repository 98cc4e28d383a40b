"""The reference unit as the CSV files that a case system gives out, by the columns of the Standard
Safeguarding Dataset (github.com/data-to-insight/ssd-data-model, data/objects, of 14 July 2026), and
the council's own files beside them. As they would have been taken out on a day."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from tests.reports.reference_rows import BEGINS, Unit, as_of
from tests.reports.reference_unit import OFFICERS, UNDER_18, officer_of

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "ssd_person": (
        "pers_person_id", "pers_forename", "pers_surname", "pers_sex", "pers_gender",
        "pers_ethnicity", "pers_dob", "pers_common_child_id", "pers_legacy_id",
        "pers_upn_unknown", "pers_send_flag", "pers_expected_dob", "pers_death_date",
        "pers_is_mother", "pers_nationality",
    ),
    "ssd_cla_episodes": (
        "clae_cla_episode_id", "clae_person_id", "clae_cla_episode_start_date",
        "clae_cla_episode_start_reason", "clae_cla_primary_need_code",
        "clae_cla_episode_ceased_date", "clae_cla_episode_ceased_reason", "clae_cla_id",
        "clae_referral_id", "clae_cla_placement_id", "clae_entered_care_date",
        "clae_cla_last_iro_contact_date",
    ),
    "ssd_cla_placement": (
        "clap_cla_placement_id", "clap_cla_placement_start_date", "clap_cla_placement_type",
        "clap_cla_placement_urn", "clap_cla_placement_distance", "clap_cla_id",
        "clap_cla_placement_provider", "clap_cla_placement_postcode",
        "clap_cla_placement_end_date", "clap_cla_placement_change_reason", "clap_person_id",
    ),
    "ssd_legal_status": (
        "lega_legal_status_id", "lega_person_id", "lega_legal_status",
        "lega_legal_status_start_date", "lega_legal_status_end_date",
    ),
    "ssd_cla_reviews": (
        "clar_cla_review_id", "clar_cla_id", "clar_cla_review_due_date", "clar_cla_review_date",
        "clar_cla_review_cancelled", "clar_cla_review_participation",
    ),
    "ssd_care_leavers": (
        "clea_table_id", "clea_person_id", "clea_care_leaver_eligibility",
        "clea_care_leaver_in_touch", "clea_care_leaver_latest_contact",
        "clea_care_leaver_accommodation", "clea_care_leaver_accom_suitable",
        "clea_care_leaver_activity", "clea_pathway_plan_review_date",
        "clea_care_leaver_personal_advisor", "clea_care_leaver_allocated_team",
        "clea_care_leaver_worker_id",
    ),
    "ssd_involvements": (
        "invo_involvements_id", "invo_professional_id", "invo_professional_role_id",
        "invo_professional_team", "invo_involvement_start_date", "invo_involvement_end_date",
        "invo_worker_change_reason", "invo_person_id", "invo_referral_id",
    ),
    "ssd_professionals": (
        "prof_professional_id", "prof_staff_id", "prof_professional_name",
        "prof_social_worker_registration_no", "prof_professional_job_title",
        "prof_professional_caseload", "prof_professional_department",
        "prof_full_time_equivalency", "prof_agency_worker_flag",
    ),
    "ssd_permanence": (
        "perm_table_id", "perm_person_id", "perm_cla_id", "perm_adm_decision_date",
        "perm_ffa_cp_decision_date", "perm_placement_order_date",
        "perm_placed_for_adoption_date", "perm_matched_date", "perm_adopted_by_carer_flag",
        "perm_placed_ffa_cp_date", "perm_decision_reversed_date",
        "perm_placed_foster_carer_date", "perm_part_of_sibling_group",
        "perm_siblings_placed_together", "perm_siblings_placed_apart",
        "perm_placement_provider_urn", "perm_decision_reversed_reason",
        "perm_permanence_order_date", "perm_permanence_order_type", "perm_adoption_worker_id",
        "perm_adopter_sex", "perm_adopter_legal_status", "perm_number_of_adopters",
    ),
    "fostering_households": ("household_id", "kind", "approved_on", "ended_on", "reviewed_on"),
    "education_plans": ("person_id", "due_on", "in_place_on"),
    "quality_tools": ("tool_id", "state", "made_on", "review_id"),
    "population": ("year", "under_18"),
}  # fmt: skip
"""As published, or, from the households on, as Sayso asks for them."""

Row = Mapping[str, str | date | int | None]


def write_ssd(unit: Unit, folder: Path, taken_on: date) -> None:
    """The data set's tables as they were on that day."""
    then = as_of(unit, taken_on)
    began = {one.cla_id: one.began for one in then.periods()}
    _write(folder, "ssd_person", (
        {"pers_person_id": one.person_id, "pers_forename": "Ann", "pers_surname": f"O’Other, {n}",
         "pers_sex": one.sex, "pers_ethnicity": one.ethnicity, "pers_dob": one.born}
        for n, one in enumerate(then.people)
    ))  # fmt: skip
    _write(folder, "ssd_cla_episodes", (
        {"clae_cla_episode_id": one.episode_id, "clae_person_id": one.person_id,
         "clae_cla_episode_start_date": one.began,
         "clae_cla_episode_start_reason": one.reason_began, "clae_cla_primary_need_code": "N1",
         "clae_cla_episode_ceased_date": one.ended,
         "clae_cla_episode_ceased_reason": one.reason_ended, "clae_cla_id": one.cla_id,
         "clae_cla_placement_id": f"PL-{one.episode_id}",
         "clae_entered_care_date": began[one.cla_id]}
        for one in then.episodes
    ))  # fmt: skip
    _write(folder, "ssd_cla_placement", (
        {"clap_cla_placement_id": f"PL-{one.episode_id}", "clap_person_id": one.person_id,
         "clap_cla_placement_start_date": one.began, "clap_cla_placement_type": one.placement,
         "clap_cla_id": one.cla_id, "clap_cla_placement_end_date": one.ended}
        for one in then.episodes
    ))  # fmt: skip
    _write(folder, "ssd_legal_status", (
        {"lega_legal_status_id": f"LS-{one.episode_id}", "lega_person_id": one.person_id,
         "lega_legal_status": one.legal_status, "lega_legal_status_start_date": one.began,
         "lega_legal_status_end_date": one.ended}
        for one in then.episodes
    ))  # fmt: skip
    _write(folder, "ssd_cla_reviews", (
        {"clar_cla_review_id": one.review_id, "clar_cla_id": one.cla_id,
         "clar_cla_review_due_date": one.due, "clar_cla_review_date": one.on,
         "clar_cla_review_cancelled": "Y" if one.cancelled else "N",
         "clar_cla_review_participation": one.code}
        for one in then.reviews
    ))  # fmt: skip
    _write(folder, "ssd_care_leavers", (
        {"clea_table_id": f"CL-{one.person_id}", "clea_person_id": one.person_id,
         "clea_care_leaver_eligibility": "Former Relevant", "clea_care_leaver_in_touch": "YES",
         "clea_pathway_plan_review_date": one.after}
        for one in then.leavers
    ))  # fmt: skip
    _write(folder, "ssd_permanence", (
        {"perm_table_id": one.permanence_id, "perm_person_id": one.person_id,
         "perm_cla_id": one.cla_id, "perm_adm_decision_date": one.decided_on,
         "perm_placed_for_adoption_date": one.placed_on}
        for one in then.permanence
    ))  # fmt: skip
    _write(folder, "ssd_professionals", (
        {"prof_professional_id": f"iro-{n}", "prof_staff_id": f"ST{n}",
         "prof_professional_name": name, "prof_professional_job_title": "IRO",
         "prof_full_time_equivalency": "1.0", "prof_agency_worker_flag": "N"}
        for n, name in enumerate(OFFICERS)
    ))  # fmt: skip
    _write(folder, "ssd_involvements", (
        {"invo_involvements_id": f"I-{one.person_id}", "invo_person_id": one.person_id,
         "invo_professional_id": f"iro-{officer_of(one.person_id)}",
         "invo_professional_role_id": "IRO", "invo_involvement_start_date": one.began,
         "invo_involvement_end_date": one.ended}
        for one in then.periods()
    ))  # fmt: skip


def write_extra(unit: Unit, folder: Path) -> None:
    """The council's own files, as they were at the year's end."""
    _write(folder, "fostering_households", (
        {"household_id": one.household_id, "kind": one.kind, "approved_on": one.approved_on,
         "ended_on": one.ended_on, "reviewed_on": one.reviewed_on} for one in unit.households
    ))  # fmt: skip
    _write(folder, "education_plans", (
        {"person_id": one.person_id, "due_on": one.due_on, "in_place_on": one.in_place_on}
        for one in unit.education
    ))  # fmt: skip
    _write(folder, "quality_tools", (
        {"tool_id": one.tool_id, "state": one.state, "made_on": one.made_on} for one in unit.tools
    ))  # fmt: skip
    _write(folder, "population", [{"year": BEGINS.year, "under_18": UNDER_18}])


def _write(folder: Path, table: str, rows: Iterable[Row]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, COLUMNS[table], restval="")
        out.writeheader()
        out.writerows(
            {name: "" if value is None else value for name, value in row.items()} for row in rows
        )
