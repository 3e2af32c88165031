"""Messages that were accepted from clients that had logged in, one by one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from insights.api.events import EventList, event_parameters, event_schema
from insights.api.tabular import file_responses
from insights.enums import AuthClass, TlsVersion
from insights.filters import SubmissionFilters
from insights.models import Submission
from tenants.api.paging import paged

EXAMPLE = {
    "id": "0b1f6a52-3a57-0f6e-9d0c-7c1a53e8f4d2",
    "occurred_at": "2026-11-17T08:11:05Z",
    "source": "mx1",
    "host": "mail",
    "queue_id": "4Xk2Lq1Z3Yz9",
    "account": "anna@acme.example",
    "sender_address": "anna@acme.example",
    "sender_domain": "acme.example",
    "client_ip": "192.0.2.10",
    "tls_version": "TLS1.3",
    "mechanism": "PLAIN",
    "auth_class": "basic",
    "messages": 1,
    "recipients": 3,
    "recipients_exact": True,
    "size_bytes": 14220,
    "import": "0193380c-9b1a-7e54-8f7e-1d2f4f0c9a11",
    "logins": 0,
}


class SubmissionSerializer(serializers.Serializer[Any]):
    """One message; names are in compared form (NFC, lower case), `unknown` stands for what the log does not tell."""

    id = serializers.UUIDField(help_text="A digest of what the log says: the same line is the same event.")
    occurred_at = serializers.DateTimeField()
    source = serializers.CharField(  # type: ignore[assignment]  # the name is the API's
        help_text="The name of the source; its id where the source is gone."
    )
    host = serializers.CharField(allow_blank=True)
    queue_id = serializers.CharField(allow_blank=True)
    account = serializers.CharField(allow_blank=True)
    sender_address = serializers.CharField(allow_blank=True, help_text="Empty for the null sender.")
    sender_domain = serializers.CharField(allow_blank=True)
    client_ip = serializers.IPAddressField(allow_null=True)
    tls_version = serializers.ChoiceField(choices=list(TlsVersion))
    mechanism = serializers.CharField()
    auth_class = serializers.ChoiceField(choices=list(AuthClass))
    messages = serializers.IntegerField(
        help_text="1, or more where a source gives totals; 0 where it tells of logins alone."
    )
    recipients = serializers.IntegerField()
    recipients_exact = serializers.BooleanField()
    size_bytes = serializers.IntegerField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """Add what is called like a word of Python."""
        fields = super().get_fields()
        fields["import"] = serializers.UUIDField(
            allow_null=True, help_text="The import that stored it, if one did."
        )
        fields["logins"] = serializers.IntegerField(
            help_text="Logins of which the source tells no message; `messages` is 0 then."
        )
        return fields


class SubmissionList(EventList):
    """The submissions of a tenant."""

    model = Submission
    filters = SubmissionFilters
    columns = tuple(EXAMPLE)
    name = "submissions"
    parameters: ClassVar[dict[str, frozenset[str]]] = {"GET": event_parameters(SubmissionFilters)}

    @extend_schema(
        operation_id="submissions_list",
        summary="List single messages",
        parameters=event_schema(SubmissionFilters),
        responses={(200, "application/json"): paged(SubmissionSerializer), **file_responses()},
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
        """List the messages of some days, the newest first, as long as they are kept one by one."""
        return self.answer(request)
