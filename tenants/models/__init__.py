"""The tables of people, providers and tenants."""

from tenants.models.api_key import ApiKey
from tenants.models.membership import Membership
from tenants.models.sender_domain import SenderDomain
from tenants.models.tenant import Provider, RecipientPolicy, Tenant
from tenants.models.user import User

__all__ = ["ApiKey", "Membership", "Provider", "RecipientPolicy", "SenderDomain", "Tenant", "User"]
