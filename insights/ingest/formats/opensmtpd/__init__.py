"""OpenSMTPD: the lines of a session, which all carry its id, joined into submissions, and login failures."""

from insights.ingest.formats.opensmtpd.parser import OpenSmtpdParser

__all__ = ["OpenSmtpdParser"]
