"""`manage.py create_tenant`: a tenant, a provider where that is new, and exact words for what is refused."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tenants.models import Provider, Tenant
from tests.cast import Cast


def create(slug: str, **options: Any) -> str:
    out = StringIO()
    call_command(
        "create_tenant", slug, stdout=out, **({"name": "New", "time_zone": "Europe/Berlin"} | options)
    )
    return out.getvalue()


def test_tenant_is_created_at_a_new_provider(cast: Cast) -> None:
    assert create("new", provider="east") == "Created tenant new (New, Europe/Berlin).\n"
    tenant = Tenant.objects.get(slug="new")
    assert tenant.provider == Provider.objects.get(slug="east")
    assert (tenant.name, tenant.time_zone, tenant.retention_days) == ("New", "Europe/Berlin", 90)


def test_tenant_is_created_at_a_known_provider_or_at_none(cast: Cast) -> None:
    create("new", provider="north")
    create("alone", retention_days=400)
    assert Tenant.objects.get(slug="new").provider == cast.north
    alone = Tenant.objects.get(slug="alone")
    assert (alone.provider, alone.retention_days) == (None, 400)


@pytest.mark.parametrize(
    ("slug", "options", "field"),
    [
        ("acme", {}, "slug"),
        ("no spaces", {}, "slug"),
        ("new", {"time_zone": "Mars/Olympus"}, "time-zone"),
        ("new", {"name": ""}, "name"),
        ("new", {"retention_days": 0}, "retention-days"),
        ("new", {"provider": "no spaces"}, "slug"),
    ],
)
def test_wrong_value_is_refused_and_leaves_nothing(
    cast: Cast, slug: str, options: dict[str, Any], field: str
) -> None:
    with pytest.raises(CommandError) as refused:
        create(slug, **({"provider": "east"} | options))
    assert str(refused.value).startswith(f"The tenant was not created. {field}: ")
    assert refused.value.returncode == 1
    assert sorted(Tenant.objects.values_list("slug", flat=True)) == ["acme", "globex", "initech"]
    assert sorted(Provider.objects.values_list("slug", flat=True)) == ["north", "south"]
