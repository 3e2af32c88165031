"""Walks through the pages in a real Chromium: `pytest -m browser`."""
