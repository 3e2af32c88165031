"""Read the mails that Django's file backend has written to a folder: one file a connection, mails after each
other.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

_BETWEEN = b"\n" + b"-" * 79 + b"\n"
_NAME = re.compile(r"[0-9A-Za-z_-]+\.log")
_CID = re.compile(r"""(["'(])cid:([^"')]+)""")
NEWEST = 100


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail in the folder; `number` counts those of its file from 0."""

    file_name: str
    number: int
    message: EmailMessage

    @property
    def addresses(self) -> set[str]:
        """The addresses it went to, in lower case."""
        fields = [field for name in ("To", "Cc") for field in self.message.get_all(name, [])]
        return {address.addr_spec.lower() for field in fields for address in field.addresses}

    def text(self) -> str:
        """Return the readable text, "" when it has none."""
        return _content(self.message, "plain")

    def html(self) -> str:
        """Return the HTML with its pictures inside, "" when it has none."""
        pictures = {
            str(part["Content-ID"]).strip("<> "): _data_url(part)
            for part in self.message.walk()
            if part["Content-ID"] and part.get_content_maintype() == "image"
        }
        found = _CID.sub(lambda match: match[1] + pictures.get(match[2], ""), _content(self.message, "html"))
        # Links open in a tab of their own: the frame that shows the mail may load nothing.
        return found.replace("<head>", '<head><base target="_blank">', 1)

    def attachments(self) -> list[EmailMessage]:
        """Return the attached files."""
        return list(self.message.iter_attachments())


def newest_mails(folder: Path) -> list[StoredMail]:
    """Return the mails of the `NEWEST` files, newest first."""
    names = sorted((path.name for path in folder.glob("*.log")), reverse=True)[:NEWEST]
    return [mail for name in names for mail in reversed(_mails(folder, name))]


def read_mail(folder: Path, file_name: str, number: int) -> StoredMail | None:
    """Return one mail, or None; a name that could lead out of the folder is none of ours."""
    if not _NAME.fullmatch(file_name):
        return None
    mails = _mails(folder, file_name)
    return mails[number] if number < len(mails) else None


def _mails(folder: Path, file_name: str) -> list[StoredMail]:
    try:
        written = (folder / file_name).read_bytes()
    except FileNotFoundError:
        return []
    parser = BytesParser(policy=policy.default)
    raw = [text for text in written.split(_BETWEEN) if text.strip()]
    return [StoredMail(file_name, number, parser.parsebytes(text)) for number, text in enumerate(raw)]


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,)) if kind == "plain" else message.get_body(("related", "html"))
    if not isinstance(part, EmailMessage):
        return ""
    if part.get_content_type() == "multipart/related":
        part = next(inner for inner in part.walk() if inner.get_content_type() == "text/html")
    content: str = part.get_content()
    return content


def _data_url(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    encoded = base64.b64encode(content if isinstance(content, bytes) else b"").decode()
    return f"data:{part.get_content_type()};base64,{encoded}"
