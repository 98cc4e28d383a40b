"""A foster carer's own form at each kind of place, ready to be looked at."""

from collections.abc import AsyncIterator

from conversations.hearing import Chosen, ChosenSeveral, Command, Name, Text
from tests.channels.webchat.states import Shown
from tests.channels.webchat.young import let_in
from tests.sayso import Sayso

_HARM = "My husband hits the little one when I am out"


async def of_carers(sayso: Sayso) -> AsyncIterator[Shown]:
    """What differs from a young person's pages, and where something was written that raises an
    alert: it looks as it would without."""
    carer = await let_in(sayso, "foster carer")

    def now(name: str) -> Shown:
        return Shown(name, "/chat", carer.cookies())

    for place, name in (
        ("hello", "hello"), ("why", "why it is asked"), ("words", "about their words"),
        ("words.safe", "if not safe"), ("words.talk", "whom to talk to"),
        ("readers", "who reads it"), ("advice", "advice"), ("start.ok", "OK to start"),
    ):  # fmt: skip
        await carer.goes_to(place)
        yield now(name)
    await carer.says(Chosen(option="yes"))
    yield now("feeling")
    await carer.says(Chosen(option="mixed"))
    await carer.says(Text(words=_HARM))
    yield now("after words of harm")
    await carer.says(Command(name=Name.SKIP))
    yield now("audience")
    await carer.says(Chosen(option="pick"))
    yield now("who else")
    await carer.says(ChosenSeveral(options=("meeting",)))
    yield now("support")
    await carer.says(Chosen(option="@map"))
    yield now("map")
    await carer.says(Chosen(option="@topic:claims"))
    yield now("complaints")
    await carer.says(Chosen(option="@topic:approval"))
    yield now("approval")
    await carer.says(ChosenSeveral(options=("ages", "fewer")))
    await carer.says(Text(words="One teenager at a time"))
    await carer.says(Chosen(option="file"))
    await carer.says(Command(name=Name.HELP))
    yield now("help")
    await carer.says(Command(name=Name.STOP))
    yield now("stopped")
    await carer.says(Chosen(option="@go_on"))
    await carer.says(Chosen(option="@check"))
    yield now("check")
    await carer.says(Command(name=Name.SEND))
    yield now("sent")
