"""Microsoft Entra: its sign-ins, read into logins without messages and refused logins."""

from insights.ingest.formats.entra.parser import EntraParser

__all__ = ["EntraParser"]
