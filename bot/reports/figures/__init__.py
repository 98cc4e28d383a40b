"""The figures of a year, each subject in a module of its own: what is counted is declared there,
with its definition and its source, and `docs/reports.md` is made of those declarations."""
