"""/token: the owner makes, lists and revokes tokens; each is shown once."""

from __future__ import annotations

import pytest

from commands.core.command import Audience
from commands.core.context import Asker
from commands.core.errors import NotAllowed, NotFound, Refused
from commands.core.reply import BETWEEN_US, Reply
from storage import marks, tokens
from storage.clock import DAY, HOUR
from storage.tokens import Token
from tests.commands.world import World

ADDRESS = "http://127.0.0.1:8765"


@pytest.fixture
async def owner(world: World) -> Asker:
    return await world.person("host", rank=Audience.OWNERS)


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


async def found(world: World, secret: str) -> Token | None:
    return await world.database.read(lambda tx: tokens.find(tx, secret))


async def test_a_token_is_shown_once_and_is_the_owners(world: World, owner: Asker) -> None:
    reply = await world.ask(owner, "token make", name="my editor")
    secret = reply.data["token"]
    assert secret in reply.text and reply.private and reply.brief == BETWEEN_US
    token = await found(world, secret)
    assert token is not None and (token.name, token.owner, token.kind) == ("my editor", True, "api")
    kept = Reply.from_json(reply.to_json())
    assert secret not in reply.to_json() and "my editor" in kept.text and not kept.data
    assert [each.command for each in reply.actions] == ["token revoke"]


async def test_a_token_for_a_member_is_theirs_and_no_stronger(world: World, owner: Asker, ada: Asker) -> None:
    reply = await world.ask(owner, "token make", name="Ada's phone", member=str(ada.user_id))
    token = await found(world, reply.data["token"])
    assert token is not None and (token.user_id, token.owner) == (ada.user_id, False)
    assert "ada" in reply.text


async def test_for_somebody_whom_nobody_knows_there_is_none(world: World, owner: Asker) -> None:
    with pytest.raises(NotFound):
        await world.ask(owner, "token make", name="x", member="discord:404")
    with pytest.raises(Refused):
        await world.ask(owner, "token make", name="")


async def test_somebody_without_an_account_elsewhere_is_known_from_their_first_token_on(
    world: World, owner: Asker
) -> None:
    first = await world.ask(owner, "token make", name="Bo's phone", member="web:Bo")
    again = await world.ask(owner, "token make", name="Bo's laptop", member="web:Bo")
    one, two = await found(world, first.data["token"]), await found(world, again.data["token"])
    assert one is not None and two is not None and one.user_id == two.user_id != owner.user_id
    assert not one.owner and "Bo" in first.text


@pytest.mark.parametrize("taken", ["web:owner", "web:user-1", "web:", "web:a b", f"web:{'a' * 41}"])
async def test_nobody_is_made_under_a_name_that_the_page_uses_itself_or_that_is_none(
    world: World, owner: Asker, taken: str
) -> None:
    with pytest.raises(NotFound):
        await world.ask(owner, "token make", name="x", member=taken)


async def test_the_list_tells_whose_they_are_and_when_they_were_used_and_no_secret(
    world: World, owner: Asker, ada: Asker
) -> None:
    assert "There are no tokens." in (await world.ask(owner, "token list")).text
    made = await world.ask(owner, "token make", name="Ada's phone", member=str(ada.user_id))
    await world.ask(owner, "token make", name="my editor")
    await world.database.write(lambda tx: tokens.used(tx, made.data["id"]))
    world.clock.turn(2 * HOUR)
    reply = await world.ask(owner, "token list")
    mine, hers = reply.text.splitlines()
    assert "my editor" in mine and "may do everything" in mine and "never used" in mine
    assert "ada" in hers and "may do everything" not in hers and "used 2 h ago" in hers
    assert reply.items is not None and [each["owner"] for each in reply.items] == [True, False]
    assert made.data["token"] not in str(reply)


async def test_a_token_that_is_revoked_is_good_no_more(world: World, owner: Asker) -> None:
    made = await world.ask(owner, "token make", name="my editor")
    reply = await world.ask(owner, "token revoke", token=made.data["id"])
    assert "my editor" in reply.text and await found(world, made.data["token"]) is None
    with pytest.raises(NotFound):
        await world.ask(owner, "token revoke", token=made.data["id"])


async def test_all_browsers_are_shut_out_at_once_and_no_program(world: World, owner: Asker) -> None:
    made = await world.ask(owner, "token make", name="my editor")
    await world.database.write(lambda tx: tokens.add(tx, user_id=owner.user_id, kind="page", secret="p" * 40, life=DAY))
    assert "1 browser" in (await world.ask(owner, "token list")).text
    reply = await world.ask(owner, "token revoke", browsers=True)
    assert reply.text.startswith("1 browser shut out")
    assert await found(world, "p" * 40) is None and await found(world, made.data["token"]) is not None


async def test_what_to_revoke_has_to_be_said(world: World, owner: Asker) -> None:
    for values in ({}, {"token": 1, "browsers": True}):
        with pytest.raises(Refused):
            await world.ask(owner, "token revoke", **values)


async def test_a_browsers_token_is_not_revoked_by_its_number(world: World, owner: Asker) -> None:
    id = await world.database.write(lambda tx: tokens.add(tx, user_id=owner.user_id, kind="page", secret="p" * 40))
    with pytest.raises(NotFound):
        await world.ask(owner, "token revoke", token=id)


async def test_a_link_opens_the_page_once(world: World, owner: Asker) -> None:
    with pytest.raises(NotFound):
        await world.ask(owner, "token link")
    await world.database.write(lambda tx: marks.put(tx, "web", "address", ADDRESS))
    reply = await world.ask(owner, "token link")
    address, _, key = reply.data["link"].partition("/#key=")
    assert address == ADDRESS and reply.data["link"] in reply.text and key not in reply.to_json()
    redeemed = await world.database.write(lambda tx: tokens.redeem(tx, key))
    assert redeemed is not None and redeemed.owner
    assert await world.database.write(lambda tx: tokens.redeem(tx, key)) is None


async def test_what_was_made_and_revoked_is_noted_without_the_secret(world: World, owner: Asker) -> None:
    made = await world.ask(owner, "token make", name="my editor")
    await world.ask(owner, "token revoke", token=made.data["id"])
    noted = await world.database.read(lambda tx: tx.all("SELECT * FROM audit ORDER BY id DESC"))
    assert [each["act"] for each in noted] == ["token revoke", "token make"]
    assert not any(made.data["token"] in str(tuple(each)) for each in noted)


@pytest.mark.parametrize("command", ["token make", "token list", "token revoke", "token link"])
async def test_it_is_for_owners_only(world: World, ada: Asker, command: str) -> None:
    with pytest.raises(NotAllowed):
        await world.ask(ada, command, **({"name": "x"} if command == "token make" else {}))
