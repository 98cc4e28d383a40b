"""A running desk for these tests."""

from tests.desk.running import desk

__all__ = ["desk"]
