"""Two people who are one become one, and so do two places: nothing is lost, and what would clash is settled."""

from __future__ import annotations

import pytest

from storage import blocks, drafts, files, identities, joining, lexicon, limits, people, places, queue, quota, users
from storage.database import Database, Transaction
from storage.joining import Clashing, Joined
from storage.metrics import Metric, Period
from storage.places import Place
from storage.table import Person, Step, Table, tables
from tests.storage import making
from tests.storage.books import KEY, SPEECH, Books, a_file, allow, set_limit, shortage, standing, who


@pytest.fixture
def bob(books: Books) -> int:
    return books.person("bob")


def join(books: Books, kept: int, gone: int) -> Joined:
    joined = books.write(lambda tx: joining.join(tx, kept, gone))
    assert books.write(lambda tx: people.summary(tx, gone)) == {}
    return joined


def speak(books: Books, user_id: int, place: Place) -> int:
    job_id = books.submit(user_id, place.id, charges=SPEECH)
    books.finish(books.claim(job_id=job_id))
    return job_id


def test_both_accounts_lead_to_the_one_who_is_kept(books: Books, ada: int, bob: int) -> None:
    joined = join(books, ada, bob)
    assert joined.rows == {"identities": 1}
    assert books.person("bob") == books.person("ada") == ada
    assert [each.account for each in books.write(lambda tx: identities.of(tx, ada))] == ["ada", "bob"]


def test_what_both_have_used_counts_for_one(books: Books, ada: int, bob: int, place: Place) -> None:
    for user_id in (ada, bob, bob):
        speak(books, user_id, place)
    join(books, ada, bob)
    assert books.balance(who(ada), place.id, "generations") == (3, 0, 0)
    assert books.balance(who(ada), place.id, "bytes", "held") == (3_000, 0, 0)
    assert shortage(books, ada, place, allowances=allow(generations_day=3)).used == 3


def test_jobs_go_on_and_answer_where_they_were_asked(books: Books, ada: int, bob: int, place: Place) -> None:
    running = books.claim(job_id=books.submit(bob, place.id, charges=SPEECH, address='{"channel": 8}'))
    waiting = books.submit(bob, place.id, charges=SPEECH, platform="telegram", address='{"chat": 9}')
    join(books, ada, bob)
    assert books.balance(who(ada), place.id, "generations") == (0, 2, 0)
    made = books.write(lambda tx: a_file(tx, running.user_id, running.id))
    books.finish(running)
    books.finish(books.claim(job_id=waiting))
    assert books.value("SELECT user_id FROM files WHERE id = :id", id=made) == ada
    rows = books.rows("SELECT user_id, platform, address FROM deliveries ORDER BY id")
    assert [tuple(row) for row in rows] == [(ada, "discord", '{"channel": 8}'), (ada, "telegram", '{"chat": 9}')]
    assert books.balance(who(ada), place.id, "generations") == (2, 0, 0)


def test_a_file_that_goes_gives_back_what_it_held(books: Books, ada: int, bob: int, place: Place) -> None:
    job_id = speak(books, bob, place)
    file_id = books.write(lambda tx: a_file(tx, bob, job_id))
    join(books, ada, bob)
    books.write(lambda tx: files.remove(tx, file_id))
    assert books.balance(who(ada), place.id, "bytes", "held") == (990, 0, 0)


@pytest.mark.parametrize(("adas", "bobs", "after"), [
    (5, 9, 5), (9, 5, 5), (-1, 5, 5), (5, -1, 5), (-1, -1, -1), (0, -1, 0), (None, 7, 7), (7, None, 7),
])  # fmt: skip
def test_of_two_limits_the_stricter_holds(
    books: Books, ada: int, bob: int, place: Place, adas: int | None, bobs: int | None, after: int
) -> None:
    for user_id, amount in ((ada, adas), (bob, bobs)):
        if amount is not None:
            set_limit(books, place, "member", amount, user_id=user_id)
    join(books, ada, bob)
    (found,) = books.write(lambda tx: limits.of_place(tx, place.id))
    assert (found.user_id, found.amount) == (ada, after)
    assert standing(books, ada, place, Metric.GENERATIONS)[0].limit == after


@pytest.mark.parametrize("limited", ["ada", "bob", "both"])
def test_a_limit_everywhere_counts_what_both_have_used(
    books: Books, ada: int, bob: int, place: Place, limited: str
) -> None:
    other = books.place("43", "Asia/Tokyo")
    for name, user_id in (("ada", ada), ("bob", bob)):
        speak(books, user_id, place)
        if limited in (name, "both"):
            set_limit(books, None, "everywhere", 10, user_id=user_id)
        books.submit(user_id, other.id)
    join(books, ada, bob)
    assert books.balance(who(ada), 0, "generations") == (2, 2, 0)
    everywhere = standing(books, ada, place, Metric.GENERATIONS)[-1]
    assert (everywhere.scope, everywhere.left) == ("everywhere", 6)


def test_of_two_voices_of_a_name_one_gets_a_number(books: Books, ada: int, bob: int) -> None:
    def work(tx: Transaction) -> list[tuple[str, str, str, int]]:
        for user_id, names in ((ada, ["Grandma", "grandma 2"]), (bob, ["grandma", "Grandpa", "GRANDMA 3"])):
            for name in names:
                a_voice(tx, user_id, name)
        joining.join(tx, ada, bob)
        rows = tx.all("SELECT name, folded, search, user_id FROM voices ORDER BY id")
        return [tuple(row) for row in rows]

    found = books.write(work)
    assert [name for name, *_ in found] == ["Grandma", "grandma 2", "grandma 4", "Grandpa", "GRANDMA 3"]
    assert found[2] == ("grandma 4", "grandma 4", "grandma 4 an old lady", ada)
    assert {user_id for *_, user_id in found} == {ada}


def a_voice(tx: Transaction, user_id: int, name: str, place_id: int | None = None) -> int:
    recording = making.insert(
        tx, "recordings", user_id=user_id, name=name, status="uploaded", path=f"audio/{name}", sha256="0" * 64,
        bytes=1, created_at=1,
    )  # fmt: skip
    return making.insert(
        tx, "voices", kind="clone", recording_id=recording, name=name, folded=name.lower(), title="an old lady",
        search=name.lower(), user_id=user_id, visibility="private" if place_id is None else "place", place_id=place_id,
        status="ready", consent="host-own", created_at=1, updated_at=1,
    )  # fmt: skip


@pytest.mark.parametrize(("adas", "bobs", "after"), [(1, 2, 1), (None, 2, 2), (1, None, 1), (None, None, None)])
def test_ones_own_choice_of_a_voice_goes_before_the_others(
    books: Books, ada: int, bob: int, adas: int | None, bobs: int | None, after: int | None
) -> None:
    def work(tx: Transaction) -> int | None:
        for name in ("one", "two"):
            a_voice(tx, bob, name)
        users.set_default_voice(tx, ada, adas)
        users.set_default_voice(tx, bob, bobs)
        joining.join(tx, ada, bob)
        user = users.get(tx, ada)
        assert user is not None
        return user.default_voice_id

    assert books.write(work) == after


def test_one_has_been_here_as_long_as_either(books: Books, ada: int) -> None:
    books.clock.turn(5_000)
    bob = books.person("bob")
    join(books, bob, ada)
    user = books.write(lambda tx: users.get(tx, bob))
    assert user is not None
    assert (user.name, user.created_at, user.seen_at) == ("bob", books.clock.now() - 5_000, books.clock.now())


def test_blocks_hold_for_both_and_the_own_word_is_kept(books: Books, ada: int, bob: int, place: Place) -> None:
    def work(tx: Transaction) -> list[tuple[str, str]]:
        blocks.add(tx, ada, place.id, None, "loud")
        blocks.add(tx, bob, place.id, None, "louder")
        blocks.add(tx, bob, None, ada, "loudest")
        lexicon.add(tx, word="GIF", spoken="jif", user_id=ada)
        lexicon.add(tx, word="gif", spoken="ghif", user_id=bob)
        lexicon.add(tx, word="SQL", spoken="sequel", user_id=bob)
        joining.join(tx, ada, bob)
        return [(each.word, each.spoken) for each in lexicon.of(tx, ada, place.id)]

    assert books.write(work) == [("GIF", "jif"), ("SQL", "sequel")]
    rows = books.rows("SELECT place_id, user_id, reason, by_user_id FROM blocks ORDER BY place_id")
    assert [tuple(row) for row in rows] == [(None, ada, "loudest", ada), (place.id, ada, "loud", None)]


def test_forgetting_the_one_forgets_all_accounts(books: Books, ada: int, bob: int, place: Place) -> None:
    speak(books, bob, place)
    join(books, ada, bob)
    books.write(lambda tx: people.forget(tx, ada, KEY))
    assert books.value("SELECT COUNT(*) FROM users") == books.value("SELECT COUNT(*) FROM identities") == 0
    back = books.person("bob")
    assert books.balance(who(back), place.id, "generations") == (1, 0, 0)


def test_a_draft_and_an_event_of_the_other_are_ones_own(books: Books, ada: int, bob: int, place: Place) -> None:
    draft = books.write(
        lambda tx: drafts.leave(
            tx, user_id=bob, place_id=place.id, command="speak", signature="s", values={}, missing="text",
            address={"channel": 7},
        )
    )  # fmt: skip
    job_id = books.submit(bob, place.id, event_id="e1")
    join(books, ada, bob)
    assert books.write(lambda tx: drafts.take(tx, draft.code, ada)) is not None
    assert books.submit(ada, place.id, event_id="e1") == job_id


LIKES = Table(
    name="likes",
    people={"user_id": Person.ERASE},
    steps=(Step(9_000, ""),),
)


def test_a_table_that_says_nothing_comes_along_unless_rows_clash(books: Books, ada: int, bob: int) -> None:
    books.connection.execute("CREATE TABLE likes (user_id INTEGER REFERENCES users (id), what TEXT UNIQUE, n INTEGER)")
    books.connection.execute("CREATE UNIQUE INDEX likes_once ON likes (user_id, n)")
    books.connection.execute("INSERT INTO likes VALUES (?, 'tea', 1), (?, 'coffee', 2)", (ada, bob))
    every = [*tables(), LIKES]
    assert books.write(lambda tx: joining.join(tx, ada, bob, every)).rows["likes"] == 1

    cyd = books.person("cyd")
    books.connection.execute("INSERT INTO likes VALUES (?, 'cake', 1)", (cyd,))
    with pytest.raises(Clashing, match="likes"):
        books.write(lambda tx: joining.join(tx, ada, cyd, every))
    assert books.person("cyd") == cyd, "nothing was changed"
    books.connection.execute("DROP TABLE likes")


def test_a_table_that_nobody_knows_keeps_a_person_from_being_lost(books: Books, ada: int, bob: int) -> None:
    books.connection.execute("CREATE TABLE likes (user_id INTEGER REFERENCES users (id) ON DELETE CASCADE)")
    books.connection.execute("INSERT INTO likes VALUES (?)", (bob,))
    with pytest.raises(Clashing, match="likes"):
        books.write(lambda tx: joining.join(tx, ada, bob))
    assert books.value("SELECT user_id FROM likes") == bob
    assert books.write(lambda tx: joining.join(tx, bob, ada)).rows == {"identities": 1}, "nothing of the other's"
    books.connection.execute("DROP TABLE likes")


def test_two_places_become_one_with_all_that_they_have(books: Books, ada: int, bob: int) -> None:
    kept, gone = books.place("1"), books.place("2", "Asia/Tokyo")
    for user_id, place in ((ada, kept), (ada, gone), (bob, gone)):
        speak(books, user_id, place)
    books.submit(bob, gone.id)
    set_limit(books, gone, "place_cap", 5)
    set_limit(books, kept, "role", 9, role="singer")
    set_limit(books, gone, "role", 4, role="singer")

    def work(tx: Transaction) -> None:
        blocks.add(tx, ada, kept.id, None, "loud")
        blocks.add(tx, ada, gone.id, None, "louder")
        for place_id, spoken in ((kept.id, "jif"), (gone.id, "ghif")):
            lexicon.add(tx, word="gif", spoken=spoken, place_id=place_id)
        lexicon.add(tx, word="sql", spoken="sequel", place_id=gone.id)
        voice = a_voice(tx, bob, "grandma", gone.id)
        places.set_default_voice(tx, gone.id, voice)
        places.set_format(tx, gone.id, "mp3")
        joining.join_places(tx, kept.id, gone.id)

    books.write(work)
    place = books.write(lambda tx: places.get(tx, kept.id))
    assert (place.key, place.time_zone, place.format, place.default_voice_id) == ("1", "Asia/Tokyo", "mp3", 1)
    assert books.balance("place", kept.id, "generations")[:2] == (3, 1), "the cap counts what was used in either"
    assert books.balance(who(ada), kept.id, "generations") == (2, 0, 0)
    assert [(each.scope, each.amount) for each in books.write(lambda tx: limits.of_place(tx, kept.id))] == [
        ("place_cap", 5), ("role", 4)
    ]  # fmt: skip
    assert [tuple(row) for row in books.rows("SELECT place_id, reason FROM blocks")] == [(kept.id, "loud")]
    assert [tuple(row) for row in books.rows("SELECT word, spoken FROM lexicon ORDER BY word")] == [
        ("gif", "jif"), ("sql", "sequel")
    ]  # fmt: skip
    assert books.value("SELECT COUNT(*) FROM places") == 1


def test_joining_reads_as_one_transaction(books: Books, ada: int, bob: int, place: Place) -> None:
    speak(books, bob, place)
    before = everything(books)

    def work(tx: Transaction) -> None:
        joining.join(tx, ada, bob)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        books.write(work)
    assert everything(books) == before


def everything(books: Books) -> dict[str, list[tuple[object, ...]]]:
    return {table.name: [tuple(row) for row in books.rows(f"SELECT * FROM {table.name}")] for table in tables()}


async def test_what_was_granted_to_either_is_granted_to_one(database: Database) -> None:
    def work(tx: Transaction) -> tuple[int, str, int]:
        ada, bob = making.person(tx), making.person(tx, "2", "Bob")
        for user_id, amount in ((ada, 2), (bob, 3)):
            quota.grant(
                tx, user_id=user_id, place=None, metric=Metric.CLONES, period=Period.DAY, amount=amount, by_user_id=ada
            )
        joining.join(tx, bob, ada)
        row = tx.one("SELECT * FROM balances WHERE metric = 'clones'")
        assert row is not None
        return row["granted"], row["who"], bob

    granted, holder, bob = await database.write(work)
    assert (granted, holder) == (5, who(bob))


def test_a_queue_that_is_under_way_keeps_its_order(books: Books, ada: int, bob: int, place: Place) -> None:
    ids = [books.submit(user_id, place.id) for user_id in (ada, ada, bob, bob)]
    join(books, ada, bob)
    claimed = [books.claim().id for _ in ids]
    assert sorted(claimed) == ids
    assert books.write(lambda tx: queue.waiting(tx, ada)) == 0
