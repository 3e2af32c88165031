"""Pages and context of the tenants app."""
