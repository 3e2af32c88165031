"""KumoMTA: its JSON records, read into submissions and refused logins."""

from insights.ingest.formats.kumomta.parser import KumoMtaParser

__all__ = ["KumoMtaParser"]
