"""How words are said: a person's own before their place's, one entry for a word however it is cased."""

from __future__ import annotations

from pathlib import Path

from storage import lexicon
from storage.lexicon import Word
from storage.migrations import migrate
from storage.places import Place
from storage.table import Step, Table, tables
from tests.storage.books import Books
from tests.storage.test_plans import plans


def add(
    books: Books, word: str, said: str, language: str = "", *, user_id: int | None = None, place_id: int | None = None
) -> None:
    books.write(
        lambda tx: lexicon.add(tx, word=word, spoken=said, language=language, user_id=user_id, place_id=place_id)
    )


def spoken(books: Books, user_id: int, place: Place) -> list[tuple[str, str, str, bool]]:
    found = books.write(lambda tx: lexicon.of(tx, user_id, place.id))
    return [(each.word, each.spoken, each.language, each.shared) for each in found]


def test_a_persons_words_stand_before_the_places_each_in_order(books: Books, ada: int, place: Place) -> None:
    for word in ("SQL", "GIF", "Ärger"):
        add(books, word, "mine", user_id=ada)
    for word in ("ASCII", "gif"):
        add(books, word, "ours", place_id=place.id)
    assert [(word, said) for word, said, _, _ in spoken(books, ada, place)] == [
        ("GIF", "mine"), ("SQL", "mine"), ("Ärger", "mine"), ("ASCII", "ours"), ("gif", "ours"),
    ]  # fmt: skip
    assert [shared for *_, shared in spoken(books, ada, place)] == [False, False, False, True, True]


def test_nobody_has_the_words_of_others_nor_of_other_places(books: Books, ada: int, place: Place) -> None:
    bob, elsewhere = books.person("bob"), books.place("43")
    add(books, "SQL", "sequel", user_id=bob)
    add(books, "SQL", "squeal", place_id=elsewhere.id)
    assert spoken(books, ada, place) == []
    assert spoken(books, bob, place) == [("SQL", "sequel", "", False)]
    assert spoken(books, ada, elsewhere) == [("SQL", "squeal", "", True)]


def test_a_word_however_it_is_cased_or_composed_is_one_word_in_a_language(books: Books, ada: int, place: Place) -> None:
    for word in ("ÖPNV", "öpnv", "O\u0308PNV"):
        add(books, word, f"as in {word}", user_id=ada)
    add(books, "öpnv", "auf Deutsch", "de", user_id=ada)
    assert [(said, language) for _, said, language, _ in spoken(books, ada, place)] == [
        ("as in O\u0308PNV", ""), ("auf Deutsch", "de"),
    ]  # fmt: skip
    assert books.write(lambda tx: lexicon.count(tx, user_id=ada)) == 2
    assert books.write(lambda tx: lexicon.count(tx, place_id=place.id)) == 0


def test_a_word_is_found_in_exactly_its_language(books: Books, ada: int) -> None:
    add(books, "SQL", "sequel", "en", user_id=ada)
    found = books.write(lambda tx: lexicon.find(tx, "sql", "en", user_id=ada))
    assert found == Word(word="SQL", spoken="sequel", language="en", shared=False)
    assert books.write(lambda tx: lexicon.find(tx, "sql", "", user_id=ada)) is None
    assert books.write(lambda tx: lexicon.find(tx, "sql", "en", place_id=1)) is None


def test_a_word_is_removed_in_one_language_or_in_all_and_only_there(books: Books, ada: int, place: Place) -> None:
    for language in ("", "en", "de"):
        add(books, "SQL", f"{language}!", language, user_id=ada)
    add(books, "SQL", "ours", place_id=place.id)
    gone = books.write(lambda tx: lexicon.remove(tx, "sql", "en", user_id=ada))
    assert [each.spoken for each in gone] == ["en!"]
    gone = books.write(lambda tx: lexicon.remove(tx, "sQL", user_id=ada))
    assert [each.language for each in gone] == ["", "de"]
    assert books.write(lambda tx: lexicon.remove(tx, "SQL", user_id=ada)) == []
    assert spoken(books, ada, place) == [("SQL", "ours", "", True)]


def test_what_every_request_asks_goes_by_indexes_and_is_one_query(books: Books, ada: int, place: Place) -> None:
    found = plans(books, lambda tx: lexicon.of(tx, ada, place.id))
    steps = [step for step in found if "lexicon" in step]
    assert sorted(step.split("INDEX ")[1].split(" ")[0] for step in steps) == ["lexicon_of_place", "lexicon_of_user"]
    assert not any(step.startswith("SCAN") for step in found)


def test_a_database_from_before_takes_words_in_the_new_way(tmp_path: Path) -> None:
    path = tmp_path / "mynah.db"
    early = [_until(table, 132) if table.name == "lexicon" else table for table in tables()]
    migrate(path, early, tmp_path / "copies", 1)
    migrate(path, tables(), tmp_path / "copies", 2)
    books = Books(path)
    ada, place = books.person(), books.place()
    for word in ("SQL", "sql"):
        add(books, word, word * 2, user_id=ada)
    assert spoken(books, ada, place) == [("sql", "sqlsql", "", False)]
    books.close()


def _until(table: Table, number: int) -> Table:
    steps: tuple[Step, ...] = tuple(step for step in table.steps if step.number <= number)
    return Table(name=table.name, people=table.people, steps=steps)
