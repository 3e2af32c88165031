"""Dovecot's submission service: logins joined with the messages relayed after them, and refused logins."""

from insights.ingest.formats.dovecot.parser import DovecotParser

__all__ = ["DovecotParser"]
