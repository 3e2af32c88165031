"""The colours of classes in mails and charts: those of the style sheet's light theme, which mails cannot
load.
"""

from __future__ import annotations

from insights.enums import AuthClass, TlsVersion

COLOURS: dict[TlsVersion | AuthClass, str] = {
    TlsVersion.TLS1_3: "#16498a",
    TlsVersion.TLS1_2: "#4b93cf",
    TlsVersion.TLS1_1: "#bd8a00",
    TlsVersion.TLS1_0: "#bf4a0c",
    TlsVersion.SSL3: "#5c2a0c",
    TlsVersion.NONE: "#b3123a",
    TlsVersion.UNKNOWN: "#85898f",
    AuthClass.OAUTH: "#2a78bd",
    AuthClass.BASIC: "#d9601a",
    AuthClass.OTHER: "#7a60b5",
    AuthClass.UNKNOWN: "#85898f",
}
