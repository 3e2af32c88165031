"""The log formats that can be read, by name."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib import import_module
from typing import Final, Protocol, cast
from zoneinfo import ZoneInfo

from insights.ingest.formats.base import Parser


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


class Formats(Mapping[str, ParserFactory]):
    """The parsers by the name of their format, each imported when it is asked for: a command reads one of them.

    `parsers` has the parser's class in the package of the format's name.
    """

    def __init__(self, parsers: Mapping[str, str]) -> None:
        self._parsers = parsers

    def __getitem__(self, name: str) -> ParserFactory:
        """Return the parser of a format; raise KeyError for one that is not known."""
        parser = self._parsers[name]
        return cast("ParserFactory", getattr(import_module(f"{__name__}.{name}"), parser))

    def __iter__(self) -> Iterator[str]:
        return iter(self._parsers)

    def __len__(self) -> int:
        return len(self._parsers)


FORMATS: Final = Formats(
    {
        "postfix": "PostfixParser",
        "exim": "EximParser",
        "sendmail": "SendmailParser",
        "opensmtpd": "OpenSmtpdParser",
    }
)
