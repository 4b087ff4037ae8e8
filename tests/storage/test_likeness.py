"""The nearest voices are found as by comparing with each, and never one that somebody may not use."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from storage import clones, joining, likeness, people, voices, withdrawal
from storage.database import Database, Transaction
from storage.likeness import Alike, Likeness
from storage.voices import Voice
from tests.storage import making

HOME, AWAY = 1, 2
"""Two places."""


@pytest.fixture
async def crowd(database: Database) -> list[int]:
    """Three people with forty voices among them, private, shared in either place, or with everybody."""

    def work(tx: Transaction) -> list[int]:
        assert (making.place(tx), making.place(tx, "43")) == (HOME, AWAY)
        users = [making.person(tx, str(n), f"person {n}") for n in range(3)]
        chance = random.Random(1)
        for n in range(40):
            visibility, place = chance.choice([("private", None), ("place", HOME), ("place", AWAY), ("public", None)])
            making.clone(tx, chance.choice(users), f"voice {n}", visibility=visibility, place_id=place)  # type: ignore[arg-type]  # one of the words
        return users

    return await database.write(work)


def vector(row: bytes) -> NDArray[np.float32]:
    found = np.frombuffer(row, "<f4")
    length = np.float32(np.linalg.norm(found))
    return np.asarray(found / length, np.float32)


def by_hand(
    tx: Transaction, wanted: NDArray[np.float32], user_id: int, place_id: int, own: bool
) -> list[tuple[int, float]]:
    """Every voice that one may use, compared one by one."""
    rows = tx.all(
        """
        SELECT v.id, s.embedding FROM voices v JOIN speakers s ON s.id = v.speaker_id
        WHERE v.kind = 'clone' AND v.status = 'ready' AND s.model = 'encoder' AND (v.user_id = :user_id OR
            (:own = 0 AND (v.visibility = 'public' OR (v.visibility = 'place' AND v.place_id = :place_id))))
        """,
        user_id=user_id,
        place_id=place_id,
        own=int(own),
    )
    alike = [(int(row["id"]), float(vector(row["embedding"]) @ wanted)) for row in rows]
    return sorted(alike, key=lambda each: -each[1])


def told(found: list[Alike]) -> list[int]:
    return [each.voice.id for each in found]


async def agree(database: Database, among: Likeness, users: list[int]) -> None:
    """See that it finds for everybody, everywhere, what is found by hand."""

    def look(tx: Transaction) -> None:
        wanted = vector(making.vector("somebody"))
        for user_id in users:
            for place_id in (HOME, AWAY):
                for own in (False, True):
                    hand = by_hand(tx, wanted, user_id, place_id, own)
                    found = among.nearest(
                        tx, wanted * 3, model="encoder", user_id=user_id, place_id=place_id, n=50, own=own
                    )
                    assert told(found) == [id for id, _ in hand]
                    assert [each.similarity for each in found] == pytest.approx([score for _, score in hand], abs=1e-6)

    await database.read(look)


async def test_it_finds_what_one_finds_by_comparing_with_each(database: Database, crowd: list[int]) -> None:
    await agree(database, Likeness(), crowd)


CHANGES: dict[str, Callable[[Transaction, Voice, list[int]], object]] = {
    "shared with everybody": lambda tx, voice, users: clones.share(tx, voice.id, "public"),
    "shared no more": lambda tx, voice, users: clones.share(tx, voice.id, "private"),
    "shared elsewhere": lambda tx, voice, users: clones.share(tx, voice.id, "place", AWAY),
    "renamed": lambda tx, voice, users: clones.rename(tx, voice.id, "another name"),
    "withdrawn": lambda tx, voice, users: withdrawal.withdraw(tx, voice.id, making.KEY),
    "silenced": lambda tx, voice, users: clones.agree(tx, voice.id, "", None),
    "one more": lambda tx, voice, users: making.clone(tx, users[0], "one more", visibility="public"),
    "its holder is forgotten": lambda tx, voice, users: people.forget(tx, users[1], making.KEY),
    "two become one": lambda tx, voice, users: joining.join(tx, users[0], users[1]),
    "two places become one": lambda tx, voice, users: joining.join_places(tx, HOME, AWAY),
}
ONCE = ("renamed", "one more", "its holder is forgotten", "two become one", "two places become one")
"""What happens once; the others happen to four voices."""


@pytest.mark.parametrize("change", CHANGES)
async def test_whatever_changes_it_takes_over(database: Database, crowd: list[int], change: str) -> None:
    among = Likeness()
    await agree(database, among, crowd)

    def work(tx: Transaction) -> None:
        for row in tx.all("SELECT id FROM voices ORDER BY id LIMIT :some", some=1 if change in ONCE else 4):
            voice = voices.get(tx, row["id"])
            assert voice is not None
            CHANGES[change](tx, voice, crowd)

    await database.write(work)
    await agree(database, among, crowd)


async def test_many_changes_make_it_read_all_anew(
    database: Database, crowd: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likeness, "FEW", 3)
    monkeypatch.setattr(likeness, "AT_ONCE", 7)
    among = Likeness()
    for limit in (2, 2, 2, 40):
        await agree(database, among, crowd)
        await database.write(partial(_share_some, limit=limit))
    await agree(database, among, crowd)


def _share_some(tx: Transaction, limit: int) -> None:
    for row in tx.all("SELECT id FROM voices ORDER BY id DESC LIMIT :limit", limit=limit):
        clones.share(tx, row["id"], "public")


async def test_a_voice_is_never_compared_across_models_or_with_what_is_no_voice(
    database: Database, crowd: list[int]
) -> None:
    await database.write(lambda tx: tx.run("UPDATE speakers SET model = 'another' WHERE id = 1"))

    def look(tx: Transaction) -> list[list[int]]:
        def nearest(wanted: list[float], model: str, n: int = 50) -> list[int]:
            return told(among.nearest(tx, wanted, model=model, user_id=crowd[0], place_id=HOME, n=n))

        among = Likeness()
        sound = [1.0] * 8
        return [
            nearest(sound, "another"),
            nearest(sound, "encoder"),
            nearest(sound, "a third"),
            nearest([0.0] * 8, "encoder"),
            nearest([float("nan")] * 8, "encoder"),
            nearest([1.0] * 7, "encoder"),
            nearest(sound, "encoder", 0),
        ]

    another, encoder, *nothing = await database.read(look)
    assert set(another) <= {1}
    assert 1 not in encoder and len(encoder) > 5
    assert nothing == [[]] * 5


async def test_the_voice_that_is_compared_can_be_left_out(database: Database, crowd: list[int]) -> None:
    def look(tx: Transaction) -> tuple[list[int], list[int]]:
        among = Likeness()
        mine = clones.of_user(tx, crowd[0])[0]
        asked = making.vector(mine.name)
        wanted = np.frombuffer(asked, "<f4")
        found = [
            told(among.nearest(tx, wanted, model="encoder", user_id=crowd[0], place_id=HOME, n=3, but=but))
            for but in (None, mine.id)
        ]
        assert found[0][0] == mine.id
        return found[0], found[1]

    whole, others = await database.read(look)
    assert others[:2] == whole[1:]


async def test_one_that_cannot_be_read_is_like_nothing(database: Database, crowd: list[int]) -> None:
    broken = np.full(8, np.nan, "<f4").tobytes()
    await database.write(lambda tx: tx.run("UPDATE speakers SET embedding = :broken WHERE id = 2", broken=broken))
    await database.write(lambda tx: clones.share(tx, 2, "public"))

    def look(tx: Transaction) -> list[Alike]:
        return Likeness().nearest(tx, [1.0] * 8, model="encoder", user_id=crowd[0], place_id=HOME, n=50)

    found = await database.read(look)
    assert [each.similarity for each in found if each.voice.id == 2] == [0.0]
    assert all(-1.0001 <= each.similarity <= 1.0001 for each in found)


async def test_it_never_tells_of_a_voice_because_it_has_not_yet_heard_of_a_change(
    database: Database, crowd: list[int]
) -> None:
    among = Likeness()
    await agree(database, among, crowd)
    await database.write(lambda tx: tx.run("UPDATE voices SET visibility = 'private', place_id = NULL WHERE id % 2"))
    await database.write(lambda tx: tx.run("UPDATE voices SET status = 'building' WHERE id % 3 = 0"))
    await database.write(lambda tx: tx.run("DELETE FROM voices WHERE id % 5 = 0"))
    await agree(database, among, crowd)
