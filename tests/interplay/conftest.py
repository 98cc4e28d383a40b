"""What these tests run on: a Sayso as the chat's tests have it, a desk as the desk's tests."""

from tests.channels.webchat.conftest import _made, sayso, visitor
from tests.desk.conftest import desk

__all__ = ["_made", "desk", "sayso", "visitor"]
