"""Who calls: a program with a key in the header `Authorization: Bearer sai_…`, or a person in a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from rest_framework.authentication import (
    BaseAuthentication,
    CSRFCheck,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from tenants.access import Caller
from tenants.api_keys import find_key, note_use
from tenants.models import ApiKey, User

if TYPE_CHECKING:
    from rest_framework.views import APIView


class KeyAuthentication(BaseAuthentication):
    """Reads the key; says the same of every key that it does not take, so that nothing can be learnt from it."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        """Return nobody and the key; None where there is no such header; raise AuthenticationFailed for a bad one."""
        scheme, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer":
            raise AuthenticationFailed("Send the key as “Authorization: Bearer sai_…”.")
        now, address = timezone.now(), request.META.get("REMOTE_ADDR", "")
        key = find_key(text.strip(), now=now)
        if key is None or not key.admits(address):
            raise AuthenticationFailed(
                "This key is not known, is over, or may not be used from this address."
            )
        note_use(key, address=address or None, now=now)
        return AnonymousUser(), key

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 names in `WWW-Authenticate` (RFC 6750)."""
        return 'Bearer realm="SMTP AUTH Insights"'


def _no_answer(_request: HttpRequest) -> HttpResponse:
    """Stand for the view, which is not called by the check."""
    return HttpResponse()


class SessionWithToken(SessionAuthentication):
    """Reads the session; what changes something needs the header `X-CSRFToken`.

    A token in the body is not looked for: that would read the body before the right is asked.
    """

    def enforce_csrf(self, request: Request) -> None:
        """Refuse a request without the token by PermissionDenied."""
        asked = request._request  # noqa: SLF001 - the request as Django's check knows it
        asked.__dict__ |= {"_post": QueryDict(), "_files": MultiValueDict()}
        check = CSRFCheck(_no_answer)
        check.process_request(asked)
        reason = check.process_view(asked, _no_answer, (), {})
        if reason:
            raise PermissionDenied(f"CSRF Failed: {reason}")


class IsSomebody(BasePermission):
    """Lets keys and people in; the right to each thing is checked where it is fetched (`tenants.access`)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Refuse nobody with a 401."""
        caller = caller_of(request)
        return isinstance(caller, ApiKey) or caller.is_authenticated


def caller_of(request: Request) -> Caller:
    """Return the key, the person or nobody."""
    if isinstance(request.auth, ApiKey):
        return request.auth
    return request.user if isinstance(request.user, User) else AnonymousUser()
