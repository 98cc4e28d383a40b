"""A conversation of any acts in any order (hypothesis): what holds after each of them.

The acts are those of a finger on a screen, most of the time: what is offered is pressed, words are
typed, something is shown. Some come late, from a screen that is gone.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from conversations import texts
from conversations.attaching import Attachment, Medium
from conversations.conversation import Answer, Conversation, from_plain, to_plain
from conversations.effects import DropAttachment, KeepAttachment, Submit, Withdraw
from conversations.engine import start, step
from conversations.flows import FLOWS
from conversations.hearing import (
    Attached,
    Chosen,
    ChosenSeveral,
    Command,
    Draft,
    Heard,
    Name,
    Text,
    Toggled,
)
from conversations.moving import Turn
from conversations.places import HELP, STOPPED, TELLS, about_answer, asked, sequence
from conversations.questions import Kind
from conversations.screens import FACTS, About, Screen, look
from conversations.sharing import heard as heard_by
from conversations.sharing import is_sharing_choice
from conversations.texts_later import NEWS
from conversations.wording import Band, Say
from tests.conftest import FULL
from tests.conversations.test_engine_properties import onward

BEGAN = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
EVERYTHING = About(dict.fromkeys(FACTS, "tomorrow"))
"""Every fact, so that every text which waits for one is said."""
TELLS_OF_AN_ALERT = {
    texts.HELP_URGENT, texts.HELP_TAPPED, texts.HELP_OPEN, texts.HELP_CLOSED, texts.HELP_NOBODY,
    texts.HELP_SAFE_NOW, texts.HELP_SAFE_KEPT, texts.CONCERN_LINES, texts.HELP_NOT_TOLD,
}  # fmt: skip
WIDENS = ("@file", "@pick", "@aloud:yes", "@just")
"""Buttons by which who hears one answer is chosen; *just* takes back what was picked for it."""
WORDS = (
    "My room is cold", "I like it here", "ok", "no", "my dad hits me with a belt",
    "there is never any food in the house", "who reads this?", "start over", "2026-12-01",
)  # fmt: skip


def parts(answer: Answer) -> tuple[object, ...]:
    """What an answer says, without when and how it came."""
    return answer.question, answer.choices, answer.words, answer.day, answer.attachments


class Walk(RuleBasedStateMachine):
    """One young person, from the first page on."""

    def __init__(self) -> None:
        super().__init__()
        self.conversation = start(FLOWS["cioc_review"], Band.TWELVE)
        self.turn = Turn(self.conversation)
        self.now = BEGAN
        self.content: set[str] = set()
        self.given = 0
        self.old: list[Chosen] = []
        self.put_away: dict[tuple[object, ...], frozenset[str]] = {}

    @initialize(flow=st.sampled_from(sorted(FLOWS)), band=st.sampled_from(Band),
                far=st.integers(12, 60))  # fmt: skip
    def begin(self, flow: str, band: Band, far: int) -> None:
        bands = FLOWS[flow].bands
        self.conversation = start(FLOWS[flow], band if band in bands else min(bands))
        for _step in range(far):
            self.hear(onward(self.conversation))

    def hear(self, heard: Heard) -> None:
        """One act, and what has to follow from it."""
        self.now += timedelta(seconds=20)
        before = self.conversation
        self.turn = step(before, heard, self.now, watched=True)
        after = self.conversation = self.turn.conversation
        self.keeps_contents(heard)
        self.lets_nobody_more_hear(before, after, heard)
        self.what_was_sent_changes_by_what_it_says(before, after)

    def keeps_contents(self, heard: Heard) -> None:
        """Content is taken in with what brings it, and at no other time: it is nowhere else."""
        for effect in self.turn.effects:
            match effect:
                case KeepAttachment(attachment=one):
                    assert isinstance(heard, Attached)
                    assert one == heard.attachment
                    self.content.add(one.id)
                case DropAttachment(attachment_id=one_id):
                    self.content.remove(one_id)
                case _:
                    pass

    def lets_nobody_more_hear(
        self, before: Conversation, after: Conversation, heard: Heard
    ) -> None:
        """The same words are for the same people, until somebody chooses."""
        flow = FLOWS[before.flow_id]
        could, can = heard_by(flow, before), heard_by(flow, after)
        for question in could.keys() & can.keys():
            if parts(before.answers[question]) != parts(after.answers[question]):
                continue
            if set(can[question]) <= set(could[question]):
                continue
            assert self.chooses_who_hears(before, heard), (question, could[question], can[question])
        if before.before != after.before:
            theirs = {parts(one): frozenset(could.get(one.question, ())) for one in after.before}
            self.put_away |= theirs
            for question, answer in after.answers.items():
                if parts(answer) in self.put_away and question in can and answer in before.before:
                    assert set(can[question]) <= self.put_away[parts(answer)]

    def chooses_who_hears(self, before: Conversation, heard: Heard) -> bool:
        at = asked(before)
        if isinstance(heard, Chosen) and heard.option.startswith(WIDENS):
            return True
        if isinstance(heard, Chosen) and heard.option == "@keep":
            # An old button of who hears it, shown again and said yes to.
            waits = before.offered[0] if before.offered else None
            return waits is not None and is_sharing_choice(waits.question) and bool(waits.choices)
        if isinstance(heard, Chosen) and heard.option in ("@before", "@over"):
            return False
        here = about_answer(at)
        return is_sharing_choice(at) or at == "meeting.arranger" or bool(here and here[0] == TELLS)

    def what_was_sent_changes_by_what_it_says(
        self, before: Conversation, after: Conversation
    ) -> None:
        if not before.sent:
            return
        assert after.sent[: len(before.sent) - 1] == before.sent[:-1]
        made = [one for one in self.turn.effects if isinstance(one, Submit | Withdraw)]
        assert len(after.sent) - len(before.sent) == len(made)
        for one in made:
            if isinstance(one, Withdraw):
                self.says_what_it_takes(before, after, one)

    def says_what_it_takes(self, before: Conversation, after: Conversation, one: Withdraw) -> None:
        flow = FLOWS[before.flow_id]
        had: Mapping[str, tuple[str, ...]] = before.sent[-1].heard or heard_by(flow, before)
        assert one.version == before.sent[-1].version + 1
        assert one.taken_back <= had.keys()
        for question, who in one.narrowed.items():
            assert set(who) < set(had[question])
        for question, who in after.sent[-1].heard.items():
            assert set(who) <= set(had[question])

    # What a finger does

    def screen(self) -> Screen:
        return look(self.conversation, EVERYTHING)

    @rule(data=st.data(), words=st.sampled_from(["", "", *WORDS]), late=st.booleans())
    def press(self, data: st.DataObject, words: str, late: bool) -> None:
        screen = self.screen()
        picks = [*screen.picks, *screen.ways, *screen.sharing]
        if screen.reminder:
            picks += screen.reminder.picks
        if not picks:
            return
        one = data.draw(st.sampled_from(picks))
        self.old += [Chosen(option=pick.id, to=screen.asked) for pick in picks]
        turn = None if late else screen.turn
        if screen.kind is Kind.CHOICES and not one.id.startswith("@"):
            if late:
                self.hear(Toggled(option=one.id, to=screen.asked))
            else:
                self.hear(ChosenSeveral(options=(one.id,), to=screen.asked, turn=turn))
            return
        self.hear(Chosen(option=one.id, words=words, to=screen.asked, turn=turn))

    @rule(data=st.data())
    def press_a_button_of_a_message_far_above(self, data: st.DataObject) -> None:
        """A chat keeps them all."""
        if self.old:
            self.hear(data.draw(st.sampled_from(self.old)))

    @rule(words=st.sampled_from(WORDS), to_it=st.booleans())
    def type(self, words: str, to_it: bool) -> None:
        self.hear(Text(words=words, to=asked(self.conversation) if to_it else None))

    @rule(words=st.sampled_from(WORDS))
    def edit(self, words: str) -> None:
        self.hear(Draft(words=words))

    @rule(name=st.sampled_from(Name))
    def command(self, name: Name) -> None:
        self.hear(Command(name=name))

    @rule(words=st.sampled_from(["", *WORDS]), voice=st.booleans(), data=st.data())
    def show(self, words: str, voice: bool, data: st.DataObject) -> None:
        """Mostly to a question that takes it."""
        takes = [q.id for _, q in sequence(self.conversation) if q.kind is Kind.WORDS]
        there = data.draw(st.booleans())
        if takes and there:
            self.hear(Chosen(option=f"@change:{data.draw(st.sampled_from(takes))}"))
        self.given += 1
        name = f"shown {self.given}"
        medium, kind = (Medium.VOICE, "audio/mpeg") if voice else (Medium.PICTURE, "image/jpeg")
        self.hear(Attached(attachment=Attachment(name, medium, kind, name, 9), words=words))

    @rule(data=st.data(), verb=st.sampled_from(
        ["@hears", "@just", "@file", "@pick", "@back", "@change", "@remove"]))  # fmt: skip
    def go_about_one(self, data: st.DataObject, verb: str) -> None:
        if said := sorted(self.conversation.answers):
            self.hear(Chosen(option=f"{verb}:{data.draw(st.sampled_from(said))}"))

    @rule(option=st.sampled_from(
        ["@check", "@map", "@back", "@yes", "@no", "@not_me", "@each", "@use", "@keep", "@aside",
         "@drop", "@who", "myself", "carer", "i_type", "they_type", "@shorter", "@longer",
         "@aloud:no", "@aloud:yes", "@go_on", "@topic:home", "send"]))  # fmt: skip
    def press_somewhere(self, option: str) -> None:
        """Also a button of a screen that is gone."""
        self.hear(Chosen(option=option))

    @rule()
    def start_over(self) -> None:
        self.hear(Chosen(option="@start_over"))
        self.hear(Chosen(option="@over"))

    @rule()
    def use_what_was_before(self) -> None:
        self.hear(Chosen(option="@check"))
        self.hear(Chosen(option="@before"))

    @rule()
    def send(self) -> None:
        self.hear(Chosen(option="@check"))
        self.hear(Command(name=Name.SEND))

    @rule(data=st.data())
    def take_out_what_was_shown(self, data: st.DataObject) -> None:
        if self.content:
            one = data.draw(st.sampled_from(sorted(self.content)))
            self.hear(Chosen(option=f"@detach:{one}"))

    @rule(what=st.sampled_from(sorted(NEWS)))
    def something_changes(self, what: str) -> None:
        """The review is moved, called off, or somebody else's."""
        self.conversation = replace(self.conversation, news=(*self.conversation.news, what))

    # What holds after each

    @invariant()
    def there_is_a_screen_with_a_way_on(self) -> None:
        for about in (EVERYTHING, About({})):
            screen = look(self.conversation, about)
            assert screen.asked == asked(self.conversation)
            assert screen.picks or screen.words

    @invariant()
    def help_and_stop_are_one_tap_away_and_lead_back(self) -> None:
        for name, there in ((Name.HELP, HELP), (Name.STOP, STOPPED)):
            quiet = replace(self.conversation, pause=None)
            gone = step(quiet, Command(name=name), self.now, watched=True).conversation
            assert asked(gone) == there
            back = step(gone, Chosen(option="@go_on"), self.now, watched=True).conversation
            assert asked(back) == asked(quiet)

    @invariant()
    def nothing_tells_a_helper_of_an_alert(self) -> None:
        if not self.conversation.helped:
            return
        screen = self.screen()
        says: tuple[Say, ...] = (screen.ask, *screen.says, *screen.after, *self.turn.says)
        assert TELLS_OF_AN_ALERT.isdisjoint(say.text for say in says)
        assert not any(pick.id.startswith("@safe") for pick in screen.picks)

    @invariant()
    def what_was_shown_is_where_its_answer_is(self) -> None:
        here = self.conversation
        every = (*here.answers.values(), *here.offered, *here.aside, *here.before)
        assert {one.id for answer in every for one in answer.attachments} == self.content

    @invariant()
    def it_can_be_kept_and_read_again(self) -> None:
        assert from_plain(json.loads(json.dumps(to_plain(self.conversation)))) == self.conversation


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=2_000 if FULL else 60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
