"""Which logs are followed, and how far they are stored."""

from __future__ import annotations

from django.contrib import admin

from insights.models import FollowedFile
from tenants.admin.kinds import Long
from tenants.admin.narrowing import TenantFilter


@admin.register(FollowedFile)
class FollowedFileAdmin(Long):
    """Followed logs; `follow` alone writes where reading goes on."""

    list_display = ("path", "tenant", "source", "saved_at")
    list_filter = (TenantFilter,)
    list_select_related = ("tenant", "source")
    search_fields = ("path", "source__name")
