"""The lexicon: how a person, or everybody in a place, wants a word to be said."""

from __future__ import annotations

from storage.table import Person, Step, Table

TABLE = Table(
    name="lexicon",
    people={"user_id": Person.ERASE},
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
    ),
)
