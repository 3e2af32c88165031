"""Why a request with lines or events stores nothing at all."""

from __future__ import annotations


class FeedError(Exception):
    """A request that is refused as a whole; `field` is the parameter or header to blame, "" for the body."""

    def __init__(self, reason: str, *, field: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


class Unreadable(FeedError):
    """The body is none of the forms that are read."""


class OverLimit(FeedError):
    """More bytes, records or longer lines than one request may bring."""


class SourceMismatch(FeedError):
    """The source is there already and is read in another way than the request says."""


class KeyUsedBefore(FeedError):
    """The `Idempotency-Key` came before with another request."""
