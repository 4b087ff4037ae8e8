"""Likeness: which voices sound most like one, among those that somebody may use.

What tells a voice is a vector of length 1 for each clone; how alike two are is their inner product, and vectors of two
models cannot be compared. All of them are held in memory, as one matrix per model, because to read a hundred thousand
of them takes longer than to compare them. Each change to a voice has a number (`voices.next_change`): before it
answers, the matrix takes over what has changed since. And what it finds is looked up before it is told, so it can
never tell of a voice that somebody may not use.

One of these may be asked from several threads: what is remembered is never changed, only replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from engine.value import value
from storage import marks, voices
from storage.database import Row, Transaction
from storage.voices import Voice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

AT_ONCE = 5_000
"""How many voices are read in one go; more would be in memory twice."""
FEW = 1_000
"""How many changed voices stand beside the matrix before it is made anew with them."""
_NEVER = -1
"""The change before all others, while nothing was read."""
_SHARED = {"private": 0, "place": 1, "public": 2}


@value
class Alike:
    """A voice that sounds like another."""

    voice: Voice
    """The voice."""
    similarity: float
    """How alike they are, from -1 to 1."""


class Likeness:
    """The voices of everybody, by how they sound."""

    def __init__(self) -> None:
        self._known = _Known(change=_NEVER, matrices={}, changed={}, beside={})

    def nearest(
        self,
        tx: Transaction,
        vector: Sequence[float] | Vector,
        *,
        model: str,
        user_id: int,
        place_id: int,
        n: int = 5,
        own: bool = False,
        but: int | None = None,
    ) -> list[Alike]:
        """Return the voices most like a vector, the most alike first.

        Args:
            tx: The transaction to look in; it takes some milliseconds, and seconds for the first time.
            vector: What to compare with, of whatever length but 0; none is like one that is not finite.
            model: What computed it.
            user_id: Who asks: nothing is found that they may not use.
            place_id: Where they ask.
            n: How many to return at most.
            own: Whether to look among the person's own only.
            but: A voice to leave out, such as the one that is compared.
        """
        import numpy as np

        wanted = _normal(np.asarray(vector, dtype=np.float32).reshape(1, -1))
        if not len(wanted) or n <= 0:
            return []
        self._renew(tx)
        matrices = [each for each in self._known.of(model) if each.vectors.shape[1] == wanted.shape[1]]
        found: list[Alike] = []
        for id, similarity in _best(matrices, wanted[0], n, user_id, -1 if own else place_id, own):
            voice = None if id == but else _usable(tx, id, model, user_id, place_id)
            if voice is not None:
                found.append(Alike(voice=voice, similarity=similarity))
            if len(found) == n:
                break
        return found

    def _renew(self, tx: Transaction) -> None:
        """Take over what has changed."""
        known = self._known
        change = int(marks.get(tx, "mynah", "voices") or 0)
        if change <= known.change:
            return
        if known.change == _NEVER:
            self._known = _Known(change=change, matrices=_read_all(tx), changed={}, beside={})
            return
        rows = tx.all(f"{_TOLD} AND v.change > :seen ORDER BY v.change LIMIT {FEW + 1}", seen=known.change)
        changed = {**known.changed, **{int(row["id"]): row for row in rows}}
        if len(changed) > FEW:
            self._known = _Known(change=change, matrices=_read_all(tx), changed={}, beside={})
        else:
            beside = _matrices([*changed.values()])
            self._known = _Known(change=change, matrices=known.without(rows), changed=changed, beside=beside)


@value
class _Matrix:
    """The voices of one model; nothing in it is ever changed."""

    vectors: Vector
    """Shape (voices, dimensions); each row has length 1."""
    ids: NDArray[np.int64]
    """The voices' numbers, ascending."""
    owners: NDArray[np.int64]
    """Whose they are."""
    shared: NDArray[np.int8]
    """With whom each is shared: 0 nobody, 1 its place, 2 everybody; -1 for one that is told elsewhere or gone."""
    places: NDArray[np.int64]
    """With which place; -1 for none."""


@value
class _Known:
    """What is remembered at one moment."""

    change: int
    """The last change that is in it."""
    matrices: Mapping[str, _Matrix]
    """By model, the voices as they were read."""
    changed: Mapping[int, Row]
    """By their numbers, those that have changed since."""
    beside: Mapping[str, _Matrix]
    """By model, small matrices of those."""

    def of(self, model: str) -> list[_Matrix]:
        """The matrix of a model, and the small one of what has changed since it was made."""
        return [held[model] for held in (self.matrices, self.beside) if model in held]

    def without(self, rows: Sequence[Row]) -> dict[str, _Matrix]:
        """The matrices, with the voices of these rows counted as gone."""
        import numpy as np

        ids = np.array([row["id"] for row in rows], dtype=np.int64)
        found: dict[str, _Matrix] = {}
        for model, matrix in self.matrices.items():
            places = np.searchsorted(matrix.ids, ids)
            places = places[places < len(matrix.ids)]
            shared = matrix.shared.copy()
            shared[places[np.isin(matrix.ids[places], ids)]] = -1
            found[model] = _Matrix(
                vectors=matrix.vectors, ids=matrix.ids, owners=matrix.owners, shared=shared, places=matrix.places
            )
        return found


def _best(
    matrices: Sequence[_Matrix], wanted: Vector, n: int, user_id: int, place_id: int, own: bool
) -> Iterator[tuple[int, float]]:
    """Yield the voices that may be used, as far as is known, with their likeness, the most alike first."""
    import numpy as np

    ids, likeness = [], []
    for matrix in matrices:
        may = matrix.owners == user_id
        if not own:
            may |= (matrix.shared == 2) | ((matrix.shared == 1) & (matrix.places == place_id))
        rows = np.flatnonzero(may & (matrix.shared >= 0))
        whole = len(rows) * 2 > len(matrix.ids)  # then it is quicker to leave the matrix where it is
        ids.append(matrix.ids[rows])
        likeness.append((matrix.vectors @ wanted)[rows] if whole else matrix.vectors[rows] @ wanted)
    if not ids:
        return
    all_ids, scores = np.concatenate(ids), np.concatenate(likeness)
    first = 4 * n + 16  # most often none of the first is gone, and the rest needs no order
    top = np.argpartition(-scores, first)[:first] if len(scores) > first else np.arange(len(scores))
    told = top[np.lexsort((all_ids[top], -scores[top]))]
    yield from ((int(all_ids[row]), float(scores[row])) for row in told)
    if len(told) < len(scores):
        rest = np.setdiff1d(np.arange(len(scores)), told)
        rest = rest[np.lexsort((all_ids[rest], -scores[rest]))]
        yield from ((int(all_ids[row]), float(scores[row])) for row in rest)


def _usable(tx: Transaction, id: int, model: str, user_id: int, place_id: int) -> Voice | None:
    voice = voices.get(tx, id)
    if voice is None or voice.status != "ready":
        return None
    seen = voice.user_id == user_id or voice.visibility == "public"
    seen = seen or (voice.visibility == "place" and voice.place_id == place_id)
    sql = "SELECT 1 FROM voices v JOIN speakers s ON s.id = v.speaker_id WHERE v.id = :id AND s.model = :model"
    return voice if seen and tx.value(sql, id=id, model=model) else None


def _read_all(tx: Transaction) -> dict[str, _Matrix]:
    import numpy as np

    parts: dict[str, list[_Matrix]] = {}
    last = 0
    while rows := tx.all(f"{_TOLD} AND v.id > :last ORDER BY v.id LIMIT {AT_ONCE}", last=last):
        last = rows[-1]["id"]
        for model, matrix in _matrices(rows).items():
            parts.setdefault(model, []).append(matrix)
    return {
        model: _Matrix(
            vectors=np.concatenate([each.vectors for each in found]),
            ids=np.concatenate([each.ids for each in found]),
            owners=np.concatenate([each.owners for each in found]),
            shared=np.concatenate([each.shared for each in found]),
            places=np.concatenate([each.places for each in found]),
        )
        for model, found in parts.items()
    }


def _matrices(rows: Sequence[Row]) -> dict[str, _Matrix]:
    """Make matrices of rows; who has no vector, or cannot speak, is in none."""
    import numpy as np

    by_model: dict[str, list[Row]] = {}
    for row in rows:
        if row["status"] == "ready" and row["model"] is not None:
            by_model.setdefault(row["model"], []).append(row)
    found: dict[str, _Matrix] = {}
    for model, theirs in by_model.items():
        usual = len(theirs[0]["embedding"])
        alike = [row for row in theirs if len(row["embedding"]) == usual]
        vectors = np.frombuffer(b"".join(row["embedding"] for row in alike), dtype="<f4").astype(np.float32)
        found[model] = _Matrix(
            vectors=_unit(vectors.reshape(len(alike), -1)),
            ids=np.array([row["id"] for row in alike], dtype=np.int64),
            owners=np.array([row["user_id"] or -1 for row in alike], dtype=np.int64),
            shared=np.array([_SHARED[row["visibility"]] for row in alike], dtype=np.int8),
            places=np.array([row["place_id"] or -1 for row in alike], dtype=np.int64),
        )
    return found


def _unit(vectors: Vector) -> Vector:
    """Make every row of length 1; one that has no direction becomes 0, which is like nothing."""
    import numpy as np

    sound = np.where(np.isfinite(vectors).all(axis=1, keepdims=True), vectors, np.float32(0))
    lengths = np.linalg.norm(sound, axis=1, keepdims=True)
    scaled: Vector = (sound / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled


def _normal(vector: Vector) -> Vector:
    """Return a vector with length 1, as the one row of a matrix; no row where it has no direction."""
    scaled = _unit(vector)
    return scaled[[bool(row.any()) for row in scaled]]


_TOLD = """
    SELECT v.id, v.user_id, v.visibility, v.place_id, v.status, s.model, s.embedding
    FROM voices v LEFT JOIN speakers s ON s.id = v.speaker_id WHERE v.kind = 'clone'
"""
