"""The manner in which a text is to be said, and the kind of file that it goes into."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict

from commands.core.params import FileFormat, SampleRate, Timestamps
from engine.speech import Format, TimingKind
from engine.value import value

KINDS: Mapping[Timestamps, frozenset[TimingKind]] = {
    Timestamps.NONE: frozenset(),
    Timestamps.WORDS: frozenset({"word"}),
    Timestamps.SYLLABLES: frozenset({"word", "syllable"}),
    Timestamps.SENTENCES: frozenset({"sentence"}),
    Timestamps.ALL: frozenset({"sentence", "word", "syllable", "phoneme"}),
}
"""Which timings are told; a syllable is hard to find without its word."""


def kind_of_file(wanted: FileFormat) -> Format:
    """Return the kind of sound file that is made where this is wanted."""
    alike = {FileFormat.AUTO: Format.WAV, FileFormat.VOICE: Format.OPUS}
    return alike.get(wanted) or Format(wanted.value)


@value
class Manner:
    """How a text is to be said."""

    speed: float = 1.0
    """Pace; 1 is the voice's own, 2 is twice as fast."""
    pitch: float = 0.0
    """Semitones above the voice's own pitch."""
    volume: float = 1.0
    """Loudness; 1 is as usual, 2 is twice as much."""
    format: FileFormat = FileFormat.AUTO
    """The kind of file that is wanted."""
    sample_rate: SampleRate = SampleRate.AUTO
    """How many samples a second it is to have."""
    language: str = ""
    """What the text is in, as a BCP 47 tag; empty: it is found out."""
    timestamps: Timestamps = Timestamps.NONE
    """What is told about when it is said."""

    @property
    def kinds(self) -> frozenset[TimingKind]:
        """Which timings are wanted."""
        return KINDS[self.timestamps]

    @property
    def kept(self) -> frozenset[TimingKind]:
        """Which timings are kept meanwhile: subtitles need the sentences, for the signs that no word has."""
        return self.kinds | {"sentence"} if self.kinds else self.kinds

    @property
    def kind_of_file(self) -> Format:
        """The kind of file that is made."""
        return kind_of_file(self.format)

    @property
    def is_voice(self) -> bool:
        """Whether it goes as a voice message, where the platform has such."""
        return self.format is FileFormat.VOICE

    @property
    def settings(self) -> dict[str, str | float]:
        """What differs from the usual, as the job's row has it."""
        if self == USUAL:
            return {}
        return {name: value for name, value in asdict(self).items() if value != getattr(USUAL, name)}

    def fingerprint(self, *more: str) -> str:
        """Return a SHA-256, in hex, of everything in it and of what else there is."""
        settings = {**self.settings, "format": self.kind_of_file}
        form = json.dumps([settings, *more], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(form.encode("utf-8", "surrogatepass")).hexdigest()


USUAL = Manner()
"""As everybody hears it who asks for nothing else."""
