"""Put the demo's providers, customers and people into the database; may be repeated at any time."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction

from insights.demo.story import DemoProvider, DemoTenant
from tenants.models import Membership, Provider, SenderDomain, Tenant, User
from tenants.roles import Role
from tenants.scope import tenant_scope

PASSWORD_FILE = "password"  # noqa: S105 - the name of a file, not what is in it


@dataclass(frozen=True)
class Person:
    """Somebody of the demo: a role at a provider, or at one tenant; without a place, the operator's staff."""

    email: str
    name: str
    place: str
    role: Role | None
    sees: str


PEOPLE = (
    Person("olivia@northwind.example", "Olivia Hart", "northwind-it", Role.OWNER, "all six customers"),
    Person("tarik@northwind.example", "Tarik Aydin", "northwind-it", Role.TECHNICIAN, "the same"),
    Person("rosa@northwind.example", "Rosa Lind", "northwind-it", Role.READER, "the same"),
    Person("fay@fenwick-dental.example", "Fay Fenwick", "fenwick-dental", Role.OWNER, "her own practice"),
    Person("sam@southbank.example", "Sam Okafor", "southbank-systems", Role.OWNER, "another provider's"),
    Person("operator@demo.example", "The operator", "", None, "the administration, /admin/"),
)
FIRST = PEOPLE[0]


def demo_password(folder: Path) -> tuple[str, bool]:
    """Return the password of all demo people, and whether it is new: it is made once for a checkout.

    Only the user of the checkout can read it.
    """
    path = folder / PASSWORD_FILE
    is_new = not path.exists()
    if is_new:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(9))
    return path.read_text().strip(), is_new


@dataclass(frozen=True)
class Found:
    """The short names of the tenants in a database: those of the demo, others with their names, the rest."""

    ours: list[str]
    namesakes: list[str]
    others: list[str]


def look_around(told: Iterable[DemoProvider]) -> Found:
    """Return whose tenants are in the database; the demo's are known by their provider as well. One query."""
    providers = {tenant.slug: provider.slug for provider in told for tenant in provider.tenants}
    found = Found([], [], [])
    for slug, provider in Tenant.objects.order_by("slug").values_list("slug", "provider__slug"):
        if slug not in providers:
            found.others.append(slug)
        elif providers[slug] == provider:
            found.ours.append(slug)
        else:
            found.namesakes.append(slug)
    return found


@transaction.atomic
def fill_in(told: Iterable[DemoProvider], *, password: str, is_new: bool) -> None:
    """Make what is missing, and change nothing that is there but the passwords, if the given one is new."""
    for demo_provider in told:
        provider, _ = Provider.objects.get_or_create(
            slug=demo_provider.slug, defaults={"name": demo_provider.name}
        )
        for demo_tenant in demo_provider.tenants:
            _tenant(demo_tenant, provider)
    there = set(
        User.objects.filter(email__in=[person.email for person in PEOPLE]).values_list("email", flat=True)
    )
    missing = [person for person in PEOPLE if person.email not in there]
    if is_new or missing:
        # Hashing takes a third of a second by design; that six people share a salt does not matter here.
        hashed = make_password(password)
        User.objects.filter(email__in=there).update(password=hashed)
        for person in missing:
            _person(person, hashed=hashed)


def _tenant(told: DemoTenant, provider: Provider) -> None:
    tenant, is_new = Tenant.objects.get_or_create(
        slug=told.slug,
        defaults={
            "name": told.name,
            "time_zone": told.time_zone,
            "retention_days": told.retention_days,
            "provider": provider,
        },
    )
    if is_new:
        with tenant_scope([tenant.pk]):
            SenderDomain.objects.bulk_create(
                SenderDomain(tenant=tenant, domain=domain, is_accepted=True)
                for domain in told.accepted_domains
            )


def _person(person: Person, *, hashed: str) -> None:
    is_operator = person.role is None
    user = User.objects.create(
        email=person.email,
        name=person.name,
        password=hashed,
        is_staff=is_operator,
        is_superuser=is_operator,
    )
    if person.role is not None:
        provider = Provider.objects.filter(slug=person.place).first()
        tenant = None if provider else Tenant.objects.get(slug=person.place)
        Membership.objects.create(user=user, provider=provider, tenant=tenant, role=person.role)
