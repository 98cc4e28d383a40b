"""The people of an invented council. Nobody here exists; the numbers are Ofcom's for drama."""

from dataclasses import dataclass

UNIT_MANAGER = "Ruth Adeyemi"
IROS = ("Amina Yusuf", "Tom Fenwick", "Siân Pritchard")
PATHWAY_OFFICER = "Dev Chaudhry"
BUSINESS_SUPPORT = "Iris Mbeki"
DUTY_WORKER = "Rae Collins"
SOCIAL_WORKERS = ("Joanna Reid", "Paul Whitmore")
PERSONAL_ADVISER = "Nadia Hussain"
SOCIAL_WORK_MANAGER = "Marion Clegg"
COUNCIL_IT = "Callum Price"
AUDITOR = "Grace Whitlock"

REVIEW_UNIT, IN_CARE, LEAVING_CARE, DUTY = (
    "Review unit", "Children in care team", "Leaving care team", "Duty team",
)  # fmt: skip
STAFF = (
    (UNIT_MANAGER, "unit_manager", REVIEW_UNIT),
    (PATHWAY_OFFICER, "pathway_review_officer", REVIEW_UNIT),
    *((name, "iro", REVIEW_UNIT) for name in IROS),
    (BUSINESS_SUPPORT, "business_support", REVIEW_UNIT),
    (DUTY_WORKER, "duty_worker", DUTY),
    *((name, "social_worker", IN_CARE) for name in SOCIAL_WORKERS),
    (PERSONAL_ADVISER, "personal_adviser", LEAVING_CARE),
    (SOCIAL_WORK_MANAGER, "social_work_manager", IN_CARE),
    (COUNCIL_IT, "council_it", "IT"),
    (AUDITOR, "auditor", "Internal audit"),
)
"""Each with their role and team."""

SECOND_TEAM = (
    ("Leila Haddad", "social_worker", "Families first team"),
    ("Owen Price", "social_worker", "Families first team"),
)
"""Of another team, so that figures can be looked at by team."""
WRITTEN_LAST_YEAR = {
    "reviews": "Most late reviews waited for a social worker who had just taken over. Since autumn "
    "the old one hands over at the review itself.",
    "voice": "Two officers went to the schools of those who had never come. Half of them sent what "
    "they think before their next review.",
    "asks": "Time with brothers and sisters was asked for most. A worker now plans it for all who "
    "live apart.",
    "pathway": "The backlog grew in winter, when a post stood empty for five months.",
}
"""What the manager wrote into the report of the year before."""

GIVEN = (
    "Kai", "Maya", "Leo", "Zara", "Noah", "Amara", "Finn", "Isla", "Yusuf", "Poppy", "Dylan",
    "Chidi", "Erin", "Mateo", "Freya", "Jayden", "Nia", "Oscar", "Layla", "Rhys", "Sana", "Toby",
    "Keira", "Arlo", "Mina", "Caleb", "Ivy", "Hamza", "Skye", "Jude", "Ella", "Kofi", "Rowan",
    "Anya", "Theo", "Lola", "Idris", "Maisie", "Bilal", "Orla", "Sam", "Tia", "Connor", "Aisha",
    "Ryan", "Chloe", "Marcus", "Ewa", "Luca", "Hana", "Ben", "Ruby",
)  # fmt: skip
FAMILY = (
    "Brennan", "Okafor", "Hughes", "Rahman", "Marsh", "Doyle", "Kowalski", "Bell", "Ahmed",
    "Carter", "Silva", "Pike", "Nowak", "Grant", "Osei", "Webb", "Khan", "Lund",
)  # fmt: skip


CARERS = (("Jo and Pat Lund", "NF30001"), ("Denise Carter", "NF30002"))
"""Fostering households with their own number in the case system: one has sent, one may write."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What an invented young person says, by question."""

    answers: dict[str, str]
    audience: str = "officer"


YOUNG = (
    Voice(
        {
            "feel.care": "ok",
            "home.feeling": "good",
            "home.change": "I want my own room one day",
            "home.tell": "meeting",
            "family.more": "My brother. Every week, not once a month",
            "family.tell": "meeting",
            "school.feeling": "mixed",
            "school.tell": "file",
            "meeting.how": "send_views",
            "meeting.why_not": "too_many_people",
        },
        "pick",
    ),
    Voice(
        {
            "feel.care": "good",
            "feel.more": "Jo and Pat are kind. And the dog 🐕",
            "health.feeling": "ok",
            "worker.change": "Please ring when you say you will",
            "meeting.how": "come_for_part",
        },
        "officer",
    ),
    Voice(
        {
            "home.feeling": "not_good",
            "home.change": "The wifi goes off at 9 and I can't do my coursework",
            "change.what": "Can I stay with my nan at Christmas?",
            "meeting.how": "video",
        },
        "file",
    ),
)
ASKS = Voice(
    {
        "home.feeling": "mixed",
        "family.more": "My little sister. We used to share a room",
        "meeting.how": "not_sure",
        "meeting.who_not": "People I have never met",
        "meeting.alone": "talk",
    },
)
"""Asked to talk alone with their officer first: a task that is open."""
BRIEFS = Voice(
    {
        "home.feeling": "good",
        "home.change": "I want to stay here till my exams are over",
        "home.tell": "advocate",
        "school.feeling": "ok",
        "school.change": "A quiet place to work after school",
        "school.tell": "advocate",
        "meeting.how": "come",
        "meeting.who": "Ms Bello from school",
        "meeting.where": "school",
        "meeting.when": "after_school",
        "meeting.first": "Where I live next year",
        "meeting.chair": "start",
        "meeting.advocate": "yes",
        "meeting.arranger.tell": "yes",
    },
    "pick",
)
"""Comes with an advocate who was briefed, leads a part, and lets whoever sets it up read of it."""
ADVOCATE = "Ann Holloway, Northborough Voices"

LEAVER = (
    Voice(
        {
            "home.feeling": "ok",
            "home.suits": "It's fine but the boiler keeps breaking",
            "money.enough": "Not really. The bus to college is £28 a week",
            "pa.often": "more",
            "plan.change": "Help with a provisional licence",
            "meeting.how": "phone",
        },
        "file",
    ),
)
CARER = Voice(
    {
        "year.feeling": "mixed",
        "year.well": "We have settled into a good rhythm since Easter",
        "year.hard": "Three changes of social worker in one year",
        "support.worker": "yes",
        "support.hours": "sometimes",
        "support.breaks": "no",
        "support.change": "A weekend off in the spring and one in the autumn, planned ahead",
        "training.want": "How to help with sleep",
        "heard.plan": "sometimes",
        "home.changed": "no",
        "claims.any": "no",
        "approval.change": "ages",
        "approval.why": "We would like to care for teenagers too",
        "part.how": "come",
    },
    "file",
)
