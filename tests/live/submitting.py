"""Submit messages to a mail server over every TLS version and none, and write down what was sent."""

from __future__ import annotations

import smtplib
import ssl
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import NamedTuple

from insights.enums import TlsVersion
from tests.live.postfix import MECHANISMS, PASSWORD

# None comes last: a log proves it only once the server has shown that it tells the version of TLS.
VERSIONS: dict[TlsVersion, ssl.TLSVersion | None] = {
    TlsVersion.TLS1_0: ssl.TLSVersion.TLSv1,
    TlsVersion.TLS1_1: ssl.TLSVersion.TLSv1_1,
    TlsVersion.TLS1_2: ssl.TLSVersion.TLSv1_2,
    TlsVersion.TLS1_3: ssl.TLSVersion.TLSv1_3,
    TlsVersion.NONE: None,
}


class Sent(NamedTuple):
    """What a row must say of a message, apart from its time."""

    queue_id: str
    account: str
    sender: str
    client_ip: str
    tls: str
    mechanism: str
    recipients: int


class Said(NamedTuple):
    """A message, and between which instants it was submitted."""

    sent: Sent
    after: datetime
    before: datetime


def last_word(answer: bytes) -> str:
    """Return the queue id out of the answer of Postfix and others that say it last."""
    return answer.decode().split()[-1]


def submit_all(
    port: int,
    count: int,
    *,
    queue_id: Callable[[bytes], str] = last_word,
    first: int = 0,
    versions: Sequence[TlsVersion] = tuple(VERSIONS),
    logged_in: Callable[[], object] = lambda: None,
) -> Iterator[Said]:
    """Submit so many messages, each over a connection of its own, from eleven addresses as seven accounts.

    `queue_id` finds the message's name in the answer to it; messages are numbered from `first` on. `logged_in` is
    called between the login and the message.
    """
    contexts = {version: _context(wanted) for version, wanted in VERSIONS.items() if wanted is not None}
    for number in range(first, first + count):
        version = versions[number % len(versions)]
        account = f"user{number % 7}@live.example"
        sender = account if number % 3 else f"alias{number % 4}@other.example"
        client_ip, mechanism = f"127.0.0.{10 + number % 11}", MECHANISMS[number // 5 % 2]
        recipients = [f"rcpt{which}@elsewhere.example" for which in range(1 + number % 3)]
        after = datetime.now(UTC)
        with smtplib.SMTP("127.0.0.1", port, timeout=30, source_address=(client_ip, 0)) as client:
            client.ehlo("client.example")
            if version in contexts:
                client.starttls(context=contexts[version])
                client.ehlo("client.example")
            client.user, client.password = account, PASSWORD
            client.auth(mechanism, getattr(client, f"auth_{mechanism.lower()}"))
            logged_in()
            answer = _send(client, sender, recipients, number)
        sent = Sent(queue_id(answer), account, sender, client_ip, version, mechanism, len(recipients))
        yield Said(sent, after, datetime.now(UTC))


def _send(client: smtplib.SMTP, sender: str, recipients: list[str], number: int) -> bytes:
    """Send one message and return the server's answer, which names its queue id."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, ", ".join(recipients), f"Live {number}"
    message.set_content("Hello")
    assert client.mail(sender)[0] == 250
    assert {client.rcpt(one)[0] for one in recipients} == {250}
    code, answer = client.data(message.as_bytes())
    assert code == 250, answer
    return answer


def _context(version: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    return context
