"""Who one may be at the desk."""

from enum import StrEnum


class Role(StrEnum):
    """The value is what `staff.role` holds."""

    IRO = "iro"
    PATHWAY_REVIEW_OFFICER = "pathway_review_officer"
    UNIT_MANAGER = "unit_manager"
    AUDITOR = "auditor"


TITLES = {
    Role.IRO: "Independent reviewing officer",
    Role.PATHWAY_REVIEW_OFFICER: "Pathway review officer",
    Role.UNIT_MANAGER: "Review unit manager",
    Role.AUDITOR: "Auditor",
}
