"""What tables write for TLS versions, mechanisms, recipients and reasons, in the words that are counted. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from insights.enums import PLAIN_OR_LOGIN, FailureReason, TlsVersion
from insights.ingest.record import MAX_MECHANISM, UNKNOWN_MECHANISM

_VERSION = re.compile(r"(?:sp_prot_)?(tls|ssl)[ _-]?v?[ _-]?(\d)(?:[._]?(\d))?(?![._]?\d)")
_NUMBER = re.compile(r"(?:tls)?1\.([0-3])")
_CODES: Final = {
    "0x0300": TlsVersion.SSL3,
    "0x0301": TlsVersion.TLS1_0,
    "0x0302": TlsVersion.TLS1_1,
    "0x0303": TlsVersion.TLS1_2,
    "0x0304": TlsVersion.TLS1_3,
}
_BY_NUMBER: Final = {
    ("ssl", "3", "0"): TlsVersion.SSL3,
    ("tls", "1", "0"): TlsVersion.TLS1_0,
    ("tls", "1", "1"): TlsVersion.TLS1_1,
    ("tls", "1", "2"): TlsVersion.TLS1_2,
    ("tls", "1", "3"): TlsVersion.TLS1_3,
}
_NO_TLS: Final = frozenset(
    {"none", "no", "no tls", "notls", "plain", "plaintext", "plain text", "clear", "cleartext", "unencrypted"}
    | {"false", "off", "0", "sp_prot_none"}
)
_SEVERAL = re.compile(r"[/,|]\s*(?:sp_prot_|ssl|tls)")
_MECHANISM = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,63}")
_MECHANISMS: Final = {
    "BASIC": PLAIN_OR_LOGIN,
    "BASICAUTH": PLAIN_OR_LOGIN,
    "OAUTH": "XOAUTH2",
    "OAUTH2": "XOAUTH2",
    "OAUTH2.0": "XOAUTH2",
    "MODERN": "XOAUTH2",
    "MODERNAUTH": "XOAUTH2",
    "BEARER": "OAUTHBEARER",
    "KERBEROS": "GSSAPI",
    "CRAMMD5": "CRAM-MD5",
    "CRAM_MD5": "CRAM-MD5",
    "DIGESTMD5": "DIGEST-MD5",
    "DIGEST_MD5": "DIGEST-MD5",
}
_NOTHING: Final = frozenset({"", "-", "NONE", "N/A", "NULL", "NO", "FALSE", "UNKNOWN"})
_REASONS: Final = (
    (re.compile(r"\b4[25]\d\b|temporar|unavailable|internal error|timed? ?out"), FailureReason.SERVER_FAULT),
    (re.compile(r"cancel|abort"), FailureReason.CANCELLED),
    (re.compile(r"mechanism|not offered|not supported|unsupported"), FailureReason.MECHANISM_NOT_OFFERED),
    (re.compile(r"polic|blocked|disabled|not allowed|denied|conditional access"), FailureReason.POLICY),
)
_BETWEEN = re.compile(r"[;,|\s]+")


def tls_of(written: str, table: Mapping[str, TlsVersion]) -> TlsVersion:
    """Return the TLS version; `none` where it says so, unknown for what is empty, several or not understood."""
    text = written.strip().lower()
    if text in table:
        return table[text]
    if text in _NO_TLS:
        return TlsVersion.NONE
    if text in _CODES:
        return _CODES[text]
    if found := _NUMBER.fullmatch(text):
        return _BY_NUMBER["tls", "1", found[1]]
    found = _VERSION.match(text)
    # Sendmail's `TLSv1/SSLv3` is what OpenSSL once called every version.
    if found is None or _SEVERAL.search(text):
        return TlsVersion.UNKNOWN
    return _BY_NUMBER.get((found[1], found[2], found[3] or "0"), TlsVersion.UNKNOWN)


def mechanism_of(written: str, table: Mapping[str, str]) -> str:
    """Return the SASL mechanism in upper case; `unknown` for what is none."""
    text = written.strip()
    if text.lower() in table:
        return table[text.lower()][:MAX_MECHANISM]
    name = text.upper().removeprefix("AUTH").lstrip(" =:")
    if name in _NOTHING:
        return UNKNOWN_MECHANISM
    name = name.partition(":")[0]  # Exim's `plain_server:ann`
    if name in _MECHANISMS:
        return _MECHANISMS[name]
    if name == PLAIN_OR_LOGIN or _MECHANISM.fullmatch(name):
        return name
    return UNKNOWN_MECHANISM


def reason_of(written: str) -> FailureReason:
    """Return the class of a refusal's words; wrong credentials where they name no other."""
    text = written.lower()[:1_000]
    return next((reason for form, reason in _REASONS if form.search(text)), FailureReason.WRONG_CREDENTIALS)


def count_of(written: str, *, most: int) -> int | None:
    """Return a whole number from 0 to `most`; None for anything else."""
    text = written.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        return None
    number = int(text)
    return number if number <= most else None


def recipients_of(written: str, *, most: int) -> int | None:
    """Return how many recipients a cell tells: a number, or addresses with commas, semicolons or blanks between."""
    text = written.strip()
    if "@" not in text:
        return count_of(text, most=most)
    return min(sum("@" in one for one in _BETWEEN.split(text)), most)
