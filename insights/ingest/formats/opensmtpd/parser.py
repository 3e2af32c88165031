"""The OpenSMTPD parser: syslog lines read by what `Server` knows of smtpd's texts."""

from typing import ClassVar

from insights.ingest.formats.opensmtpd.server import Server
from insights.ingest.formats.syslog import Reader, SyslogParser


class OpenSmtpdParser(SyslogParser):
    """Reads OpenSMTPD's logs of one source. See `insights.ingest.formats.base.Parser` for the contract.

    `source_key` enters the ids of events. `zone` and `year` are those of stamps that do not tell theirs.
    Lines stamped before `earliest` or after `latest` are counted as not understood and give nothing.
    """

    name: ClassVar[str] = "opensmtpd"
    version: ClassVar[int] = 1

    @staticmethod
    def reader(source_key: str) -> Reader:
        """Return a reader of the server's lines that has read nothing yet."""
        return Server(source_key=source_key)
