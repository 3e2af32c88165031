"""The frame that every app stands in: settings, servers, addresses, health, and ranges of days."""
