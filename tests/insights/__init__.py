"""Tests of what the logs say."""
