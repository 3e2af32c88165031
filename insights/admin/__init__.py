"""The operator's pages of sources and what they told, of syslog and of shared servers: for looking, not for editing."""

from insights.admin import followed, graph, shared, stored, syslog

__all__ = ["followed", "graph", "shared", "stored", "syslog"]
