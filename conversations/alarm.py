"""What follows where somebody may not be safe. The answer is kept as an answer in any case.

`docs/alerts.md` says for people what happens when. Where whoever writes may be the danger, nothing
that they see tells that an alert was raised: `is_silent`.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from conversations.conversation import Conversation, Pause
from conversations.effects import Cause, Effect, RaiseAlert
from conversations.flows import FLOWS
from conversations.hearing import LONGEST, Command, Draft, Heard, Toggled
from conversations.places import ANYTHING
from conversations.safeguarding.detecting import detect
from conversations.safeguarding.finding import Finding, Grade
from conversations.typists import helper_of

REPEAT = timedelta(minutes=30)
"""Within this time the same alarm raises its alert's count and shows no screen again."""

MOST_READ = 5 * LONGEST
"""Characters that are read of what is too long to be kept: some 75 ms of a detector."""

_OVERLAP = 500
"""Characters that two parts of a long text share, so that no sentence is cut in both."""

SAFE = ("yes", "no", "not_sure")
"""What one may say to *Are you safe right now?*"""


def is_silent(conversation: Conversation) -> bool:
    """Whether every screen stays as it would be without an alert: somebody sits beside a child, or
    an adult writes who cares for children."""
    return conversation.helped or FLOWS[conversation.flow_id].carer


def help_asked(conversation: Conversation) -> tuple[Conversation, Effect]:
    """The help screen, with an alert behind it; where whoever reads it may be the danger, the
    screen is the one that has none."""
    pause = Pause.HELP if is_silent(conversation) else Pause.TOLD
    return replace(conversation, pause=pause, safe=None), RaiseAlert(
        Cause.HELP, helped=conversation.helped, helper=helper_of(conversation)
    )


def read(
    conversation: Conversation, heard: Heard, at: str, now: datetime
) -> tuple[Conversation, tuple[Effect, ...]]:
    """Read what was written, whatever it was written to; `at`: what was asked then. `conversation`
    has taken it in already.

    *Urgent* pauses the questions; a *concern* changes nothing that is seen but for the help lines
    at the end of its topic, since an alarm that is none would frighten. Where somebody sits beside
    them neither changes anything: whoever helps may be the danger.
    """
    if isinstance(heard, Command | Toggled) or heard.read:
        return conversation, ()
    found = _gravest(heard.words, conversation.locale)
    if found is None:
        return conversation, ()
    finding, words = found
    category = finding.category.value
    question = heard.to if heard.to or isinstance(heard, Draft) else at
    because = f"{finding.because.reason} ({finding.because.entry})"
    urgent = finding.grade is Grade.URGENT
    raised = RaiseAlert(
        Cause.URGENT if urgent else Cause.CONCERN,
        category,
        because,
        words,
        question,
        conversation.helped,
        heard.helper,
    )
    if is_silent(conversation):
        return conversation, (raised,)
    if not urgent:
        topic = _topic(conversation, question)
        return replace(conversation, concerned=conversation.concerned | {topic}), (raised,)
    last = conversation.alarms.get(category)
    if last is not None and now - last < REPEAT:
        return conversation, (raised,)
    alarms = {**conversation.alarms, category: now}
    return replace(conversation, pause=Pause.URGENT, safe=None, alarms=alarms), (raised,)


def _gravest(words: str, locale: str) -> tuple[Finding, str] | None:
    """What was found, and the part of the words in which it stands: all of them, but for a text
    that is too long to be kept. That one is shown back, and read all the same."""
    if len(words) <= LONGEST:
        finding = detect(words, locale) if words.strip() else None
        return None if finding is None else (finding, words)
    gravest: tuple[Finding, str] | None = None
    for start in range(0, min(len(words), MOST_READ), LONGEST - _OVERLAP):
        part = words[start : min(start + LONGEST, MOST_READ)]
        finding = detect(part, locale)
        if finding is None or (gravest and finding.grade is not Grade.URGENT):
            continue
        gravest = (finding, part)
        if finding.grade is Grade.URGENT:
            break
    return gravest


def _topic(conversation: Conversation, question: str | None) -> str:
    by_id = FLOWS[conversation.flow_id].by_id
    known = by_id.get(question or "")
    if known is None or known[0].explains:
        known = by_id[ANYTHING]
    return known[0].id
