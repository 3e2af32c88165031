"""Put the demo's cast on the stage: every tenant's people, machines and incidents, one module each."""

from __future__ import annotations

from datetime import datetime

from insights.demo.casts import alpenglow, fenwick, hangang, harbor, kestrel, lindner, prairie
from insights.demo.casts.script import TenantScript

__all__ = ["TenantScript", "scripts"]


def scripts(*, now: datetime) -> list[TenantScript]:
    """Give all tenants of the story that ends at `now`, those of the first provider first."""
    casts = (lindner, harbor, hangang, fenwick, alpenglow, prairie, kestrel)
    return [cast.script(now=now) for cast in casts]
