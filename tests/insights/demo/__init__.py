"""Tests of the generated logs: what they look like, and that they equal their own truth."""
