"""Tests of the Microsoft Graph connector, against a server that speaks its protocol."""
