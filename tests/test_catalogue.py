"""Everything Sayso says is in the catalogues, and a catalogue that lacks something is noticed."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import messages

_SPOKEN = 'from conversations.wording import _\n\nHELLO = _("Hello {name}")\nBYE = _("Bye")\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that says two things, one of them on a page, with both catalogues."""
    (tmp_path / "conversations").mkdir()
    (tmp_path / "conversations" / "hello.py").write_text(_SPOKEN)
    pages = tmp_path / "bot" / "desk" / "templates"
    pages.mkdir(parents=True)
    (pages / "page.html").write_text('<p>{{ _("Read it") }}</p>')
    messages.update(tmp_path)
    return tmp_path


def _catalogue(project: Path, language: str) -> Path:
    path = project / "locales" / language / "LC_MESSAGES" / "sayso.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _in_welsh(project: Path, hello: str, more: str = "") -> list[str]:
    path = _catalogue(project, "cy")
    path.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        f'{more}msgid "Hello {{name}}"\nmsgstr "{hello}"\n\n'
        'msgid "Bye"\nmsgstr "Hwyl"\n\nmsgid "Read it"\nmsgstr "Darllenwch"\n'
    )
    return messages.problems(project)


def test_sayso_s_own_catalogues_are_complete() -> None:
    assert messages.problems() == []


def test_what_code_and_pages_say_is_extracted(project: Path) -> None:
    said = {message.id for message in messages.extracted(project) if message.id}

    assert said == {"Hello {name}", "Bye", "Read it"}
    assert messages.problems(project) == []


def test_a_text_that_is_new_in_the_code_is_missing_until_make_messages(project: Path) -> None:
    (project / "conversations" / "new.py").write_text('NEW = _("Something new")\n')
    assert "locales/sayso.pot is not what the code says. Run: make messages" in messages.problems(
        project
    )

    messages.update(project)

    assert messages.problems(project) == []


def test_a_whole_translation_is_in_order(project: Path) -> None:
    assert _in_welsh(project, "Helo {name}") == []


@pytest.mark.parametrize(
    ("hello", "more", "said"),
    [
        ("Helo", "", "cy has other {…} than 'Hello {name}'"),
        ("Helo {enw}", "", "cy has other {…} than 'Hello {name}'"),
        ("Helo {name", "", "cy has other {…} than 'Hello {name}'"),
        ("", "", "cy has no translation of 'Hello {name}'"),
        ("Helo {name}", "#, fuzzy\n", "cy is unsure (fuzzy) of 'Hello {name}'"),
    ],
)
def test_a_translation_that_would_not_fit_is_named(
    project: Path, hello: str, more: str, said: str
) -> None:
    (problem,) = _in_welsh(project, hello, more)
    assert problem.startswith(said)


def test_a_language_keeps_its_words_when_texts_change(project: Path) -> None:
    _in_welsh(project, "Helo {name}")
    (project / "conversations" / "hello.py").write_text(_SPOKEN.replace("Bye", "Goodbye"))

    messages.update(project)

    welsh = _catalogue(project, "cy").read_text()
    assert 'msgid "Goodbye"\nmsgstr ""' in welsh
    assert '#~ msgstr "Hwyl"' in welsh  # for the translator, who may want it back
    assert messages.problems(project) == ["cy has no translation of 'Goodbye'."]


def test_english_says_what_the_code_says() -> None:
    template = messages.extracted()
    english: Catalog = messages.english(template)
    for message in template:
        if message.id:
            translated = english.get(message.id)
            assert translated is not None
            assert translated.string == message.id
