"""Decoding side by side gives what the library gives one after another, whatever comes and goes beside a row."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.engine.coqui_engine import tiny

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from TTS.tts.models.xtts import Xtts

    from engine.coqui_engine.batch import Batch, Heard, Switches
    from engine.coqui_engine.slots import Row

TEXTS = (
    "Hello there.",
    "This is a somewhat longer sentence for the batch, number two.",
    "Hi!",
    "Four: voices are mixed in one batch.",
    "And five comes late, when another has gone.",
)


@pytest.fixture(scope="module")
def batch(library: Xtts) -> Callable[..., Batch]:
    """Makes a batch over the library's own weights."""
    import torch

    from engine.coqui_engine.batch import Batch, Switches
    from engine.coqui_engine.gpt import Gpt
    from engine.coqui_engine.vocoder import Vocoder

    gpt = Gpt(library.gpt, torch.float32)

    def make(windows: Sequence[int] = (64, 128), **switches: object) -> Batch:
        vocoder = Vocoder(library.hifigan_decoder, torch.float32, windows=windows)
        chosen: Switches = Switches(**switches)  # type: ignore[arg-type,unused-ignore]  # given by name in each test
        return Batch(gpt, vocoder, chosen)

    return make


def rows(library: Xtts, texts: Sequence[str] = TEXTS, **more: object) -> list[Row]:
    """A row for each text, the speakers taking turns, always with the likeliest code."""
    from engine.coqui_engine.sampling import Taste
    from engine.coqui_engine.slots import Row

    made = []
    for number, text in enumerate(texts):
        speaker = library.speaker_manager.speakers[tiny.NAMES[number % 2]]
        given: dict[str, object] = {"taste": Taste(greedy=True), "seed": number, **more}
        made.append(
            Row(
                tokens=library.tokenizer.encode(text.lower(), lang="en"),
                latents=speaker["gpt_cond_latent"],
                speaker=speaker["speaker_embedding"],
                **given,  # type: ignore[arg-type,unused-ignore]  # given by name in each test
            )
        )
    return made


def run(batch: Batch, waiting: list[Row], aloud: Container[int] = ()) -> Iterator[Heard]:
    """Decode rows; those whose numbers are in `aloud` are listened to meanwhile."""
    left = list(waiting)
    return batch.run(lambda room: [left.pop(0) for _ in range(min(room, len(left)))], listens=lambda row: row in aloud)


def sounds(batch: Batch, waiting: list[Row], aloud: Container[int] = ()) -> list[NDArray[np.float32]]:
    parts: list[list[NDArray[np.float32]]] = [[] for _ in waiting]
    for heard in run(batch, waiting, aloud):
        parts[heard.row].append(heard.samples.numpy())
    return [np.concatenate(part) for part in parts]


@pytest.fixture(scope="module")
def expected(library: Xtts) -> list[NDArray[np.float32]]:
    """What the library says, one text after another."""
    made = []
    for number, text in enumerate(TEXTS):
        speaker = library.speaker_manager.speakers[tiny.NAMES[number % 2]]
        latents, embedding = speaker["gpt_cond_latent"], speaker["speaker_embedding"]
        made.append(library.inference(text, "en", latents, embedding, do_sample=False, repetition_penalty=5.0)["wav"])
    return made


@pytest.mark.parametrize(("slots", "look"), [(8, 1), (2, 1), (3, 4), (1, 2)])
def test_every_row_is_what_the_library_says(
    library: Xtts, batch: Callable[..., Batch], expected: list[NDArray[np.float32]], slots: int, look: int
) -> None:
    assert len({len(sound) for sound in expected}) > 2, "rows that end at different times"
    for row, sound in zip(sounds(batch(slots=slots, look=look), rows(library)), expected, strict=True):
        np.testing.assert_allclose(row, sound, atol=1e-6)


@pytest.mark.parametrize("windows", [(32,), (48,), (20, 32, 64), (500,)])
def test_windows_and_parts_cannot_be_heard(
    library: Xtts, batch: Callable[..., Batch], expected: list[NDArray[np.float32]], windows: tuple[int, ...]
) -> None:
    streaming, all_of_them = batch(windows=windows, slots=1), range(len(TEXTS))
    heard = list(run(streaming, rows(library), all_of_them))
    assert (len(heard) > len(TEXTS)) == (windows[-1] < 500)
    for row, sound in zip(sounds(streaming, rows(library), all_of_them), expected, strict=True):
        np.testing.assert_allclose(row, sound, atol=1e-6)


def test_a_row_that_somebody_listens_to_is_heard_in_parts_among_others_that_come_whole(
    library: Xtts, batch: Callable[..., Batch], expected: list[NDArray[np.float32]]
) -> None:
    among = batch(windows=(48,), slots=8)
    heard = [each.row for each in run(among, rows(library), [1])]
    assert heard.count(1) > 2 and all(heard.count(row) == 1 for row in (0, 2, 3, 4))
    for row, sound in zip(sounds(among, rows(library), [1]), expected, strict=True):
        np.testing.assert_allclose(row, sound, atol=1e-6)


def test_a_row_is_heard_before_longer_ones_have_ended(library: Xtts, batch: Callable[..., Batch]) -> None:
    heard = list(run(batch(slots=8), rows(library)))
    assert [each.codes for each in heard] == sorted(each.codes for each in heard)
    assert heard[0].codes < heard[-1].codes


def test_chance_depends_on_the_seed_alone(library: Xtts, batch: Callable[..., Batch]) -> None:
    from engine.coqui_engine.sampling import Taste

    drawn = rows(library, [TEXTS[0]] * 3, taste=Taste(), seed=7) + rows(library, TEXTS, taste=Taste())
    together = sounds(batch(slots=8), drawn)
    for number, row in enumerate(drawn):
        (alone,) = sounds(batch(slots=2, look=3), [row])
        np.testing.assert_allclose(together[number], alone, atol=1e-6)
    other = sounds(batch(slots=1), rows(library, [TEXTS[0]], taste=Taste(), seed=8))[0]
    assert not np.array_equal(together[0], other)


def test_a_row_gets_no_more_codes_than_its_limit(library: Xtts, batch: Callable[..., Batch]) -> None:
    assert {each.codes for each in run(batch(slots=2), rows(library, limit=5))} == {5}


def test_a_row_gets_just_its_limit_where_that_is_asked_for(library: Xtts, batch: Callable[..., Batch]) -> None:
    longest = library.gpt.max_gen_mel_tokens
    assert {each.codes for each in run(batch(slots=2), rows(library, exactly=True))} == {longest}


def test_a_row_that_nobody_waits_for_is_not_heard(
    library: Xtts, batch: Callable[..., Batch], expected: list[NDArray[np.float32]]
) -> None:
    left, steps = rows(library), 0

    def gone(number: int) -> bool:
        nonlocal steps
        steps += 1
        return number in (0, 3) and steps > 20

    some = batch(slots=8)
    heard = {each.row: each for each in some.run(lambda room: [left.pop(0) for _ in range(min(room, len(left)))], gone)}
    assert set(heard) <= {1, 2, 4, 0, 3} - ({3} if len(expected[3]) > len(expected[2]) else set())
    for row in (1, 2, 4):
        np.testing.assert_allclose(heard[row].samples.numpy(), expected[row], atol=1e-6)


def test_a_faster_pace_is_what_the_library_makes_of_it(library: Xtts, batch: Callable[..., Batch]) -> None:
    speaker = library.speaker_manager.speakers[tiny.NAMES[0]]
    latents, embedding = speaker["gpt_cond_latent"], speaker["speaker_embedding"]
    for speed in (0.7, 1.6):
        made = library.inference(
            TEXTS[1], "en", latents, embedding, do_sample=False, repetition_penalty=5.0, speed=speed
        )["wav"]
        (sound,) = sounds(batch(slots=1, windows=(32,)), rows(library, [TEXTS[1]], speed=speed), [0])
        np.testing.assert_allclose(sound, made, atol=1e-6)
