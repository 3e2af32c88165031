"""Tokens of an application: OAuth 2.0 client credentials (RFC 6749, 4.4) with a client secret or a certificate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from insights.connectors.graph.certificate import assertion
from insights.connectors.graph.clouds import Endpoints
from insights.connectors.graph.patience import Patience
from insights.connectors.graph.refusals import GraphError, login_refused
from insights.connectors.graph.wire import Reply, Wire

EARLY: Final = timedelta(minutes=2)
"""A token is renewed this long before it ends."""
LIVES_AT_LEAST: Final = timedelta(seconds=10)
_ANSWER_BYTES: Final = 64 * 1024
_JWT_BEARER: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Credentials:
    """As whom a directory is asked, and where. The secret is in no representation.

    With a `certificate` (PEM) the secret is its private key, else a client secret.
    """

    endpoints: Endpoints
    directory_id: UUID
    client_id: UUID
    secret: str = field(repr=False)
    certificate: str = ""

    @property
    def token_url(self) -> str:
        """Where tokens are asked for, which is also for whom an assertion is."""
        return f"{self.endpoints.login}/{self.directory_id}/oauth2/v2.0/token"


class Tokens:
    """Gets a token when one is wanted, and keeps it in memory alone until shortly before its end."""

    def __init__(
        self, credentials: Credentials, wire: Wire, patience: Patience, *, clock: Callable[[], datetime]
    ) -> None:
        self.credentials = credentials
        self.server_time: datetime | None = None
        self._wire, self._patience, self._clock = wire, patience, clock
        self._token = ""
        self._good_until: datetime | None = None

    def current(self) -> str:
        """Return a token that is good now; raise GraphError."""
        if self._good_until is None or self._clock() >= self._good_until:
            self._renew()
        return self._token

    def forget(self) -> None:
        """Throw the token away, because it was refused."""
        self._token, self._good_until = "", None

    def _renew(self) -> None:
        asked_at = self._clock()
        reply = self._patience.until_answered(self._ask)
        body = reply.json()
        if reply.status != 200:
            raise login_refused(reply.status, body, secret=self.credentials.secret)
        token = body.get("access_token") if isinstance(body, dict) else None
        if not (isinstance(token, str) and token and token.isascii() and token.isprintable()):
            raise GraphError(_("The log-in service answered with something else than a token."))
        seconds = body.get("expires_in")
        lives = timedelta(seconds=float(seconds) if isinstance(seconds, int | float) else 0)
        self._token = token
        self._good_until = asked_at + max(min(lives, timedelta(days=1)) - EARLY, LIVES_AT_LEAST)
        self.server_time = reply.sent_at

    def _ask(self) -> Reply:
        who = self.credentials
        return self._wire.ask(
            "POST",
            who.token_url,
            most=_ANSWER_BYTES,
            form={
                "grant_type": "client_credentials",
                "client_id": str(who.client_id),
                "scope": f"{who.endpoints.graph}/.default",
                **self._proof(),
            },
        )

    def _proof(self) -> dict[str, str]:
        """Return what proves who asks: the secret itself, or a fresh assertion (RFC 7521, 4.2)."""
        who = self.credentials
        if not who.certificate:
            return {"client_secret": who.secret}
        signed = assertion(
            certificate=who.certificate,
            key=who.secret,
            client_id=who.client_id,
            audience=who.token_url,
            now=self._clock(),
        )
        return {"client_assertion_type": _JWT_BEARER, "client_assertion": signed}
