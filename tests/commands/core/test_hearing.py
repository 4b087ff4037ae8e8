"""A line is heard before it is whole, as the file is going to have it; never one take that goes on as another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest

from commands.core.hearing import Hearing
from engine.mastering import PLAIN, Line, master
from engine.speech import Audio, Part
from engine.tap import Tap
from tests.engine.sines import RATE, utterance

LINE = Line(utterance=utterance("a tone"), before=0.1)
STEP = RATE // 2
TONE = (0.4 * np.sin(np.arange(4 * STEP) * 0.3)).astype(np.float32)


@pytest.fixture
def tap() -> Iterator[Tap]:
    made = Tap()
    yield made
    made.close()


def part(number: int, samples: np.ndarray = TONE) -> Part:
    begin = number * STEP
    return Part(begin=begin, audio=Audio(samples=samples[begin : begin + STEP], rate=RATE))


def whole(samples: np.ndarray = TONE) -> Audio:
    return Audio(samples=samples, rate=RATE)


def test_what_is_heard_is_the_beginning_of_what_the_file_has(tap: Tap) -> None:
    hearing, pcm = Hearing(tap, LINE, PLAIN), master(whole(), LINE, PLAIN).pcm
    lengths = []
    for number in range(3):
        hearing.hear(part(number))
        lengths.append(tap.samples)
        np.testing.assert_array_equal(tap.taken(), pcm[: tap.samples])
    assert 0 < lengths[0] < lengths[1] < lengths[2]
    kept = hearing.end(whole())
    assert kept is not None and len(kept) > lengths[2]
    np.testing.assert_array_equal(kept, pcm[: len(kept)])


def test_what_is_said_anew_and_is_the_same_is_heard_once(tap: Tap) -> None:
    hearing = Hearing(tap, LINE, PLAIN)
    for number in (0, 1, 0, 1, 2):
        hearing.hear(part(number))
    np.testing.assert_array_equal(tap.taken(), master(whole(), LINE, PLAIN).pcm[: tap.samples])
    assert not tap.broken


def test_what_is_said_anew_in_another_way_breaks_the_tap(tap: Tap) -> None:
    hearing = Hearing(tap, LINE, PLAIN)
    hearing.hear(part(0))
    heard = tap.samples
    hearing.hear(part(0, TONE * 0.5))
    hearing.hear(part(1, TONE * 0.5))
    assert tap.broken and tap.samples == heard
    assert hearing.end(whole(TONE * 0.5)) is None


def test_another_attempt_that_comes_whole_has_to_begin_with_what_was_heard(tap: Tap) -> None:
    Hearing(tap, LINE, PLAIN).hear(part(0))
    assert Hearing(tap, LINE, PLAIN).end(whole()) is not None
    assert Hearing(tap, LINE, PLAIN).end(whole(TONE * 0.5)) is None and tap.broken


def test_where_a_repetition_is_rounded_otherwise_the_file_has_what_was_heard(tap: Tap) -> None:
    Hearing(tap, LINE, PLAIN).hear(part(0))
    heard = tap.taken()
    kept = Hearing(tap, LINE, PLAIN).end(whole(TONE + np.float32(1 / 32768)))
    assert kept is not None
    np.testing.assert_array_equal(kept[: len(heard)], heard)
    assert not np.array_equal(kept, master(whole(), LINE, PLAIN).pcm[: len(kept)])


def test_a_part_that_comes_late_from_another_engine_is_passed_over(tap: Tap) -> None:
    hearing = Hearing(tap, LINE, PLAIN)
    hearing.hear(part(0))
    heard = tap.samples
    hearing.hear(part(2))
    assert tap.samples == heard and not tap.broken


def test_of_what_was_not_heard_nothing_has_to_be_kept(tap: Tap) -> None:
    assert Hearing(tap, LINE, PLAIN).end(whole()) is None
    assert tap.samples == 0


async def test_the_others_wait_until_something_was_said_of_it_or_it_has_ended(tap: Tap) -> None:
    async with asyncio.timeout(5):
        hearing = Hearing(tap, LINE, PLAIN)
        saying: asyncio.Task[object] = asyncio.create_task(asyncio.Event().wait())
        waiting = asyncio.create_task(hearing.begun(saying))
        await asyncio.sleep(0)
        assert not waiting.done()
        hearing.hear(part(0))
        await waiting
        saying.cancel()
        await Hearing(tap, LINE, PLAIN).begun(saying)
