"""What a case system writes in words is the code that DfE gives them; nothing is guessed.

Source: DfE, *Children looked-after by local authorities in England: guide to the SSDA903*.
"""

from collections.abc import Callable

import pytest

from bot.intake import values
from bot.intake.values import Unreadable

LEGAL = (
    ("C1", "Interim care order"),
    ("C2", "Full care order"),
    ("D1", "Freeing order granted"),
    ("E1", "Placement order granted"),
    ("V2", "Single period of accommodation under section 20 (Children Act 1989)"),
    (
        "V4",
        "Accommodated under an agreed series of short-term breaks, when agreements are "
        "recorded (NOT individual episodes of care)",
    ),
    (
        "V3",
        "Accommodated under an agreed series of short-term breaks, when individual episodes "
        "of care are recorded",
    ),
    ("L1", "Under police protection and in local authority accommodation"),
    ("L2", "Emergency protection order (EPO)"),
    ("L3", "Under child assessment order and in local authority accommodation"),
    ("J1", "Remanded to local authority accommodation or to youth detention accommodation"),
    (
        "J2",
        "Placed in local authority accommodation under the Police and Criminal Evidence Act "
        "1984, including secure accommodation",
    ),
    ("J3", "Sentenced to Youth Rehabilitation Order (Criminal Justice and Immigration Act 2008)"),
)
PLACEMENTS = (
    ("A3", "Placed for adoption with parental/guardian consent with current foster carer"),
    ("A4", "Placed for adoption with parental/guardian consent not with current foster carer"),
    ("A5", "Placed for adoption with placement order with current foster carer"),
    ("A6", "Placed for adoption with placement order not with current foster carer"),
    ("H5", "Semi-independent living accommodation not subject to children's homes regulations"),
    ("K1", "Secure children's homes"),
    ("K2", "Children's Homes subject to Children's Homes Regulations"),
    ("P1", "Placed with own parent(s) or other person(s) with parental responsibility"),
    (
        "P2",
        "Independent living for example in a flat, lodgings, bedsit, bed and breakfast (B&B) "
        "or with friends, with or without formal support",
    ),
    ("P3", "Residential employment"),
    ("R1", "Residential care home"),
    (
        "R2",
        "National Health Service (NHS)/health trust or other establishment providing medical "
        "or nursing care",
    ),
    ("R3", "Family centre or mother and baby unit"),
    ("R5", "Young offender institution (YOI)"),
    ("S1", "All residential schools, except where dual-registered as a school and children's home"),
    ("T0", "All types of temporary move"),
    ("T1", "Temporary periods in hospital"),
    ("T2", "Temporary absences of the child on holiday"),
    ("T3", "Temporary accommodation whilst normal foster carer is on holiday"),
    (
        "T4",
        "Temporary accommodation of seven days or less, for any reason, not covered by codes "
        "T1 to T3",
    ),
    ("U1", "Foster placement with relative or friend - long term fostering"),
    ("U2", "Foster placement with relative or friend who is also an approved adopter - FFA"),
    ("U3", "Foster placement with relative or friend - not long term or FFA"),
    ("U4", "Placement with other foster carer - long term fostering"),
    ("U5", "Placement with other foster carer who is also an approved adopter - FFA"),
    ("U6", "Placement with other foster carer - not long term or FFA"),
    ("Z1", "Other placements (must be listed on a schedule sent to DfE with annual submission)"),
)
BEGAN = (
    ("S", "Started to be looked after"),
    ("L", "Change of legal status only"),
    ("P", "Change of placement and carer(s) only"),
    ("T", "Change of placement (but same carer(s)) only"),
    ("B", "Change of legal status and placement and carer(s) at the same time"),
    ("U", "Change of legal status and change of placement (but same carer(s)) at the same time"),
)
ENDED = (
    ("X1", "Episode ceases, and new episode begins on same day, for any reason"),
    ("E2", "Died"),
    ("E3", "Care taken over by another local authority in the UK"),
    (
        "E4A",
        "Returned home to live with parent(s), relative(s), or other person(s) with parental "
        "responsibility as part of the care planning process (not under a special "
        "guardianship order or residence order or (from 22 April 2014) a child arrangement "
        "order)",
    ),
    (
        "E4B",
        "Returned home to live with parent(s), relative(s), or other person(s) with parental "
        "responsibility which was not part of the current care planning process (not under a "
        "special guardianship order or residence order or (from 22 April 2014) a child "
        "arrangement order)",
    ),
    (
        "E5",
        "Moved into independent living arrangement and no longer looked-after: supportive "
        "accommodation providing formalised advice/support arrangements (such as most "
        "hostels, young men's Christian association, foyers, staying close and care leavers "
        "projects)",
    ),
    (
        "E6",
        "Moved into independent living arrangement and no longer looked-after: accommodation "
        "providing no formalised advice/support arrangements (such as bedsit, own flat, "
        "living with friend(s))",
    ),
    ("E7", "Transferred to residential care funded by adult social care services"),
    (
        "E8",
        "Period of being looked-after ceased for any other reason (where none of the other "
        "reasons apply)",
    ),
    ("E9", "Sentenced to custody"),
    ("E11", "Adopted - application for an adoption order unopposed"),
    ("E12", "Adopted - consent dispensed with by the court"),
    (
        "E13",
        "Left care to live with parent(s), relative(s), or other person(s) with no parental "
        "responsibility",
    ),
    ("E14", "Accommodation on remand ended"),
    (
        "E15",
        "Age assessment determined child is aged 18 or over and E5, E6 and E7 do not apply, "
        "such as an unaccompanied asylum-seeking child (UASC) whose age has been disputed",
    ),
    ("E16", "Child moved abroad"),
    (
        "E17",
        "Aged 18 (or over) and remained with current carers (inc under staying put arrangements)",
    ),
    (
        "E41",
        "Residence order (or, from 22 April 2014, a child arrangement order which sets out "
        "with whom the child is to live) granted",
    ),
    (
        "E45",
        "Special guardianship order made to former foster carer(s), who was/are a "
        "relative(s) or friend(s)",
    ),
    (
        "E46",
        "Special guardianship order made to former foster carer(s), other than relative(s) "
        "or friend(s)",
    ),
    (
        "E47",
        "Special guardianship order made to carer(s), other than former foster carer(s), who "
        "was/are a relative(s) or friend(s)",
    ),
    (
        "E48",
        "Special guardianship order made to carer(s), other than former foster carer(s), "
        "other than relative(s) or friend(s)",
    ),
)
ALL = [
    *((values.legal_status, *one) for one in LEGAL),
    *((values.placement, *one) for one in PLACEMENTS),
    *((values.reason_began, *one) for one in BEGAN),
    *((values.reason_ended, *one) for one in ENDED),
]


@pytest.mark.parametrize(("read", "code", "words"), ALL)
def test_the_words_of_a_code_are_that_code(
    read: Callable[[str], str], code: str, words: str
) -> None:
    assert read(words) == code
    assert read(words.upper()) == code
    for way in (code, code.lower(), f"{code} - {words}", f"{code}: {words}", f"{code}_{words}"):
        if len(code) > 1 or way == code:
            assert read(way) == code, way


def test_every_code_that_is_in_use_has_its_words() -> None:
    assert {code for code, _words in LEGAL} == values.LEGAL_STATUSES
    without = {"M2", "M3", "Q1", "Q2"}  # retired: only their codes are still met
    assert {code for code, _words in PLACEMENTS} == values.PLACEMENTS - without


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (values.legal_status, "Some order"),
        (values.legal_status, "C9"),
        (values.placement, "Foster"),
        (values.placement, "Placed for adoption"),
        (values.reason_ended, "Special guardianship"),
        (values.reason_began, "Changed"),
        (values.participation, "Came along"),
    ],
)
def test_words_that_could_be_several_codes_are_not_guessed(
    read: Callable[[str], str], words: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        read(words)
    assert words in str(refused.value)
    assert refused.value.mend


@pytest.mark.parametrize("nothing", ["", " ", "NULL", "n/a", "-"])
def test_nothing_is_no_code(nothing: str) -> None:
    for read in (values.legal_status, values.placement, values.reason_began, values.reason_ended):
        assert read(nothing) == ""
