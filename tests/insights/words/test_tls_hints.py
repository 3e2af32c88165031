"""What would make a log tell more is said of the formats that have a setting, and only where too little is known."""

from __future__ import annotations

import pytest

from insights.words.tls_hints import tls_hint


@pytest.mark.parametrize(
    ("log_format", "setting"),
    [
        ("postfix", "smtpd_tls_loglevel = 1"),
        ("haraka", "level=info"),
        ("kumomta", "2025.10.06-5ec871ab"),
        ("stalwart", "info"),
    ],
)
def test_hint_where_too_little_is_known(log_format: str, setting: str) -> None:
    hint = tls_hint(log_format, known=94, messages=100)
    assert hint is not None
    assert (hint.setting, str(hint.words)[-1]) == (setting, ":")
    assert tls_hint(log_format, known=95, messages=100) is None


@pytest.mark.parametrize("log_format", ["ses", "opensmtpd", "csv", "events"])
def test_no_hint_where_nothing_can_be_done(log_format: str) -> None:
    assert tls_hint(log_format, known=0, messages=100) is None
