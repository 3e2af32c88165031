"""Webhooks: what is announced, how it is sent, to whom it may go."""
