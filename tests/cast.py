"""The cast of every test: two providers, their people and their tenants."""

from __future__ import annotations

from dataclasses import dataclass

from tenants.models import Provider, Tenant, User
from tenants.roles import Role
from tests.factories import join, make_tenant, make_user


@dataclass(frozen=True, slots=True)
class Cast:
    """North looks after acme and globex; south after initech. Dora is a member of globex alone, Eve of nothing."""

    north: Provider
    south: Provider
    acme: Tenant
    globex: Tenant
    initech: Tenant
    alice: User
    bob: User
    carol: User
    mallory: User
    dora: User
    eve: User


def make_cast() -> Cast:
    """Put the cast on the stage."""
    north = Provider.objects.create(slug="north", name="North IT")
    south = Provider.objects.create(slug="south", name="South IT")
    cast = Cast(
        north=north,
        south=south,
        acme=make_tenant("acme", provider=north, time_zone="Europe/Berlin"),
        globex=make_tenant("globex", provider=north, time_zone="America/New_York"),
        initech=make_tenant("initech", provider=south, time_zone="Asia/Seoul"),
        alice=make_user("alice"),
        bob=make_user("bob"),
        carol=make_user("carol"),
        mallory=make_user("mallory"),
        dora=make_user("dora"),
        eve=make_user("eve"),
    )
    join(cast.alice, north, Role.OWNER)
    join(cast.bob, north, Role.TECHNICIAN)
    join(cast.carol, north, Role.READER)
    join(cast.mallory, south, Role.OWNER)
    join(cast.dora, cast.globex, Role.READER)
    return cast
