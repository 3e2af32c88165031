"""Exim: its main log (and reject log), from files of its own or by way of syslog."""

from insights.ingest.formats.exim.parser import EximParser

__all__ = ["EximParser"]
