"""The words of a view's state: which views there are, and what is said of a parameter that was not taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from insights.enums import AuthClass, TlsVersion
from insights.marks import AUTH_MARKS, TLS_MARKS

NO_DOMAIN = "-"
"""How a query string asks for senders without a domain; no domain is written like this."""


def domain_asked(written: str) -> str | None:
    """Return the sender domain that `written` stands for: None for all, "" for senders without one.

    A domain is given in IDNA lower case (RFC 3490), as the store keeps it; one that IDNA refuses is only
    lowered.
    """
    if written in {"", NO_DOMAIN}:
        return None if written == "" else ""
    domain = written.strip().rstrip(".").lower()
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A further filter that was asked for: its name, in words too, as it was written, and what that comes to."""

    field: str
    label: str
    written: str
    value: Any

    @property
    def shown(self) -> str:
        """What it comes to, with the words that tables and charts have for it."""
        if self.field == "tls_version":
            return ", ".join(str(TLS_MARKS[TlsVersion(one)].label) for one in self.value)
        if self.field == "auth_class":
            return ", ".join(str(AUTH_MARKS[AuthClass(one)].label) for one in self.value)
        return self.written


@dataclass(frozen=True, slots=True)
class Problem:
    """A parameter that was not taken as it stands; `message` names it in words and says what is allowed.

    A refused one was ignored; the other kind was taken in part.
    """

    field: str
    message: str
    is_refused: bool = True
