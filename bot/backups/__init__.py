"""Backups: made beside a running Sayso, encrypted to people who hold keys elsewhere, and tried."""
