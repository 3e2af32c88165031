"""What all endpoints that take data in have in common: who asks, the body, and how refusals are said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import structlog
from django.db import DataError, OperationalError
from rest_framework.exceptions import ParseError, UnsupportedMediaType, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from insights.api.ingest.bodies import drain, read_body
from insights.ingest.feeds.answers import Answer, Asked, digest_of
from insights.ingest.feeds.errors import FeedError, KeyUsedBefore, OverLimit, SourceMismatch
from tenants.access import get_tenant
from tenants.api.base import TenantApiView
from tenants.api.problems import Conflict, KeyReused, TooLarge, Unavailable
from tenants.api.throttles import IngestThrottle
from tenants.models import ApiKey
from tenants.roles import Capability

log = structlog.get_logger(__name__)

MAX_KEY = 255
REPLAY = "Idempotent-Replay"


class IngestView(TenantApiView):
    """An endpoint that takes data in.

    The scope and the transaction are those of `insights.ingest.feeds`, which also makes partitions outside them; so
    they are not opened here.
    """

    capabilities: ClassVar = {"POST": Capability.IMPORT}
    throttle_classes = (IngestThrottle,)
    media_types: ClassVar[frozenset[str]] = frozenset()

    def enter(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Find the tenant and check the right."""
        method = "GET" if request.method in {"HEAD", "OPTIONS"} else request.method or ""
        capability = self.capabilities.get(method, Capability.IMPORT)
        self.tenant = get_tenant(self.caller, str(self.kwargs["tenant"]), capability)

    def handle_exception(self, exc: Exception) -> Response:
        """Refuse, when the sender has done sending."""
        drain(self.request)
        return super().handle_exception(exc)

    def body(self, request: Request) -> tuple[bytes, str]:
        """Return the unpacked body and its media type; raise for an empty one and for a type that is not read."""
        media_type = request.content_type.partition(";")[0].strip().lower()
        body = read_body(request)
        if not body.strip():
            raise ParseError("The body is empty.")
        if media_type not in {"", *self.media_types}:
            raise UnsupportedMediaType(
                media_type, f"Content-Type can be {', '.join(sorted(self.media_types))}."
            )
        return body, media_type

    def asked(self, request: Request, body: bytes, media_type: str) -> Asked:
        """Return what tells this request apart from others."""
        key = request.headers.get("Idempotency-Key")
        if key is not None and not (1 <= len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
            raise ValidationError({"Idempotency-Key": [f"has 1 to {MAX_KEY} printable ASCII characters."]})
        return Asked(
            caller=_name(self.caller),
            key=key,
            digest=digest_of(
                request.path.encode(),
                request.META.get("QUERY_STRING", "").encode(),
                media_type.encode(),
                body,
            ),
        )

    def answer(self, take: Callable[[], Answer]) -> Response:
        """Answer with what was stored: when this returns, it is committed."""
        with refusals():
            answer = take()
        headers = {REPLAY: "true"} if answer.is_replay else {}
        return Response(answer.body, headers=headers)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn the errors of taking in into problems."""
    try:
        yield
    except OverLimit as error:
        raise TooLarge(f"{error.reason} Nothing of it was stored.") from error
    except SourceMismatch as error:
        raise Conflict({error.field: [error.reason]} if error.field else error.reason) from error
    except KeyUsedBefore as error:
        raise KeyReused({error.field: [f"{error.reason} Nothing was stored."]}) from error
    except FeedError as error:
        raise ValidationError({error.field: [error.reason]} if error.field else error.reason) from error
    except DataError as error:
        log.warning("feed.data_error", reason=str(error))
        raise ValidationError("The counts add up to more than can be stored.") from error
    except OperationalError as error:
        log.warning("feed.unavailable", reason=str(error))
        raise Unavailable(
            "The source is being read or counted anew at the moment. Nothing was stored; send it again."
        ) from error


def _name(caller: Any) -> str:
    return f"key {caller.prefix}" if isinstance(caller, ApiKey) else f"person {caller.pk}"
