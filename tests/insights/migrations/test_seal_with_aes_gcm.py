"""Secrets that the first version sealed are sealed again, each for its connection, and none is lost."""

from __future__ import annotations

from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection, transaction

from insights.connectors.graph.secret import credentials_of
from insights.models import GraphConnection, Source
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.insights.connectors.graph.directory import CLIENT, DIRECTORY, SECRET

ONE, OTHER = (UUID(f"019373a0-0000-7000-8000-00000000000{number}") for number in (1, 2))
KEY = "k" * 40
# What the first version made of SECRET with KEY, for the connection ONE.
SEALED = (
    "s1:1:MRKk_bLnH6ePglx9crYs3PtOLx6eo_nxii-gmXee9LXoFnrFZC6aQREZGgX130XXfOfsGBY_YmS4NAlQBJmsoOItbwXxUOWjERHCxgbz"
    "BGp7bnxvGlemb9b6pHX-s0OG3u8L1c0pFA=="
)


def connected(tenant: Tenant, pk: UUID, sealed: str) -> None:
    with tenant_scope([tenant.pk]):
        source = Source.objects.create(tenant=tenant, name="Microsoft 365", time_zone="UTC")
        GraphConnection.objects.create(
            pk=pk,
            tenant=tenant,
            source=source,
            directory_id=DIRECTORY,
            client_id=CLIENT,
            sealed_secret=sealed,
        )


def migrated(tenant: Tenant, pk: UUID) -> GraphConnection:
    """Run the migration as `migrate` does, outside every scope; return the connection as it is then."""
    with transaction.atomic(), connection.schema_editor() as editor:
        import_module("insights.migrations.0017_seal_with_aes_gcm").seal_again(apps, editor)
    with tenant_scope([tenant.pk]):
        return GraphConnection.objects.get(pk=pk)


@pytest.mark.parametrize(
    ("stored", "fallbacks"), [({"1": KEY}, []), ({"2": "n" * 40, "1": KEY}, []), ({"2": "n" * 40}, [KEY])]
)
def test_secret_of_the_first_version_is_sealed_again(
    cast: Cast, settings: Any, stored: dict[str, str], fallbacks: list[str]
) -> None:
    settings.STORED_SECRET_KEYS, settings.SECRET_KEY_FALLBACKS = stored, fallbacks
    connected(cast.acme, ONE, SEALED)
    connected(cast.initech, OTHER, SEALED)
    after = migrated(cast.acme, ONE)
    # Nothing but the newest key is needed any more.
    settings.STORED_SECRET_KEYS, settings.SECRET_KEY_FALLBACKS = dict(list(stored.items())[:1]), []
    assert (after.sealed_secret[:3], credentials_of(after).secret) == ("s2:", SECRET)
    # It was sealed for one connection: copied to another it opens neither before nor after.
    with tenant_scope([cast.initech.pk]):
        assert GraphConnection.objects.get().sealed_secret == SEALED


@pytest.mark.parametrize("sealed", ["", "s1:1:!", "s1:1:AAAA", "s1:1", "s1:1:a:b", SEALED[:-8] + "AAAAAA=="])
def test_what_no_key_opens_stays(cast: Cast, settings: Any, sealed: str) -> None:
    settings.STORED_SECRET_KEYS = {"1": KEY}
    connected(cast.acme, ONE, sealed)
    assert migrated(cast.acme, ONE).sealed_secret == sealed
