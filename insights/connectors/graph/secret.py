"""The client secret or private key of a connection: sealed when it is entered, opened when a token is asked for.

The keys are those of STORED_SECRET_KEYS, then the SECRET_KEY and its fallbacks: new secrets take the first.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from insights.connectors.graph.clouds import UnsafeEndpoint, endpoints_of
from insights.connectors.graph.refusals import GraphError
from insights.connectors.graph.token import Credentials
from insights.models import GraphConnection
from project.sealing import CannotOpen, is_current, seal, unseal


def put_secret(connection: GraphConnection, secret: str) -> None:
    """Seal the secret for this connection. Saving is up to the caller."""
    connection.sealed_secret = seal(secret, about=_about(connection), keys=_keys())


def credentials_of(connection: GraphConnection) -> Credentials:
    """Return as whom the directory is asked; raise GraphError with what the operator has to mend."""
    try:
        secret = unseal(connection.sealed_secret, about=_about(connection), keys=_keys())
        endpoints = endpoints_of(connection.cloud)
    except CannotOpen as error:
        raise GraphError(
            _("The client secret or key cannot be opened. %(why)s Enter it again.") % {"why": error}
        ) from error
    except UnsafeEndpoint as error:
        raise GraphError(
            _("GRAPH_ENDPOINTS names an address that is not https. The operator has to mend it.")
        ) from error
    return Credentials(
        endpoints, connection.directory_id, connection.client_id, secret, connection.certificate
    )


def seal_anew(connection: GraphConnection) -> bool:
    """Seal the secret with the newest key where an older one was used, and save; tell whether that was so.

    One that cannot be opened stays as it is.
    """
    keys = _keys()
    try:
        if is_current(connection.sealed_secret, keys=keys):
            return False
        put_secret(connection, unseal(connection.sealed_secret, about=_about(connection), keys=keys))
    except CannotOpen:
        return False
    connection.save(update_fields=["sealed_secret"])
    return True


def _about(connection: GraphConnection) -> str:
    return f"tenant {connection.tenant_id}, graph connection {connection.pk}"


def _keys() -> list[str]:
    stored = settings.STORED_SECRET_KEYS.values()
    return list(dict.fromkeys([*stored, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]))
