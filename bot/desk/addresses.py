"""The desk's addresses. A review's id is the case system's, so it may hold any sign."""

from urllib.parse import quote


def review_url(review_id: str, page: str = "") -> str:
    """`/desk/reviews/<id>`, or a page below it."""
    address = f"/desk/reviews/{quote(review_id, safe='')}"
    return f"{address}/{page}" if page else address


def batch_url(batch_id: str) -> str:
    """`/desk/invitations/batch?batch=<id>`"""
    return f"/desk/invitations/batch?batch={quote(batch_id, safe='')}"


def import_url(request_id: str) -> str:
    """`/desk/imports/one?import=<id>`"""
    return f"/desk/imports/one?import={quote(request_id, safe='')}"


def version_url(review_id: str, version: int) -> str:
    return review_url(review_id, f"versions/{version}")


def ask_url(review_id: str, ask_id: str, page: str = "") -> str:
    """`/desk/reviews/<id>/asks/<ask>`, or what is done with it."""
    address = review_url(review_id, f"asks/{quote(ask_id, safe='')}")
    return f"{address}/{page}" if page else address


def person_url(person_id: str) -> str:
    """`/desk/young-people/<id>`"""
    return f"/desk/young-people/{quote(person_id, safe='')}"


def task_url(task_id: str, page: str = "") -> str:
    """`/desk/tasks/<id>`, or what is done with it."""
    address = f"/desk/tasks/{quote(task_id, safe='')}"
    return f"{address}/{page}" if page else address


def alert_url(alert_id: str, page: str = "") -> str:
    """`/desk/alerts/<id>`, or what is done with it."""
    address = f"/desk/alerts/{quote(alert_id, safe='')}"
    return f"{address}/{page}" if page else address


def quality_url(note_id: str) -> str:
    """`/desk/quality/<id>`: a quality note."""
    return f"/desk/quality/{quote(note_id, safe='')}"


def dispute_url(note_id: str) -> str:
    """`/desk/disputes/<id>`: a challenge."""
    return f"/desk/disputes/{quote(note_id, safe='')}"


def put_to_me_url(note_id: str) -> str:
    """`/desk/put-to-me/<id>`: either, for whoever was asked to answer."""
    return f"/desk/put-to-me/{quote(note_id, safe='')}"


def passkey_options(action: str) -> str:
    """Where a passkey's form, posted to `action`, gets what to ask the browser."""
    return f"{action.removesuffix('/set-up/passkey').removesuffix('/passkey')}/passkey/options"
