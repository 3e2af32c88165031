"""What the listener does beside listening, in a thread of its own: look who may send, and keep what it counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from insights.ingest.listening.routes import Directory
from insights.models import SyslogSender
from tenants.api_keys import note_use
from tenants.scope import tenant_scope

_NOTED_EVERY: Final = timedelta(minutes=1)


def note_uses(directory: Directory, uses: Mapping[UUID, str], *, now: datetime) -> None:
    """Keep by which keys and senders lines came, at most once a minute. A statement for each that is noted."""
    for key in directory.keys.values():
        if key.pk in uses:
            note_use(key, address=uses[key.pk], now=now)
    for claiming in directory.senders.values():
        for sender, _route in claiming:
            last = sender.last_used_at
            if sender.pk in uses and (last is None or now - last >= _NOTED_EVERY):
                with tenant_scope([sender.tenant_id]):
                    SyslogSender.objects.filter(pk=sender.pk).update(
                        last_used_at=now, last_used_from=uses[sender.pk]
                    )
