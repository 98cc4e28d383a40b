"""Everything that can be asked, by flow id."""

from conversations.flows.cioc_review import CIOC_REVIEW
from conversations.flows.conference import CONFERENCE
from conversations.flows.disruption import DISRUPTION
from conversations.flows.foster_carer_form import FOSTER_CARER_FORM
from conversations.flows.foster_carer_review import FOSTER_CARER_REVIEW
from conversations.flows.my_experience import MY_EXPERIENCE, MY_EXPERIENCE_PATHWAY
from conversations.flows.pathway_review import PATHWAY_REVIEW
from conversations.questions import Flow

FLOWS: dict[str, Flow] = {
    flow.id: flow
    for flow in (
        CIOC_REVIEW,
        PATHWAY_REVIEW,
        CONFERENCE,
        DISRUPTION,
        FOSTER_CARER_REVIEW,
        FOSTER_CARER_FORM,
        MY_EXPERIENCE,
        MY_EXPERIENCE_PATHWAY,
    )
}
