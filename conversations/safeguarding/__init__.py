"""What young people write, read for danger: deterministic, explained, a file per language.

`docs/safeguarding.md` says how it works and how to change a language's file.
"""
