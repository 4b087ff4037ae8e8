"""Voices: what people pick by name. A built-in one has a speaker, a clone a recording, a custom one a model."""

from __future__ import annotations

import difflib
import itertools
import json
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from engine.speech import Sex, Speaker
from storage import marks
from storage.database import Row, Transaction, Value
from storage.table import Person, Step, Table

Kind = Literal["builtin", "clone", "custom"]
Visibility = Literal["private", "place", "public"]
Status = Literal["building", "ready", "retired", "revoked", "failed"]
Consent = Literal["", "spoken", "given", "ticked", "host-own", "host-given"]


def _rename_namesakes(tx: Transaction, kept: int, gone: int) -> None:
    """Of two voices of one name, call that of the person who goes 'Ada 2'."""
    rows = tx.all(
        "SELECT id, name, folded, title, user_id FROM voices WHERE user_id IN (:kept, :gone)", kept=kept, gone=gone
    )
    theirs = {row["folded"] for row in rows if row["user_id"] == kept}
    taken = {row["folded"] for row in rows}
    for row in rows:
        if row["user_id"] == gone and row["folded"] in theirs:
            names = (f"{row['name']} {number}" for number in itertools.count(2))
            name = next(each for each in names if fold(each) not in taken)
            taken.add(fold(name))
            tx.run(
                "UPDATE voices SET name = :name, folded = :folded, search = :search, updated_at = :now WHERE id = :id",
                id=row["id"],
                name=name,
                folded=fold(name),
                search=fold(f"{name} {row['title']}"),
                now=tx.now,
            )
    tx.run("UPDATE voices SET change = :change WHERE user_id = :gone", gone=gone, change=next_change(tx))


def _tell_of_new_place(tx: Transaction, kept: int, gone: int) -> None:
    """Let whoever remembers which voices can be used where look again at those of a place that goes."""
    tx.run("UPDATE voices SET change = :change WHERE place_id = :gone", gone=gone, change=next_change(tx))


def next_change(tx: Transaction) -> int:
    """Return the number of the next change to who may use what voice, and how it sounds; it never comes again."""
    change = int(marks.get(tx, "mynah", "voices") or 0) + 1
    marks.put(tx, "mynah", "voices", str(change))
    return change


TABLE = Table(
    name="voices",
    people={"user_id": Person.ERASE, "spoken_by": Person.ERASE},
    places=("place_id", "counted_in"),
    join_people=_rename_namesakes,
    join_places=_tell_of_new_place,
    steps=(
        Step(
            80,
            """
            CREATE TABLE voices (
                id {id},
                kind TEXT NOT NULL CHECK (kind IN ('builtin', 'clone', 'custom')),
                speaker_id INTEGER REFERENCES speakers (id) ON DELETE SET NULL,
                recording_id INTEGER REFERENCES recordings (id) ON DELETE CASCADE,
                model_id INTEGER REFERENCES models (id),
                name TEXT NOT NULL CHECK (name <> ''),
                folded TEXT NOT NULL CHECK (folded <> ''),
                title TEXT NOT NULL DEFAULT '',
                search TEXT NOT NULL DEFAULT '',
                user_id INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
                language TEXT NOT NULL DEFAULT '',
                sex TEXT NOT NULL DEFAULT '' CHECK (sex IN ('female', 'male', '')),
                notes TEXT NOT NULL DEFAULT '',
                visibility TEXT NOT NULL CHECK (visibility IN ('private', 'place', 'public')),
                place_id INTEGER REFERENCES places (id),
                status TEXT NOT NULL CHECK (status IN ('building', 'ready', 'retired', 'revoked', 'failed')),
                revision INTEGER NOT NULL DEFAULT 1 CHECK (revision >= 1),
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                CHECK (kind <> 'builtin' OR speaker_id IS NOT NULL),
                CHECK ((kind = 'clone') = (recording_id IS NOT NULL)),
                CHECK ((kind = 'custom') = (model_id IS NOT NULL)),
                CHECK ((kind = 'builtin') = (user_id IS NULL)),
                CHECK (kind <> 'builtin' OR visibility = 'public'),
                CHECK (visibility <> 'place' OR place_id IS NOT NULL)
            ) STRICT
            """,
        ),
        Step(81, "CREATE UNIQUE INDEX voices_of_user ON voices (user_id, folded) WHERE user_id IS NOT NULL"),
        Step(89, "CREATE UNIQUE INDEX voices_built_in ON voices (folded) WHERE user_id IS NULL"),
        Step(82, "CREATE INDEX voices_of_speaker ON voices (speaker_id) WHERE speaker_id IS NOT NULL"),
        Step(87, "CREATE INDEX voices_of_recording ON voices (recording_id) WHERE recording_id IS NOT NULL"),
        Step(88, "CREATE INDEX voices_of_model ON voices (model_id) WHERE model_id IS NOT NULL"),
        Step(94, "CREATE INDEX voices_by_name ON voices (folded)"),
        # No clone speaks without a consent: one that was made before there were any has to be built anew.
        Step(470, "UPDATE voices SET status = 'building' WHERE kind = 'clone' AND status = 'ready'"),
        Step(
            471,
            """
            ALTER TABLE voices ADD COLUMN spoken_by INTEGER
                CHECK (spoken_by IS NULL OR kind <> 'builtin')
                REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
            """,
        ),
        Step(472, "CREATE INDEX voices_spoken_by ON voices (spoken_by) WHERE spoken_by IS NOT NULL"),
        Step(
            473,
            """
            ALTER TABLE voices ADD COLUMN consent TEXT NOT NULL DEFAULT '' CHECK (
                consent IN ('', 'spoken', 'given', 'ticked', 'host-own', 'host-given')
                AND (consent <> '' OR kind <> 'clone' OR status <> 'ready')
                AND (consent NOT IN ('spoken', 'given', 'ticked') OR spoken_by IS NOT NULL)
            )
            """,
        ),
        Step(474, "ALTER TABLE voices ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'"),
        Step(475, "ALTER TABLE voices ADD COLUMN figures TEXT NOT NULL DEFAULT '{}'"),
        Step(476, "ALTER TABLE voices ADD COLUMN counted_in INTEGER REFERENCES places (id)"),
        Step(477, "ALTER TABLE voices ADD COLUMN change INTEGER NOT NULL DEFAULT 0 CHECK (change >= 0)"),
        Step(479, "CREATE INDEX voices_not_agreed ON voices (created_at) WHERE kind = 'clone' AND consent = ''"),
        Step(478, "CREATE INDEX voices_changed ON voices (change) WHERE kind = 'clone'"),
    ),
)

_VOICE = """
    SELECT v.id, v.kind, v.name, v.title, v.language, v.sex, v.visibility, v.status, v.revision, v.user_id,
        v.recording_id, v.place_id, v.consent, v.spoken_by, v.tags, v.figures, v.counted_in, v.created_at,
        CASE WHEN v.notes <> '' THEN v.notes ELSE COALESCE(s.notes, '') END AS notes,
        COALESCE(s.engine, '') AS engine, COALESCE(s.key, '') AS speaker_key, COALESCE(s.licence, '') AS licence
    FROM voices v LEFT JOIN speakers s ON s.id = v.speaker_id
"""
_SEEN = """
    v.status = 'ready' AND (
        v.user_id = :user_id OR v.visibility = 'public' OR (v.visibility = 'place' AND v.place_id = :place_id)
    )
"""
_NEAREST_FIRST = """
    CASE WHEN v.user_id = :user_id THEN 0 WHEN v.visibility = 'place' THEN 1 WHEN v.user_id IS NULL THEN 2 ELSE 3 END
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """Something that can speak, as people pick it."""

    id: int
    """Its number, which stays when it is renamed."""
    kind: Kind
    """What it was made from."""
    name: str
    """By which people pick it; one person has no two of a name."""
    title: str
    """What it is, for people to read, such as 'English (Great Britain)'."""
    language: str
    """What it speaks, as a BCP 47 tag."""
    sex: Sex
    """'female', 'male', or empty where nobody said."""
    notes: str
    """Anything else worth knowing; admins can write it."""
    visibility: Visibility
    """Whether its owner alone, those in its place, or everybody may use it."""
    status: Status
    """Whether it can speak: it is 'ready'; 'retired' while no engine here has it any more."""
    revision: int
    """Changes whenever it sounds different from before."""
    user_id: int | None
    """Whose it is; None: nobody's, it is built in."""
    engine: str
    """The engine that it belongs to; empty until it has a speaker."""
    speaker_key: str
    """How that engine calls its speaker; empty until it has one."""
    recording_id: int | None = None
    """The first recording that it was made from; None where it was made from none."""
    place_id: int | None = None
    """Where it may be used, if it is shared with a place."""
    consent: Consent = ""
    """How the person whose voice it is has agreed; empty: they have not, and it cannot speak."""
    spoken_by: int | None = None
    """The person whose voice it is; None where nobody knows, or where it is built in."""
    tags: tuple[str, ...] = ()
    """What its owner filed it under."""
    figures: Mapping[str, object] = field(default_factory=dict, hash=False)
    """What it reached when it was built: 'similarity', 'base' and so on."""
    counted_in: int | None = None
    """The place in which it counts as a voice that its owner holds; None while it counts nowhere."""
    created_at: int = 0
    """When it was made, in ms."""
    licence: str = ""
    """The licence of what it is spoken with, as an SPDX expression; empty: the engine's."""
    instead_of: str = ""
    """The engine that would rather speak it and is not open, where another stands in for it; nothing that is kept."""

    @property
    def is_lent(self) -> bool:
        """Whether it is the voice of somebody else, who has agreed on an account of their own."""
        return self.spoken_by is not None and self.spoken_by != self.user_id


def fold(name: str) -> str:
    """Return what two names share that are the same to people: 'Ömer ' and 'ömer'."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def get(tx: Transaction, id: int) -> Voice | None:
    """Return the voice of that number, whatever its status and whosoever's it is."""
    row = tx.one(f"{_VOICE} WHERE v.id = :id", id=id)
    return _voice(row) if row else None


def named(tx: Transaction, name: str, *, user_id: int, place_id: int) -> Voice | None:
    """Return the voice that a person means by a name: their own first, then the place's, built-in, public ones."""
    row = tx.one(
        f"{_VOICE} WHERE v.folded = :folded AND {_SEEN} ORDER BY {_NEAREST_FIRST}, v.id LIMIT 1",
        folded=fold(name),
        user_id=user_id,
        place_id=place_id,
    )
    return _voice(row) if row else None


def built_in(tx: Transaction, engine: str, key: str) -> Voice | None:
    """Return the built-in voice of an engine's speaker."""
    row = tx.one(
        f"{_VOICE} WHERE v.kind = 'builtin' AND v.status = 'ready' AND s.engine = :engine AND s.key = :key",
        engine=engine,
        key=key,
    )
    return _voice(row) if row else None


def visible(
    tx: Transaction,
    *,
    user_id: int,
    place_id: int,
    language: str | None = None,
    sex: str | None = None,
    kind: str | None = None,
    search: str | None = None,
    limit: int = 25,
    offset: int = 0,
) -> list[Voice]:
    """Return the voices that a person may use there, their own first; 'en' as a language takes in 'en-gb'."""
    wanted = (language or "").lower()
    rows = tx.all(
        f"""
        {_VOICE} WHERE {_SEEN}
            AND (:language = '' OR lower(v.language) = :language OR lower(v.language) LIKE :dialects ESCAPE '\\')
            AND (:sex IS NULL OR v.sex = :sex)
            AND (:kind IS NULL OR v.kind = :kind)
            AND v.search LIKE :search ESCAPE '\\'
        ORDER BY {_NEAREST_FIRST}, v.folded, v.id LIMIT :limit OFFSET :offset
        """,
        user_id=user_id,
        place_id=place_id,
        language=wanted,
        dialects=f"{_literally(wanted)}-%",
        sex=sex,
        kind=kind,
        search=f"%{_literally(fold(search or ''))}%",
        limit=limit,
        offset=offset,
    )
    return [_voice(row) for row in rows]


def suggest(tx: Transaction, typed: str, *, user_id: int, place_id: int, n: int = 25) -> list[str]:
    """Return names that go on from what is typed: names that begin so, then titles, then what has it inside.

    Where nothing is typed yet, those come first that speak what the person's own voice speaks, or their place's.
    """
    text = _literally(fold(typed))
    language = "" if text else _usual_language(tx, user_id, place_id)
    rows = tx.all(
        f"""
        SELECT v.name FROM voices v WHERE {_SEEN} AND v.search LIKE :inside ESCAPE '\\'
        ORDER BY {_NEAREST_FIRST} = 0 DESC,
            CASE WHEN v.folded LIKE :begins ESCAPE '\\' THEN 0 WHEN v.search LIKE :word ESCAPE '\\' THEN 1 ELSE 2 END,
            CASE WHEN :language = '' OR lower(v.language) = :language OR lower(v.language) LIKE :dialects ESCAPE '\\'
                THEN 0 ELSE 1 END,
            {_NEAREST_FIRST}, v.folded, v.id
        """,
        user_id=user_id,
        place_id=place_id,
        language=language,
        dialects=f"{_literally(language)}-%",
        inside=f"%{text}%",
        begins=f"{text}%",
        word=f"% {text}%",
    )
    return list(dict.fromkeys(str(row["name"]) for row in rows))[:n]


def _usual_language(tx: Transaction, user_id: int, place_id: int) -> str:
    """Return the language, without its region, of the voice that speaks for a person; English where none is chosen."""
    found = tx.value(
        """
        SELECT COALESCE(
            (SELECT v.language FROM users u JOIN voices v ON v.id = u.default_voice_id WHERE u.id = :user_id),
            (SELECT v.language FROM places p JOIN voices v ON v.id = p.default_voice_id WHERE p.id = :place_id),
            'en'
        )
        """,
        user_id=user_id,
        place_id=place_id,
    )
    return str(found).lower().partition("-")[0]


def nearest(tx: Transaction, name: str, *, user_id: int, place_id: int, n: int = 3) -> list[str]:
    """Return the names of voices that somebody may have meant by a name that no voice has, best first."""
    found = suggest(tx, name, user_id=user_id, place_id=place_id, n=n)
    if len(found) < n:
        rows = tx.all(
            f"SELECT v.name, v.folded, v.title FROM voices v WHERE {_SEEN}", user_id=user_id, place_id=place_id
        )
        called: dict[str, list[str]] = {}
        for row in rows:
            for said in {row["folded"], *fold(row["title"]).split(" (")}:  # 'english' for 'English (America)'
                called.setdefault(said, []).append(str(row["name"]))
        for close in difflib.get_close_matches(fold(name), called, n=2 * n, cutoff=0.6):
            found += called[close]
    return list(dict.fromkeys(found))[:n]


def install(tx: Transaction, speakers: Sequence[Speaker], unknown: Collection[str] = ()) -> int:
    """Make the built-in voices those of these speakers, and return how many they are.

    A voice whose speaker is gone is retired, not removed: it comes back as the same voice with its speaker.
    Those of engines of which it is `unknown` whom they have built in, for they are not loaded yet, stay as they are.
    """
    known = {(row["engine"], row["key"]): row for row in tx.all(_BUILTIN)}
    taken = {row["folded"]: owner for owner, row in known.items()}
    there = {(speaker.engine, speaker.key) for speaker in speakers}
    for speaker in speakers:
        owner = (speaker.engine, speaker.key)
        if owner not in known:
            name = speaker.key if fold(speaker.key) not in taken else f"{speaker.engine}:{speaker.key}"
            taken[fold(name)] = owner
            _insert(tx, speaker, name)
        elif _differs(known[owner], speaker):
            _update(tx, speaker, known[owner])
    for owner, row in known.items():
        if owner not in there and row["engine"] not in unknown and row["status"] != "retired":
            tx.run("UPDATE voices SET status = 'retired', updated_at = :now WHERE id = :id", id=row["id"], now=tx.now)
    return len(there)


_BUILTIN = """
    SELECT v.id, v.name, v.folded, v.title, v.status, s.id AS speaker_id, s.engine, s.key, s.language, s.sex, s.notes,
        s.licence
    FROM voices v JOIN speakers s ON s.id = v.speaker_id WHERE v.kind = 'builtin'
"""


def _differs(row: Row, speaker: Speaker) -> bool:
    now = (speaker.name, speaker.language, speaker.sex, speaker.notes, speaker.licence)
    then = (row["title"], row["language"], row["sex"], row["notes"], row["licence"])
    return then != now or row["status"] == "retired"


def _insert(tx: Transaction, speaker: Speaker, name: str) -> None:
    speaker_id = tx.value(
        """
        INSERT INTO speakers (engine, key, name, language, sex, notes, licence, created_at)
        VALUES (:engine, :key, :name, :language, :sex, :notes, :licence, :now) RETURNING id
        """,
        engine=speaker.engine,
        key=speaker.key,
        name=speaker.name,
        language=speaker.language,
        sex=speaker.sex,
        notes=speaker.notes,
        licence=speaker.licence,
        now=tx.now,
    )
    tx.run(
        """
        INSERT INTO voices (kind, speaker_id, name, folded, title, search, language, sex, visibility, status,
            created_at, updated_at)
        VALUES ('builtin', :speaker_id, :name, :folded, :title, :search, :language, :sex, 'public', 'ready', :now, :now)
        """,
        speaker_id=speaker_id,
        **_words(speaker, name),
        now=tx.now,
    )


def _update(tx: Transaction, speaker: Speaker, row: Row) -> None:
    tx.run(
        """
        UPDATE speakers SET name = :name, language = :language, sex = :sex, notes = :notes, licence = :licence
        WHERE id = :id
        """,
        id=row["speaker_id"],
        name=speaker.name,
        language=speaker.language,
        sex=speaker.sex,
        notes=speaker.notes,
        licence=speaker.licence,
    )
    tx.run(
        """
        UPDATE voices SET name = :name, folded = :folded, title = :title, search = :search, language = :language,
            sex = :sex, status = CASE WHEN status = 'retired' THEN 'ready' ELSE status END, updated_at = :now
        WHERE id = :id
        """,
        id=row["id"],
        **_words(speaker, row["name"]),
        now=tx.now,
    )


def _words(speaker: Speaker, name: str) -> dict[str, Value]:
    return {
        "name": name,
        "folded": fold(name),
        "title": speaker.name,
        "search": fold(f"{name} {speaker.name}"),
        "language": speaker.language,
        "sex": speaker.sex,
    }


def _literally(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _voice(row: Row) -> Voice:
    return Voice(**{**dict(row), "tags": tuple(json.loads(row["tags"])), "figures": json.loads(row["figures"])})
