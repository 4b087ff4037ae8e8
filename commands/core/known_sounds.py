"""Known sounds: whether what somebody gives was there before, made by Mynah itself or given by anybody.

The fingerprints of all are held in memory once somebody has asked, 10 bytes for each landmark, because they are
looked for by what they sound like; what was noted since is taken over before each answer. What is found is looked up
before it is told, so that what is gone from the database is gone here.

One of these may be asked from several threads: what is remembered is never changed, only replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.fingerprint import Gallery, Question
from engine.value import value
from storage import sounds
from storage.database import Transaction
from storage.sounds import Kind, Known

AT_ONCE = 5_000
"""How many are read in one go."""
FEW = 50_000
"""How many landmarks may stand beside the rest before all is read anew, or a tenth of the rest where that is more."""
KINDS: tuple[Kind, ...] = ("made", "given")


@value
class _Held:
    """What is remembered at one moment."""

    last: int = 0
    """The last sound that is in it."""
    all: Mapping[Kind, Gallery]
    """What was read in one go."""
    beside: Mapping[Kind, Gallery]
    """What has come since."""


class KnownSounds:
    """The sounds that were there before, of everybody."""

    def __init__(self) -> None:
        """Read nothing yet."""
        self._held: _Held | None = None

    def find(self, tx: Transaction, questions: Sequence[Question], kinds: Sequence[Kind] = KINDS) -> Kind | None:
        """Tell of what kind a sound is that is known.

        Args:
            tx: The transaction to look in; it takes some milliseconds for each question, and seconds for the first
                time where there are very many.
            questions: What is looked for.
            kinds: Among which, in order.

        Returns:
            The first kind of which it is; None where it was never there.
        """
        held = self._renewed(tx)
        for kind in kinds:
            for gallery in (held.beside[kind], held.all[kind]):
                if any(sounds.is_there(tx, match.id) for match in gallery.find(questions)):
                    return kind
        return None

    def _renewed(self, tx: Transaction) -> _Held:
        """Take over what was noted since, and return all that is known."""
        held = self._held
        if held is None:
            return self._read(tx)
        if new := sounds.after(tx, held.last, AT_ONCE):
            if len(new) == AT_ONCE:
                return self._read(tx)
            beside = {kind: held.beside[kind].joined(_gallery(new, kind)) for kind in KINDS}
            if sum(map(len, beside.values())) > max(FEW, sum(map(len, held.all.values())) // 10):
                return self._read(tx)
            self._held = held = _Held(last=new[-1].id, all=held.all, beside=beside)
        return held

    def _read(self, tx: Transaction) -> _Held:
        """Read all of it."""
        found: list[Known] = []
        while more := sounds.after(tx, found[-1].id if found else 0, AT_ONCE):
            found += more
        nothing = Gallery()
        self._held = held = _Held(
            last=found[-1].id if found else 0,
            all={kind: _gallery(found, kind) for kind in KINDS},
            beside=dict.fromkeys(KINDS, nothing),
        )
        return held


def _gallery(found: Sequence[Known], kind: Kind) -> Gallery:
    return Gallery((each.id, each.fingerprint) for each in found if each.kind == kind)
