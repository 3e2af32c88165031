"""The log formats that can be read, by name."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from importlib import import_module
from typing import Any, Final, Protocol, cast
from zoneinfo import ZoneInfo

from insights.ingest.days import Days
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
        **more: Any,
    ) -> Parser:
        """Return a parser that has read nothing yet."""
        ...


AUTO: Final = "auto"
"""What stands for the format of a log that is to be recognised."""
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
        return cast("ParserFactory", getattr(import_module(f"{__name__}.{name.replace('-', '_')}"), parser))

    def __iter__(self) -> Iterator[str]:
        return iter(self._parsers)

    def __len__(self) -> int:
        return len(self._parsers)


BY_COLUMNS: Final = ("csv", "ndjson")
"""Formats that mean nothing before somebody says which column is what; their parsers take a `mapping`."""


OF_RECORDS: Final = ("kumomta", "ses", "stalwart", "entra")
"""Formats of which a line may be a JSON record of the log itself."""


DOCUMENTS: Final = ("entra",)
"""Formats of files that may be one document of JSON, and that no mail server sends line by line."""


BY_DAYS: Final = ("exchange-online",)
"""Formats of files with totals, which do not say of which days they are; their parsers take `days`."""


def factory_of(name: str, *, mapping: Mapping[str, Any] | None, days: Days | None = None) -> ParserFactory:
    """Return what makes the parser of a source: its format, for tables what its columns are, of totals the days."""
    factory = FORMATS[name]
    if name in BY_DAYS:
        return partial(factory, days=days)
    return partial(factory, mapping=mapping) if name in BY_COLUMNS else factory


FORMATS: Final = Formats(
    {
        "postfix": "PostfixParser",
        "exim": "EximParser",
        "sendmail": "SendmailParser",
        "opensmtpd": "OpenSmtpdParser",
        "exchange": "ExchangeParser",
        "dovecot": "DovecotParser",
        "haraka": "HarakaParser",
        "kumomta": "KumoMtaParser",
        "ses": "SesParser",
        "stalwart": "StalwartParser",
        "entra": "EntraParser",
        "exchange-online": "ExchangeOnlineParser",
        "mixed": "MixedParser",
        "csv": "CsvParser",
        "ndjson": "NdjsonParser",
    }
)


BY_LINE: Final = tuple(name for name in FORMATS if name not in BY_DAYS)
"""Formats that can be read line by line, as a server sends or writes them."""
