"""Amazon SES: its JSON records, read into submissions."""

from insights.ingest.formats.ses.parser import SesParser

__all__ = ["SesParser"]
