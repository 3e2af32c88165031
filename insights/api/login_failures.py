"""Logins that were refused, one by one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from insights.api.events import EventList, event_parameters, event_schema
from insights.api.filtering import NOT_OF_FAILURES
from insights.api.tabular import file_responses
from insights.enums import FailureReason
from insights.filters import FailureFilters
from insights.models import LoginFailure
from tenants.api.paging import paged

EXAMPLE = {
    "id": "9f0c2b64-81d5-b8a1-6f3e-02c0f4c3a7de",
    "occurred_at": "2026-11-17T08:11:05Z",
    "source": "mx1",
    "host": "mail",
    "account": "admin",
    "client_ip": "203.0.113.9",
    "mechanism": "LOGIN",
    "reason": "wrong_credentials",
    "detail": "authentication failure",
    "import": "0193380c-9b1a-7e54-8f7e-1d2f4f0c9a11",
}


class LoginFailureSerializer(serializers.Serializer[Any]):
    """One refused login; the account as it was typed."""

    id = serializers.UUIDField(help_text="A digest of what the log says: the same line is the same event.")
    occurred_at = serializers.DateTimeField()
    source = serializers.CharField(  # type: ignore[assignment]  # the name is the API's
        help_text="The name of the source; its id where the source is gone."
    )
    host = serializers.CharField(allow_blank=True)
    account = serializers.CharField(allow_blank=True)
    client_ip = serializers.IPAddressField(allow_null=True)
    mechanism = serializers.CharField()
    reason = serializers.ChoiceField(choices=list(FailureReason))
    detail = serializers.CharField(allow_blank=True, help_text="The server's own words.")

    def get_fields(self) -> dict[str, Any]:
        """Add what is called like a word of Python."""
        fields = super().get_fields()
        fields["import"] = serializers.UUIDField(
            allow_null=True, help_text="The import that stored it, if one did."
        )
        return fields


class LoginFailureList(EventList):
    """The refused logins of a tenant."""

    model = LoginFailure
    filters = FailureFilters
    columns = tuple(EXAMPLE)
    name = "login-failures"
    elsewhere = NOT_OF_FAILURES
    parameters: ClassVar[dict[str, frozenset[str]]] = {"GET": event_parameters(FailureFilters)}

    @extend_schema(
        operation_id="login_failures_list",
        summary="List single refused logins",
        parameters=event_schema(FailureFilters),
        responses={(200, "application/json"): paged(LoginFailureSerializer), **file_responses()},
        examples=[
            OpenApiExample(
                "The last page",
                {"results": [EXAMPLE], "next": None},
                response_only=True,
                media_type="application/json",
            ),
        ],
        tags=["Events"],
    )
    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """List the refused logins of some days, the newest first, as long as they are kept one by one."""
        return self.answer(request)
