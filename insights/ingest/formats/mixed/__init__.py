"""Several mail servers in one syslog: each line is shown to every parser, and counts for the one whose line it is."""

from insights.ingest.formats.mixed.parser import MixedParser

__all__ = ["MixedParser"]
