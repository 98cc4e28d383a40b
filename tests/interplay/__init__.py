"""Features that were made apart, in one conversation: each has tests of its own elsewhere."""
