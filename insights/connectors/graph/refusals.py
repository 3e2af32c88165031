"""Why Microsoft did not give what was asked, in words that somebody can act on."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

LONGEST_QUOTE: Final = 200
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")


class GraphError(Exception):
    """The asking failed; its words are for people and hold no secret. `retry_after`: what Microsoft asks for."""

    def __init__(self, words: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.retry_after = retry_after


class Throttled(GraphError):
    """Microsoft answers too many requests, or is busy, and asks for longer patience than one asking has."""


_LOGIN: Final[dict[int, str | Promise]] = {
    7000215: _lazy(
        "Microsoft refuses the client secret. Copy the secret's value, not its ID, from “Certificates & secrets” of "
        "the app registration."
    ),
    7000222: _lazy(
        "The client secret has expired. Make a new one in the app registration and enter it here."
    ),
    7000218: _lazy(
        "Microsoft wants a client secret or a certificate. The app registration must not be a public client."
    ),
    700027: _lazy(
        "Microsoft does not take the certificate: it is not among “Certificates & secrets” of the app registration, or "
        "has expired. Upload the certificate there that is entered here."
    ),
    700024: _lazy(
        "Microsoft finds the assertion too early or too late: the clock of this server is more than five minutes wrong."
    ),
    700016: _lazy(
        "The directory does not know this application. Check the application (client) ID, and that an administrator of "
        "the directory has given consent."
    ),
    7000229: _lazy(
        "The application has no service principal in the directory. An administrator must give consent."
    ),
    7000112: _lazy("The application is switched off in the directory."),
    90002: _lazy("Microsoft knows no directory with this ID. Check the directory (tenant) ID."),
    900021: _lazy("Microsoft knows no directory with this ID. Check the directory (tenant) ID."),
    53003: _lazy(
        "A Conditional Access policy of the directory refuses the application from this server's address."
    ),
    530035: _lazy("The directory's security defaults refuse the application."),
    1002016: _lazy("The log-in service refuses TLS 1.0 and 1.1. Update this server's TLS library."),
}
"""https://learn.microsoft.com/entra/identity-platform/reference-error-codes"""

_GRAPH: Final[dict[str, str | Promise]] = {
    "Authentication_RequestFromNonPremiumTenantOrB2CTenant": _lazy(
        "The directory has no licence for Microsoft Entra ID P1 or P2, without which Graph gives no sign-ins."
    ),
    "Authentication_MSGraphPermissionMissing": _lazy(
        "The application lacks the application permission AuditLog.Read.All, or an administrator has not consented "
        "to it."
    ),
    "Authorization_RequestDenied": _lazy(
        "The application lacks the application permission AuditLog.Read.All, or an administrator has not consented "
        "to it."
    ),
    "Authorization_IdentityNotFound": _lazy(
        "The application has no service principal in the directory. An administrator must give consent."
    ),
    "TenantNotFound": _lazy("Microsoft knows no directory with this ID. Check the directory (tenant) ID."),
}


def login_refused(status: int, body: Any, *, secret: str) -> GraphError:
    """Return what a refusal of the token endpoint means (RFC 6749, 5.2, with Entra's `error_codes`)."""
    answer = body if isinstance(body, dict) else {}
    codes = [code for code in _list(answer.get("error_codes")) if isinstance(code, int)]
    for code in codes:
        if code in _LOGIN:
            return GraphError(f"{_LOGIN[code]} (AADSTS{code})")
    quoted = _quote(answer.get("error_description") or answer.get("error"), secret)
    return GraphError(
        _("The log-in service refused the application with status %(status)d. %(words)s")
        % {"status": status, "words": quoted}
    )


def graph_refused(status: int, body: Any, *, secret: str, permission: str) -> GraphError:
    """Return what a refusal of Graph means; `permission` is what the request needs."""
    answer = body if isinstance(body, dict) else {}
    error = answer.get("error")
    error = error if isinstance(error, dict) else {}
    code, message = str(error.get("code", "")), str(error.get("message", ""))
    if "premium license" in message or "NonPremiumTenant" in message:
        code = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
    known = _GRAPH.get(code)
    if permission == "AuditLog.Read.All" and known is not None:
        return GraphError(f"{known} ({code})")
    quoted = _quote(f"{code}: {message}" if message else code, secret)
    if status == 401:
        return GraphError(
            _("Graph does not accept the token, though it is fresh. %(words)s") % {"words": quoted}
        )
    if status == 403:
        return GraphError(
            _(
                "Graph refuses the application. It needs the application permission %(permission)s, to which an "
                "administrator of the directory has consented. %(words)s"
            )
            % {"permission": permission, "words": quoted}
        )
    return GraphError(
        _("Graph answered with status %(status)d. %(words)s") % {"status": status, "words": quoted}
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _quote(text: Any, secret: str) -> str:
    """Return the beginning of what somebody else wrote as one line without the secret."""
    plain = _JWT.sub("[removed]", str(text or "").partition("\n")[0].replace(secret, "[removed]"))
    shown = "".join(sign if sign.isprintable() else " " for sign in plain)
    return " ".join(shown.split())[:LONGEST_QUOTE]
