"""Turns bytes of a log into text that people may read and PostgreSQL may keep."""

import re
import unicodedata
from collections.abc import Callable
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import Final

from insights.ingest.record import MAX_SAMPLE

_MAPPED: Final = bytes(10) + b"\xff\xff"
_CACHED: Final = 20_000
_LONGEST_REMEMBERED: Final = 2_048
_SECRET = re.compile(r"(\bAUTH[ =:]+[A-Z0-9-]+[ =:]+|\b(?:pass(?:word|wd)?|secret)=)\S+", re.IGNORECASE)
_ANSWER = re.compile(r'(\bcommand(?:=|": ?)")(?![A-Z]{1,20} ?")[A-Za-z0-9+/]{4,2000}={0,2}(?= ?(?:"|$))')
"""A whole command of base64: what a client answered to an AUTH that the server had refused."""
_HANDLED = re.compile(
    r'(\bhook"?[=:]"?unrecognized_command\b.{0,300}?\bparams"?[=:]"?)(?!(?:AUTH|STARTTLS)\b)[^"\s,}]+'
)
"""What Haraka logs of a client's answer to an AUTH: a password in base64."""
_INPUT = re.compile(r'(\braw-input\b.{0,300}?\bcontents"?(?: = |: ?)")(?:[^"\\]|\\.)*')
"""What a client sent, as Stalwart logs it at its finest level: a password in base64 among it."""
_SEPARATORS = frozenset({"Cc", "Zl", "Zp", "Cs"})


def text_of(raw: bytes, limit: int) -> str:
    """Decode UTF-8; invalid bytes and control characters become backslash escapes, then cut to `limit`."""
    text = raw[: limit * 4].decode("utf-8", "backslashreplace")
    if not text.isprintable():
        text = "".join(_visible(character) for character in text)
    return text[:limit]


def sample_of(raw: bytes) -> str:
    """Return a short sample of a line, with what may be a password taken out."""
    text = text_of(raw, MAX_SAMPLE)
    for secret in (_SECRET, _ANSWER, _HANDLED, _INPUT):
        text = secret.sub(r"\1[removed]", text)
    return text[:MAX_SAMPLE]  # what stands for a secret may be longer than it


def address_of(raw: bytes) -> str:
    """Return the canonical text of an IP address, or "" where there is none (a UNIX socket, `unknown`).

    A zone index is left out and an IPv4 address mapped into IPv6 is the IPv4 address: it is the same client.
    """
    try:
        written = raw.decode("ascii").removeprefix("IPv6:").partition("%")[0]
        if ":" not in written:
            return inet_ntop(AF_INET, inet_pton(AF_INET, written))
        packed = inet_pton(AF_INET6, written)
    except (OSError, ValueError):
        return ""
    if packed.startswith(_MAPPED):
        return inet_ntop(AF_INET, packed[12:])
    return inet_ntop(AF_INET6, packed)


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _SEPARATORS:
        return character
    point = ord(character)
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}"


def remembered(make: Callable[[bytes], str], memory: dict[bytes, str]) -> Callable[[bytes], str]:
    """Return `make` with a bounded memory, in a plain dictionary that a loop may look into by itself.

    The same few accounts, senders and addresses come again and again.
    """

    def text(raw: bytes) -> str:
        found = memory.get(raw)
        if found is None:
            found = make(raw)
            if len(memory) >= _CACHED:
                memory.clear()
            if len(raw) <= _LONGEST_REMEMBERED:
                memory[raw] = found
        return found

    return text
