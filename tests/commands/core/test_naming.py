"""What people may call the voices that they make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.core.errors import UsageError
from commands.core.naming import LONGEST, check_free, checked_name
from tests.commands.world import World


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada", "Ada"),
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("O\u0308mer", "Ömer"),
        ("艾達", "艾達"),
        ("R2-D2", "R2-D2"),
        ("Ada Ада", "Ada Ада"),
        ("DJ太郎カナ", "DJ太郎カナ"),
        ("O\u02bcMalley", "O\u02bcMalley"),
        ("नमस्ते", "नमस्ते"),
        ("Ada @home", "Ada @home"),
        ("x" * LONGEST, "x" * LONGEST),
    ],
)
def test_a_name_is_kept_as_people_read_it(typed: str, kept: str) -> None:
    assert checked_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "needs a name"),
        (" \n ", "needs a name"),
        ("x" * (LONGEST + 1), "41 characters"),
        ("Ada\x1b[2J", "cannot be shown"),
        ("Ada\u202egnp.exe", "cannot be shown"),
        ("Ada+annie", "variant"),
        ("---", "letter or a digit"),
        ("None", "something else"),
        ("\u0410da", "several alphabets"),
        ("Grand\u03bfma", "several alphabets"),
        ("Ada E\u0301\u0435ve", "several alphabets"),
        ("@everyone", "begins with @"),
        ("\uff20Ada", "begins with @"),
        ("/forget", "begins with @ or /"),
        ("Ada @Here", "everybody in a chat"),
        ("\uff21\uff35\uff34\uff2f", "something else"),
    ],
)
def test_what_cannot_be_a_name_is_refused_with_the_reason(typed: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        checked_name(typed)


@given(st.text())
def test_whatever_is_typed_is_refused_or_kept_on_one_printable_line(typed: str) -> None:
    try:
        kept = checked_name(typed)
    except UsageError:
        return
    assert kept.isprintable()
    assert 0 < len(kept) <= LONGEST
    assert checked_name(kept) == kept


async def test_the_name_of_a_built_in_voice_is_taken(world: World) -> None:
    for name in ("en-us", "EN-US"):
        with pytest.raises(UsageError, match="built-in"):
            await world.database.read(lambda tx, name=name: check_free(tx, name))  # type: ignore[misc]  # a default


async def test_a_name_that_only_others_voices_have_is_free(world: World) -> None:
    ada = await world.person("ada")
    await world.make_voice("clara", ada.user_id, "public")
    await world.database.read(lambda tx: check_free(tx, "clara"))
    await world.database.read(lambda tx: check_free(tx, "Nobody yet"))
