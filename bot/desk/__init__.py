"""The web pages of reviewing officers and of their unit."""
