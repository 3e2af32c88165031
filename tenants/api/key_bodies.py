"""What the API says of a key, and what it takes to make one."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tenants.api.bodies import Body
from tenants.key_reach import MAX_NETWORKS
from tenants.models import ApiKey
from tenants.models.api_key import validate_network
from tenants.roles import Scope

NETWORKS_HELP = "Addresses or networks that may use the key, such as 192.0.2.0/24; an empty list is any."
TENANTS_HELP = "Of a provider's key: the tenants that it covers; null is all of them, later ones included."
MAX_TENANTS = 1_000


class KeySerializer(serializers.ModelSerializer[ApiKey]):
    """A key without its text, which is shown once, when it is made."""

    begins_with = serializers.SerializerMethodField(help_text="What the key's text begins with.")
    state = serializers.SerializerMethodField(help_text="`active`, `expired` or `revoked`.")
    tenant: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        "slug",
        read_only=True,
        allow_null=True,
        help_text="The tenant whose key it is; null for a provider's.",
    )
    provider: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        "slug",
        read_only=True,
        allow_null=True,
        help_text="The provider whose key it is; null for a tenant's.",
    )
    tenants = serializers.SerializerMethodField(help_text=TENANTS_HELP)
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices), read_only=True)
    networks = serializers.ListField(child=serializers.CharField(), read_only=True, help_text=NETWORKS_HELP)
    created_by = serializers.SerializerMethodField(
        help_text="The email address of the person who made it; null where a program did."
    )
    made_with = serializers.UUIDField(
        source="made_with_id",
        read_only=True,
        allow_null=True,
        help_text="The id of the key that made it; null for others.",
    )

    class Meta:
        model = ApiKey
        fields = (
            *("id", "name", "begins_with", "state", "tenant", "provider", "tenants", "scopes", "networks"),
            *(
                "expires_at",
                "revoked_at",
                "last_used_at",
                "last_used_from",
                "created_at",
                "created_by",
                "made_with",
            ),
        )
        read_only_fields = fields

    def get_begins_with(self, key: ApiKey) -> str:
        """Return the part of the text that is no secret."""
        return key.shown_prefix

    @extend_schema_field({"type": "string", "enum": ["active", "expired", "revoked"]})
    def get_state(self, key: ApiKey) -> str:
        """Return whether the key works, at the time `now` of the context."""
        return key.state(self.context["now"])

    @extend_schema_field({"type": ["array", "null"], "items": {"type": "string"}})
    def get_tenants(self, key: ApiKey) -> list[str] | None:
        """Return the short names of the tenants that a provider's key names."""
        return None if key.tenant_id or key.all_tenants else sorted(one.slug for one in key.tenants.all())

    @extend_schema_field({"type": ["string", "null"]})
    def get_created_by(self, key: ApiKey) -> str | None:
        """Return who made it."""
        return key.created_by.email if key.created_by else None


class NewKeySerializer(KeySerializer):
    """A key that was made just now, with its text. Keep it: it is not shown again."""

    key = serializers.CharField(read_only=True, help_text="The text to send in `Authorization: Bearer …`.")

    class Meta(KeySerializer.Meta):
        fields = (*KeySerializer.Meta.fields, "key")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class KeyWishSerializer(Body):
    """A key to be made: of one tenant, or of a provider for all or some of its tenants."""

    name = serializers.CharField(max_length=100, help_text="Where it is used: “mx1 rsyslog”.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Scope.choices), allow_empty=False, max_length=len(Scope)
    )
    tenant = serializers.SlugField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Short name of the tenant, or else `provider`.",
    )
    provider = serializers.SlugField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Short name of the provider, or else `tenant`.",
    )
    tenants = serializers.ListField(
        child=serializers.SlugField(),
        required=False,
        allow_null=True,
        allow_empty=False,
        default=None,
        max_length=MAX_TENANTS,
        help_text=TENANTS_HELP,
    )
    networks = serializers.ListField(
        child=serializers.CharField(max_length=43, validators=[validate_network]),
        required=False,
        max_length=MAX_NETWORKS,
        help_text=f"{NETWORKS_HELP} Left out: those of the key that makes it.",
    )
    expires_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="When it ends, within ten years; null is never. Left out: when the key that makes it does.",
    )

    def validate(self, attrs: Any) -> Any:
        """Check that the key is of one place."""
        if (attrs["tenant"] is None) == (attrs["provider"] is None):
            raise serializers.ValidationError({"tenant": "Name either a tenant or a provider."})
        if attrs["tenants"] is not None and attrs["provider"] is None:
            raise serializers.ValidationError({"tenants": "This goes with a provider only."})
        return attrs


class KeyEndSerializer(Body):
    """How far the end of a key goes."""

    with_made = serializers.BooleanField(
        required=False,
        default=False,
        help_text="End the keys that it made, and those that they made, as well.",
    )
