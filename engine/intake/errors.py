"""Why a recording is not taken. The docstring of each class is the sentence that a person reads."""

from __future__ import annotations

import inspect


class NotTaken(Exception):
    """That recording cannot be taken."""

    def __init__(self, **facts: int | float | str) -> None:
        self.facts = facts
        sentence = " ".join((inspect.getdoc(type(self)) or "").split())
        super().__init__(sentence.format(**facts))

    def __reduce__(self) -> tuple[object, ...]:
        """Let it cross from one process to another, which its sentence alone could not do."""
        return _again, (type(self), self.facts)


class Empty(NotTaken):
    """That file is empty; record something, then send it again."""


class TooBig(NotTaken):
    """That file has {size} MB, and {most} MB is the most; send a shorter part of it, or send it as MP3."""


class NotSound(NotTaken):
    """That is {what}, not a recording; send a WAV, FLAC, MP3, Ogg, M4A or WebM file, or a video with sound."""


class Unreadable(NotTaken):
    """That {name} file is damaged or not whole, so that its sound cannot be read; save it anew and send it again."""


class Soundless(NotTaken):
    """There is no sound in that {name} file; send one in which somebody speaks."""


class OtherCodec(NotTaken):
    """The sound in that {name} file is packed in a way that Mynah does not read; send it as WAV, FLAC or MP3."""


class TooLong(NotTaken):
    """That recording is longer than {most} minutes, which is the most; send the part in which the voice is clearest."""


class TooManyChannels(NotTaken):
    """That file has {channels} channels, and {most} is the most; save it with one or two, then send it again."""


class OddRate(NotTaken):
    """That file has {rate} samples a second, and recordings have {least} to {most}; save it anew with 16,000."""


class NotFinite(NotTaken):
    """That {name} file has samples that are no numbers; save it anew as WAV with 16 bits, then send it again."""


class TooHeavy(NotTaken):
    """Reading that {name} file takes more time or memory than it should; save it as WAV, then send it again."""


def _again(kind: type[NotTaken], facts: dict[str, int | float | str]) -> NotTaken:
    return kind(**facts)
