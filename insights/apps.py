"""The application of submissions: reading logs, keeping and counting what they say, showing it."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """Holds sources, submissions, roll-ups and the pages about them."""

    name = "insights"
