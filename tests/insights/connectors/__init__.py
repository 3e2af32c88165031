"""Tests of what is fetched from other services."""
