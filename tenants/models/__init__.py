"""The tables of people, providers and tenants."""

from tenants.models.api_key import ApiKey
from tenants.models.membership import Membership
from tenants.models.sender_domain import SenderDomain
from tenants.models.tenant import Provider, RecipientPolicy, Tenant, TenantKind
from tenants.models.user import User
from tenants.models.webhook import EventType, Webhook
from tenants.models.webhook_delivery import DeliveryState, WebhookDelivery, WebhookEvent

__all__ = [
    "ApiKey",
    "DeliveryState",
    "EventType",
    "Membership",
    "Provider",
    "RecipientPolicy",
    "SenderDomain",
    "Tenant",
    "TenantKind",
    "User",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
]
