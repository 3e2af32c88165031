"""What the lines of Exim mean, whatever stood before their text."""

from typing import Any, Final

from insights.ingest.formats.exim.arrivals import Arrivals
from insights.ingest.formats.exim.refusals import Refusal, by_acl, by_authenticator, by_protocol
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER, UNKNOWN
from insights.ingest.formats.refused import Refused, Seen
from insights.ingest.formats.syslog import Writer
from insights.ingest.record import LoginFailureRecord, SubmissionRecord

ARRIVES: Final = frozenset((b" <= ", b" (= "))
QUIET: Final = frozenset((b" => ", b" -> ", b" >> ", b" *> ", b" ** ", b" == ", b" Com", b" Mes", b" fro"))
"""What follows the message id in the common lines that tell of no submission."""
_FAILED: Final = b" authenticator failed for "
NOBODY: Final = Writer(b"", b"", b"")


class EximReader:
    """Tells what the texts mean. See `insights.ingest.formats.syslog.Reader` for the contract.

    `by_syslog` tells that the lines came by way of syslog, which gets each refusal twice: as main log and as reject log
    (`syslog_duplication`, on by default). Of two equal lines of a process and second the second is then a copy.
    """

    def __init__(self, *, source_key: str) -> None:
        self.arrivals = Arrivals(source_key=source_key)
        self.refused = Refused(source_key=source_key)
        self.by_syslog = False
        self.within_rejected = False
        self._micros = self._newest = 0

    def at(self, micros: int, newest: int) -> None:
        """Take the time of the lines that follow, and the newest of the log."""
        self._micros = self.arrivals.micros = micros
        self._newest = newest

    def wants(self, writer: Writer) -> bool:
        """Tell whether lines of this program are Exim's; it may be named `exim4` or `exim-out` as well."""
        return b"exim" in writer.program.lower()

    def read(self, writer: Writer, text: bytes, *, times: int) -> int:
        """Read the text of any line; return its class."""
        space = text.find(b" ")
        if text[6:7] == b"-":
            mark = text[space : space + 4]
            if mark in QUIET:
                return OTHER
            if mark in ARRIVES:
                self.arrivals.host = writer.host
                return self.arrivals.read(text, 0, space + 4)
        refusal, otherwise = None, OTHER
        if text[space : space + len(_FAILED)] == _FAILED:
            refusal, otherwise = by_authenticator(text), UNKNOWN
        elif text.startswith(b'SMTP protocol error in "'):
            refusal = by_protocol(text)
        elif b"rejected " in text or text.startswith(b"no MAIL in "):
            refusal = by_acl(text) if b"rejected AUTH " in text else None
            otherwise = EVIDENCE if b" A=" in text else OTHER
        return otherwise if refusal is None else self._refuse(writer, text, refusal, times)

    def taken(self) -> tuple[list[SubmissionRecord], list[LoginFailureRecord]]:
        """Hand over the events found since the last call."""
        return self.arrivals.taken(), self.refused.taken()

    def prune(self, newest: int) -> None:
        """Forget what is too old to matter."""
        self.refused.prune(newest)

    def forget(self) -> None:
        """Begin another log."""
        self.refused.forget()
        self.within_rejected = False

    def dump(self) -> dict[str, Any]:
        """Return what is open as plain data."""
        return {"failures": self.refused.dump(), "within_rejected": self.within_rejected}

    def load(self, data: dict[str, Any]) -> None:
        """Take up what `dump` gave."""
        self.refused.load(data["failures"])
        self.within_rejected = bool(data["within_rejected"])

    def _refuse(self, writer: Writer, text: bytes, refusal: Refusal, times: int) -> int:
        seen = Seen(self._micros, self._newest, writer.host, writer.pid, times, text)
        found = self.refused.add(
            seen,
            account=refusal.account,
            client_ip=refusal.client_ip,
            mechanism=refusal.mechanism,
            reason=refusal.reason,
            detail=refusal.detail,
            lines_each=2 if self.by_syslog else 1,
        )
        return EVENT if found else EVIDENCE
