"""What the pages about privacy and accessibility say. Only what is so today."""

from conversations.wording import Text, _

Sections = tuple[tuple[Text, tuple[Text, ...]], ...]

_PRIVACY: Sections = (
    (
        Text(_("What is kept")),
        (
            Text(_("Each answer is kept when you give it. {council} keeps it.")),
            Text(_("When you press Send, whoever runs your meeting can read it.")),
            Text(_("If you ask for a reminder, its day is kept too.")),
            Text(_("Answers for your file go to the council's case system. The file keeps them.")),
            Text(_("What you send is kept here for {words_days} days. Then it is erased.")),
            Text(
                _(
                    "Your time to send has an end. What you don't send is erased {unsent_days} "
                    "days after it. Copies of it may last for 35 days more."
                )
            ),
        ),
    ),
    (
        Text(_("Who can read it")),
        (
            Text(_("The person who runs your review or meeting, and those you choose.")),
            Text(_("Those who run the council's computers could get at it. They must not look.")),
            Text(_("Anyone who looks at your screen can see what is on it.")),
        ),
    ),
    (
        Text(_("What stays on your phone")),
        (
            Text(_("A cookie lets you go on. One shows your words while you are here.")),
            Text(
                _(
                    "If you pick a PIN, one shows your answers. "
                    "It ends 15 minutes after your last tap."
                )
            ),
            Text(_("One carries a short note of mine to the next page. None holds your words.")),
            Text(
                _("After a wrong code I keep a mark of the internet line. It goes after an hour.")
            ),
            Text(_("No words are stored on your phone. It may still list this page.")),
            Text(_("A page to bring is kept as a file on your phone.")),
            Text(_("Nothing on these pages comes from another company.")),
        ),
    ),
    (
        Text(_("Why the council may do this")),
        (
            Text(_("The council must hear what you think. The law says so.")),
            Text(_("Ring {review_team_phone} to ask what is kept about you, or to complain.")),
        ),
    ),
)
_ACCESSIBILITY: Sections = (
    (
        Text(_("How it is made")),
        (
            Text(_("Sayso should work for everyone. It aims at WCAG 2.2, level AA.")),
            Text(_("You can use it with a keyboard or a screen reader. Letters can be large.")),
            Text(_("It works without JavaScript, in the dark and on old phones.")),
        ),
    ),
    (
        Text(_("What is not good yet")),
        (
            Text(_("It is in English only. It has no easy-read pictures and no signing.")),
            Text(_("We checked it. People who need it did not check it yet.")),
        ),
    ),
    (
        Text(_("Whose pictures and letters these are")),
        (
            Text(_("The pictures are by OpenMoji, openmoji.org. Their licence is CC BY-SA 4.0.")),
            Text(_("The letters are Atkinson Hyperlegible Next. Their licence is SIL OFL 1.1.")),
        ),
    ),
    (
        Text(_("Tell us")),
        (Text(_("Something does not work? Ring {review_team_phone}.")),),
    ),
)
PAPERS: dict[str, tuple[Text, Sections]] = {
    "privacy": (Text(_("Privacy")), _PRIVACY),
    "accessibility": (Text(_("Accessibility")), _ACCESSIBILITY),
}
