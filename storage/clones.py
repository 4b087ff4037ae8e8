"""Clones: the voices that people have made from recordings, from the first recording to the name that is spoken by.

A clone is 'building' until it has a speaker, and again while nobody has agreed to it; the database takes none that is
'ready' without a consent. How one goes, with all that was made from it, is in `storage/withdrawal.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from storage import recordings, speakers, voices
from storage.database import Transaction
from storage.voices import Consent, Visibility, Voice, fold, next_change


class Gone(Exception):
    """The voice is not there any more; let it rise, so that the whole transaction is undone."""


class NameTaken(Exception):
    """The person has a voice of that name already."""


def add_clone(
    tx: Transaction,
    *,
    user_id: int,
    name: str,
    language: str,
    recording: str,
    sha256: str,
    bytes: int,
    ending: str,
    container: str = "",
) -> Voice:
    """Begin a voice with its first recording, whose number is the voice's `recording_id`.

    Args:
        tx: The transaction.
        user_id: Whose voice it will be.
        name: How they call it.
        language: What is spoken in the recording, as a BCP 47 tag.
        recording: What the file of it is called.
        sha256: The SHA-256 of that file, in hex.
        bytes: How large its files are together, in bytes.
        ending: How the original is to end, without the dot; empty where it is not kept.
        container: What kind of file it is.

    Raises:
        NameTaken: They have a voice of that name.
    """
    if own(tx, user_id, name):
        raise NameTaken
    recording_id = recordings.add(
        tx,
        user_id=user_id,
        voice_id=None,
        name=recording,
        sha256=sha256,
        bytes=bytes,
        ending=ending,
        container=container,
    )
    id = int(
        tx.value(
            """
            INSERT INTO voices (kind, recording_id, name, folded, search, user_id, language, visibility, status,
                created_at, updated_at)
            VALUES ('clone', :recording_id, :name, :folded, :folded, :user_id, :language, 'private', 'building',
                :now, :now)
            RETURNING id
            """,
            recording_id=recording_id,
            name=name,
            folded=fold(name),
            user_id=user_id,
            language=language,
            now=tx.now,
        )
    )
    recordings.belong(tx, recording_id, id, ending)
    return _there(tx, id)


def own(tx: Transaction, user_id: int, name: str) -> Voice | None:
    """Return a person's own voice of that name, whatever its status."""
    id = tx.value(
        "SELECT id FROM voices WHERE user_id = :user_id AND folded = :folded", user_id=user_id, folded=fold(name)
    )
    return None if id is None else voices.get(tx, int(id))


def of_user(tx: Transaction, user_id: int) -> list[Voice]:
    """Return the clones that a person holds, whatever their status, by name."""
    return _all(tx, "user_id = :user_id AND kind = 'clone' ORDER BY folded", user_id)


def spoken_by(tx: Transaction, user_id: int) -> list[Voice]:
    """Return the clones of a person's own voice, whoever holds them, the oldest first."""
    return _all(tx, "spoken_by = :user_id ORDER BY id", user_id)


def agree(tx: Transaction, id: int, rule: Consent, spoken_by: int | None) -> None:
    """Note by which rule the person whose voice it is agreed to it; empty takes it back, and it speaks no more.

    Raises:
        Gone: The voice is not there any more.
    """
    _change(
        tx,
        id,
        """
        consent = :rule, spoken_by = :spoken_by,
        status = CASE WHEN :rule = '' AND status = 'ready' THEN 'building' ELSE status END
        """,
        rule=rule,
        spoken_by=spoken_by if rule else None,
    )


def set_speaker(
    tx: Transaction, id: int, speaker_id: int, figures: Mapping[str, object], counted_in: int | None = None
) -> tuple[str, ...]:
    """Let a voice speak as a speaker that was learned for it: it is ready, and sounds different from before.

    What other engines have learned for it stays, so that they can stand in.

    Args:
        tx: The transaction.
        id: The voice; somebody has agreed to it.
        speaker_id: The speaker.
        figures: What was reached; what JSON can hold.
        counted_in: The place in which it is counted from now on as a voice that its owner holds; None where it is
            counted already, or where nobody counts.

    Returns:
        The file of the speaker that it had of that engine before, to be unlinked once this is committed.

    Raises:
        Gone: The voice is not there any more.
    """
    _change(
        tx,
        id,
        """
        speaker_id = :speaker_id, status = 'ready', revision = revision + 1, figures = :figures,
        counted_in = COALESCE(counted_in, :counted_in)
        """,
        speaker_id=speaker_id,
        figures=json.dumps(dict(figures), ensure_ascii=False),
        counted_in=counted_in,
    )
    return speakers.give(tx, speaker_id, id)


def note_figures(tx: Transaction, id: int, figures: Mapping[str, object]) -> None:
    """Note what else was found out about a voice, which sounds as before.

    Raises:
        Gone: It is not there any more.
    """
    _change(tx, id, "figures = :figures", figures=json.dumps(dict(figures), ensure_ascii=False))


def rename(tx: Transaction, id: int, name: str) -> None:
    """Call a voice something else.

    Raises:
        Gone: It is not there any more.
        NameTaken: Its owner has another voice of that name.
    """
    voice = _there(tx, id)
    other = own(tx, voice.user_id, name) if voice.user_id is not None else None
    if other is not None and other.id != id:
        raise NameTaken
    _change(tx, id, "name = :name, folded = :folded", name=name, folded=fold(name))
    _index(tx, id)


def describe(tx: Transaction, id: int, notes: str) -> None:
    """Note anything worth knowing about a voice.

    Raises:
        Gone: It is not there any more.
    """
    _change(tx, id, "notes = :notes", notes=notes)


def tag(tx: Transaction, id: int, tags: Sequence[str]) -> None:
    """File a voice under these words, by which it is found too, and no others.

    Raises:
        Gone: It is not there any more.
    """
    _change(tx, id, "tags = :tags", tags=json.dumps(list(tags), ensure_ascii=False))
    _index(tx, id)


def share(tx: Transaction, id: int, visibility: Visibility, place_id: int | None = None) -> None:
    """Let nobody else ('private'), those in a place or everybody ('public') use a voice.

    Raises:
        Gone: It is not there any more.
    """
    _change(
        tx,
        id,
        "visibility = :visibility, place_id = :place_id",
        visibility=visibility,
        place_id=place_id if visibility == "place" else None,
    )


def _change(tx: Transaction, id: int, to: str, **values: str | int | None) -> None:
    changed = tx.run(
        f"UPDATE voices SET {to}, updated_at = :now, change = :change WHERE id = :id AND kind = 'clone'",
        id=id,
        now=tx.now,
        change=next_change(tx),
        **values,
    )
    if not changed:
        raise Gone


def _index(tx: Transaction, id: int) -> None:
    voice = _there(tx, id)
    search = fold(" ".join([voice.name, voice.title, *voice.tags]))
    tx.run("UPDATE voices SET search = :search WHERE id = :id", id=id, search=search)


def _there(tx: Transaction, id: int) -> Voice:
    voice = voices.get(tx, id)
    if voice is None:
        raise Gone
    return voice


def _all(tx: Transaction, which: str, user_id: int) -> list[Voice]:
    found = (voices.get(tx, row["id"]) for row in tx.all(f"SELECT id FROM voices WHERE {which}", user_id=user_id))
    return [voice for voice in found if voice is not None]
