"""Tests of the tags that show what the logs say."""
