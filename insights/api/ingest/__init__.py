"""Taking data in over the API."""
