"""What the API says of webhooks and of what they were told, and what it takes to make one."""

from __future__ import annotations

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tenants.api.bodies import Body
from tenants.models import DeliveryState, EventType, Webhook
from tenants.models.webhook import LONGEST_URL
from tenants.webhooks.log import PING, Told

_EVENTS = [*EventType.values, PING]


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    """A webhook without its secret, which is shown when it is made."""

    events = serializers.ListField(child=serializers.ChoiceField(EventType.choices), read_only=True)
    old_secret_valid_until = serializers.DateTimeField(
        source="old_until",
        read_only=True,
        allow_null=True,
        help_text="After a rotation: until when messages carry a signature with the secret before as well.",
    )
    off_reason = serializers.CharField(
        read_only=True, help_text="Why it was switched off by itself; empty where a person did, or it is on."
    )
    failing_since = serializers.DateTimeField(
        read_only=True,
        allow_null=True,
        help_text="Since when every attempt failed; null when the last one went well.",
    )

    class Meta:
        model = Webhook
        fields = (
            *("id", "name", "url", "events", "is_on", "off_reason", "failing_since", "delivered_at"),
            *("old_secret_valid_until", "created_at"),
        )
        read_only_fields = fields


class NewWebhookSerializer(WebhookSerializer):
    """A webhook that was made just now, with its secret. Keep it: it is not shown again."""

    secret = serializers.CharField(
        read_only=True, help_text="`whsec_…`, with which receivers check signatures."
    )

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "secret")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class NewSecretSerializer(serializers.Serializer[Any]):
    """A new secret. Keep it: it is not shown again."""

    secret = serializers.CharField()
    old_secret_valid_until = serializers.DateTimeField()


class WebhookWishSerializer(Body):
    """A webhook to be made."""

    name = serializers.CharField(max_length=100, help_text="What receives it: “PSA tickets”.")
    url = serializers.CharField(
        max_length=LONGEST_URL,
        help_text="https (or http) and a host of the public internet; without user name and password.",
    )
    events = serializers.ListField(
        child=serializers.ChoiceField(EventType.choices), allow_empty=False, max_length=len(EventType)
    )


class WebhookChangeSerializer(Body):
    """What is to be changed; what is left out stays as it is."""

    name = serializers.CharField(max_length=100, required=False)
    url = serializers.CharField(max_length=LONGEST_URL, required=False)
    events = serializers.ListField(
        child=serializers.ChoiceField(EventType.choices),
        allow_empty=False,
        max_length=len(EventType),
        required=False,
    )
    is_on = serializers.BooleanField(
        required=False, help_text="Off: nothing is sent or kept for it. On again: what still waits is sent."
    )


class AttemptSerializer(serializers.Serializer[Any]):
    """One attempt to deliver a message."""

    at = serializers.DateTimeField()
    status = serializers.IntegerField(
        allow_null=True, help_text="HTTP status; null where there was no answer."
    )
    milliseconds = serializers.IntegerField()
    address = serializers.CharField(help_text="The address that was connected to; empty where none was.")
    reason = serializers.CharField(help_text="What went wrong where the status does not say so.")
    response = serializers.CharField(help_text="The first KB of the answer.")


class DeliverySerializer(serializers.Serializer[Told]):
    """One message on its way to one webhook."""

    id = serializers.UUIDField(source="delivery.pk", read_only=True)
    message_id = serializers.CharField(
        read_only=True, help_text="The header `webhook-id`, the same at every attempt."
    )
    event = serializers.SerializerMethodField(help_text="The type; `ping` is a test.")
    tenant = serializers.SerializerMethodField(
        help_text="Short name of the tenant that it is about; null for a test."
    )
    state = serializers.ChoiceField(DeliveryState.choices, source="delivery.state", read_only=True)
    next_attempt_at = serializers.DateTimeField(
        source="delivery.next_attempt_at", read_only=True, allow_null=True
    )
    created_at = serializers.DateTimeField(source="delivery.created_at", read_only=True)
    finished_at = serializers.DateTimeField(source="delivery.finished_at", read_only=True, allow_null=True)
    attempts = AttemptSerializer(
        source="delivery.tries", many=True, read_only=True, help_text="The oldest first."
    )
    body = serializers.SerializerMethodField(help_text="What is sent.")

    @extend_schema_field({"type": ["string", "null"], "enum": [*_EVENTS, None]})
    def get_event(self, told: Told) -> str | None:
        """Return the type, null where the event is about a tenant that the webhook does not get any more."""
        return told.event or None

    @extend_schema_field({"type": ["string", "null"]})
    def get_tenant(self, told: Told) -> str | None:
        """Return whom it is about."""
        return told.tenant.slug if told.tenant else None

    @extend_schema_field({"type": ["object", "null"]})
    def get_body(self, told: Told) -> Any:
        """Return the message as JSON."""
        return json.loads(told.body) if told.body is not None else None


_ID = "0197a6c2-4b1e-7c7e-9a51-3f2f5d1c9b20"
WISH = {"name": "PSA tickets", "url": "https://psa.example.com/hooks/mail", "events": ["source.silent"]}
WEBHOOK = {
    "id": _ID,
    **WISH,
    "is_on": True,
    "off_reason": "",
    "failing_since": None,
    "delivered_at": "2026-11-17T08:11:05Z",
    "old_secret_valid_until": None,
    "created_at": "2026-11-16T15:02:40Z",
}
NEW_SECRET = {
    "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDxCQxBx6gTpc=",
    "old_secret_valid_until": "2026-11-18T08:11:05Z",
}
NEW_WEBHOOK = WEBHOOK | {"delivered_at": None, "secret": NEW_SECRET["secret"]}
DELIVERY = {
    "id": "0197a6c2-4b1e-7c7e-9a51-3f2f5d1c9b21",
    "message_id": "msg_0197a6c24b1e7c7e9a513f2f5d1c9b22",
    "event": "source.silent",
    "tenant": "acme",
    "state": "delivered",
    "next_attempt_at": None,
    "created_at": "2026-11-17T08:11:04Z",
    "finished_at": "2026-11-17T08:11:05Z",
    "attempts": [
        {
            "at": "2026-11-17T08:11:05Z",
            "status": 200,
            "milliseconds": 183,
            "address": "203.0.113.80",
            "reason": "",
            "response": "ok",
        }
    ],
    "body": {
        "type": "source.silent",
        "timestamp": "2026-11-17T08:11:04Z",
        "data": {"tenant": "acme", "source": "mx1", "silent_since": "2026-11-16T05:40:12Z"},
    },
}
PING_WAITS = DELIVERY | {
    "event": "ping",
    "tenant": None,
    "state": "waiting",
    "next_attempt_at": "2026-11-17T08:11:04Z",
    "finished_at": None,
    "attempts": [],
    "body": {
        "type": "ping",
        "timestamp": "2026-11-17T08:11:04Z",
        "data": {"webhook": _ID, "name": "PSA tickets"},
    },
}
