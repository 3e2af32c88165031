"""Sealed secrets open with their key and for their purpose alone, and show nothing else."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from project.sealing import LONGEST, CannotOpen, is_current, seal, unseal

OLD, NEW = "k" * 32, "n" * 32
KEYS = [OLD]
SECRET = "Zx8Q~secret-value"


def test_secret_comes_back() -> None:
    for secret in ("", SECRET, "ü" * 40, "x" * LONGEST):
        assert unseal(seal(secret, about="one", keys=KEYS), about="one", keys=KEYS) == secret


def test_same_secret_is_sealed_differently_each_time_and_shows_nothing() -> None:
    sealed = {seal(SECRET, about="one", keys=KEYS) for _ in range(20)}
    assert len(sealed) == 20
    assert len({base64.urlsafe_b64decode(one.split(":")[2])[:12] for one in sealed}) == 20
    assert [one for one in sealed if SECRET in one or OLD in one or not one.isascii()] == []


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="16 KiB"):
        seal("x" * (LONGEST + 1), about="one", keys=KEYS)


def test_key_behind_the_first_still_opens_and_is_not_current() -> None:
    sealed = seal(SECRET, about="one", keys=KEYS)
    both = [NEW, OLD]
    assert (unseal(sealed, about="one", keys=both), is_current(sealed, keys=both)) == (SECRET, False)
    assert is_current(sealed, keys=KEYS)
    again = seal(SECRET, about="one", keys=both)
    assert (unseal(again, about="one", keys=[NEW]), is_current(again, keys=both)) == (SECRET, True)


@pytest.mark.parametrize(
    ("about", "keys", "words"),
    [
        ("two", KEYS, "sealed for something else"),
        ("one", [NEW], "Its key is none of STORED_SECRET_KEYS"),
        ("one", [], "Its key is none of STORED_SECRET_KEYS"),
    ],
)
def test_another_purpose_or_key_does_not_open(about: str, keys: list[str], words: str) -> None:
    with pytest.raises(CannotOpen, match=words):
        unseal(seal(SECRET, about="one", keys=KEYS), about=about, keys=keys)


def test_every_changed_bit_is_noticed() -> None:
    version, name, packed = seal(SECRET, about="one", keys=KEYS).split(":")
    raw = base64.urlsafe_b64decode(packed)
    for place in range(len(raw)):
        for bit in range(8):
            changed = bytearray(raw)
            changed[place] ^= 1 << bit
            sealed = f"{version}:{name}:{base64.urlsafe_b64encode(changed).decode()}"
            with pytest.raises(CannotOpen):
                unseal(sealed, about="one", keys=KEYS)


def test_name_of_another_key_does_not_open() -> None:
    _version, _name, packed = seal(SECRET, about="one", keys=KEYS).split(":")
    other = seal(SECRET, about="one", keys=[NEW]).split(":")[1]
    with pytest.raises(CannotOpen, match="changed"):
        unseal(f"s2:{other}:{packed}", about="one", keys=[NEW, OLD])


@pytest.mark.parametrize(
    "sealed",
    ["", "s2:1", "s2:{name}:!!!!", "s2:{name}:", "s2:{name}:AAAA", "s2:{name}:a:b", "s1:{name}:" + "A" * 120,
     "s2:{name}:" + "A" * 32_000],
)  # fmt: skip
def test_what_is_none_is_refused(sealed: str) -> None:
    name = seal(SECRET, about="one", keys=KEYS).split(":")[1]
    with pytest.raises(CannotOpen):
        unseal(sealed.format(name=name), about="one", keys=KEYS)


def test_what_was_sealed_with_the_key_of_another_day_opens_for_good() -> None:
    """The format of version 2, written down: a later change of it must keep opening this."""
    sealed = "s2:8c5fcf73:7knKtj5Z7zbF93wcyPVKAQYAk5J8H_KcJmV2npBT7k7wNt-TkK5A_hOlcI3J"
    assert unseal(sealed, about="one", keys=KEYS) == SECRET


def test_sealed_is_plain_aes_gcm_with_the_purpose_as_associated_data() -> None:
    _version, name, packed = seal(SECRET, about="one", keys=KEYS).split(":")
    raw, key = (
        base64.urlsafe_b64decode(packed),
        bytes.fromhex("60c2f0623e964d9dd4599480ccdf9a64cd9f54981c9a51b8614940443a4e6793"),
    )
    assert AESGCM(key).decrypt(raw[:12], raw[12:], f"s2:{name}:one".encode()) == SECRET.encode()
