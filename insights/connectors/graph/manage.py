"""Connect a directory, change, pause and remove the connection, read again; a secret goes in and never comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from insights.connectors.graph.certificate import Certificate
from insights.connectors.graph.secret import put_secret
from insights.ingest.formats.entra import EntraParser
from insights.ingest.sources import check_source
from insights.models import GraphCloud, GraphConnection, Source
from tenants.models import Tenant, User


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody entered: a `secret` or a `certificate`, neither where what is there stays."""

    cloud: str
    directory_id: UUID
    client_id: UUID
    secret: str = field(default="", repr=False)
    secret_expires_on: date | None = None
    reads_non_interactive: bool = True
    reads_trace: bool = False
    certificate: Certificate | None = None

    @property
    def has_proof(self) -> bool:
        """Whether a secret or a certificate was entered."""
        return bool(self.secret or self.certificate)


def connect_directory(
    tenant: Tenant, *, name: str, wanted: Wanted, created_by: User | None = None
) -> GraphConnection:
    """Make a source of that name and the connection that feeds it. Raises ValidationError by field.

    Must run in the tenant's scope, in a transaction.
    """
    check_source(name=name, format=EntraParser.name, time_zone=tenant.time_zone)
    connection = GraphConnection(tenant=tenant, created_by=created_by)
    _check(connection, wanted)
    if not wanted.has_proof:
        raise ValidationError({"secret": _("Enter the client secret or a certificate.")})
    connection.source = Source.objects.create(
        tenant=tenant, name=name, format=EntraParser.name, time_zone=tenant.time_zone
    )
    _put(connection, wanted)
    connection.save(force_insert=True)
    return connection


def change_connection(connection: GraphConnection, *, wanted: Wanted) -> None:
    """Save what was entered; it is asked at once. Raises ValidationError by field.

    Another directory is read from its beginning, and never with a secret that was entered for another application.
    """
    _check(connection, wanted)
    is_other = (connection.cloud, connection.directory_id) != (wanted.cloud, wanted.directory_id)
    is_other_application = is_other or connection.client_id != wanted.client_id
    if is_other_application and not wanted.has_proof:
        field = "certificate" if connection.certificate else "secret"
        raise ValidationError({field: _("Enter what this application proves itself with again.")})
    if is_other:
        connection.read_until = None
    _put(connection, wanted)
    connection.next_poll_at, connection.failures, connection.failing_since = None, 0, None
    connection.last_error = connection.trace_error = ""
    connection.save()


def switch_connection(connection: GraphConnection, *, is_on: bool) -> None:
    """Pause the connection, or ask again at once: also for what was missed, as far back as Microsoft keeps it."""
    connection.is_enabled, connection.next_poll_at = is_on, None
    connection.failures, connection.failing_since = 0, None
    connection.save(update_fields=["is_enabled", "next_poll_at", "failures", "failing_since"])


def read_again(connection: GraphConnection, *, since: datetime) -> None:
    """Go back to `since`, where more was read, and ask at once: what is stored already is not counted again.

    An asking that is under way notices and leaves the rest to the next one.
    """
    if connection.read_until is not None and since < connection.read_until:
        connection.read_until = since
    connection.next_poll_at = None
    connection.save(update_fields=["read_until", "next_poll_at"])


def remove_connection(connection: GraphConnection) -> None:
    """Forget the connection and its secret; the source and its events stay."""
    connection.delete()


def _check(connection: GraphConnection, wanted: Wanted) -> None:
    errors: dict[str, str] = {}
    others = GraphConnection.objects.filter(directory_id=wanted.directory_id).exclude(pk=connection.pk)
    if others.exists():
        errors["directory_id"] = _("This directory is connected already.")
    if wanted.reads_trace and wanted.cloud != GraphCloud.GLOBAL:
        errors["reads_trace"] = _("Microsoft offers message trace over Graph in the worldwide cloud alone.")
    if errors:
        raise ValidationError(errors)


def _put(connection: GraphConnection, wanted: Wanted) -> None:
    connection.cloud = wanted.cloud
    connection.directory_id, connection.client_id = wanted.directory_id, wanted.client_id
    connection.reads_non_interactive, connection.reads_trace = (
        wanted.reads_non_interactive,
        wanted.reads_trace,
    )
    if wanted.certificate:
        connection.certificate = wanted.certificate.pem
        connection.secret_expires_on = wanted.certificate.expires_at.astimezone(UTC).date()
        put_secret(connection, wanted.certificate.key)
        return
    if wanted.secret:
        connection.certificate = ""
        put_secret(connection, wanted.secret)
    if not connection.certificate:
        connection.secret_expires_on = wanted.secret_expires_on
