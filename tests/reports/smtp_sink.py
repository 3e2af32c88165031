"""A real mail server on the loopback that does as it is told: accepts, refuses, breaks off, stalls."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.ports import free_port


@dataclass
class Sink:
    """What the server shall do, and what it has taken.

    `rcpt` and `data` are the replies to RCPT TO, by address, and to the end of DATA, in order; without one it
    accepts. `drop_before_reply` counts the mails that it takes and then breaks off without a word. `stall`
    are the seconds between taking a mail and saying so.
    """

    port: int = 0
    rcpt: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    drop_before_reply: int = 0
    drop_after_reply: bool = False
    stall: float = 0.0
    taken: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := self.rcpt.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data:
            return self.data.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append(BytesParser(policy=policy.default).parsebytes(content))
        self.envelopes.append(envelope)
        if self.stall:
            await asyncio.sleep(self.stall)
        transport: Any = server.transport
        if self.drop_before_reply:
            self.drop_before_reply -= 1
            transport.abort()
        if self.drop_after_reply:
            asyncio.get_running_loop().call_later(0.02, transport.abort)
        return "250 taken"

    @property
    def message_ids(self) -> list[str]:
        """The Message-IDs of what was taken, in order."""
        return [str(message["Message-ID"]) for message in self.taken]


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    """Run a mail server on a free port."""
    sink = Sink(port=free_port())
    # Its thread tells of connections that end when nobody listens to the log any more.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, ready_timeout=60)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
