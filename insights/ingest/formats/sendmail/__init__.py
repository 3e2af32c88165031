"""Sendmail: STARTTLS, AUTH and `from=` lines of one process joined into submissions, and login failures."""

from insights.ingest.formats.sendmail.parser import SendmailParser

__all__ = ["SendmailParser"]
