from __future__ import annotations

import statistics
import threading
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.alignment import Aligner, can_align
from engine.cepstra import RATE
from engine.espeak_engine import EspeakEngine
from engine.speech import Audio, Timing, Utterance
from engine.text.reading import Piece, Sentence
from engine.written import as_written

pytest.importorskip("pocketsphinx")

SPEECH = Path(__file__).resolve().parents[3] / "shared" / "speech" / "ljspeech"
"""Real speech, where somebody has put some of it beside the checkout."""
SENTENCES = (
    "The old lighthouse was built long ago, and for ninety years somebody climbed its steps every evening.",
    "He kept a diary, in a small and patient hand, of whatever the sea brought him.",
    "On quiet nights, he wrote, you could hear the seals breathe.",
    "Today the tower belongs to a society of engineers, who have painted the door green.",
    "Visitors may come on Saturdays between ten and four.",
)


@pytest.fixture(scope="module")
def engine() -> EspeakEngine:
    engine = EspeakEngine()
    engine.open()
    return engine


@pytest.fixture(scope="module")
def aligner() -> Aligner:
    return Aligner()


def said(engine: EspeakEngine, text: str) -> Audio:
    utterance = Utterance(text=text, engine="espeak", speaker="en-us")
    ((_, audio),) = engine.synthesize([utterance], lambda row: False)
    return audio


def own_words(audio: Audio, text: str) -> list[Timing]:
    """What the engine tells of its words."""
    plain = Sentence(pieces=(Piece(written=text, spoken=text),))
    return [timing for timing in as_written(audio.timings, plain) if timing.kind == "word"]


def clips() -> list[tuple[NDArray[np.float32], int, str]]:
    """The recordings, their rates, and what is said in them."""
    found = []
    for line in (SPEECH / "metadata.csv").read_text(encoding="utf-8").splitlines():
        name, _, text = line.split("|")
        with wave.open(str(SPEECH / f"{name}.wav"), "rb") as file:
            pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32)
            found.append((pcm / np.float32(32768), file.getframerate(), text))
    return found


def test_english_can_be_aligned_and_nothing_else() -> None:
    assert can_align("en") and can_align("en-GB")
    assert not can_align("de") and not can_align("") and not can_align("enm")


def test_words_are_found_where_the_engine_says_them(aligner: Aligner, engine: EspeakEngine) -> None:
    away: list[int] = []
    for text in SENTENCES:
        audio = said(engine, text)
        found = aligner.align(audio.samples, audio.rate, text)
        assert found is not None, text
        told = own_words(audio, text)
        assert [word.text for word in found] == [word.text for word in told]
        away += [abs(a.start_ms - b.start_ms) for a, b in zip(found, told, strict=True)]
        away += [abs(a.end_ms - b.end_ms) for a, b in zip(found, told, strict=True)]
    assert statistics.median(away) <= 20
    assert sum(ms <= 50 for ms in away) >= 0.85 * len(away)


def test_words_come_in_order_inside_the_sound_and_bare(aligner: Aligner, engine: EspeakEngine) -> None:
    text = '"On quiet nights," he wrote — "you could hear the seals breathe."'
    audio = said(engine, text)
    found = aligner.align(audio.samples, audio.rate, text)
    assert found is not None
    assert " ".join(word.text for word in found) == "On quiet nights he wrote you could hear the seals breathe"
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(found))
    assert all(0 <= word.start_ms < word.end_ms <= 1000 * audio.seconds for word in found)


def test_phonemes_stand_in_their_words(aligner: Aligner, engine: EspeakEngine) -> None:
    audio = said(engine, SENTENCES[4])
    found = aligner.align(audio.samples, audio.rate, SENTENCES[4], phonemes=True)
    assert found is not None
    words = [timing for timing in found if timing.kind == "word"]
    sounds = [timing for timing in found if timing.kind == "phoneme"]
    own = [sound for sound in sounds if words[0].start_ms <= sound.start_ms < words[0].end_ms]
    assert "".join(sound.text for sound in own).startswith("v")
    assert (own[0].start_ms, own[-1].end_ms) == (words[0].start_ms, words[0].end_ms)
    assert [timing.start_ms for timing in found] == sorted(timing.start_ms for timing in found)


def test_words_that_no_dictionary_has_are_found(aligner: Aligner, engine: EspeakEngine) -> None:
    text = "Zaphod Beeblebrox met Przybylski in Llanfairpwll at 42 Quuxstraat."
    audio = said(engine, text)
    found = aligner.align(audio.samples, audio.rate, text)
    assert found is not None
    assert [word.text for word in found] == text.rstrip(".").split()


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 48_000])
def test_any_rate_will_do(aligner: Aligner, engine: EspeakEngine, rate: int) -> None:
    import soxr  # type: ignore[import-untyped]  # it has no types

    audio = said(engine, SENTENCES[1])
    found = aligner.align(soxr.resample(audio.samples, audio.rate, rate), rate, SENTENCES[1])
    assert found is not None
    told = own_words(audio, SENTENCES[1])
    assert statistics.median(abs(a.start_ms - b.start_ms) for a, b in zip(found, told, strict=True)) <= 30


def test_another_text_is_refused(aligner: Aligner, engine: EspeakEngine) -> None:
    for place, text in enumerate(SENTENCES):
        audio = said(engine, text)
        other = SENTENCES[place - 1]
        assert aligner.align(audio.samples, audio.rate, other) is None, (text, other)


def test_a_text_that_is_wrong_in_part_is_refused(aligner: Aligner, engine: EspeakEngine) -> None:
    audio = said(engine, SENTENCES[0])
    words = SENTENCES[0].split()
    assert aligner.align(audio.samples, audio.rate, " ".join(words[:9])) is None
    assert aligner.align(audio.samples, audio.rate, SENTENCES[0] + " Nobody had ever seen it before.") is None
    instead = [
        "which",
        "nobody",
        "who",
        "lives",
        "in",
        "Paris",
        "would",
        "ever",
        "have",
        "believed",
        "to",
        "be",
        "possible",
    ]
    assert aligner.align(audio.samples, audio.rate, " ".join(words[:6] + instead)) is None


@pytest.mark.parametrize(
    ("samples", "text"),
    [
        (np.zeros(16_000, np.float32), "Nothing is said."),
        (np.random.default_rng(0).normal(0, 0.1, 32_000).astype(np.float32), "This is only noise."),
        (np.zeros(0, np.float32), "No sound."),
        (np.full(1, 0.5, np.float32), "A click."),
        (np.full(200, 0.5, np.float32), "A click."),
        (np.full(16_000, np.nan, np.float32), "Not a number."),
        (np.sin(np.arange(16_000, dtype=np.float32)), ""),
        (np.sin(np.arange(16_000, dtype=np.float32)), "— … !"),
        (np.sin(np.arange(16_000, dtype=np.float32)), "x" * 5_000),
        (np.sin(np.arange(16_000, dtype=np.float32)), "many words " * 1_000),
        (np.sin(np.arange(16_000, dtype=np.float32)), "\0 <s> </s> <sil> (2) [NOISE] \ud800 привет 😀a"),
    ],
)
def test_what_cannot_be_aligned_is_refused(aligner: Aligner, samples: NDArray[np.float32], text: str) -> None:
    assert aligner.align(samples, 16_000, text) is None


def test_a_long_sound_is_aligned_in_parts(engine: EspeakEngine) -> None:
    texts, aligner = SENTENCES, Aligner(at_once=5 * RATE)
    audios = [said(engine, text) for text in texts]
    whole = np.concatenate([audio.samples for audio in audios])
    found = aligner.align(whole, audios[0].rate, " ".join(texts))
    assert found is not None
    told: list[int] = []
    later = 0.0
    for text, audio in zip(texts, audios, strict=True):
        told += [round(later + word.start_ms) for word in own_words(audio, text)]
        later += 1000 * audio.seconds
    assert statistics.median(abs(word.start_ms - start) for word, start in zip(found, told, strict=True)) <= 20
    without = " ".join(texts[:2] + texts[3:])
    assert aligner.align(whole, audios[0].rate, without) is None


def test_what_was_heard_before_changes_nothing(engine: EspeakEngine) -> None:
    audios = {text: said(engine, text) for text in SENTENCES[:3]}
    aligner = Aligner()
    first, second = (
        {text: aligner.align(audio.samples, audio.rate, text) for text, audio in order}
        for order in (audios.items(), reversed(audios.items()))
    )
    assert first == second


def test_threads_wait_for_each_other_and_others_run_meanwhile(aligner: Aligner, engine: EspeakEngine) -> None:
    audios = {text: said(engine, text) for text in SENTENCES[:2]}
    alone = {text: aligner.align(audio.samples, audio.rate, text) for text, audio in audios.items()}
    found: dict[str, tuple[Timing, ...] | None] = {}

    def align(text: str) -> None:
        found[text] = aligner.align(audios[text].samples, audios[text].rate, text)

    threads = [threading.Thread(target=align, args=(text,)) for text in audios]
    for thread in threads:
        thread.start()
    turns = 0
    while any(thread.is_alive() for thread in threads):
        threads[0].join(0.001)
        turns += 1
    for text, expected in alone.items():
        heard = found[text]
        assert heard is not None and expected is not None
        assert [word.text for word in heard] == [word.text for word in expected]
        # PocketSphinx moves a boundary by a frame or two now and then, whoever asks.
        assert all(abs(a.start_ms - b.start_ms) <= 30 for a, b in zip(heard, expected, strict=True))
    assert turns > 10, "nothing else ran while words were looked for"


@pytest.mark.skipif(not (SPEECH / "metadata.csv").exists(), reason="no LJSpeech lies beside the checkout")
def test_real_speech_is_found_with_its_text_and_refused_with_another(aligner: Aligner) -> None:
    recordings = clips()[:4]
    for place, (samples, rate, text) in enumerate(recordings):
        found = aligner.align(samples, rate, text)
        assert found is not None, text
        assert all(a.end_ms <= b.start_ms for a, b in pairwise(found))
        assert found[-1].end_ms <= 1000 * len(samples) / rate
        assert aligner.align(samples, rate, recordings[place - 1][2]) is None, text
