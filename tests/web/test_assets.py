"""Static files leave smaller than they are written, and say the same."""

from bot.web.assets import bared


def test_a_style_sheet_leaves_without_comments_and_indents() -> None:
    sheet = b'/* Why so.\n   Two lines. */\n.a {\n  color: red; /* red */\n  content: "b  c";\n}\n'
    assert bared(sheet, ".css") == b'\n.a {\ncolor: red; \ncontent: "b  c";\n}\n'


def test_a_script_loses_lines_that_are_a_comment_and_nothing_else() -> None:
    script = b'// Why so.\n  // More.\nconst a = "https://b"; // stays\n'
    assert bared(script, ".js") == b'const a = "https://b"; // stays\n'


def test_pictures_leave_as_they_are() -> None:
    picture = b"<svg>\n  <!-- by -->\n</svg>"
    assert bared(picture, ".svg") is picture
