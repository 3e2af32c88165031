"""What the description of the API says as a whole: its introduction, its chapters, and what the names in paths mean."""

from __future__ import annotations

DESCRIPTION = """\
Who sends mail through your servers with SMTP AUTH, how much, with which TLS version and which login: everything that
the screens show, and everything that feeds them.

**Who calls.** A program sends a key, `Authorization: Bearer sai_…`; a person who is logged in may use these pages
without one. A tenant is named by its short name (slug) in the path. What is not yours is a 404, what you lack the
right for a 403.

**Values.** Times are UTC (`2026-11-17T08:11:05Z`), days are days in the tenant's time zone (`2026-11-17`). Long lists
come in pages: follow `next` until it is null. A query parameter that is not known is refused, never ignored.

**Errors** are `application/problem+json` (RFC 9457) and name every field with a reason. Nothing of a request that is
answered with an error was stored; an answer below 300 means that it was committed.

**Stability.** Within `/api/v1/` parameters and members are added, never taken away or given another meaning: read what
you know and pass over the rest.
"""

CHAPTERS = {
    "Tenants": "The customers whose data the caller may see, and their settings.",
    "Overview": "One row a tenant.",
    "Reports": "The numbers of the screens, as JSON, CSV or a workbook.",
    "Requested reports": "Reports that are built and mailed on request.",
    "Events": "Single messages and failed logins, newest first.",
    "Ingest": "Send events or raw log lines in.",
    "Sources": "The servers whose logs are read, and the imports of their files.",
    "Sender domains": "The domains that mail was sent from, and which of them are the tenant's own.",
    "Shared servers": "Servers of a provider that serve several customers, and what of them waits in its inbox.",
    "Keys": "Keys of programs.",
    "Webhooks": "Addresses that are told what happens.",
}
"""Tags, in the order of reading. An operation has one of them."""

IN_PATHS = {
    "tenant": "The tenant's short name, as `GET /api/v1/tenants/` lists it.",
    "source": "The name of the source.",
    "domain": "The domain.",
    "provider": "The provider's short name.",
    "delivery": "The id of the delivery.",
    "id": "The id.",
}
"""Path parameters that mean the same everywhere; others are described where they are declared."""
