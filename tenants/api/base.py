"""The sealed views that every endpoint is made of: known parameters only, one door, one tenant's scope.

`ApiView` is for what is not inside one tenant; `TenantApiView` enters the tenant named in the path.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponseBase
from django.template.response import SimpleTemplateResponse
from rest_framework.exceptions import MethodNotAllowed, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenants.access import Caller, get_tenant
from tenants.api.auth import IsSomebody, KeyAuthentication, SessionWithToken, caller_of
from tenants.api.bodies import BoundedJson
from tenants.api.negotiation import AlwaysJson
from tenants.api.throttles import RateThrottle
from tenants.models import Tenant
from tenants.roles import Capability
from tenants.scope import tenant_scope


class ApiView(APIView):
    """An endpoint for whoever has a key or a session.

    `parameters` are the query parameters it knows, for each method (a method that is not there knows none); others
    are refused with a 400 that names them, and with the reason in `elsewhere` where somebody may well expect one.
    `caller` is the key or the person. `caching` is what is said to caches where an answer says nothing itself.
    """

    authentication_classes = (KeyAuthentication, SessionWithToken)
    permission_classes = (IsSomebody,)
    throttle_classes = (RateThrottle,)
    content_negotiation_class = AlwaysJson
    parser_classes: Sequence[type[BaseParser]] = (BoundedJson,)

    parameters: ClassVar[dict[str, frozenset[str]]] = {}
    elsewhere: ClassVar[dict[str, str]] = {}
    caching: ClassVar[str] = "private, no-store"
    caller: Caller

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let in who may come, and refuse parameters that would be ignored."""
        super().initial(request, *args, **kwargs)
        self.caller = caller_of(request)
        if not hasattr(self, str(request.method).lower()):
            raise MethodNotAllowed(str(request.method))
        self.enter(request, *args, **kwargs)
        known = self.parameters.get(_as_get(request), frozenset())
        allowed = f"it can be {', '.join(sorted(known))}" if known else "this endpoint has none"
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            reason = f"is not a parameter here; {allowed}."
            raise ValidationError({name: [self.elsewhere.get(name, reason)] for name in unknown})
        repeated = sorted(name for name, texts in request.query_params.lists() if len(texts) > 1)
        if repeated:
            reason = "is there more than once; where it takes several values, write commas between them."
            raise ValidationError({name: [reason] for name in repeated})
        # No text in the database has one, and asking for it is an error there.
        spoilt = [name for name, texts in request.query_params.lists() if any("\0" in text for text in texts)]
        if spoilt:
            raise ValidationError({name: ["has a NUL character in it."] for name in spoilt})

    def enter(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the right to what the path names; overridden by views that are about something."""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep what a key was shown out of caches, as `tenants.middleware` does for people."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", self.caching)
        return answer


def _as_get(request: Request) -> str:
    return "GET" if request.method in {"HEAD", "OPTIONS"} else request.method or ""


class _UndoneError(Exception):
    """Leaves a scope so that its transaction is rolled back."""


class TenantApiView(ApiView):
    """An endpoint inside the tenant that the path names; `tenant` is it, and its rows are the only ones there are.

    `capabilities` are what each method needs, GET included. 404 for strangers, 403 for those without the right. All of
    the request is one transaction: an error undoes it, an answer below 400 means that it was committed. A streamed
    answer must enter the scope again in its generator.
    """

    capabilities: ClassVar[dict[str, Capability]] = {"GET": Capability.VIEW}
    tenant: Tenant
    _went_wrong = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer within the scope that `enter` opens."""
        with suppress(_UndoneError), ExitStack() as self._scope:
            response = super().dispatch(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
            if self._went_wrong:
                raise _UndoneError
        return response

    def handle_exception(self, exc: Exception) -> Response:
        """Remember that what the request wrote must be undone."""
        self._went_wrong = True
        return super().handle_exception(exc)

    def enter(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Find the tenant, check the right, and enter the scope."""
        capability = self.capabilities.get(_as_get(request), Capability.VIEW)
        self.tenant = get_tenant(self.caller, str(self.kwargs["tenant"]), capability)
        self.receive(request)
        self._scope.enter_context(self.scope())

    def receive(self, request: Request) -> None:
        """Take a large body in: the right was checked, and no transaction is open that a slow sender would hold."""

    def scope(self) -> AbstractContextManager[None]:
        """Return the scope of the tenant, to be entered; overridden where all queries must see the same moment."""
        return tenant_scope([self.tenant.pk])
