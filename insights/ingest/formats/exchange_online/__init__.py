"""Exchange Online: what its SMTP AUTH clients report exports on screen, read into totals of messages."""

from insights.ingest.formats.exchange_online.parser import ExchangeOnlineParser

__all__ = ["ExchangeOnlineParser"]
