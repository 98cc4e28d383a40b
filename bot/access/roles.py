"""Who one may be at the desk."""

from enum import StrEnum


class Role(StrEnum):
    """The value is what `staff.role` holds."""

    IRO = "iro"
    PATHWAY_REVIEW_OFFICER = "pathway_review_officer"
    UNIT_MANAGER = "unit_manager"
    BUSINESS_SUPPORT = "business_support"
    DUTY_WORKER = "duty_worker"
    SOCIAL_WORKER = "social_worker"
    PERSONAL_ADVISER = "personal_adviser"
    SOCIAL_WORK_MANAGER = "social_work_manager"
    COUNCIL_IT = "council_it"
    AUDITOR = "auditor"


OFFICERS = (Role.IRO, Role.PATHWAY_REVIEW_OFFICER)
"""Who runs reviews."""

WORKERS = (Role.SOCIAL_WORKER, Role.PERSONAL_ADVISER)
"""To whom young people are allocated. The value is their audience in a contribution, too."""

ANSWERERS = (*WORKERS, Role.SOCIAL_WORK_MANAGER)
"""Who answers what an officer puts to them: a team manager, service manager, head of service and
director are all `social_work_manager`. Who is meant is said by name."""

TITLES = {
    Role.IRO: "Independent reviewing officer",
    Role.PATHWAY_REVIEW_OFFICER: "Pathway review officer",
    Role.UNIT_MANAGER: "Review unit manager",
    Role.BUSINESS_SUPPORT: "Business support",
    Role.DUTY_WORKER: "Duty worker",
    Role.SOCIAL_WORKER: "Social worker",
    Role.PERSONAL_ADVISER: "Personal adviser",
    Role.SOCIAL_WORK_MANAGER: "Social work manager",
    Role.COUNCIL_IT: "Council IT",
    Role.AUDITOR: "Auditor",
}
