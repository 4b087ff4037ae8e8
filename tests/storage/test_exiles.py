"""Who is blocked stays blocked, also where they have themselves forgotten and come back."""

from __future__ import annotations

import pytest

from storage import blocks, exiles, identities, joining, people, places
from storage.database import Transaction
from storage.places import Place
from tests.storage.books import KEY, Books


def forget(books: Books, user_id: int) -> None:
    books.write(lambda tx: people.forget(tx, user_id, KEY))


def is_blocked(books: Books, user_id: int, place: Place) -> bool:
    return books.write(lambda tx: blocks.find(tx, user_id, place.id)) is not None


@pytest.mark.parametrize("everywhere", [False, True])
def test_who_comes_back_is_blocked_where_they_were(books: Books, ada: int, place: Place, everywhere: bool) -> None:
    other = books.place("43")
    books.write(lambda tx: blocks.add(tx, ada, None if everywhere else place.id, ada, "sang at night"))
    forget(books, ada)
    assert books.value("SELECT COUNT(*) FROM blocks") == 0
    back = books.person("ada")
    assert is_blocked(books, back, place)
    assert is_blocked(books, back, other) == everywhere
    assert not is_blocked(books, books.person("bob"), place)
    assert books.value("SELECT COUNT(*) FROM exiles") == 0
    forget(books, back)
    assert is_blocked(books, books.person("ada"), place), "every time"


def test_nothing_tells_who_it_was_or_why(books: Books, ada: int, place: Place) -> None:
    books.write(lambda tx: blocks.add(tx, ada, place.id, ada, "sang at night"))
    forget(books, ada)
    (row,) = books.rows("SELECT * FROM exiles")
    assert set(row.keys()) == {"id", "account_hash", "place_id", "created_at"}
    assert row["account_hash"] == identities.account_hash("discord", "ada", KEY)
    assert row["account_hash"] != identities.account_hash("discord", "ada", bytes(32))
    books.write(lambda tx: blocks.add(tx, ada_again(tx), place.id, None, "new reason"))
    block = books.write(lambda tx: blocks.find(tx, ada_again(tx), place.id))
    assert block is not None and block.reason == "new reason"


def ada_again(tx: Transaction) -> int:
    return identities.ensure(tx, "discord", "ada", "ada", KEY)


def test_every_account_of_a_person_stays_blocked(books: Books, ada: int, place: Place) -> None:
    books.write(lambda tx: joining.join(tx, ada, identities.ensure(tx, "telegram", "9", "Ada", KEY)))
    books.write(lambda tx: blocks.add(tx, ada, place.id, None))
    forget(books, ada)
    assert is_blocked(books, books.person("ada"), place)
    assert is_blocked(books, books.write(lambda tx: identities.ensure(tx, "telegram", "9", "Ada", KEY)), place)


def test_a_block_of_somebody_forgotten_can_be_lifted_once(books: Books, ada: int, place: Place) -> None:
    books.write(lambda tx: blocks.add(tx, ada, place.id, None))
    forget(books, ada)
    hashed = identities.account_hash("discord", "ada", KEY)
    assert not books.write(lambda tx: exiles.lift(tx, hashed, None))
    assert books.write(lambda tx: exiles.lift(tx, hashed, place.id))
    assert not books.write(lambda tx: exiles.lift(tx, hashed, place.id))
    assert not is_blocked(books, books.person("ada"), place)


def test_they_stay_blocked_in_a_group_that_has_moved_meanwhile(books: Books, ada: int, place: Place) -> None:
    books.write(lambda tx: blocks.add(tx, ada, place.id, None))
    forget(books, ada)
    moved = books.write(lambda tx: places.move(tx, "discord", "42", "1042", "server", "The Aviary"))
    assert is_blocked(books, books.person("ada"), moved)


def test_who_was_not_blocked_leaves_nothing(books: Books, ada: int) -> None:
    forget(books, ada)
    assert books.value("SELECT COUNT(*) FROM exiles") == 0
