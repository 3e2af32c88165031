"""Which SASL mechanism an authenticator stands for, out of the name that the operator gave it.

Exim logs the name of the authenticator and not the mechanism. Each authenticator serves one mechanism (its
`public_name`, smtp_in.c), and is nearly always named after it: `plain_server` and `login_server` by Debian,
`dovecot_plain` and `dovecot_login` by cPanel, `PLAIN` and `LOGIN` in Exim's own example. A name that tells no
mechanism, or two, is unknown.
"""

import re
from functools import lru_cache
from typing import Final

from insights.ingest.record import UNKNOWN_MECHANISM

PROXY: Final = "xclient"
"""What stands for the authenticator where a proxy in front checked the password (XCLIENT LOGIN)."""
_WORD = re.compile(r"[A-Za-z]+")
_OF_NAME: Final = (
    (re.compile(r"scram[-_]?sha[-_]?(1|224|256|384|512)(?!\d)"), "SCRAM-SHA-{}"),
    (re.compile(r"oauth[-_]?bearer"), "OAUTHBEARER"),
    (re.compile(r"x?oauth"), "XOAUTH2"),
)
_OF_WORD: Final = {
    "plain": "PLAIN",
    "login": "LOGIN",
    "cram": "CRAM-MD5",
    "crammd": "CRAM-MD5",
    "digest": "DIGEST-MD5",
    "digestmd": "DIGEST-MD5",
    "ntlm": "NTLM",
    "spa": "NTLM",
    "gssapi": "GSSAPI",
    "kerberos": "GSSAPI",
    "external": "EXTERNAL",
}


@lru_cache(maxsize=1_000)
def mechanism_of(authenticator: str) -> str:
    """Return the mechanism in capitals, `unknown` where the name tells none.

    An `oauth` without more words is XOAUTH2, which is what mail programs speak; a `scram` without its hash is unknown.
    """
    name = authenticator.lower()
    for pattern, mechanism in _OF_NAME:
        if found := pattern.search(name):
            return mechanism.format(*found.groups())
    told = {_OF_WORD[word] for word in _WORD.findall(name) if word in _OF_WORD}
    return told.pop() if len(told) == 1 else UNKNOWN_MECHANISM
