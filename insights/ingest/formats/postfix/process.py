"""The process that wrote a line, as the parser keeps it."""

from insights.ingest.formats.postfix.memory import Host
from insights.ingest.formats.postfix.sessions import Session


class Process:
    """One for each head text. `wrapper`: its service is TLS from the first byte, so it never says STARTTLS."""

    __slots__ = ("host", "kind", "marked_kind", "pid", "session", "wrapper")

    def __init__(
        self, *, kind: int, marked_kind: int, host: Host, pid: bytes, session: Session, wrapper: bool
    ) -> None:
        self.kind = kind
        self.host = host
        self.pid = pid
        self.session = session
        self.wrapper = wrapper
        self.marked_kind = marked_kind
