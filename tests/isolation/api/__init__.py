"""The same proof for the API: every endpoint, every kind of key and session, both walls."""
