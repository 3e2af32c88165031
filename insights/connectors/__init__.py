"""Fetch what other services tell of logins, each in a room of its own; it is stored through the ingest."""
