"""The shapes of requested reports: the order that is sent, and what became of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from insights.filters import View
from reports.models import RecipientStatus, ReportRecipient, ReportRequest, RequestStatus
from reports.render.words import single_line
from reports.request.recipients import MAX_ADDRESS
from tenants.api.bodies import Body

MOST_ADDRESSES = 100
LONGEST_NOTE = 1_000
LONGEST_DOMAIN = 255


class OrderSerializer(Body):
    """A report that is asked for."""

    name = serializers.CharField(max_length=200, help_text="Stands in the subject and the list.")
    recipients = serializers.ListField(
        child=serializers.CharField(max_length=MAX_ADDRESS),
        min_length=1,
        max_length=MOST_ADDRESSES,
        help_text="Addresses, each of which gets a mail of its own; up to 20 that the tenant's settings allow.",
    )
    view = serializers.ChoiceField(
        choices=View.choices, default=View.VOLUME.value, help_text="What the chart shows."
    )
    start = serializers.CharField(
        required=False,
        allow_null=True,
        help_text="First day, like the parameter `start` of the reports. Without it, seven days that end with `end`.",
    )
    end = serializers.CharField(
        required=False, allow_null=True, help_text="Last day, included. Without it, today."
    )
    sender_domain = serializers.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        default=None,
        max_length=LONGEST_DOMAIN,
        help_text="Only senders there; empty or `-` for senders without a domain, null for all.",
    )
    note = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=LONGEST_NOTE,
        help_text="Stands in the mail, above the numbers.",
    )

    def validate_name(self, name: str) -> str:
        """Keep the name on one line: it stands in headings."""
        line = single_line(name)
        if not line:
            raise serializers.ValidationError("has nothing that can be seen.")
        return line


class RecipientSerializer(serializers.ModelSerializer[ReportRecipient]):
    """One mail to one address."""

    status = serializers.ChoiceField(choices=RecipientStatus.values)

    class Meta:
        model = ReportRecipient
        fields: ClassVar = ("address", "status", "reason", "sent_at")


class FilesSerializer(serializers.Serializer[Any]):
    """Where the detailed files can be fetched with the same key, and until when."""

    csv = serializers.URLField()
    xlsx = serializers.URLField()
    until = serializers.DateTimeField()


class RequestSerializer(serializers.ModelSerializer[ReportRequest]):
    """A report that was asked for, and what became of it."""

    view = serializers.ChoiceField(choices=View.values)
    start = serializers.DateField(source="start_on")
    end = serializers.DateField(source="end_on", help_text="The last day, included.")
    sender_domain = serializers.CharField(
        allow_null=True, help_text="Null for all, empty for senders without one."
    )
    requested_by = serializers.EmailField(
        source="requested_by.email", default=None, allow_null=True, help_text="The person who asked."
    )
    requested_with = serializers.SerializerMethodField(help_text="How the key begins that was used to ask.")
    status = serializers.ChoiceField(
        choices=RequestStatus.values,
        help_text="`pending` and `running` change by themselves, the others do not.",
    )
    reason = serializers.CharField(help_text="Why the last attempt failed, in the mail server's words.")
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    messages = serializers.IntegerField(
        allow_null=True, help_text="The messages it is about; null until built."
    )
    recipients = RecipientSerializer(many=True)
    files = serializers.SerializerMethodField()

    class Meta:
        model = ReportRequest
        fields: ClassVar = (
            *(
                "id",
                "name",
                "view",
                "start",
                "end",
                "sender_domain",
                "note",
                "requested_by",
                "requested_with",
            ),
            *("created_at", "status", "reason", "attempts", "next_attempt_at", "finished_at"),
            *("subject", "messages", "recipients", "files"),
        )

    @extend_schema_field({"type": ["string", "null"]})
    def get_requested_with(self, found: ReportRequest) -> str | None:
        """Return what names the key, without its secret."""
        return f"sai_{found.requested_key.prefix}" if found.requested_key else None

    @extend_schema_field(FilesSerializer(allow_null=True))
    def get_files(self, found: ReportRequest) -> dict[str, Any] | None:
        """Return the addresses of the files, None where there are none, or not any more."""
        if not found.has_files(now=timezone.now()):
            return None
        request = self.context["request"]
        names = {"tenant": request.parser_context["kwargs"]["tenant"], "id": found.pk}
        address = reverse("reports-api:report_request_download", kwargs=names, request=request)
        until = serializers.DateTimeField().to_representation(found.expires_at)  # type: ignore[arg-type]
        return {"csv": f"{address}?format=csv", "xlsx": f"{address}?format=xlsx", "until": until}


ORDER: dict[str, Any] = {
    "name": "Weekly",
    "recipients": ["anna@acme.example"],
    "view": "tls",
    "start": "-7d",
    "end": "-1d",
    "note": "For Monday.",
}
_ADDRESS = "https://insights.example/api/v1/tenants/acme/report-requests/0199a1f0-6b1c-7cc1-9f5e-3a1f0c9b7d21/download/"
ASKED: dict[str, Any] = {
    "id": "0199a1f0-6b1c-7cc1-9f5e-3a1f0c9b7d21",
    "name": "Weekly",
    "view": "tls",
    "start": "2026-11-10",
    "end": "2026-11-16",
    "sender_domain": None,
    "note": "For Monday.",
    "requested_by": None,
    "requested_with": "sai_Zk3rT9aQ",
    "created_at": "2026-11-17T08:11:05Z",
    "status": "pending",
    "reason": "",
    "attempts": 0,
    "next_attempt_at": None,
    "finished_at": None,
    "subject": "",
    "messages": None,
    "recipients": [{"address": "anna@acme.example", "status": "waiting", "reason": "", "sent_at": None}],
    "files": None,
}
SENT: dict[str, Any] = ASKED | {
    "status": "sent",
    "attempts": 1,
    "finished_at": "2026-11-17T08:11:09Z",
    "subject": "Acme: SMTP Auth clients, 10–16 November: 5 accounts, 612 messages",
    "messages": 612,
    "recipients": [
        {
            "address": "anna@acme.example",
            "status": "sent",
            "reason": "",
            "sent_at": "2026-11-17T08:11:09Z",
        }
    ],
    "files": {
        "csv": f"{_ADDRESS}?format=csv",
        "xlsx": f"{_ADDRESS}?format=xlsx",
        "until": "2026-12-01T08:11:07Z",
    },
}
CANCELLED: dict[str, Any] = ASKED | {"status": "cancelled", "finished_at": "2026-11-17T08:11:06Z"}
