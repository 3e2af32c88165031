"""Stalwart: its events as text or JSON, read into submissions and refused logins."""

from insights.ingest.formats.stalwart.parser import StalwartParser

__all__ = ["StalwartParser"]
