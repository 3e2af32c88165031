"""The operator's pages of people, providers and tenants, and what all of the administration builds on."""

from tenants.admin import adopted, keys, people, places, webhooks

__all__ = ["adopted", "keys", "people", "places", "webhooks"]
