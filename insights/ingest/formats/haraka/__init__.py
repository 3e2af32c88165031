"""Haraka: the lines of a connection, joined by its uuid, into submissions and refused logins."""

from insights.ingest.formats.haraka.parser import HarakaParser

__all__ = ["HarakaParser"]
