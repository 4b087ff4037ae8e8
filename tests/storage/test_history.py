"""What a person has had said: found among their own rows only, kept, filed, and deleted to the last word."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from storage import deliveries, events, files, history, jobs, queue, quota
from storage.database import Transaction
from storage.history import Wanted
from storage.metrics import Metric
from storage.places import Place
from tests.storage.books import FREE, SPEECH, Books
from tests.storage.test_plans import plans, walks

ALL = Wanted()
SECRET = "My secret garden is behind the mill."


def say(books: Books, user_id: int, place_id: int, text: str = "Hello", *, sidecars: int = 0, **changes: object) -> int:
    """Have a text said, with its files, and return the job's number."""
    values = json.dumps({"text": text})
    id = books.submit(user_id, place_id, text=text, values=values, charges=SPEECH, **changes)
    job = books.claim(job_id=id)

    def finish(tx: Transaction) -> None:
        made = [
            files.add(
                tx, user_id=user_id, job_id=id, name=f"{text[:9]}.{ending}", format=ending, sha256="0" * 64,
                bytes=500, seconds=1.5 if ending == "wav" else None, rate=None, expires_at=tx.now + 1000,
            )
            for ending in ("wav", "srt", "vtt")[: 1 + sidecars]
        ]  # fmt: skip
        reply = json.dumps({"text": f"{text} was said"})
        used = {Metric.BYTES: 500 * len(made)}
        queue.finish(tx, id, job.attempt, used=used, seconds=1.5, reply=reply, file_id=made[0])

    books.write(finish)
    return id


def repeat(books: Books, user_id: int, place_id: int, text: str, file_id: int) -> int:
    """Ask for a text again that a file answers."""
    reply = json.dumps({"text": f"{text} was said before"})
    return books.submit(user_id, place_id, text=text, file_id=file_id, charges=(), reply=reply)


def found(books: Books, user_id: int, wanted: Wanted = ALL, limit: int = 10, offset: int = 0) -> list[int]:
    return [job.id for job in books.write(lambda tx: history.entries(tx, user_id, wanted, limit, offset))]


def entry(books: Books, user_id: int, id: int) -> jobs.Job:
    job = books.write(lambda tx: history.entry(tx, user_id, id))
    assert job is not None
    return job


def delete(books: Books, user_id: int, id: int) -> history.Deleted:
    job = entry(books, user_id, id)
    return books.write(lambda tx: history.delete(tx, job))


def file_of(books: Books, id: int) -> int:
    return int(books.value("SELECT file_id FROM jobs WHERE id = :id", id=id))


def test_it_has_what_was_said_the_latest_first_and_pages(books: Books, ada: int, place: Place) -> None:
    said = [say(books, ada, place.id, f"Number {n}.") for n in range(5)]
    books.submit(ada, place.id)
    books.fail(books.claim())
    books.submit(ada, place.id)
    say(books, books.person("bob"), place.id)
    assert found(books, ada) == said[::-1]
    assert found(books, ada, limit=2, offset=1) == said[::-1][1:3]
    assert found(books, ada, Wanted(search="number"), limit=2, offset=1) == said[::-1][1:3]


def test_what_was_answered_from_a_file_is_no_entry_of_its_own_but_stands_for_the_first(
    books: Books, ada: int, place: Place
) -> None:
    first = say(books, ada, place.id)
    again = repeat(books, ada, place.id, "Hello", file_of(books, first))
    assert found(books, ada) == [first]
    assert entry(books, ada, again).id == first
    books.write(lambda tx: files.remove(tx, file_of(books, first)))
    assert entry(books, ada, again).id == again


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("Hello World", "hello world"),
        ("Привет, мир", "привет, Мир"),
        ("Die große Straße", "GROSSE STRASSE"),
        ("Cafe\u0301 noir", "café"),
        ("100% sure_ly", "0% SURE_L"),
        ("two\nlines", "two lines"),
        ("العربية لغة جميلة", "لغة"),
    ],
)
def test_a_text_is_found_however_it_is_cased(books: Books, ada: int, place: Place, text: str, search: str) -> None:
    id = say(books, ada, place.id, text)
    say(books, ada, place.id, "Something else")
    assert found(books, ada, Wanted(search=search)) == [id]


def test_a_search_goes_on_past_what_it_looks_at_at_a_time(books: Books, ada: int, place: Place) -> None:
    first = say(books, ada, place.id, "The needle")
    row = books.rows("SELECT * FROM jobs WHERE id = :id", id=first)[0]
    columns = ", ".join(name for name in row.keys() if name not in ("id", "text"))  # noqa: SIM118  # a Row is no dict
    books.write(
        lambda tx: [
            tx.run(f"INSERT INTO jobs ({columns}, text) SELECT {columns}, 'hay' FROM jobs WHERE id = :id", id=first)
            for _ in range(2 * history.CHUNK + 5)
        ]
    )
    assert found(books, ada, Wanted(search="needle")) == [first]


def test_it_narrows_to_tags_and_projects(books: Books, ada: int, place: Place) -> None:
    both, work, none = (say(books, ada, place.id) for _ in range(3))
    books.write(lambda tx: history.tag(tx, both, ["work", "tee \u2615"]))
    books.write(lambda tx: history.tag(tx, work, ["work"]))
    books.write(lambda tx: history.assign(tx, work, "Ärger im Garten"))
    assert found(books, ada, Wanted(tags=("work",))) == [work, both]
    assert found(books, ada, Wanted(tags=("tee \u2615", "work"))) == [both]
    assert found(books, ada, Wanted(project="ärger IM garten")) == [work]
    assert found(books, ada, Wanted(tags=("work",), project="x")) == []
    assert books.write(lambda tx: history.tags(tx, ada)) == ["tee \u2615", "work"]
    assert books.write(lambda tx: history.projects(tx, ada)) == ["Ärger im Garten"]
    bob = books.person("bob")
    assert books.write(lambda tx: (history.tags(tx, bob), history.projects(tx, bob))) == ([], [])
    assert none in found(books, ada)


def test_nobodys_rows_are_looked_at_but_ones_own(books: Books, ada: int, place: Place) -> None:
    id = say(books, ada, place.id)
    job = entry(books, ada, id)
    deeds: dict[str, Callable[[Transaction], object]] = {
        "entries": lambda tx: history.entries(tx, ada, ALL, 10, 0),
        "search": lambda tx: history.entries(tx, ada, Wanted(search="hello", tags=("a",), project="b"), 10, 0),
        "tags": lambda tx: history.tags(tx, ada),
        "projects": lambda tx: history.projects(tx, ada),
        "entry": lambda tx: history.entry(tx, ada, id),
        "keep": lambda tx: history.keep(tx, id),
        "unkeep": lambda tx: history.unkeep(tx, id, 1),
        "adopt": lambda tx: history.adopt(tx, id, id, {"voice": "de"}, "mp3"),
        "delete": lambda tx: history.delete(tx, job),
    }
    for name, deed in deeds.items():
        steps = plans(books, deed)
        assert steps, name
        assert walks(steps) == [], name
    searched = plans(books, deeds["search"])
    assert all(
        "jobs_of_user (user_id=?" in step for step in searched if "SEARCH jobs" in step and "rowid=?)" not in step
    )


def test_files_stay_while_they_are_kept_all_of_a_job_together(books: Books, ada: int, place: Place) -> None:
    id, other = say(books, ada, place.id, sidecars=2), say(books, ada, place.id)
    assert books.write(lambda tx: history.keep(tx, id)) == 3
    books.clock.turn(10_000)
    assert {file.job_id for file in books.write(lambda tx: files.expired(tx, 9))} == {other}
    assert books.write(lambda tx: history.unkeep(tx, id, tx.now + 5)) == 3
    books.clock.turn(5)
    assert [file.job_id for file in books.write(lambda tx: files.expired(tx, 9))].count(id) == 3


def test_what_says_it_again_becomes_the_same_request_filed_in_the_same_way(
    books: Books, ada: int, place: Place
) -> None:
    first = say(books, ada, place.id, "Hello", tags=("work",), project="garden", settings='{"voice": "de"}')
    again = books.submit(ada, place.id, text=None, command="history again", values='{"job": 1}', signature="other")
    books.write(lambda tx: history.adopt(tx, again, first, {}))
    one, other = (entry(books, ada, id) for id in (first, again))
    for field in ("command", "signature", "vals", "text", "text_from", "text_hash", "settings", "tags", "project"):
        assert getattr(one, field) == getattr(other, field), field
    assert other.state == "ready"


def test_what_says_it_again_otherwise_is_told_as_it_was_said(books: Books, ada: int, place: Place) -> None:
    first = say(books, ada, place.id, "Hello", settings='{"voice": "de", "speed": 2.0}')
    again = books.submit(ada, place.id, text=None, command="history again", values='{"job": 1}')
    books.write(lambda tx: history.adopt(tx, again, first, {"voice": "fr"}, "mp3"))
    other = entry(books, ada, again)
    assert json.loads(other.vals) == {"text": "Hello", "voice": "fr"}
    assert json.loads(other.settings) == {"voice": "fr", "speed": 2.0}
    assert other.format == "mp3"
    assert "fr" not in entry(books, ada, first).settings, "the first stays as it is"


def test_a_text_that_lies_in_a_file_is_not_shared_by_two_jobs(books: Books, ada: int, place: Place) -> None:
    first, again = (books.submit(ada, place.id, text=None) for _ in range(2))
    path, digest = "text/1.txt", "0" * 64
    books.write(
        lambda tx: tx.run(
            "UPDATE jobs SET text_from = 'file', text_path = :path, text_hash = :digest WHERE id = :id",
            path=path,
            digest=digest,
            id=first,
        )
    )
    books.write(lambda tx: history.adopt(tx, again, first, {}))
    other = entry(books, ada, again)
    assert (other.text_from, other.text_path, other.text_hash) == ("none", None, None)
    books.cancel(first)
    assert delete(books, ada, first).paths == (path,)


def test_a_deleted_one_leaves_no_word_and_its_bytes_count_no_more(books: Books, ada: int, place: Place) -> None:
    said = {"settings": '{"voice": "de"}', "tags": ("secret",), "project": "secret"}
    id = say(books, ada, place.id, SECRET, sidecars=1, **said)
    again = repeat(books, ada, place.id, SECRET, file_id=file_of(books, id))
    books.write(lambda tx: events.note(tx, "discord", "77", ada, reply=f'{{"text": "{SECRET}"}}'))
    other = say(books, ada, place.id, "Something else", event_id="78")
    assert held(books, ada, place) == 1_500
    gone = delete(books, ada, again)
    assert (
        sorted(file.path for file in gone.files) == ["generations/1.srt", "generations/1.wav"] or len(gone.files) == 2
    )
    assert held(books, ada, place) == 500
    dump = "\n".join(books.connection.iterdump()).lower()
    assert "secret" not in dump
    for job_id in (id, again):
        row = books.rows("SELECT * FROM jobs WHERE id = :id", id=job_id)[0]
        assert (row["state"], row["command"], row["text"], row["vals"], row["file_id"]) == (
            "succeeded", "speak", None, "{}", None,
        )  # fmt: skip
    assert books.write(lambda tx: [history.entry(tx, ada, job_id) for job_id in (id, again)]) == [None, None]
    assert found(books, ada) == [other]
    assert "Something else" in books.value("SELECT reply FROM deliveries WHERE job_id = :id", id=other)
    assert books.value("SELECT COUNT(*) FROM events WHERE event_id = '77'") == 1


def held(books: Books, user_id: int, place: Place) -> int:
    standing = books.write(lambda tx: quota.standing(tx, user_id, place, (), FREE, True))
    amounts = {each.metric: each.used for each in standing}
    return amounts.get(Metric.BYTES, 0)


def test_what_others_had_said_with_the_same_words_stays(books: Books, ada: int, place: Place) -> None:
    bob = books.person("bob")
    mine, theirs = say(books, ada, place.id, SECRET), say(books, bob, place.id, SECRET)
    repeated = repeat(books, bob, place.id, SECRET, file_of(books, theirs))
    delete(books, ada, mine)
    assert found(books, bob) == [theirs]
    assert entry(books, bob, theirs).text == SECRET
    assert books.value("SELECT text FROM jobs WHERE id = :id", id=repeated) == SECRET
    assert books.value("SELECT COUNT(*) FROM deliveries") == 2


def test_a_job_that_failed_is_forgotten_too(books: Books, ada: int, place: Place) -> None:
    id = books.submit(ada, place.id, text=SECRET, values=json.dumps({"text": SECRET}))
    books.fail(books.claim())
    gone = delete(books, ada, id)
    assert gone.files == ()
    assert "secret" not in "\n".join(books.connection.iterdump()).lower()
    assert books.write(lambda tx: history.entry(tx, ada, id)) is None


def test_a_delivery_that_is_under_way_when_its_job_is_deleted_is_no_trouble(
    books: Books, ada: int, place: Place
) -> None:
    id = say(books, ada, place.id)
    (sending,) = books.write(lambda tx: deliveries.claim(tx, ["discord"], 5))
    delete(books, ada, id)
    assert books.write(lambda tx: deliveries.sent(tx, sending.id, sending.attempts, "m1")) is False


def test_labels_of_a_repeat_are_added_and_do_not_grow_without_end(books: Books, ada: int, place: Place) -> None:
    id = say(books, ada, place.id, tags=("first",))
    file = file_of(books, id)
    for n in range(30):
        books.submit(
            ada, place.id, text="Hello", file_id=file, charges=(), reply="{}", tags=[f"{n}-{m}" for m in "abcde"]
        )
    tags = json.loads(entry(books, ada, id).tags)
    assert len(tags) == history.MOST_TAGS
    assert tags[-1] == "29-e" and "first" not in tags


def test_labels_are_put_on_nobody_elses(books: Books, ada: int, place: Place) -> None:
    id = say(books, ada, place.id)
    file = file_of(books, id)
    bob = books.person("bob")
    books.write(lambda tx: history.file_too(tx, bob, file, ("x",), "y"))
    assert (entry(books, ada, id).tags, entry(books, ada, id).project) == ("[]", "")
