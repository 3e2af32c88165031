"""`--format auto` of a command: what each file was recognised as, and the one format they are read as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from insights.ingest.errors import IngestError
from insights.ingest.recognition import Recognition, may_be_read_as, one_format_of, recognise_file
from insights.words.recognised import doubt_words, found_words, other_words


@dataclass(frozen=True, slots=True)
class Look:
    """A file and what it was recognised as, or why it cannot be read at all."""

    file: str
    recognition: Recognition | None
    error: str = ""

    @property
    def words(self) -> str:
        """Say what was found, or why nothing was."""
        if self.recognition is None:
            return self.error
        say = found_words if self.recognition.format else doubt_words
        return say(self.recognition, {})

    def plain(self) -> dict[str, Any]:
        """Return the look as data; its keys are documented in docs/operations.md."""
        seen = self.recognition
        return {
            "file": self.file,
            "format": seen and seen.format,
            "sure": seen and seen.sureness,
            "doubt": "unreadable" if seen is None else seen.doubt,
            "words": self.words,
            "lines": 0 if seen is None else seen.lines,
            "found": []
            if seen is None
            else [
                {"format": one.format, "events": one.events, "matched": one.matched, "odd": one.odd}
                for one in seen.found
            ],
        }


def look_at(path: Path, *, shown: str) -> Look:
    """Look at the beginning of a file."""
    try:
        return Look(shown, recognise_file(path, name=shown))
    except IngestError as error:
        return Look(shown, None, f"{error.message} {error.hint}".strip())
    except OSError as error:
        return Look(shown, None, f"{shown}: {error.strerror}.")


def settled(looks: Sequence[Look], *, source: str, own: str | None) -> tuple[str | None, str]:
    """Return the format that all files are read as, and "", or None and why there is none.

    `own` is the format of a source that is there: it keeps it.
    """
    recognitions: list[Recognition] = []
    for look in looks:
        seen = look.recognition
        if seen is None or (seen.format is None and (own is None or not may_be_read_as(seen, own))):
            return None, f"{look.file}: {look.words}"
        if own is not None and not may_be_read_as(seen, own):
            return None, f"{look.file}: {other_words(seen, own, source=source, names={})}"
        recognitions.append(seen)
    if own is not None:
        return own, ""
    together = one_format_of(recognitions)
    if together is None:
        kinds = ", ".join(f"{look.file}: {look.recognition.format}" for look in looks if look.recognition)
        return None, f"The files are of several formats ({kinds}). Give each format a source of its own."
    return together, ""
