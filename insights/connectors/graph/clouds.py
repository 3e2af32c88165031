"""Where Microsoft's clouds are asked: the log-in service and Graph of each."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.conf import settings

from insights.models import GraphCloud
from project.origins import is_safe_origin


class Endpoints(NamedTuple):
    """Two origins without a slash at the end."""

    login: str
    graph: str


_KNOWN: Final = {
    GraphCloud.GLOBAL: Endpoints("https://login.microsoftonline.com", "https://graph.microsoft.com"),
    GraphCloud.US_GOV: Endpoints("https://login.microsoftonline.us", "https://graph.microsoft.us"),
    GraphCloud.US_DOD: Endpoints("https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
    GraphCloud.CHINA: Endpoints(
        "https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"
    ),
}
"""https://learn.microsoft.com/graph/deployments"""


class UnsafeEndpoint(Exception):
    """The settings name an address that secrets may not be sent to (check project.E004)."""


def endpoints_of(cloud: str) -> Endpoints:
    """Return where a cloud is asked: what GRAPH_ENDPOINTS says, else Microsoft's own; raise UnsafeEndpoint."""
    given = settings.GRAPH_ENDPOINTS.get(str(cloud))
    if given is not None and not (isinstance(given, list) and len(given) == 2):
        raise UnsafeEndpoint(str(cloud))
    found = _KNOWN[GraphCloud(cloud)] if given is None else Endpoints(*given)
    if not all(is_safe_origin(url) for url in found):
        raise UnsafeEndpoint(str(cloud))
    return Endpoints(*(url.rstrip("/") for url in found))
