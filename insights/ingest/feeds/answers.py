"""Requests that are sent again: the first answer, by the client's own key or by the very bytes of a body of lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.db import connection
from uuid6 import uuid7

from insights.ingest.feeds.errors import KeyUsedBefore
from insights.models import IngestAnswer, LineFeed

KEPT_FOR: Final = timedelta(hours=24)
"""How long the answer to an `Idempotency-Key` is kept at least."""
BODIES_KEPT: Final = 32
"""How many of a source's newest bodies of lines are known again."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is told apart from others: who sent it, its key if any, and the digest of what it says."""

    caller: str
    key: str | None
    digest: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is told; `is_replay`: it was told before, and nothing was done now."""

    body: dict[str, Any]
    is_replay: bool = False


def digest_of(*parts: bytes) -> bytes:
    """Return the digest of a request, out of its address, parameters and body."""
    digest = sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def answered_before(tenant_id: UUID, asked: Asked, *, now: datetime) -> Answer | None:
    """Return the first answer to this key; None when it is new, and then `keep_answer` follows, or without a key.

    Waits for a request with the same key that is under way. Raises KeyUsedBefore when the key came with another
    request. Up to two queries.
    """
    if asked.key is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO insights_ingestanswer (id, tenant_id, caller, key, digest, answer, created_at)"
            " VALUES (%s, %s, %s, %s, %s, '{}', %s) ON CONFLICT (tenant_id, caller, key) DO NOTHING",
            [uuid7(), tenant_id, asked.caller, asked.key, asked.digest, now],
        )
        if cursor.rowcount:
            return None
    first = IngestAnswer.objects.get(tenant_id=tenant_id, caller=asked.caller, key=asked.key)
    if bytes(first.digest) != asked.digest:
        raise KeyUsedBefore("This key came before with another request.", field="Idempotency-Key")
    return Answer(first.answer, is_replay=True)


def keep_answer(tenant_id: UUID, asked: Asked, answer: dict[str, Any]) -> None:
    """Keep the answer beside the key. One query, none without a key."""
    if asked.key is not None:
        IngestAnswer.objects.filter(tenant_id=tenant_id, caller=asked.caller, key=asked.key).update(
            answer=answer
        )


def forget_answers(*, now: datetime) -> int:
    """Delete the answers of the scope that nobody will ask for again; return how many. One query."""
    return IngestAnswer.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]


def forget_undone(source_id: UUID, imports: Iterable[UUID]) -> None:
    """Forget the answers that counted events of these imports of a source, so that what is sent again is stored again.

    Must run in the tenant's scope, while nothing is taken in. Three queries at most.
    """
    gone = {str(one) for one in imports}
    IngestAnswer.objects.filter(answer__import__in=gone).delete()
    for feed in LineFeed.objects.filter(source=source_id):
        feed.answers = [[digest, answer] for digest, answer in feed.answers if answer["import"] not in gone]
        feed.save(update_fields=["answers"])


def lines_read_before(feed: LineFeed, digest: bytes) -> Answer | None:
    """Return what was answered to these very bytes, when they are among the newest that the source was sent."""
    known = digest.hex()
    found = next((answer for kept, answer in feed.answers if kept == known), None)
    return None if found is None else Answer(found, is_replay=True)


def remember_lines(feed: LineFeed, digest: bytes, answer: dict[str, Any]) -> None:
    """Keep the answer to these bytes; the caller saves."""
    feed.answers = [*feed.answers, [digest.hex(), answer]][-BODIES_KEPT:]
