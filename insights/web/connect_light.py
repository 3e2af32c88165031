"""The light of a source that is being connected: green once a line was taken, else what is known of the waiting."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from insights.models import ImportKind, LogImport, Source
from tenants.models import ApiKey

POLL_SECONDS = 2
GIVE_UP_AFTER = timedelta(hours=1)
LATELY = timedelta(hours=1)


class Light(NamedTuple):
    """`state` is one of good, unread (lines came that nobody could read), refused (the key was used, no line was
    taken), waiting. `poll_seconds` is 0 when nobody looks any longer. `import_id` is the account of unread lines.
    """

    state: str
    since: datetime | None
    poll_seconds: int
    import_id: UUID | None = None


def light_of(source: Source, *, key: ApiKey | None, since: datetime | None, now: datetime) -> Light:
    """Return what to show of a source whose lines are waited for since `since`, or at all. At most one query."""
    begun = since or now - LATELY
    if source.last_received_at is not None and source.last_received_at >= begun:
        return Light("good", since, 0)
    is_given_up = since is not None and since < now - GIVE_UP_AFTER
    poll_seconds = 0 if is_given_up else POLL_SECONDS
    unread = LogImport.objects.filter(source=source, kind=ImportKind.LINES, finished_at__gte=begun).first()
    if unread is not None and unread.lines_unrecognised:
        return Light("unread", since, poll_seconds, unread.pk)
    if key is not None and key.last_used_at is not None and key.last_used_at >= begun:
        return Light("refused", since, poll_seconds)
    return Light("waiting", since, poll_seconds)
