"""The operator's pages of people, providers and tenants, and what all of the administration builds on."""

from tenants.admin import people, places

__all__ = ["people", "places"]
