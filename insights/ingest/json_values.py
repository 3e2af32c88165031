"""Values of JSON as others write them: read leniently, and what is none told apart. Pure."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

BLANK: Final = " \t\n\r"
lenient: Final = json.JSONDecoder(strict=False)


class NotJson(NamedTuple):
    """A record that cannot be read; `reason` says why."""

    reason: str


def value_of(line: bytes) -> Any:
    """Return the JSON value that a line is, or `NotJson`."""
    try:
        text = line.decode("utf-8", "surrogateescape").strip(BLANK)
        value, end = lenient.raw_decode(text)
    except RecursionError:
        return NotJson("is nested too deeply")
    except ValueError as error:
        return NotJson(f"is no JSON: {in_words(error)}")
    return value if end == len(text) else NotJson("is no JSON: more follows the value")


def in_words(error: ValueError) -> str:
    """Say in a few words what is wrong, without the text around it."""
    return (
        error.msg[:1].lower() + error.msg[1:]
        if isinstance(error, json.JSONDecodeError)
        else "a number is too long"
    )
