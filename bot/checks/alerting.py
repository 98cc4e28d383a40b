"""Whether alerts can leave by the ways that the council set, and whom they reach when. Pure."""

from bot.service.council import Contact, Council, Duty
from bot.settings import Settings
from storage.alert_calls import Way


def findings(settings: Settings, council: Council) -> list[str]:
    hours = council.duty
    if hours is None:
        return []
    ways = {way for contact in _contacts(hours) for way, _to in contact.ways}
    found = [*notify(settings, ways), *signing(settings, ways)]
    return found if council.demo else found + nobody_told(hours, ways)


def _contacts(hours: Duty) -> list[Contact]:
    return [hours.team, hours.team_adults or hours.team, hours.out_of_hours, hours.manager]


def notify(settings: Settings, ways: set[Way]) -> list[str]:
    """What text messages and e-mail need."""
    wanted = {Way.SMS: "text messages", Way.EMAIL: "e-mail"}
    theirs = [text for way, text in wanted.items() if way in ways]
    if theirs and not settings.notify_key:
        return [
            f"SAYSO_NOTIFY_KEY: is needed for the {' and '.join(theirs)} of [duty]: until it is "
            "set no alert arrives by it. Make an API key in GOV.UK Notify: docs/alerts.md"
        ]
    found = []
    for way, name, placeholders in (
        (Way.SMS, "notify_sms_template", "((text))"),
        (Way.EMAIL, "notify_email_template", "((subject)) and ((text))"),
    ):
        if way in ways and not getattr(settings, name):
            found.append(
                f"SAYSO_{name.upper()}: is needed for the {wanted[way]} of [duty]: the id of a "
                f"template in GOV.UK Notify with {placeholders}: docs/alerts.md"
            )
    return found


def signing(settings: Settings, ways: set[Way]) -> list[str]:
    if Way.HTTPS not in ways or settings.case_record_secret:
        return []
    return [
        "SAYSO_CASE_RECORD_SECRET: is needed to sign what is posted to the https addresses of "
        "[duty]: until it is set no alert arrives there. Example: whsec_ and 32 to 64 bytes in "
        "base64"
    ]


def nobody_told(hours: Duty, ways: set[Way]) -> list[str]:
    """A real council whose alerts wait at the desk for somebody who happens to look."""
    if not ways:
        return [
            "SAYSO_COUNCIL: [duty] names no way to tell anybody: alerts come to the desk alone: "
            "whoever does not load that page sees none. "
            'Example: [duty.team] email = ["duty@southborough.example"]'
        ]
    found = []
    if not hours.out_of_hours.ways:
        found.append(
            "SAYSO_COUNCIL: [duty.out_of_hours] is missing: at night and at weekends the emergency "
            'duty team is told of no alert. Example: [duty.out_of_hours] sms = ["07700 900112"]'
        )
    if not hours.manager.ways:
        found.append(
            "SAYSO_COUNCIL: [duty.manager] is missing: an alert that neither the duty team nor the "
            "emergency duty team takes on comes to nobody else. "
            'Example: [duty.manager] sms = ["07700 900113"]'
        )
    return found
