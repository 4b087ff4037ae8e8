"""The lexicon: how a person, or everybody in a place, wants a word to be said."""

from __future__ import annotations

from dataclasses import dataclass

from storage.database import Row, Transaction
from storage.table import Person, Step, Table
from storage.voices import fold

TABLE = Table(
    name="lexicon",
    people={"user_id": Person.ERASE},
    places=("place_id",),
    once=("user_id", "place_id", "folded", "language"),
    steps=(
        Step(
            90,
            """
            CREATE TABLE lexicon (
                id {id},
                user_id INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                place_id INTEGER REFERENCES places (id),
                word TEXT NOT NULL CHECK (word <> ''),
                spoken TEXT NOT NULL CHECK (spoken <> ''),
                language TEXT NOT NULL DEFAULT '',
                created_at INTEGER NOT NULL,
                CHECK ((user_id IS NULL) <> (place_id IS NULL))
            ) STRICT
            """,
        ),
        Step(91, "CREATE UNIQUE INDEX lexicon_of_user ON lexicon (user_id, language, word) WHERE user_id IS NOT NULL"),
        Step(
            92, "CREATE UNIQUE INDEX lexicon_of_place ON lexicon (place_id, language, word) WHERE place_id IS NOT NULL"
        ),
        # GIF and gif are one word, so the two indexes above give way to two that know it; nothing was in the table yet.
        Step(133, "ALTER TABLE lexicon ADD COLUMN folded TEXT NOT NULL DEFAULT ''"),
        Step(134, "DROP INDEX lexicon_of_user"),
        Step(135, "DROP INDEX lexicon_of_place"),
        Step(
            136,
            "CREATE UNIQUE INDEX lexicon_of_user ON lexicon (user_id, folded, language) WHERE user_id IS NOT NULL",
        ),
        Step(
            137,
            "CREATE UNIQUE INDEX lexicon_of_place ON lexicon (place_id, folded, language) WHERE place_id IS NOT NULL",
        ),
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A word, and how it is said."""

    word: str
    """As it was written down; however its letters are cased, it is the same word."""
    spoken: str
    """What is said for it."""
    language: str
    """In texts of which language, as a BCP 47 tag in lower case; empty: of every language."""
    shared: bool
    """Whether it holds for everybody in a place; else it is a person's own."""


def of(tx: Transaction, user_id: int, place_id: int) -> list[Word]:
    """Return what holds where a person speaks: their own words before the place's, each in the order of the words."""
    rows = tx.all(
        """
        SELECT word, spoken, language, 0 AS shared, folded FROM lexicon WHERE user_id = :user_id
        UNION ALL
        SELECT word, spoken, language, 1 AS shared, folded FROM lexicon WHERE place_id = :place_id
        ORDER BY shared, folded, language
        """,
        user_id=user_id,
        place_id=place_id,
    )
    return [_word(row) for row in rows]


def count(tx: Transaction, *, user_id: int | None = None, place_id: int | None = None) -> int:
    """Return how many words a person, or a place, has."""
    column, id = _holder(user_id, place_id)
    return int(tx.value(f"SELECT COUNT(*) FROM lexicon WHERE {column} = :id", id=id))


def find(
    tx: Transaction, word: str, language: str, *, user_id: int | None = None, place_id: int | None = None
) -> Word | None:
    """Return how a person, or a place, has a word said in texts of exactly that language."""
    column, id = _holder(user_id, place_id)
    row = tx.one(
        f"""
        SELECT word, spoken, language, {int(user_id is None)} AS shared FROM lexicon
        WHERE {column} = :id AND folded = :folded AND language = :language
        """,
        id=id,
        folded=fold(word),
        language=language,
    )
    return _word(row) if row else None


def add(
    tx: Transaction,
    *,
    word: str,
    spoken: str,
    language: str = "",
    user_id: int | None = None,
    place_id: int | None = None,
) -> None:
    """Have a word said so from now on, by a person or in a place; how it was said before no longer counts."""
    column, id = _holder(user_id, place_id)
    tx.run(
        f"""
        INSERT INTO lexicon ({column}, word, folded, spoken, language, created_at)
        VALUES (:id, :word, :folded, :spoken, :language, :now)
        ON CONFLICT ({column}, folded, language) WHERE {column} IS NOT NULL
        DO UPDATE SET word = excluded.word, spoken = excluded.spoken
        """,
        id=id,
        word=word,
        folded=fold(word),
        spoken=spoken,
        language=language,
        now=tx.now,
    )


def remove(
    tx: Transaction,
    word: str,
    language: str | None = None,
    *,
    user_id: int | None = None,
    place_id: int | None = None,
) -> list[Word]:
    """Let a word be said as it is read again, in texts of a language or (None) of all; return what went."""
    column, id = _holder(user_id, place_id)
    rows = tx.all(
        f"""
        DELETE FROM lexicon
        WHERE {column} = :id AND folded = :folded AND (:language IS NULL OR language = :language)
        RETURNING word, spoken, language, {int(user_id is None)} AS shared
        """,
        id=id,
        folded=fold(word),
        language=language,
    )
    return sorted(map(_word, rows), key=lambda each: each.language)


def _holder(user_id: int | None, place_id: int | None) -> tuple[str, int]:
    """Return the column that says whose a word is, and who that is."""
    if user_id is not None and place_id is None:
        return "user_id", user_id
    assert place_id is not None and user_id is None, "a word is a person's, or a place's"
    return "place_id", place_id


def _word(row: Row) -> Word:
    return Word(word=row["word"], spoken=row["spoken"], language=row["language"], shared=bool(row["shared"]))
