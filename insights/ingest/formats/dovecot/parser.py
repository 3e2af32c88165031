"""The Dovecot parser: lines by way of syslog or from Dovecot's own file, read by what `Submission` knows of them."""

from typing import ClassVar, Final

from insights.ingest.formats.dovecot.patterns import DAEMON, SERVICE
from insights.ingest.formats.dovecot.submission import Submission
from insights.ingest.formats.syslog import Reader, SyslogParser, Writer

_LONGEST_HEAD: Final = 3_000
_LONGEST_REMEMBERED: Final = 300
_MAX_HEADS: Final = 20_000


class DovecotParser(SyslogParser):
    """Reads the submission service's lines of one source. See `insights.ingest.formats.base.Parser` for the contract.

    By way of syslog a line begins with host and `dovecot: `, in Dovecot's own file (`log_path`) with the service.
    """

    name: ClassVar[str] = "dovecot"
    version: ClassVar[int] = 1

    @staticmethod
    def reader(source_key: str) -> Reader:
        """Return a reader of the service's lines that has read nothing yet."""
        return Submission(source_key=source_key)

    def _writer(self, head: bytes) -> Writer | None:
        """Read the head of a line; where it is the service's own, it stands for the program and begins the text."""
        if b"submission" in head:
            service = SERVICE.pattern.fullmatch(head) if len(head) <= _LONGEST_HEAD else None
            if service is not None:
                return Writer(service[1] or b"", service[2], b"")
        daemon = DAEMON.pattern.fullmatch(head) if len(head) <= _LONGEST_REMEMBERED else None
        writer = None if daemon is None else Writer(daemon[1] or b"", b"", daemon[2] or b"")
        if len(head) <= _LONGEST_REMEMBERED:
            if len(self._heads) >= _MAX_HEADS:
                self._heads.clear()
            self._heads[head] = writer
        return writer
