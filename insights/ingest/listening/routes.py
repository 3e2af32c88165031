"""Whose a message is: told by its token, by the certificate of its connection, or by the address it was sent to.

A token that is wrong is refused, whatever else is known of the sender. What two sources claim is believed of neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address, ip_network
from typing import Final, NamedTuple
from uuid import UUID

from insights.ingest.columns import is_unmapped
from insights.ingest.formats import BY_COLUMNS, FORMATS
from insights.ingest.listening.messages import Claim
from insights.models import SenderKind, Source, SyslogSender
from insights.models.source import MAX_NAME
from tenants.access import customers
from tenants.api_keys import may_use, prefix_of
from tenants.models import ApiKey, Tenant
from tenants.roles import Scope
from tenants.scope import tenant_scope

_REMEMBERED: Final = 10_000


class Refusal(StrEnum):
    """Why a message is nobody's."""

    UNKNOWN_SENDER = "unknown_sender"
    BAD_TOKEN = "bad_token"  # noqa: S105 - a reason
    TOKEN_TOO_WIDE = "token_too_wide"  # noqa: S105 - a reason
    NO_SOURCE = "no_source"
    WRONG_TENANT = "wrong_tenant"
    WRONG_FORMAT = "wrong_format"
    NOT_ADMITTED = "not_admitted"
    NO_COLUMNS = "no_columns"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Route:
    """Where lines go: a source that is there, or one of that name and format which is made when they are stored.

    Both are the same route, so that its lines stay in one order while the source is made. Nothing of a table is read
    while it `lacks_columns`: nobody has said which one is what.
    """

    tenant_id: UUID
    source_id: UUID | None = field(compare=False)
    name: str
    format: str | None = field(default=None, compare=False)
    lacks_columns: bool = field(default=False, compare=False)


class Peer(NamedTuple):
    """Who sends: its address, the address it sends to (`udp://…`), and what its certificate says, if it has one."""

    address: str
    listener: str
    fingerprint: str = ""
    names: tuple[str, ...] = ()


class Found(NamedTuple):
    """`route`, or why there is none; `known` are the sources that the refusal concerns, `used` who was recognised."""

    route: Route | None
    refusal: Refusal | None = None
    known: tuple[Route, ...] = ()
    used: UUID | None = None


@dataclass(frozen=True)
class Directory:
    """Everything that tells whose a message is, as it was at one moment. Asking it costs no query."""

    keys: Mapping[str, ApiKey]
    slugs: Mapping[str, Tenant]
    covered: Mapping[UUID, frozenset[UUID]]
    sources: Mapping[tuple[UUID, str], Route]
    senders: Mapping[tuple[str, str], Sequence[tuple[SyslogSender, Route]]]
    taken_at: datetime
    _answers: dict[tuple[Claim | None, Peer], Found] = field(default_factory=dict)

    def find(self, claim: Claim | None, peer: Peer) -> Found:
        """Return whose a message with this claim is, the same until the directory is made anew."""
        found = self._answers.get((claim, peer))
        if found is None:
            found = self._sender(peer) if claim is None else self._claimed(claim, peer)
            if found.route is not None:
                # Strangers could say something else in every message, and fill the memory with it.
                if len(self._answers) >= _REMEMBERED:
                    self._answers.clear()
                self._answers[claim, peer] = found
        return found

    def addresses(self) -> set[str]:
        """Return the addresses that sources have to themselves."""
        return {value for kind, value in self.senders if kind == SenderKind.ADDRESS}

    def _claimed(self, claim: Claim, peer: Peer) -> Found:
        prefix = prefix_of(claim.token)
        key = self.keys.get(prefix) if prefix else None
        if key is None or not may_use(key, claim.token, now=self.taken_at):
            return Found(None, Refusal.BAD_TOKEN)
        if key.scopes != [Scope.INGEST]:
            # It crosses networks, often in the clear, with every line.
            return Found(None, Refusal.TOKEN_TOO_WIDE)
        tenant = self._tenant(key, claim)
        if tenant is None:
            return Found(None, Refusal.WRONG_TENANT)
        route = self._named(tenant, claim)
        if isinstance(route, Refusal):
            return Found(None, route)
        if not key.admits(peer.address):
            # It could name another source in every message.
            return Found(None, Refusal.NOT_ADMITTED, (route,) if route.source_id else ())
        return _ready(route, used=key.pk)

    def _tenant(self, key: ApiKey, claim: Claim) -> UUID | None:
        """Return the one tenant that the key stands for, or that the claim names among those it covers."""
        covered = self.covered[key.pk]
        if claim.tenant:
            named = self.slugs.get(claim.tenant)
            return named.pk if named is not None and named.pk in covered else None
        return next(iter(covered)) if len(covered) == 1 else None

    def _named(self, tenant_id: UUID, claim: Claim) -> Route | Refusal:
        name = claim.source
        route = self.sources.get((tenant_id, name))
        if route is None:
            if not name.isprintable() or name != name.strip() or not 1 <= len(name) <= MAX_NAME:
                return Refusal.NO_SOURCE
            lacks_columns = claim.format in BY_COLUMNS
            route = Route(tenant_id, None, name, claim.format or None, lacks_columns)
        is_wrong = claim.format and claim.format != (route.format or claim.format)
        if is_wrong or (route.format or "postfix") not in FORMATS:
            return Refusal.WRONG_FORMAT
        return route

    def _sender(self, peer: Peer) -> Found:
        ways = [(SenderKind.FINGERPRINT, peer.fingerprint)] if peer.fingerprint else []
        ways += [(SenderKind.NAME, name) for name in peer.names]
        ways.append((SenderKind.ADDRESS, peer.listener))
        for kind, value in ways:
            claiming = self.senders.get((kind, value), ())
            if len({route for _sender, route in claiming}) > 1:
                return Found(None, Refusal.AMBIGUOUS, tuple(route for _sender, route in claiming))
            for sender, route in claiming:
                if not _admits(sender.networks, peer.address):
                    return Found(None, Refusal.NOT_ADMITTED, (route,))
                if (route.format or "") not in FORMATS:
                    return Found(None, Refusal.WRONG_FORMAT, (route,))
                return _ready(route, used=sender.pk)
        return Found(None, Refusal.UNKNOWN_SENDER)


def load_directory(*, now: datetime) -> Directory:
    """Read who may send. Six queries, whatever there is; runs outside every scope."""
    tenants = list(customers())
    keys = ApiKey.objects.filter(revoked_at__isnull=True).exclude(expires_at__lte=now)
    covered: dict[UUID, frozenset[UUID]] = {}
    named: dict[str, ApiKey] = {}
    for key in keys.prefetch_related("tenants"):
        named[key.prefix] = key
        covered[key.pk] = _covered(key, tenants)
    with tenant_scope([tenant.pk for tenant in tenants]):
        sources = {
            source.pk: Route(source.tenant_id, source.pk, source.name, source.format, is_unmapped(source))
            for source in Source.objects.only("pk", "tenant_id", "name", "format", "mapping")
        }
        senders: dict[tuple[str, str], list[tuple[SyslogSender, Route]]] = {}
        for sender in SyslogSender.objects.filter(is_enabled=True):
            # A source that was made since they were read is there the next time.
            if sender.source_id in sources:
                senders.setdefault((sender.kind, sender.value), []).append(
                    (sender, sources[sender.source_id])
                )
    return Directory(
        keys=named,
        slugs={tenant.slug: tenant for tenant in tenants},
        covered=covered,
        sources={(route.tenant_id, route.name): route for route in sources.values()},
        senders=senders,
        taken_at=now,
    )


def _ready(route: Route, *, used: UUID) -> Found:
    """Return the route of a sender that was recognised, unless it leads to a table that nobody has explained."""
    if route.lacks_columns:
        return Found(None, Refusal.NO_COLUMNS, (route,) if route.source_id else ())
    return Found(route, used=used)


def _covered(key: ApiKey, tenants: Sequence[Tenant]) -> frozenset[UUID]:
    if key.tenant_id is not None:
        return frozenset({key.tenant_id})
    of_provider = {one.pk for one in tenants if one.provider_id == key.provider_id}
    return frozenset(of_provider if key.all_tenants else of_provider & {one.pk for one in key.tenants.all()})


def _admits(networks: Sequence[str], address: str) -> bool:
    if not networks:
        return True
    client = ip_address(address)
    return any(client in ip_network(network) for network in networks)
