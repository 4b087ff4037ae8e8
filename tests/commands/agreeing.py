"""What tests of consents stand on: real people's voices, and words of theirs that are cut out as if they were drawn.

The list is a test's: nobody here has said the words of our own list aloud. Draws are those that the reader ADA is known
to be heard with, whatever becomes of the list's other words.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest

from bench import spoken
from commands import consent as consent_commands
from commands.core import consenting
from commands.core.context import Asker
from commands.core.params import Attachment
from commands.core.reply import Reply
from engine.clean import keep
from engine.consent_words import WORDS
from engine.speech import Audio
from storage import clones, recordings
from storage.database import Transaction
from storage.voices import Voice
from tests.commands.world import World
from tests.storage import making

ADA, BOB = "1688", "3080"
"""Two readers of LibriSpeech, who stand for people of these names."""
DRAWN = (
    ("helstone", "thornton", "accusing", "confession", "margaret", "anxiety"),
    ("anxiety", "statement", "returned", "always", "margaret", "confession"),
)
"""What is drawn, in turns; ADA has said all of it, and in no part of her recording."""
WRONG = ("always", "statement", "afraid", "downstairs", "returned", "thornton")
"""What ADA has said, too, and nobody has drawn."""
BOBS = ("conversation", "cannot", "earnest", "charms", "disposition", "occasion")
"""What BOB has said."""


def need_speech() -> None:
    """Go no further where no real speech lies beside the checkout."""
    if not spoken.SPEECH.is_dir():
        pytest.skip("shared/speech is not here")


def use_spoken_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw from, and listen for, what real people are known to have said."""
    need_speech()
    draws: Iterator[tuple[str, ...]] = cycle(DRAWN)
    others = [word for word in spoken.spoken_list() if word not in WORDS]
    monkeypatch.setattr(consenting, "LIST", (*WORDS, *others))
    monkeypatch.setattr(consent_commands, "new_words", lambda: next(draws))


def recorded(person: str, *numbers: int) -> Audio:
    """A reader's recording: some utterances from which no consent is cut, all three or only those of these numbers."""
    wanted = numbers or (0, 3, 6)
    names = [name for name in spoken.texts() if name.startswith(f"{person}-") and int(name[-1]) in wanted]
    return Audio(samples=np.concatenate([spoken.utterance(name) for name in names]), rate=spoken.RATE)


async def begin(world: World, holder: Asker, name: str, person: str = ADA, language: str = "en") -> Voice:
    """Let somebody have given a good recording of a reader, of which no voice is made yet."""

    def make(tx: Transaction) -> Voice:
        voice = making.recorded(tx, holder.user_id, name, sha256=person.zfill(64))
        tx.run("UPDATE voices SET language = :language WHERE id = :id", language=language, id=voice.id)
        return voice

    voice = await world.database.write(make)
    (recording,) = await world.database.read(lambda tx: recordings.of_voice(tx, voice.id))
    path = world.host.data / recording.path
    path.parent.mkdir(parents=True)
    keep(recorded(person), path)
    found = await world.database.read(lambda tx: clones.own(tx, holder.user_id, name))
    assert found is not None
    return found


def staged(world: World, audio: Audio) -> Attachment:
    """A voice message as it is staged for a job."""
    world.staged += 1
    path = world.host.data / "staging" / f"said-{world.staged}"
    path.parent.mkdir(exist_ok=True)
    size = keep(audio, path)
    return Attachment(
        name="voice.wav", content_type="audio/wav", bytes=size, path=path.relative_to(world.host.data).as_posix()
    )


def saying(world: World, *words: str, person: str = ADA) -> Attachment:
    """A voice message in which a reader says these words."""
    return staged(world, spoken.said(person, words, random.Random(" ".join(words))))


async def answered(world: World, asker: Asker, recording: Attachment, **values: object) -> Reply:
    """Answer what one was asked, and have it judged."""
    return await world.ask(asker, "consent answer", recording=recording, **values)


def original_of(voice: Voice, data: Path) -> Path:
    """Where a voice's clean recording lies."""
    return next((data / "audio" / str(voice.id)).rglob("*.wav"))
