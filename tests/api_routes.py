"""Every endpoint of the API, read from Django's resolver: what is served, whatever describes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.urls import URLResolver, get_resolver

from tenants.api.base import ApiView, TenantApiView
from tenants.roles import Capability

ROOT = "/api/v1/"
_DESCRIPTION = {"tenants-api:schema", "tenants-api:docs", "tenants-api:reference"}
"""Routes that describe the API, which anybody may read."""
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A named route under /api/v1/ and its view; `template` is the path as the description writes it."""

    name: str
    template: str
    view: type[ApiView]

    @property
    def arguments(self) -> list[str]:
        """The names in the path."""
        return re.findall(r"\{(\w+)\}", self.template)

    @property
    def methods(self) -> list[str]:
        """What it answers, in lower case, HEAD and OPTIONS aside."""
        return [method for method in _METHODS if hasattr(self.view, method)]

    @property
    def is_of_a_tenant(self) -> bool:
        """Whether it stands inside the tenant that the path names."""
        return issubclass(self.view, TenantApiView)

    def capability(self, method: str) -> Capability | None:
        """The right that the view declares for a method; None outside of a tenant."""
        return self.view.capabilities.get(method.upper()) if issubclass(self.view, TenantApiView) else None


@cache
def views_of_the_api() -> tuple[Endpoint, ...]:
    """Return every endpoint but those of the description."""
    return tuple(_walk(get_resolver(), "/", ""))


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Endpoint]:
    for item in resolver.url_patterns:
        path = prefix + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(item.pattern))
        if isinstance(item, URLResolver):
            if path.startswith(ROOT) or ROOT.startswith(path):
                inner = f"{namespace}{item.namespace}:" if item.namespace else namespace
                yield from _walk(item, path, inner)
        elif path.startswith(ROOT):
            view = getattr(item.callback, "view_class", None)
            name = f"{namespace}{item.name}"
            if name not in _DESCRIPTION:
                assert isinstance(view, type), f"{name} is no class"
                assert issubclass(view, ApiView), f"{name} does not stand on the API's ground"
                yield Endpoint(name, path, view)
