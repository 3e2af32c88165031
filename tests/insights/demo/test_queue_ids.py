"""Queue ids differ while they are in use; the recurring ones come again."""

from __future__ import annotations

from random import Random

import pytest

from insights.demo.queue_ids import QueueIds, QueueIdStyle
from tests.insights.demo.stage import at


@pytest.mark.parametrize("style", [QueueIdStyle.SHORT, QueueIdStyle.LONG])
def test_ids_of_one_instant_differ(style: QueueIdStyle) -> None:
    ids = QueueIds(style=style, rng=Random(1))
    assert len({ids.make(at()) for _ in range(4_000)}) == 4_000


def test_recurring_ids_come_again_after_sixty() -> None:
    ids = QueueIds(style=QueueIdStyle.RECURRING, rng=Random(1))
    made = [ids.make(at(number)) for number in range(120)]
    assert made[:60] == made[60:]
    assert len(set(made)) == 60


def test_long_id_holds_the_time_in_base_52() -> None:
    alphabet = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
    head, _, _ = QueueIds(style=QueueIdStyle.LONG, rng=Random(1)).make(at(0.5)).partition("z")
    digits = [alphabet.index(letter) for letter in head]
    seconds = sum(digit * 52**power for power, digit in enumerate(reversed(digits[:-4])))
    micros = sum(digit * 52**power for power, digit in enumerate(reversed(digits[-4:])))
    assert seconds * 1_000_000 + micros == at(0.5)
