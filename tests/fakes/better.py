"""A second engine that learns, and sounds better: what comes of a voice when a host adds it, or takes it away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.engine import Abilities
from engine.licence import CPML
from engine.speech import Enrolled, Reference
from tests.fakes.learner import Learner


class Better(Learner):
    """Sounds better than the learner, for those who earn nothing by it."""

    name = "better"
    heavy = True
    version = "1"

    def abilities(self) -> Abilities:
        return replace(super().abilities(), quality=50, relearns=True, version=self.version, licence=f"MIT AND {CPML}")

    def enroll(self, reference: Reference, key: str, report: Callable[[float], None]) -> Enrolled:
        enrolled = super().enroll(reference, key, report)
        speaker = replace(enrolled.speaker, licence=CPML)
        return Enrolled(speaker=speaker, figures={**enrolled.figures, "similarity": 0.9})


class Newer(Better):
    """The same, in another version."""

    version = "2"
