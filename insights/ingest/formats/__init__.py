"""The log formats that can be read, by name."""

from datetime import datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from insights.ingest.formats.base import Parser
from insights.ingest.formats.exim import EximParser
from insights.ingest.formats.opensmtpd import OpenSmtpdParser
from insights.ingest.formats.postfix import PostfixParser
from insights.ingest.formats.sendmail import SendmailParser


class ParserFactory(Protocol):
    """Makes the parser of one source."""

    def __call__(
        self,
        *,
        source_key: str,
        zone: ZoneInfo,
        year: int | None,
        earliest: datetime | None = None,
        latest: datetime | None = None,
    ) -> Parser:
        """Return a parser that has read nothing yet."""
        ...


EVENTS: Final = "events"
"""What stands for the format of a source that is sent events over the API: there is nothing to parse."""
FORMATS: dict[str, ParserFactory] = {
    parser.name: parser for parser in (PostfixParser, EximParser, SendmailParser, OpenSmtpdParser)
}
