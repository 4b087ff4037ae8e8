"""A voice that is withdrawn is gone at once, with all that was made of it, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from storage import (
    clones,
    consents,
    deliveries,
    events,
    files,
    joining,
    levels,
    people,
    places,
    queue,
    quota,
    uploads,
    users,
    voices,
    withdrawal,
)
from storage.database import Transaction
from storage.metrics import Charge, Metric
from storage.places import Place
from storage.queue import LostJob
from storage.voices import Visibility, Voice
from storage.withdrawal import Withdrawn
from tests.storage import making
from tests.storage.books import FREE, KEY, NOW, Books

CARRYING = ("voices", "recordings", "speakers", "levels", "files", "uploads")
"""The tables in which something of a voice lies."""


@pytest.fixture
def bob(books: Books) -> int:
    return books.person("bob")


def said(tx: Transaction, user_id: int, voice: Voice, job_id: int | None = None) -> int:
    """Note a file in which a voice speaks, with its timings beside it, that a platform has."""
    job = job_id or making.job(tx, user_id, "succeeded")
    ids = [
        files.add(
            tx, user_id=user_id, job_id=job, name=name, format=name.rpartition(".")[2], sha256="0" * 64, bytes=9,
            seconds=1.0, rate=22050, expires_at=None, voice_id=id,
        )
        for name, id in (("hello.wav", voice.id), ("hello.srt", None))
    ]  # fmt: skip
    uploads.note(tx, ids[0], "telegram:1", "voice", "AgAD")
    return ids[0]


def asked(books: Books, user_id: int, place: Place, **values: str) -> int:
    return books.submit(user_id, place.id, values=json.dumps(values))


def left(books: Books) -> dict[str, int]:
    counts = {table: books.value(f"SELECT COUNT(*) FROM {table}") for table in CARRYING}
    return {table: count for table, count in counts.items() if count}


def withdraw(books: Books, voice: Voice) -> Withdrawn:
    return books.write(lambda tx: withdrawal.withdraw(tx, voice.id, KEY))


def test_nothing_of_it_is_left_but_that_somebody_had_agreed(books: Books, ada: int, bob: int, place: Place) -> None:
    def live(tx: Transaction) -> Voice:
        voice = making.clone(tx, ada, "Bob", spoken_by=bob, visibility="place", place_id=place.id)
        users.set_default_voice(tx, bob, voice.id)
        places.set_default_voice(tx, place.id, voice.id)
        levels.note(tx, voice.engine, voice.speaker_key, "1", 1.5)
        for user_id in (ada, bob):
            said(tx, user_id, voice)
        return voice

    voice = books.write(live)
    gone = withdraw(books, voice)
    assert left(books) == {}
    assert gone.files == 4, "two persons' sounds, and the timings beside them"
    assert set(gone.paths) == {
        *("generations/1.wav", "generations/2.srt", "generations/3.wav", "generations/4.srt"),
        *("speakers/world/1-1.safetensors", "audio/1", "audio/1/1/1.wav", "audio/1/1/original.ogg"),
    }
    (record,) = books.write(lambda tx: consents.of_person(tx, bob))
    assert (record.status, record.voice_id, record.voice, record.words, record.heard) == ("revoked", None, 1, (), ())
    assert consents.verify(record, KEY)
    assert books.value("SELECT COUNT(*) FROM users WHERE default_voice_id IS NOT NULL") == 0
    assert places_default(books, place) is None


def places_default(books: Books, place: Place) -> int | None:
    return books.write(lambda tx: places.get(tx, place.id)).default_voice_id


@pytest.mark.parametrize("state", ["pending", "ready", "running"])
def test_its_jobs_are_cancelled_and_bring_nothing_in_any_more(books: Books, ada: int, place: Place, state: str) -> None:
    voice = books.write(lambda tx: making.clone(tx, ada, "Ada"))
    job_id = books.submit(ada, place.id, values='{"voice": "ADA"}', inputs=1 if state == "pending" else 0)
    job = books.claim() if state == "running" else books.job(job_id)
    assert withdraw(books, voice).jobs == (job_id,)
    assert books.job(job_id).state == "cancelled"
    if state == "running":
        with pytest.raises(LostJob):
            books.write(lambda tx: queue.hold(tx, job.id, job.attempt))
    assert books.value("SELECT SUM(reserved) FROM balances") == 0


def test_a_job_is_known_by_the_number_that_it_noted_else_by_the_name_that_was_given_or_found(
    books: Books, ada: int, bob: int, place: Place
) -> None:
    voice = books.write(lambda tx: making.clone(tx, ada, "Ada", visibility="public"))
    bobs = books.write(lambda tx: making.clone(tx, bob, "bob"))
    using = [
        asked(books, ada, place, voice="Ada", text="Hello"),
        asked(books, ada, place, name="ada"),
        books.submit(bob, place.id, values="{}", settings=json.dumps({"voice": "Ada"})),
        books.submit(bob, place.id, values="{}", settings=json.dumps({"voice": "Eve", "voice_id": voice.id})),
    ]
    others = [
        asked(books, ada, place, text="Ada", voice="slt"),
        asked(books, bob, place, voice="bob"),
        books.submit(bob, place.id, values="{}"),
        books.submit(bob, place.id, values="{}", settings=json.dumps({"voice": "Ada", "voice_id": bobs.id})),
    ]
    books.write(lambda tx: users.set_default_voice(tx, ada, voice.id))
    others.append(books.submit(ada, place.id, values='{"text": "Hello"}'))
    assert list(withdraw(books, voice).jobs) == sorted(using)
    assert [books.job(id).state for id in others] == ["ready"] * len(others)
    assert books.write(lambda tx: voices.get(tx, bobs.id)) == bobs


def test_of_two_voices_of_a_name_the_jobs_of_the_other_go_on(books: Books, ada: int, bob: int, place: Place) -> None:
    mine = books.write(lambda tx: making.clone(tx, ada, "Gran", visibility="public"))
    theirs = books.write(lambda tx: making.clone(tx, bob, "Gran", visibility="public"))
    adas, bobs = asked(books, ada, place, voice="Gran"), asked(books, bob, place, voice="Gran")
    assert withdraw(books, theirs).jobs == (bobs,)
    assert books.job(adas).state == "ready"
    assert withdraw(books, mine).jobs == (adas,)


def test_answers_that_carry_it_are_not_sent_any_more(books: Books, ada: int, place: Place) -> None:
    def live(tx: Transaction) -> Voice:
        voice = making.clone(tx, ada, "Ada")
        job = making.job(tx, ada, "succeeded")
        said(tx, ada, voice, job)
        deliveries.queue(tx, job_id=job, user_id=ada, platform="discord", address={}, reply="{}")
        events.note(tx, "discord", "e1", ada, reply="{}")
        return voice

    withdraw(books, books.write(live))
    assert books.value("SELECT COUNT(*) FROM deliveries") == 0
    assert books.value("SELECT COUNT(*) FROM events WHERE reply IS NOT NULL") == 0


def test_what_was_held_comes_free_where_it_was_counted(books: Books, ada: int, bob: int, place: Place) -> None:
    def live(tx: Transaction) -> Voice:
        for metric, amount, user_id in ((Metric.VOICES, 1, ada), (Metric.BYTES, 18, bob)):
            quota.take(
                tx, user_id=user_id, place=place, roles=(), charge=Charge(metric=metric, amount=amount),
                allowances=FREE, unlimited=False,
            )  # fmt: skip
        voice = making.clone(tx, ada, "Ada", visibility="public")
        tx.run("UPDATE voices SET counted_in = :place_id", place_id=place.id)
        for format in ("wav", "srt"):
            files.add(
                tx, user_id=bob, job_id=None, place_id=place.id, name=f"a.{format}", format=format, sha256="0" * 64,
                bytes=9, seconds=None, rate=None, expires_at=None, voice_id=voice.id,
            )  # fmt: skip
        return voice

    voice = books.write(live)
    assert books.balance(f"user:{ada}", place.id, "voices", "held") == (1, 0, 0)
    withdraw(books, voice)
    assert books.balance(f"user:{ada}", place.id, "voices", "held") == (0, 0, 0)
    assert books.balance(f"user:{bob}", place.id, "bytes", "held") == (0, 0, 0)


def test_a_voice_that_nobody_has_yet_agreed_to_goes_without_a_trace(books: Books, ada: int) -> None:
    voice = books.write(lambda tx: making.recorded(tx, ada, "Ada"))
    gone = withdraw(books, voice)
    assert left(books) == {}
    assert books.value("SELECT COUNT(*) FROM consents") == 0
    assert gone.rows == {"voices": 1, "recordings": 1, "speakers": 0, "files": 0}


def test_of_a_voice_that_is_not_there_or_built_in_nothing_goes(books: Books, ada: int) -> None:
    voice = books.write(lambda tx: making.clone(tx, ada, "Ada"))
    assert withdraw(books, voice).rows["voices"] == 1
    assert withdraw(books, voice) == Withdrawn()
    assert books.write(lambda tx: withdrawal.delete(tx, voice.id, KEY)) == Withdrawn()


def test_what_nobody_has_agreed_to_in_time_is_told_unless_an_admin_is_to_decide(books: Books, ada: int) -> None:
    def live(tx: Transaction) -> None:
        making.clone(tx, ada, "agreed")
        for name in ("asked", "unsure"):
            voice = making.recorded(tx, ada, name)
            asked = consents.ask(
                tx, voice_id=voice.id, holder_id=ada, person_id=ada, rule="spoken", statement="", words=(),
                recording_sha256="0" * 64, platform="discord", life=9,
            )  # fmt: skip
            if name == "unsure":
                consents.decide(tx, asked.id, KEY, "unsure", consents.Evidence(versions={}))

    books.write(live)
    named = {row["name"]: row["id"] for row in books.rows("SELECT id, name FROM voices")}
    assert books.write(lambda tx: withdrawal.not_agreed(tx, NOW, 9)) == []
    assert books.write(lambda tx: withdrawal.not_agreed(tx, NOW + 1, 9)) == [named["asked"]]


@pytest.mark.parametrize(("spoken_by", "stay"), [("ada", 2), ("bob", 0)])
def test_who_deletes_a_voice_keeps_what_it_said_unless_somebody_had_lent_it(
    books: Books, ada: int, bob: int, spoken_by: str, stay: int
) -> None:
    def live(tx: Transaction) -> Withdrawn:
        voice = making.clone(tx, ada, "Voice", spoken_by={"ada": ada, "bob": bob}[spoken_by])
        said(tx, ada, voice)
        return withdrawal.delete(tx, voice.id, KEY)

    gone = books.write(live)
    assert books.value("SELECT COUNT(*) FROM files") == stay
    assert gone.files == 2 - stay
    assert {table: count for table, count in left(books).items() if table not in ("files", "uploads")} == {}


@pytest.mark.parametrize("command", ["clone", "voices passage", "consent listen"])
@pytest.mark.parametrize("known", [True, False])
def test_what_copies_a_recording_goes_with_a_voice_that_is_deleted_whoever_has_it(
    books: Books, ada: int, bob: int, command: str, known: bool
) -> None:
    def live(tx: Transaction) -> int:
        voice = making.clone(tx, ada, "Voice", spoken_by=ada) if known else making.recorded(tx, ada, "Voice")
        speech = said(tx, ada, voice, making.job(tx, ada, "succeeded", command="speak"))
        for holder in (ada, bob):
            said(tx, holder, voice, making.job(tx, holder, "succeeded", command=command))
        withdrawal.delete(tx, voice.id, KEY)
        return speech

    speech = books.write(live)
    kept = books.rows("SELECT f.id, j.command FROM files f JOIN jobs j ON j.id = f.job_id ORDER BY f.id")
    assert [(row["id"], row["command"]) for row in kept] == [(speech, "speak"), (speech + 1, "speak")]


@pytest.mark.parametrize(("spoken_by", "stays"), [("ada", True), ("bob", False), ("", False)])
def test_what_was_exported_outlives_a_voice_that_is_deleted_where_it_is_ones_own(
    books: Books, ada: int, bob: int, spoken_by: str, stays: bool
) -> None:
    def live(tx: Transaction) -> bool:
        person = {"ada": ada, "bob": bob}.get(spoken_by)
        voice = making.clone(tx, ada, "Voice", spoken_by=person) if person else making.recorded(tx, ada, "Voice")
        said(tx, ada, voice, making.job(tx, ada, "succeeded", command=withdrawal.EXPORT))
        told = withdrawal.outlived(voice)
        withdrawal.delete(tx, voice.id, KEY)
        return told

    assert books.write(live) is stays
    assert bool(books.value("SELECT COUNT(*) FROM files")) is stays


def test_who_is_forgotten_speaks_in_no_file_of_anybody_even_if_their_voices_were_deleted_before(
    books: Books, ada: int, bob: int
) -> None:
    def live(tx: Transaction) -> list[str]:
        for holder in (ada, bob):
            voice = making.clone(tx, holder, "Voice", spoken_by=ada, visibility="public")
            said(tx, ada, voice)
            said(tx, bob, voice)
            withdrawal.delete(tx, voice.id, KEY)
        people.forget(tx, ada, KEY)
        return [row["path"] for row in tx.all("SELECT path FROM files")]

    assert books.write(live) == []


def test_who_is_forgotten_takes_along_the_voices_of_theirs_that_others_hold(
    books: Books, ada: int, bob: int, place: Place
) -> None:
    def live(tx: Transaction) -> int:
        lent = making.clone(tx, ada, "Bob", spoken_by=bob)
        said(tx, ada, lent)
        making.clone(tx, ada, "Ada")
        return said(tx, ada, making.clone(tx, bob, "mine", visibility="public"))

    books.write(live)
    job = asked(books, ada, place, voice="Bob")
    forgotten = books.write(lambda tx: people.forget(tx, bob, KEY))
    assert forgotten.jobs == (job,)
    assert {"audio/1", "audio/3", "generations/1.wav", "speakers/world/1-1.safetensors"} <= set(forgotten.paths)
    assert left(books) == {"voices": 1, "recordings": 1, "speakers": 1}
    assert [voice.name for voice in books.write(lambda tx: clones.of_user(tx, ada))] == ["Ada"]
    assert books.value("SELECT COUNT(*) FROM consents") == 1, "Ada's own; of Bob's not even a record"


def test_a_holder_who_is_forgotten_leaves_the_record_to_whose_voice_it_was(books: Books, ada: int, bob: int) -> None:
    books.write(lambda tx: making.clone(tx, ada, "Bob", spoken_by=bob))
    books.write(lambda tx: people.forget(tx, ada, KEY))
    (record,) = books.write(lambda tx: consents.of_person(tx, bob))
    assert (record.status, record.holder_id) == ("revoked", None)
    assert consents.verify(record, KEY)


def test_two_who_are_joined_have_both_their_voices_recordings_speakers_and_consents(
    books: Books, ada: int, bob: int
) -> None:
    books.write(lambda tx: (making.clone(tx, ada, "Gran"), making.clone(tx, bob, "Gran", spoken_by=ada)))
    books.write(lambda tx: joining.join(tx, ada, bob))
    held = books.write(lambda tx: clones.of_user(tx, ada))
    assert [(voice.name, voice.spoken_by) for voice in held] == [("Gran", ada), ("Gran 2", ada)]
    for table, column in (("recordings", "user_id"), ("speakers", "user_id"), ("consents", "person_id")):
        assert {row[0] for row in books.rows(f"SELECT {column} FROM {table}")} == {ada}, table
    assert all(consents.verify(each, KEY) for each in books.write(lambda tx: consents.of_person(tx, ada)))


names = st.sampled_from(["ada", "bob", "cyd"])
picks = st.integers(0, 9)


class Voices(RuleBasedStateMachine):
    """Three people who make voices of themselves and of each other, speak with them and let them go."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.books = Books(self.template)
        self.place = self.books.place()
        self.users = {name: self.books.person(name) for name in ("ada", "bob", "cyd")}
        self.voices: dict[int, tuple[str, str]] = {}
        self.made = 0

    def teardown(self) -> None:
        if hasattr(self, "books"):
            self.books.close()

    def pick(self, pick: int) -> Voice | None:
        there = sorted(self.voices)
        return self.books.write(lambda tx: voices.get(tx, there[pick % len(there)])) if there else None

    @rule(holder=names, speaker=names, visibility=st.sampled_from(["private", "place", "public"]))
    def clone(self, holder: str, speaker: str, visibility: Visibility) -> None:
        self.made += 1
        by = self.users[speaker]
        place_id = self.place.id if visibility == "place" else None
        voice = self.books.write(
            lambda tx: making.clone(tx, self.users[holder], f"v{self.made}", by, visibility, place_id)
        )
        self.voices[voice.id] = (holder, speaker)

    @rule(pick=picks, name=names)
    def speak(self, pick: int, name: str) -> None:
        if voice := self.pick(pick):
            self.books.write(lambda tx: said(tx, self.users[name], voice))

    @rule(pick=picks, name=names)
    def ask_for_speech(self, pick: int, name: str) -> None:
        voice = self.pick(pick)
        if voice and (voice.visibility != "private" or voice.user_id == self.users[name]):
            asked(self.books, self.users[name], self.place, voice=voice.name)

    @rule(pick=picks)
    def withdraw(self, pick: int) -> None:
        if voice := self.pick(pick):
            withdraw(self.books, voice)
            del self.voices[voice.id]

    @rule(pick=picks)
    def delete(self, pick: int) -> None:
        if voice := self.pick(pick):
            self.books.write(lambda tx: withdrawal.delete(tx, voice.id, KEY))
            del self.voices[voice.id]

    @rule(name=names)
    def forget(self, name: str) -> None:
        self.books.write(lambda tx: people.forget(tx, self.users[name], KEY))
        self.users[name] = self.books.person(name)
        self.voices = {id: people_ for id, people_ in self.voices.items() if name not in people_}

    @invariant()
    def those_voices_are_there_that_nobody_let_go_and_each_is_whole(self) -> None:
        found = {row["id"] for row in self.books.rows("SELECT id FROM voices WHERE kind = 'clone'")}
        assert found == set(self.voices)
        for table in ("recordings", "speakers"):
            assert self.books.value(f"SELECT COUNT(*) FROM {table} WHERE user_id IS NOT NULL") == len(self.voices)
        standing = self.books.rows("SELECT voice FROM consents WHERE status = 'granted'")
        assert {row["voice"] for row in standing} == found

    @invariant()
    def nobody_is_about_to_speak_with_a_voice_that_is_gone(self) -> None:
        names_left = {row["name"] for row in self.books.rows("SELECT name FROM voices WHERE kind = 'clone'")}
        waiting = self.books.rows("SELECT vals FROM jobs WHERE state IN ('pending', 'ready')")
        assert {json.loads(row["vals"])["voice"] for row in waiting} <= names_left

    @invariant()
    def every_record_holds_and_the_books_balance(self) -> None:
        records = self.books.write(
            lambda tx: [consents.get(tx, row["id"]) for row in tx.all("SELECT id FROM consents")]
        )
        assert all(record is not None and consents.verify(record, KEY) for record in records)
        self.books.check()


def test_whatever_people_do_nothing_is_left_of_a_voice_that_is_gone(template: Path) -> None:
    Voices.template = template
    run_state_machine_as_test(
        Voices,
        settings=settings(
            max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
