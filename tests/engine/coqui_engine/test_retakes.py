"""What was said is listened to, said again where it is not good, and the best of it is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine.coqui_engine.retakes import Judge, Retakes
from engine.selfcheck import Verdict
from engine.speech import Audio


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def take(number: int) -> Audio:
    return Audio(samples=np.full(10, number, np.float32), rate=24_000)


def scored(score: float) -> Judge:
    """A judge who gives that score; below a half something is wrong."""
    return lambda audio: Verdict(score=score, faults=() if score >= 0.5 else ("repeat",), figures={}, pace=1.0)


def said(retakes: Retakes, *scores: float) -> list[tuple[int, Audio | None]]:
    """Say row 7 with each of these scores, as often as it is wanted, and return what was decided."""
    decided: list[tuple[int, Audio | None]] = []
    for number, score in enumerate(scores, 1):
        retakes.listen(7, take(number), scored(score))
        ((row, takes, audio),) = retakes.judged(wait_for_one=True)
        assert row == 7
        decided.append((takes, audio))
        if audio is not None:
            break
    return decided


def test_what_is_good_is_said_once_and_has_its_score(threads: ThreadPoolExecutor) -> None:
    ((takes, audio),) = said(Retakes(threads, 2), 0.9)
    assert audio is not None and (takes, audio.takes, audio.score, audio.samples[0]) == (1, 1, 0.9, 1)


def test_what_is_not_is_said_again_until_it_is_good(threads: ThreadPoolExecutor) -> None:
    retakes = Retakes(threads, 2)
    (first, second) = said(retakes, 0.2, 0.8, 0.9)
    assert first == (1, None)
    assert second[1] is not None and (second[1].takes, second[1].score, second[1].samples[0]) == (2, 0.8, 2)
    assert retakes.retaken == 1


def test_after_the_last_take_the_best_is_kept_though_it_is_not_good(threads: ThreadPoolExecutor) -> None:
    *_, (takes, kept) = said(Retakes(threads, 2), 0.2, 0.4, 0.1)
    assert takes == 3 and kept is not None
    assert (kept.takes, kept.score, kept.samples[0]) == (3, 0.4, 2)


def test_where_nothing_is_said_again_it_is_told_how_good_it_was(threads: ThreadPoolExecutor) -> None:
    ((_, kept),) = said(Retakes(threads, 0), 0.1)
    assert kept is not None and (kept.takes, kept.score) == (1, 0.1)


def test_nobody_waits_while_it_is_listened(threads: ThreadPoolExecutor) -> None:
    retakes, heard = Retakes(threads, 2), threading.Event()

    def slowly(audio: Audio) -> Verdict:
        assert heard.wait(20)
        return scored(0.9)(audio)

    retakes.listen(0, take(1), slowly)
    assert list(retakes.judged()) == [] and retakes.is_listening
    heard.set()
    assert [row for row, _, _ in retakes.judged(wait_for_one=True)] == [0]
    assert not retakes.is_listening


def test_what_breaks_while_it_is_listened_is_heard_all_the_same(threads: ThreadPoolExecutor) -> None:
    def broken(audio: Audio) -> Verdict:
        raise ZeroDivisionError

    retakes = Retakes(threads, 2)
    retakes.listen(0, take(1), broken)
    ((_, _, kept),) = retakes.judged(wait_for_one=True)
    assert kept is not None and (kept.score, kept.samples[0]) == (None, 1)


def test_two_utterances_do_not_get_each_others_takes(threads: ThreadPoolExecutor) -> None:
    retakes = Retakes(threads, 1)
    retakes.listen(0, take(1), scored(0.1))
    retakes.listen(1, take(2), scored(0.9))
    told: dict[int, Audio | None] = {}
    while retakes.is_listening:
        told |= {row: audio for row, _, audio in retakes.judged(wait_for_one=True)}
    assert told[0] is None
    assert told[1] is not None and told[1].samples[0] == 2
    retakes.forget(0)
    assert not list(retakes.judged())


def test_what_somebody_has_heard_is_not_said_again_but_has_its_score(threads: ThreadPoolExecutor) -> None:
    retakes = Retakes(threads, 2)
    retakes.listen(7, take(1), scored(0.2), heard=True)
    ((row, takes, audio),) = retakes.judged(wait_for_one=True)
    assert audio is not None and (row, takes, audio.takes, audio.score) == (7, 1, 1, 0.2)
    assert retakes.retaken == 0
