"""The ground that every endpoint of the API stands on, and the endpoints about tenants, domains and keys."""
