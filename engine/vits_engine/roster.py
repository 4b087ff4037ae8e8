"""The roster: who speaks in the VITS models on disk; none of them has to be loaded for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from engine.coqui_engine.layout import BadModel, ModelFolder, read_folder
from engine.licence import terms
from engine.model_folders import VITS, ModelOnDisk, installed, usable
from engine.speech import Speaker
from engine.vits_engine.names import speaker_names
from engine.vits_engine.vctk import Person, person

NAME = "vits"
"""What the engine is called."""
UNSAID = "NOASSERTION"
"""What SPDX calls a licence of which nobody has said anything, as of a model that the host has put there."""
VCTK = "vctk"
"""What the names of models whose speakers are VCTK's have in them."""
NOBODY_KNOWS = "und"
"""The tag of what a model speaks that does not say."""


class Place(NamedTuple):
    """Where a speaker is to be found."""

    model: str
    """The model's name."""
    number: int
    """The number by which its network knows the speaker."""


class Roster:
    """The models that can be spoken with, and their speakers."""

    def __init__(self, models: Path) -> None:
        """Look through the folder of models."""
        self.found: dict[str, ModelOnDisk] = {}
        """The models, by name."""
        self.folders: dict[str, ModelFolder] = {}
        """Their folders, likewise."""
        self.names: dict[str, Mapping[str, int]] = {}
        """The numbers of their speakers by name, likewise; nothing where a model has only one."""
        self.wrong = [each.wrong for each in installed(models) if each.family == VITS and each.wrong]
        """What is wrong with other models, in sentences."""
        for each in usable(models, VITS):
            try:
                folder = read_folder(each.folder)
                self.names[each.name] = speaker_names(folder)
            except BadModel as error:
                self.wrong.append(str(error))
                continue
            self.found[each.name], self.folders[each.name] = each, folder

    def leave_out(self, name: str, why: str) -> None:
        """Leave a model out, which turned out to be none."""
        self.wrong.append(why)
        del self.found[name]

    def speakers(self) -> Mapping[str, tuple[Speaker, Place]]:
        """Return everybody who speaks, by their keys, and where each is to be found."""
        listed: dict[str, tuple[Speaker, Place]] = {}
        taken: set[str] = set()
        for speaker, place in self._listed():
            if speaker.key.lower() not in taken:
                taken.add(speaker.key.lower())
                listed[speaker.key] = speaker, place
        return listed

    def _listed(self) -> Iterable[tuple[Speaker, Place]]:
        for name, model in self.found.items():
            names = self.names[name]
            if not names:
                yield _described(model, name, name), Place(name, 0)
            # Of whom nothing is known comes last: the first who speaks a language speaks it where nobody has chosen.
            for speaker, number in sorted(names.items(), key=lambda each: _known(model, each[0]) is None):
                yield _described(model, f"{name}-{speaker.replace(' ', '-')}", speaker), Place(name, number)


def _known(model: ModelOnDisk, speaker: str) -> Person | None:
    """Return who a speaker of VCTK is; None of others."""
    return person(speaker) if VCTK in model.name.lower() else None


def _described(model: ModelOnDisk, key: str, speaker: str) -> Speaker:
    """Return what is known of a speaker."""
    known = _known(model, speaker)
    language, *others = model.languages or (NOBODY_KNOWS,)
    if known is not None and known.language not in (language, *others):
        others.append(known.language)
    licence = model.licence or UNSAID
    said = [f"{known.accent} accent" if known and known.accent else "", terms(licence)]
    if licence == UNSAID:
        said.append("Nobody has said under which licence it may be used")
    return Speaker(
        engine=NAME,
        key=key.replace(" ", "-").replace("+", "-"),
        name=speaker if speaker == model.name else f"{speaker} ({model.name})",
        language=language,
        sex=known.sex if known else "",
        notes=" ".join(f"{each}." for each in said if each),
        also=tuple(others),
        licence=licence,
    )
