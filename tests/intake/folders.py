"""Folders as a council's data officer has them: Kai is in care since January 2024."""

from pathlib import Path

TABLES = {
    "ssd_person": (
        "pers_person_id,pers_forename,pers_surname,pers_sex,pers_ethnicity,pers_dob",
        "1,Kai,Doe,M,WBRI,2012-05-04",
    ),
    "ssd_cla_episodes": (
        "clae_cla_episode_id,clae_person_id,clae_cla_id,clae_cla_episode_start_date,"
        "clae_cla_episode_start_reason,clae_cla_episode_ceased_date,"
        "clae_cla_episode_ceased_reason,clae_cla_placement_id",
        "E1,1,C1,2024-01-08,S,2025-03-01,X1,P1",
        "E2,1,C1,2025-03-01,P,,,P2",
    ),
    "ssd_cla_placement": (
        "clap_cla_placement_id,clap_cla_id,clap_person_id,clap_cla_placement_start_date,"
        "clap_cla_placement_end_date,clap_cla_placement_type",
        "P1,C1,1,2024-01-08,2025-03-01,U6",
        "P2,C1,1,2025-03-01,,K2",
    ),
    "ssd_legal_status": (
        "lega_legal_status_id,lega_person_id,lega_legal_status,lega_legal_status_start_date,"
        "lega_legal_status_end_date",
        "L1,1,C2,2024-01-08,",
    ),
    "ssd_cla_reviews": (
        "clar_cla_review_id,clar_cla_id,clar_cla_review_due_date,clar_cla_review_date,"
        "clar_cla_review_cancelled,clar_cla_review_participation",
        "R1,C1,2024-02-05,2024-02-02,N,PN1",
        "R2,C1,2024-05-02,2024-05-01,N,PN6",
        "R3,C1,2026-05-05,,N,",
    ),
    "ssd_care_leavers": ("clea_person_id,clea_pathway_plan_review_date",),
    "ssd_involvements": (
        "invo_professional_id,invo_professional_role_id,invo_person_id,"
        "invo_involvement_start_date,invo_involvement_end_date",
        "W1,IRO,1,2024-01-08,",
    ),
    "ssd_professionals": ("prof_professional_id,prof_professional_name", 'W1,"Yusuf, Amina"'),
}


def write(folder: Path, **otherwise: list[str] | str) -> Path:
    """All tables; those named here with these rows below their head, or with this whole text."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (head, *rows) in TABLES.items():
        given = otherwise.get(name, rows)
        text = given if isinstance(given, str) else "\r\n".join((head, *given)) + "\r\n"
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return folder


def rows(name: str) -> list[str]:
    """Those of a table, to be changed."""
    return list(TABLES[name][1:])
