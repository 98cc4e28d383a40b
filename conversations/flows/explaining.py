"""The picture beside each piece of the explainer, as an OpenMoji code point.

By the id of the piece, which says the same in every flow that has it. For 16+ none is shown.
"""

from collections.abc import Mapping

PICTURES: Mapping[str, str] = {
    "hello": "1F44B",
    "words": "1F4E8",
    "words.safe": "1F6DF",
    "words.talk": "1F4DE",
    "review": "1F5D3",
    "review.iro": "1F9D1-200D-1F4BC",
    "review.officer": "1F9D1-200D-1F4BC",
    "conference": "1F5D3",
    "conference.chair": "1F9D1-200D-1F4BC",
    "conference.parents": "1F465",
    "move": "1F5D3",
    "why": "1F914",
    "seen": "1F3E0",
    "rights": "2696",
    "rights.help": "1F4E3",
    "rights.later": "1F4C1",
    "rights.advocate": "1F9D1-200D-1F91D-200D-1F9D1",
}
