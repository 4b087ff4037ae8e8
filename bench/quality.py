"""Whether the figures of a recording's report are right, against recordings of which they are known."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import cpu_seconds, table
from bench.recordings import (
    MUSIC,
    NOISES,
    RATE,
    banded,
    cut_off,
    machines,
    music,
    noise,
    noisy,
    people,
    through,
    utterances,
)
from engine.quality import Speakers, assess, pitch
from engine.quality.bandwidth import bandwidth
from engine.quality.clipping import clipping
from engine.quality.frames import frames_of
from engine.quality.noise import levels_of
from engine.report_card import picture
from engine.speech import Audio, Format

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATIOS = (0, 5, 10, 15, 20, 25, 30, 40)
"""Ratios of speech to noise, in dB, that are mixed."""
AIM, AIMED = 3.0, (5, 30)
"""How far off a ratio may be, in dB, and between which ratios."""
SHARES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1)
"""Shares of samples that are cut off."""
_LONG = 60
"""Seconds of the recording whose cost is measured."""


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the tables; one turn but for the cost."""
    return await asyncio.to_thread(_measure, folder, turns)


def _measure(folder: Path, turns: int) -> str:
    known = len(people())
    about = (
        f"Real speech: {known} people, {sum(map(len, people().values()))} recordings of about 14 s."
        if known
        else "No real speech lies beside the checkout: only espeak's was measured."
    )
    tables = (
        about,
        _ratios(),
        _clipped(folder),
        _bands(folder),
        _pitches(),
        _speech(),
        _several(folder),
        _cost(turns),
    )
    return "\n\n".join(tables)


def _sources() -> Mapping[str, Mapping[str, Sequence[NDArray[np.float32]]]]:
    return {name: source for name, source in (("people", people()), ("espeak", machines())) if source}


def snr_errors(source: Mapping[str, Sequence[NDArray[np.float32]]], kind: str, ratio: int) -> list[float]:
    """Return how far the ratio of speech to noise is off, in dB, for every recording of a source."""
    errors = []
    for name, recordings in source.items():
        for place, speech in enumerate(recordings):
            mixed, truth = noisy(speech, noise(kind, len(speech), place, but=name), ratio)
            errors.append(levels_of(frames_of(mixed)).snr - truth)
    return errors


def _ratios() -> str:
    rows, notes = [], []
    for of, source in _sources().items():
        aimed: list[float] = []
        for kind in NOISES:
            found = {ratio: snr_errors(source, kind, ratio) for ratio in RATIOS}
            cells = (f"{statistics.mean(errors):+.1f} / {max(map(abs, errors)):.1f}" for errors in found.values())
            rows.append((f"{of}, {kind}", *cells))
            aimed += [error for ratio, errors in found.items() if AIMED[0] <= ratio <= AIMED[1] for error in errors]
        within = sum(abs(error) <= AIM for error in aimed)
        notes.append(
            f"{of.capitalize()}, {AIMED[0]} to {AIMED[1]} dB: mean error {statistics.mean(map(abs, aimed)):.1f} dB, "
            f"worst {max(map(abs, aimed)):.1f} dB; {within} of {len(aimed)} within {AIM:.0f} dB."
        )
    head = ("noise", *(f"{ratio} dB" for ratio in RATIOS))
    return table("Speech above noise: mean error / worst, in dB", head, rows) + "\n\n" + "\n".join(notes)


def _clipped(folder: Path) -> str:
    speech = [each for source in _sources().values() for recordings in source.values() for each in recordings[:1]]
    ways: Mapping[str, Callable[[NDArray[np.float32]], NDArray[np.float32]]] = {
        "as it is": lambda sound: sound,
        "made softer": lambda sound: sound * sound.dtype.type(0.31),
        "MP3": lambda sound: _coded(sound, Format.MP3, folder),
        "Opus": lambda sound: _coded(sound, Format.OPUS, folder),
    }
    rows = []
    for name, way in ways.items():
        found = [[100 * clipping(way(cut_off(each, share))) for each in speech] for share in SHARES]
        rows.append((name, *(f"{min(each):.2f} to {max(each):.2f}" for each in found)))
    head = ("cut off in truth", *(f"{100 * share:g} %" for share in SHARES))
    return table(f"Clipping that is found, in % of the samples; {len(speech)} recordings", head, rows)


def _coded(sound: NDArray[np.float32], format: Format, folder: Path) -> NDArray[np.float32]:
    """Let a sound go through an encoder, as loud as it can be without being cut off there."""
    most = float(abs(sound).max())
    return through(Audio(samples=sound * sound.dtype.type(0.7 / most), rate=RATE), format, folder).samples


def _bands(folder: Path) -> str:
    speech = [each for source in _sources().values() for recordings in source.values() for each in recordings[:1]]
    ways: Sequence[tuple[str, str, Callable[[NDArray[np.float32]], Audio]]] = (
        ("16 kHz", "8.0", lambda sound: Audio(samples=sound, rate=RATE)),
        ("a phone's 8 kHz", "4.0", lambda sound: banded(sound, 8_000, 8_000)),
        ("the same in a file of 44.1 kHz", "4.0", lambda sound: banded(sound, 8_000, 44_100)),
        ("the same with noise up to 22 kHz, 20 dB", "4.0", _noisy_phone),
        ("the same as MP3", "4.0", lambda sound: through(banded(sound, 8_000, 44_100), Format.MP3, folder)),
        ("11 kHz in a file of 48 kHz", "5.5", lambda sound: banded(sound, 11_025, 48_000)),
        ("played 2.76 times as fast, at 44.1 kHz", "22.0", lambda sound: Audio(samples=sound, rate=44_100)),
    )
    rows = []
    for name, truth, way in ways:
        sounds = [way(each) for each in speech]
        found = [bandwidth(each, float(abs(each.samples).max())) / 1000 for each in sounds]
        rows.append((name, truth, f"{min(found):.1f} to {max(found):.1f}"))
    made = table(f"How high voices reach, in kHz; {len(speech)} recordings", ("recording", "truth", "found"), rows)
    return f"{made}\n\nA recording of 1961 is among them where real speech is there, which reaches 5 kHz itself."


def _noisy_phone(sound: NDArray[np.float32]) -> Audio:
    narrow = banded(sound, 8_000, 44_100)
    level = 0.1 * float((narrow.samples**2).mean()) ** 0.5
    samples = narrow.samples + narrow.samples.dtype.type(level) * noise("white", len(narrow.samples), 3)
    return Audio(samples=samples, rate=narrow.rate)


def _pitches() -> str:
    import numpy as np
    import pyworld
    import soxr  # type: ignore[import-untyped]  # it has no types

    rows = []
    for of, source in _sources().items():
        gross, off, ours, theirs, lasts = [], [], 0.0, 0.0, 0.0
        for recordings in source.values():
            sound = recordings[0]
            begin = cpu_seconds()
            track = pitch.pitch_track(soxr.resample(sound, RATE, pitch.RATE))
            middle = cpu_seconds()
            true, _ = pyworld.harvest(sound.astype(np.float64), RATE, f0_floor=70, f0_ceil=500, frame_period=10)
            ours, theirs, lasts = ours + middle - begin, theirs + cpu_seconds() - middle, lasts + len(sound) / RATE
            track, true = track[: len(true)], true[: len(track)]
            both = (track > 0) & (true > 0)
            apart = 12 * np.abs(np.log2(track[both] / true[both]))
            gross.append(float((apart > 3).mean()))
            off.append(float(12 * np.log2(np.median(track[track > 0]) / np.median(true[true > 0]))))
        cells = (f"{100 * statistics.mean(gross):.1f} %", f"{statistics.mean(map(abs, off)):.2f}")
        rows.append((of, *cells, f"{1000 * ours / lasts:.1f}", f"{1000 * theirs / lasts:.0f}"))
    head = ("speech", "over 3 semitones off", "median off", "ms a second", "Harvest's ms a second")
    return table("Pitch against WORLD's Harvest, where both hear one", head, rows)


def _speech() -> str:
    rows = []
    for of, source in _sources().items():
        for name, change in _CONDITIONS.items():
            sounds = [change(each) for recordings in source.values() for each in recordings]
            rows.append((f"{of}, {name}", *_taken(sounds)))
    rows += [(name, *_taken([music(name)])) for name in MUSIC]
    rows.append(("babble, twelve people at once", *_taken([0.1 * noise("babble", 20 * RATE, 1)])))
    return table("Speech is taken, other sound refused", ("sound", "taken", "scores", "refused for"), rows)


_CONDITIONS: Mapping[str, Callable[[NDArray[np.float32]], NDArray[np.float32]]] = {
    "as it is": lambda sound: sound,
    "15 dB above babble": lambda sound: noisy(sound, noise("babble", len(sound), 7), 15)[0],
    "at a phone's 8 kHz": lambda sound: banded(sound, 8_000, RATE).samples,
    "2 % cut off": lambda sound: cut_off(sound, 0.02),
    "3 dB above pink noise": lambda sound: noisy(sound, noise("pink", len(sound), 7), 3)[0],
    "10 % cut off": lambda sound: cut_off(sound, 0.1),
    "5 s of it": lambda sound: sound[: 5 * RATE],
}


def _taken(sounds: Iterable[NDArray[np.float32]]) -> tuple[str, str, str]:
    reports = [assess(Audio(samples=each, rate=RATE)) for each in sounds]
    scores = [report.score for report in reports]
    why = sorted({report.refusal.split(":")[0].split(".")[0] for report in reports if report.refusal})
    taken = f"{sum(not report.refusal for report in reports)} of {len(reports)}"
    return taken, f"{min(scores):.1f} to {max(scores):.1f}", "; ".join(why)


def _several(folder: Path) -> str:
    """Return how often one and two real speakers are told apart, where there are weights and people."""
    import numpy as np

    from engine.identity.encoder import Encoder
    from engine.identity.weights import WeightsMissing

    if len(utterances()) < 2:
        return "One and two speakers were not told apart: no real speech lies beside the checkout."
    try:
        encoder: object = Encoder.load(folder)
    except WeightsMissing as missing:
        return f"One and two speakers were not told apart: {missing}"
    if not isinstance(encoder, Speakers):
        return "One and two speakers were not told apart: the encoder does not tell."
    names = [name for name, recordings in people().items() if name != "jfk" and recordings]
    alone = [each for name in names for each in people()[name]]
    pairs = [
        np.concatenate([people()[first][0][: 8 * RATE], people()[second][0][: 8 * RATE]])
        for first in names
        for second in names
        if first != second
    ]
    rows = []
    for name, sounds in (("one person", alone), ("two people, 8 s each", pairs)):
        reports = [assess(Audio(samples=each, rate=RATE), encoder=encoder) for each in sounds]
        rows.append((name, *(f"{sum(report.speakers == count for report in reports)}" for count in (1, 2))))
    return table("How many people are heard", ("recordings", "one", "several"), rows)


def _cost(turns: int) -> str:
    import numpy as np
    import soxr

    source = next(iter(_sources().values()))
    long = np.resize(np.concatenate([each for recordings in source.values() for each in recordings]), _LONG * RATE)
    audio = Audio(samples=soxr.resample(long, RATE, 48_000), rate=48_000)
    report = assess(audio)
    picture(audio, report, "warm")
    found: dict[str, list[float]] = {"report": [], "picture": []}
    for _ in range(turns):
        begin = cpu_seconds()
        assess(audio)
        middle = cpu_seconds()
        picture(audio, report, "Ada")
        found["report"].append(middle - begin)
        found["picture"].append(cpu_seconds() - middle)
    rows = [(name, f"{statistics.median(each):.2f}") for name, each in found.items()]
    return table(f"Cost of {_LONG} s at 48 kHz, in CPU seconds", ("what", "median"), rows)
