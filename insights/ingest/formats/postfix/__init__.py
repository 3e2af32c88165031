"""Postfix: smtpd, cleanup and qmgr joined into submissions and login failures."""

from insights.ingest.formats.postfix.parser import PostfixParser

__all__ = ["PostfixParser"]
