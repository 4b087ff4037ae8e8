"""XTTS as an engine: speakers built in and learned, batches whose rows end by themselves, and what it refuses."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from bench import spoken
from engine.coqui_engine import Coqui
from engine.coqui_engine.cutting import cut
from engine.engine import EngineError, EngineMissing, More, OutOfMemory
from engine.licence import CPML, is_commercial
from engine.model_manifest import MANIFEST, InstalledFile, Manifest
from engine.speech import Audio, Part, Reference, Utterance
from tests.commands.agreeing import ADA
from tests.engine.coqui_engine import tiny

TEXTS = ["Hi!", "Here is a sentence that takes longer to say.", "And one more."]


def near() -> float:
    """How near to each other two sounds are that are the same, in the precision of the device."""
    import torch

    return 5e-3 if torch.cuda.is_available() else 1e-5


def utterance(text: str, speaker: str = tiny.NAMES[0], language: str = "") -> Utterance:
    return Utterance(text=text, engine="coqui", speaker=speaker, language=language)


def said(engine: Coqui, *utterances: Utterance) -> list[np.ndarray]:
    """The whole sound of each row."""
    rows: list[list[np.ndarray]] = [[] for _ in utterances]
    for row, audio in engine.synthesize(utterances, lambda row: False):
        rows[row].append(audio.samples)
    return [np.concatenate(row) for row in rows]


def test_its_speakers_are_those_of_the_model(coqui: Coqui) -> None:
    assert {speaker.key for speaker in coqui.speakers()} == set(tiny.NAMES)
    assert coqui.abilities().languages == set(tiny.LANGUAGES)


def test_what_is_said_together_is_what_is_said_alone(coqui: Coqui) -> None:
    batch = [utterance(text, speaker) for text in TEXTS for speaker in tiny.NAMES]
    for together, each in zip(said(coqui, *batch), batch, strict=True):
        (alone,) = said(coqui, each)
        np.testing.assert_allclose(together, alone, atol=near())


def test_every_row_and_speaker_sounds_different(coqui: Coqui) -> None:
    sounds = said(coqui, *(utterance(text, speaker) for text in TEXTS for speaker in tiny.NAMES))
    assert len({sound[:2000].tobytes() for sound in sounds}) == len(sounds)


def test_a_speaker_speaks_the_language_of_the_text(coqui: Coqui) -> None:
    text = "Es sind 12 Tage"
    english, german, swiss, unknown = said(
        coqui, *(utterance(text, language=each) for each in ("en-us", "de", "de-ch", "tlh"))
    )
    assert not np.array_equal(english, german)
    np.testing.assert_allclose(german, swiss, atol=near())
    np.testing.assert_allclose(english, unknown, atol=near())


def test_a_row_that_nobody_waits_for_ends_and_the_others_go_on(coqui: Coqui) -> None:
    heard = {row for row, _ in coqui.synthesize([utterance(text) for text in TEXTS], lambda row: row == 1)}
    assert heard == {0, 2}


def test_what_is_cut_off_leaves_nothing_behind(coqui: Coqui) -> None:
    before = said(coqui, utterance(TEXTS[0]))[0]
    for _ in coqui.synthesize([utterance(text) for text in TEXTS], lambda row: False):
        break
    np.testing.assert_array_equal(said(coqui, utterance(TEXTS[0]))[0], before)


def test_a_long_text_is_said_in_parts_one_after_another(coqui: Coqui) -> None:
    long = "This goes on for longer than it takes at once. " * 9
    parts = cut(long, 250)
    assert len(parts) == 2
    (whole,) = said(coqui, utterance(long))
    np.testing.assert_allclose(whole, np.concatenate(said(coqui, *map(utterance, parts))), atol=near())


def buzz(pitch: float, seconds: float = 6.0, rate: int = 24_000) -> Audio:
    time = np.arange(int(seconds * rate)) / rate
    tones = np.stack([np.sin(2 * np.pi * pitch * number * time) / number for number in range(1, 13)])
    return Audio(samples=(0.2 * tones.sum(0)).astype(np.float32), rate=rate)


def test_a_speaker_is_learned_kept_and_spoken_with(coqui: Coqui) -> None:
    shares: list[float] = []
    for key, pitch in (("ada", 220.0), ("bob", 110.0)):
        enrolled = coqui.enroll(Reference(passages=(buzz(pitch),), language="de", name=key.title()), key, shares.append)
        assert (enrolled.speaker.key, enrolled.speaker.language) == (key, "de")
    assert [share for share, _ in groupby(shares)] == [0, 0.5, 1] * 2
    ada, bob = said(coqui, utterance(TEXTS[1], "ada"), utterance(TEXTS[1], "bob"))
    assert len(ada) != len(bob) or not np.allclose(ada, bob, atol=1e-3)


def test_learned_speakers_are_there_when_it_opens_again(coqui: Coqui, models: Path) -> None:
    coqui.enroll(Reference(passages=(buzz(150.0),)), "kept", lambda share: None)
    before = said(coqui, utterance(TEXTS[0], "kept"))[0]
    again = Coqui()
    again.models, again.home = models, coqui.home
    with tiny.slim():
        again.open()
    np.testing.assert_allclose(said(again, utterance(TEXTS[0], "kept"))[0], before, atol=near())
    again.close()


def test_too_little_speech_teaches_nothing(coqui: Coqui) -> None:
    with pytest.raises(EngineError, match="too little"):
        coqui.enroll(Reference(passages=(buzz(150.0, seconds=0.2),)), "short", lambda share: None)
    with pytest.raises(EngineError, match="no speaker"):
        said(coqui, utterance(TEXTS[0], "short"))


def test_who_waits_no_longer_ends_the_learning(coqui: Coqui) -> None:
    class Gone(Exception):
        pass

    def gone(share: float) -> None:
        raise Gone

    with pytest.raises(Gone):
        coqui.enroll(Reference(passages=(buzz(150.0),)), "gone", gone)
    with pytest.raises(EngineError):
        said(coqui, utterance(TEXTS[0], "gone"))


@pytest.mark.parametrize("key", ["../ada", "", "ada/../bob", "nobody"])
def test_a_key_that_is_none_is_refused(coqui: Coqui, key: str) -> None:
    with pytest.raises(EngineError, match="no speaker"):
        said(coqui, utterance(TEXTS[0], key))


@pytest.mark.parametrize("text", ["", "...", "\ud800", "a " * 20_000])
def test_a_text_that_cannot_be_said_is_refused(coqui: Coqui, text: str) -> None:
    with pytest.raises(EngineError):
        said(coqui, utterance(text))


def test_without_a_model_it_says_where_one_belongs(tmp_path: Path) -> None:
    if reason := tiny.why_not():
        pytest.skip(reason)
    engine = Coqui()
    engine.models = tmp_path
    with pytest.raises(EngineMissing, match=str(tmp_path)):
        engine.open()


def test_where_memory_runs_out_that_is_said_and_room_is_made(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from engine.coqui_engine.batch import Batch

    engine = Coqui()
    engine.models, engine.retakes = models, 0
    with tiny.slim():
        engine.open()
    (before,) = said(engine, utterance(TEXTS[0]))
    slots, held, run = engine.abilities().batch, engine.bytes_held(), Batch.run

    def full(self: Batch, *given: object) -> object:
        monkeypatch.setattr(Batch, "run", run)
        raise torch.OutOfMemoryError("no room")

    monkeypatch.setattr(Batch, "run", full)
    with pytest.raises(OutOfMemory):
        said(engine, utterance(TEXTS[0]))
    assert engine.make_room()
    assert engine.abilities().batch == slots // 2
    if not torch.cuda.is_available():
        assert 0 < engine.bytes_held() < held
    np.testing.assert_array_equal(said(engine, utterance(TEXTS[0]))[0], before)
    while engine.make_room():
        pass
    assert engine.abilities().batch == 1
    engine.close()


def test_everything_that_it_speaks_with_has_its_licence(coqui: Coqui) -> None:
    assert not is_commercial(coqui.abilities().licence)
    for speaker in coqui.speakers():
        assert speaker.licence == CPML
    enrolled = coqui.enroll(Reference(passages=(buzz(140.0),)), "licensed", lambda share: None)
    assert enrolled.speaker.licence == CPML


def test_what_it_says_tells_how_good_it_was(coqui: Coqui) -> None:
    made = [audio for _, audio in coqui.synthesize([utterance(text) for text in TEXTS], lambda row: False)]
    assert len(made) == len(TEXTS)
    for audio in made:
        assert isinstance(audio, Audio) and audio.score is not None and 0 <= audio.score <= 1
        assert audio.takes == 1


def test_what_does_not_sound_good_is_said_again_and_the_best_is_kept(
    coqui: Coqui, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random weights never say what they should: each take is judged, and all of them are used up."""
    (first,) = coqui.synthesize([utterance(TEXTS[1])], lambda row: False)
    monkeypatch.setattr(coqui, "retakes", 2)
    (kept,) = coqui.synthesize([utterance(TEXTS[1])], lambda row: False)
    assert isinstance(first[1], Audio) and isinstance(kept[1], Audio)
    assert kept[1].takes == 3
    assert first[1].score is not None and kept[1].score is not None and kept[1].score >= first[1].score
    (again,) = coqui.synthesize([utterance(TEXTS[1])], lambda row: False)
    assert isinstance(again[1], Audio) and again[1].score == kept[1].score, "the same is said of the same"


def test_the_same_speech_is_learned_once(coqui: Coqui, monkeypatch: pytest.MonkeyPatch) -> None:
    learned: list[int] = []
    learn = coqui._model.learn

    def counted(passages: Sequence[Audio], report: Callable[[float], None]) -> object:
        learned.append(len(passages))
        return learn(passages, report)

    monkeypatch.setattr(coqui._model, "learn", counted)
    passages = (buzz(180.0), buzz(185.0))
    coqui.enroll(Reference(passages=passages), "once", lambda share: None)
    coqui.enroll(Reference(passages=passages), "twice", lambda share: None)
    assert learned == [2]
    once, twice = said(coqui, utterance(TEXTS[0], "once"))[0], said(coqui, utterance(TEXTS[0], "twice"))[0]
    assert len(once) and len(twice)
    coqui.enroll(Reference(passages=passages[:1]), "other", lambda share: None)
    assert learned == [2, 1]


def test_a_speaker_who_was_learned_is_told_for_one_by_anybody(coqui: Coqui) -> None:
    coqui.enroll(Reference(passages=(buzz(160.0),)), "checked", lambda share: None)
    assert coqui.home is not None
    assert Coqui.check_learned(coqui.home / "checked.safetensors")


def test_it_is_closed_and_opened_again(models: Path, tmp_path: Path) -> None:
    sounds = []
    for _ in range(2):
        engine = Coqui()
        engine.models, engine.home, engine.retakes = models, tmp_path, 0
        with tiny.slim():
            engine.open()
        assert engine.bytes_held() > 0 and (engine.bytes_free() or 0) > 0
        sounds.append(said(engine, utterance(TEXTS[0]))[0])
        engine.close()
        engine.close()
    np.testing.assert_allclose(sounds[0], sounds[1], atol=near())
    assert Coqui.bytes_needed(models) > (models / "tiny" / "model.pth").stat().st_size
    assert Coqui.bytes_needed(tmp_path) == Coqui.bytes_needed(None) == 0


def test_a_model_whose_licence_was_not_accepted_is_not_spoken_with(models: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(models / "tiny", tmp_path / "xtts_v2")
    files = {path.name: InstalledFile(bytes=path.stat().st_size, sha256="0" * 64) for path in folder.glob("*.json")}
    manifest = Manifest(name="xtts_v2", source="", files=files, licence=CPML, accepted="", at="")
    (folder / MANIFEST).write_text(manifest.text(), "utf-8")
    engine = Coqui()
    engine.models = tmp_path
    with pytest.raises(EngineError, match="accepted"):
        engine.open()


def test_how_alike_a_speaker_sounds_is_told_where_somebody_can_hear_it(
    coqui: Coqui, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not spoken.SPEECH.is_dir():
        pytest.skip("shared/speech is not here")
    asked: list[Sequence[Audio]] = []

    def likeness(one: object, passages: Sequence[Audio]) -> float:
        asked.append(passages)
        return 0.5

    passage = Audio(samples=spoken.utterance(f"{ADA}-142285-0003"), rate=spoken.RATE)
    if coqui._ear.whose([passage]) is None:
        pytest.skip("resemblyzer is not installed")
    monkeypatch.setattr(coqui._ear, "likeness", likeness)
    enrolled = coqui.enroll(Reference(passages=(passage,), name="Ada"), "alike", lambda share: None)
    assert enrolled.figures["similarity"] == 0.5
    assert [len(passages) for passages in asked] == [1] and asked[0][0].seconds > 0
    assert coqui._speakers.get("alike").print is not None
    from engine.coqui_engine.speakers import Speakers

    kept = Speakers(coqui.home, coqui._model.voice).get("alike")
    assert kept.print is not None and coqui._ear.likeness(kept.print, [passage]) == 0.5


def test_who_waits_no_longer_while_it_is_compared_ends_that_and_keeps_nothing(coqui: Coqui) -> None:
    if not spoken.SPEECH.is_dir():
        pytest.skip("shared/speech is not here")
    passage = Audio(samples=spoken.utterance(f"{ADA}-142285-0006"), rate=spoken.RATE)
    if coqui._ear.whose([passage]) is None:
        pytest.skip("resemblyzer is not installed")

    class Gone(Exception):
        pass

    told: list[float] = []

    def gone(share: float) -> None:
        told.append(share)
        if told.count(1.0) > 2:
            raise Gone

    with pytest.raises(Gone):
        coqui.enroll(Reference(passages=(passage,)), "going", gone)
    with pytest.raises(EngineError, match="no speaker"):
        said(coqui, utterance(TEXTS[0], "going"))
    assert said(coqui, utterance(TEXTS[0])), "and it speaks on"


LONG = utterance("This is heard before it is whole.", tiny.NAMES[1])
"""What the tiny model takes long to say."""
ALOUD = replace(LONG, parts=True)


def parts_and_wholes(
    engine: Coqui, *utterances: Utterance, more: More = lambda room: ()
) -> tuple[list[tuple[int, Part]], dict[int, Audio]]:
    """What is heard of a batch before it is whole, in order, and the whole of each row."""
    parts: list[tuple[int, Part]] = []
    wholes: dict[int, Audio] = {}
    for row, made in engine.synthesize_more(utterances, lambda row: False, more):
        if isinstance(made, Part):
            assert row not in wholes
            parts.append((row, made))
        else:
            assert isinstance(made, Audio)
            wholes[row] = made
    return parts, wholes


def test_who_listens_alone_hears_parts_that_are_the_beginning_of_the_whole(coqui: Coqui) -> None:
    parts, wholes = parts_and_wholes(coqui, ALOUD)
    heard = 0
    for _, part in parts:
        assert part.begin == heard and part.audio.rate == wholes[0].rate
        heard += len(part.audio.samples)
        np.testing.assert_array_equal(part.audio.samples, wholes[0].samples[part.begin : heard])
    assert 0 < heard < len(wholes[0].samples)
    np.testing.assert_allclose(wholes[0].samples, said(coqui, LONG)[0], atol=near())


def test_what_was_heard_in_parts_is_judged_but_not_said_again(coqui: Coqui, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coqui, "retakes", 2)
    parts, wholes = parts_and_wholes(coqui, ALOUD)
    assert parts and wholes[0].takes == 1 and wholes[0].score is not None
    _, unheard = parts_and_wholes(coqui, LONG)
    assert unheard[0].takes == 3, "it was not good enough"


def test_where_others_wait_everything_comes_whole(coqui: Coqui) -> None:
    parts, wholes = parts_and_wholes(coqui, ALOUD, ALOUD)
    assert not parts and len(wholes) == 2


def test_who_joins_what_is_being_heard_does_not_stop_it(coqui: Coqui) -> None:
    asked: list[int] = []

    def more(room: int) -> Sequence[Utterance]:
        asked.append(room)
        return [replace(utterance(TEXTS[1]), parts=True)] if len(asked) == 3 else []

    parts, wholes = parts_and_wholes(coqui, ALOUD, more=more)
    assert parts and {row for row, _ in parts} == {0} and len(wholes) == 2
    np.testing.assert_allclose(wholes[0].samples, said(coqui, LONG)[0], atol=near())
    np.testing.assert_allclose(wholes[1].samples, said(coqui, utterance(TEXTS[1]))[0], atol=near())
