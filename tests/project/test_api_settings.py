"""The peppers that API keys are kept under, as the environment names them."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.conf import settings

PRINT = "from django.conf import settings; print(settings.API_KEY_PEPPERS)"


def peppers(value: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of their own with this value."""
    environment = {
        "PATH": "",
        "API_KEY_PEPPERS": value,
        "DATABASE_URL": "postgresql://x@127.0.0.1:1/x",
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": "k" * 32 + ",with: marks",
        "DJANGO_SETTINGS_MODULE": "project.settings",
    }
    return subprocess.run(
        [sys.executable, "-c", PRINT],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("", {"0": "k" * 32 + ",with: marks"}),
        ("1:one", {"1": "one"}),
        ("2:two:half,1:one", {"2": "two:half", "1": "one"}),
    ],
)
def test_peppers_are_read_in_order(value: str, read: dict[str, str]) -> None:
    assert peppers(value).stdout.strip() == str(read)


@pytest.mark.parametrize("value", ["secret", "1:", ":secret", "1:one,two", "a long name for it:secret"])
def test_peppers_without_a_name_are_refused(value: str) -> None:
    found = peppers(value)
    assert found.returncode != 0
    assert "API_KEY_PEPPERS must be NAME:SECRET" in found.stderr
