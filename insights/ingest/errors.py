"""Why an input cannot be read at all; each error carries a message and a hint for the person who imports."""


class IngestError(Exception):
    """An input that is refused or that broke off. `hint` says what can be done about it."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Let the error cross from the reading process to the storing one."""
        return _remade, (type(self), self.message, self.hint)


def _remade(kind: type[IngestError], message: str, hint: str) -> IngestError:
    error = kind.__new__(kind)
    IngestError.__init__(error, message, hint=hint)
    return error


class YearRequired(IngestError):
    """The log's time stamps have no year, and neither an argument nor saved state gives one."""

    def __init__(self) -> None:
        super().__init__(
            "The time stamps of this log have no year.",
            hint="Give the year of the first line, for example --year 2026.",
        )


class NoMapping(IngestError):
    """The source is a table, and nobody has said yet which of its columns is what."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody has said yet which column of this source is what.",
            hint="Say it once: on the source's page, over the API, or with the ingest command: --mapping FILE.json.",
        )


class OtherColumns(IngestError):
    """A table has another header than the mapping of its source."""


class DaysRequired(IngestError):
    """The input has totals, and nobody has said of which days."""

    def __init__(self) -> None:
        super().__init__(
            "This file does not say of which days its totals are.",
            hint="Give the first and the last day, on the upload page, as --first-day and --last-day of ingest, or as "
            "first_day and last_day over the API.",
        )


class OtherDays(IngestError):
    """The source has totals of some of the same days already, and of others."""


class EmptyInput(IngestError):
    """The input holds no bytes."""


class BinaryInput(IngestError):
    """The input is not text, or text in an encoding that no mail server writes."""


class BrokenInput(IngestError):
    """A compressed input is damaged or ends early; what was read before stays valid."""


class BadState(IngestError):
    """A saved parser state cannot be read."""
