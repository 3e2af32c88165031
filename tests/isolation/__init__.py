"""Proof that nobody sees another tenant, with both walls of docs/adr/0002 and with the database's alone."""
