"""Where an error happened, and not its text: that may hold what was said."""

import traceback


def place(error: BaseException) -> str:
    """The innermost function and its line, such as `deliver:171`. `error` was raised."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.name}:{frame.lineno}"


def without_text(error: BaseException) -> dict[str, str]:
    """Its kind and its place, as a log's event takes them."""
    return {"error": type(error).__name__, "where": place(error)}
