"""Where reading stands in a file, and how that file is known again under another name or another inode. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, NamedTuple

HEAD: Final = 1_024
TAIL: Final = 256
"""How many bytes from the beginning, and before the place, tell a file from another one."""


class Print(NamedTuple):
    """The digest of that many bytes."""

    length: int
    digest: str

    def fits(self, data: bytes) -> bool:
        """Tell whether these are the bytes."""
        return len(data) == self.length and print_of(data) == self


def print_of(data: bytes) -> Print:
    """Return the digest of `data` with its length."""
    return Print(len(data), blake2b(data, digest_size=16).hexdigest())


@dataclass(frozen=True, slots=True)
class Place:
    """The first `offset` bytes of a file, unpacked, have been read.

    `head` is of its first bytes and `tail` of those right before the offset: a new file with an old inode, or one that
    was emptied and has grown past the place, has others. `changed_ns` is when the file was written last, by its own
    system's clock.
    """

    device: int
    inode: int
    offset: int
    head: Print
    tail: Print
    changed_ns: int

    def as_json(self) -> dict[str, Any]:
        """Return the place as plain data. Inodes may be larger than the integers of a database."""
        return {
            "device": self.device,
            "inode": str(self.inode),
            "offset": self.offset,
            "head": list(self.head),
            "tail": list(self.tail),
            "changed_ns": self.changed_ns,
        }


def place_from_json(data: Mapping[str, Any]) -> Place:
    """Return the place that `as_json` gave."""
    return Place(
        device=int(data["device"]),
        inode=int(data["inode"]),
        offset=int(data["offset"]),
        head=Print(int(data["head"][0]), str(data["head"][1])),
        tail=Print(int(data["tail"][0]), str(data["tail"][1])),
        changed_ns=int(data["changed_ns"]),
    )
