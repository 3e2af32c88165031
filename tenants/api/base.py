"""The sealed views that every endpoint is made of: known parameters only, one door, one tenant's scope.

`ApiView` is for what is not inside one tenant; `TenantApiView` enters the tenant named in the path.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponseBase
from django.template.response import SimpleTemplateResponse
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenants.access import Caller, get_tenant
from tenants.api.auth import IsSomebody, KeyAuthentication, caller_of
from tenants.api.bodies import BoundedJson
from tenants.api.negotiation import AlwaysJson
from tenants.api.throttles import RateThrottle
from tenants.models import Tenant
from tenants.roles import Capability
from tenants.scope import tenant_scope


class ApiView(APIView):
    """An endpoint for whoever has a key or a session.

    `parameters` are the query parameters it knows, for each method (a method that is not there knows none); others
    are refused with a 400 that names them. `caller` is the key or the person.
    """

    authentication_classes = (KeyAuthentication, SessionAuthentication)
    permission_classes = (IsSomebody,)
    throttle_classes = (RateThrottle,)
    content_negotiation_class = AlwaysJson
    parser_classes = (BoundedJson,)

    parameters: ClassVar[dict[str, frozenset[str]]] = {}
    caller: Caller

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let in who may come, and refuse parameters that would be ignored."""
        super().initial(request, *args, **kwargs)
        self.caller = caller_of(request)
        self.enter(request, *args, **kwargs)
        known = self.parameters.get(request.method or "", frozenset())
        allowed = f"it can be {', '.join(sorted(known))}" if known else "this endpoint has none"
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise ValidationError({name: [f"is not a parameter here; {allowed}."] for name in unknown})
        # No text in the database has one, and asking for it is an error there.
        spoilt = [name for name, texts in request.query_params.lists() if any("\0" in text for text in texts)]
        if spoilt:
            raise ValidationError({name: ["has a NUL character in it."] for name in spoilt})

    def enter(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the right to what the path names; overridden by views that are about something."""


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
        method = "GET" if request.method in {"HEAD", "OPTIONS"} else request.method or ""
        capability = self.capabilities.get(method, Capability.VIEW)
        self.tenant = get_tenant(self.caller, str(self.kwargs["tenant"]), capability)
        self.receive(request)
        self._scope.enter_context(tenant_scope([self.tenant.pk]))

    def receive(self, request: Request) -> None:
        """Take a large body in: the right was checked, and no transaction is open that a slow sender would hold."""
