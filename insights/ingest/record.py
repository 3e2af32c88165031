"""What a parser hands on: submissions, login failures, skipped lines and the counts of every line."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from insights.enums import FailureReason, TlsVersion
from insights.ingest.local_time import moment

MAX_ACCOUNT = 320
MAX_SENDER = 512
MAX_HOST = 255
MAX_QUEUE_ID = 64
MAX_MECHANISM = 64
MAX_FAILED_ACCOUNT = 256
MAX_DETAIL = 256
MAX_SAMPLE = 500
MAX_SAMPLES_PER_FEED = 100
UNKNOWN_MECHANISM = "unknown"


class SubmissionRecord(NamedTuple):
    """One message (or `messages` of them) that a server took from an authenticated client.

    A source that tells of a login and not of its messages gives `messages` 0, `recipients` 0 and `logins` 1 (or more).
    `micros` is when, in microseconds since 1970 UTC: a number, because one is made and compared for every message.
    """

    id: bytes
    micros: int
    host: str
    queue_id: str
    account: str
    sender_address: str
    client_ip: str
    tls_version: TlsVersion
    mechanism: str
    recipients: int
    recipients_exact: bool
    size_bytes: int | None
    messages: int = 1
    logins: int = 0

    @property
    def occurred_at(self) -> datetime:
        """Return when, as an aware UTC datetime."""
        return moment(self.micros)


class LoginFailureRecord(NamedTuple):
    """One refused AUTH; `account` is what the client typed, "" where the log does not tell. `micros` as above."""

    id: bytes
    micros: int
    host: str
    account: str
    client_ip: str
    mechanism: str
    reason: FailureReason
    detail: str

    @property
    def occurred_at(self) -> datetime:
        """Return when, as an aware UTC datetime."""
        return moment(self.micros)


class SkipReason(StrEnum):
    """Why a line was not understood; `no_json` to `bad_record` are of JSON, the last four of rows read by columns."""

    EMPTY = "empty"
    NO_STAMP = "no_stamp"
    BAD_STAMP = "bad_stamp"
    TOO_LONG = "too_long"
    BINARY = "binary"
    BEFORE_RETENTION = "before_retention"
    IN_THE_FUTURE = "in_the_future"
    UNKNOWN_FORM = "unknown_form"
    TOO_MANY_REPEATS = "too_many_repeats"
    NO_LOGIN = "no_login"
    NO_JSON = "no_json"
    NO_MESSAGE = "no_message"
    BAD_RECORD = "bad_record"
    BAD_ROW = "bad_row"
    BAD_VALUE = "bad_value"
    NO_ACCOUNT = "no_account"
    OTHER_COLUMNS = "other_columns"


class Skipped(NamedTuple):
    """A sample of a line that was not understood.

    `line_number` counts from 1 within the input; 0 is the unterminated last line of the input before.
    """

    line_number: int
    reason: str
    text: str


class LineCounts:
    """How many lines were events, evidence, other matters, or not understood; they add up to all lines."""

    __slots__ = ("event", "evidence", "other", "unrecognised")

    def __init__(
        self, event: int = 0, evidence: int = 0, other: int = 0, unrecognised: Mapping[str, int] | None = None
    ) -> None:
        self.event = event
        self.evidence = evidence
        self.other = other
        self.unrecognised: Counter[str] = Counter(unrecognised or {})

    @property
    def lines(self) -> int:
        """Return the number of lines counted, of every class."""
        return self.event + self.evidence + self.other + self.unrecognised.total()

    def add(self, counts: "LineCounts") -> None:
        """Add another batch's counts to these."""
        self.event += counts.event
        self.evidence += counts.evidence
        self.other += counts.other
        self.unrecognised.update(counts.unrecognised)

    def as_dict(self) -> dict[str, int | dict[str, int]]:
        """Return the counts as plain data, for JSON."""
        return {
            "event": self.event,
            "evidence": self.evidence,
            "other": self.other,
            "unrecognised": dict(self.unrecognised),
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LineCounts) and self.as_dict() == other.as_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"LineCounts({self.as_dict()!r})"


class Batch(NamedTuple):
    """What one feed gave. `skipped` holds at most `MAX_SAMPLES_PER_FEED` samples; `counts` is complete."""

    submissions: list[SubmissionRecord]
    failures: list[LoginFailureRecord]
    skipped: list[Skipped]
    counts: LineCounts


def empty_batch() -> Batch:
    """Return a batch that holds nothing."""
    return Batch([], [], [], LineCounts())


def joined(batches: Iterable[Batch]) -> Batch:
    """Return one batch out of several, in order, with the cap on samples kept."""
    whole = empty_batch()
    for batch in batches:
        whole.submissions.extend(batch.submissions)
        whole.failures.extend(batch.failures)
        whole.skipped.extend(batch.skipped[: MAX_SAMPLES_PER_FEED - len(whole.skipped)])
        whole.counts.add(batch.counts)
    return whole
