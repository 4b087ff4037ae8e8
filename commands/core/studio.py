"""The studio: utterances in, audio in the job's spool out, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.speech import Utterance
from engine.spool import Take


class Studio(Protocol):
    """Says the utterances of one job."""

    async def say(self, utterances: Sequence[Utterance]) -> Take:
        """Say them one after another into the job's spool, going on where an earlier attempt came to."""
