"""The SMTP receive protocol log of Exchange Server."""

from insights.ingest.formats.exchange.parser import ExchangeParser

__all__ = ["ExchangeParser"]
