"""Who is let in: a token or a browser's cookie, as whom and how often; what is not good looks alike."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.web_adapter.keys import GUESSES, Keys, first_key, owner_token
from bot.web_adapter.refusal import Refused
from commands.core.command import Audience
from storage import tokens
from storage.clock import DAY, SetClock
from tests.fakes.pages import Paged, paged

HERE = "127.0.0.1"


@pytest.fixture
async def page(tmp_path: Path, clock: SetClock) -> AsyncIterator[Paged]:
    async with paged(tmp_path, clock=clock) as running:
        yield running


@pytest.fixture
def now() -> list[float]:
    return [1_000.0]


@pytest.fixture
def keys(page: Paged, now: list[float]) -> Keys:
    file = page.mynah.folder / "web-token"
    return Keys(desk=page.app.desk, database=page.app.database, file=file, rate=50, now=lambda: now[0])


async def refusal(keys: Keys, secret: str, address: str = HERE) -> Refused:
    with pytest.raises(Refused) as caught:
        await keys.guest(secret, address)
    return caught.value


async def test_the_owners_token_lies_in_a_file_that_only_they_can_read(tmp_path: Path) -> None:
    file = tmp_path / "new" / "token"
    made = owner_token(file)
    assert owner_token(file) == made and len(made) > 40
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 or os.name != "posix"
    if os.name == "posix":
        file.chmod(0o644)
        with pytest.raises(ValueError, match="chmod 600"):
            owner_token(file)
    file.chmod(0o600)
    file.write_text("short")
    with pytest.raises(ValueError, match="too short"):
        owner_token(file)


async def test_the_owners_token_lets_in_the_owner(page: Paged, keys: Keys) -> None:
    guest = await keys.guest(page.owners_token, HERE)
    assert guest.is_owner and guest.asker.rank is Audience.OWNERS and guest.token_id is None
    assert guest.asker.user_id == (await keys.owner()).asker.user_id
    assert await keys.again(guest)


async def test_a_token_for_somebody_lets_in_them_and_nothing_more(page: Paged, keys: Keys) -> None:
    guest = await keys.guest(await page.token(), HERE)
    assert not guest.is_owner and guest.asker.rank is Audience.EVERYONE and guest.asker.platform == "web"
    assert guest.asker.user_id == await page.mynah.value("SELECT user_id FROM identities WHERE platform = 'discord'")


async def test_wrong_revoked_and_unknown_look_alike(page: Paged, keys: Keys) -> None:
    revoked, good = await page.token(), await page.token("Bob", "2")
    id = (await keys.guest(revoked, HERE)).token_id
    assert id is not None
    await page.app.database.write(lambda tx: tokens.revoke(tx, id))
    found = [
        await refusal(keys, each) for each in (revoked, good[:-1], good + "x", "x", "mynah_" + "a" * 43, "ü€\ud800")
    ]
    assert {(each.status, each.key, each.words) for each in found} == {(401, "WrongToken", found[0].words)}
    assert (await refusal(keys, "")).key == "NoToken"


async def test_a_key_opens_the_page_once_and_those_of_earlier_starts_do_not(page: Paged, keys: Keys) -> None:
    folder = page.app.desk.insides.folder
    before = await first_key(page.app.database, folder)
    key = await first_key(page.app.database, folder)
    assert (await refusal(keys, key)).status == 401  # it opens the page, and is no token
    secret = await keys.enter(key, HERE)
    assert (await keys.guest(secret, HERE)).is_owner
    for used in (key, before):
        with pytest.raises(Refused):
            await keys.enter(used, HERE)


async def test_a_key_and_a_browser_end_with_time(page: Paged, keys: Keys, clock: SetClock) -> None:
    folder = page.app.desk.insides.folder
    secret = await keys.enter(await first_key(page.app.database, folder), HERE)
    late = await first_key(page.app.database, folder)
    clock.turn(DAY)
    with pytest.raises(Refused):
        await keys.enter(late, HERE)
    assert (await keys.guest(secret, HERE)).is_owner
    clock.turn(30 * DAY)
    assert (await refusal(keys, secret)).status == 401


async def test_a_browser_goes_with_the_token_that_let_it_in(page: Paged, keys: Keys) -> None:
    token = await page.token()
    secret = await keys.enter(token, HERE)
    guest = await keys.guest(secret, HERE)
    assert guest.asker.name == "Ada" and await keys.again(guest)
    id = (await keys.guest(token, HERE)).token_id
    assert id is not None
    await page.app.database.write(lambda tx: tokens.revoke(tx, id))
    assert not await keys.again(guest)
    assert (await refusal(keys, secret)).status == 401


async def test_leaving_shuts_the_browser_out_and_no_program(page: Paged, keys: Keys) -> None:
    token = await page.token()
    secret = await keys.enter(token, HERE)
    await keys.leave(await keys.guest(secret, HERE))
    assert (await refusal(keys, secret)).status == 401
    program = await keys.guest(token, HERE)
    await keys.leave(program)
    await keys.leave(await keys.owner())
    assert (await keys.guest(token, HERE)).token_id == program.token_id


async def test_who_guesses_has_to_wait_and_who_knows_does_not(page: Paged, keys: Keys, now: list[float]) -> None:
    good = await page.token()
    for number in range(GUESSES):
        assert (await refusal(keys, f"guess {number}", "10.0.0.1")).status == 401
    told = await refusal(keys, "one more", "10.0.0.1")
    assert told.status == 429 and 0 < int(told.headers["Retry-After"]) <= 61
    with pytest.raises(Refused, match="Too many"):
        await keys.enter("one more still", "10.0.0.1")
    assert (await refusal(keys, "one more", "10.0.0.2")).status == 401
    assert await keys.guest(good, "10.0.0.1")  # an address may be a proxy's, behind which many are
    now[0] += 60.0
    assert (await refusal(keys, "one more", "10.0.0.1")).status == 401


async def test_a_program_that_is_set_up_wrong_guesses_nothing_and_shuts_nobody_out(page: Paged, keys: Keys) -> None:
    good = await page.token()
    for _ in range(3 * GUESSES):
        assert (await refusal(keys, "always the same")).status == 401
    assert await keys.guest(good, HERE)


async def test_a_guesser_with_a_network_of_addresses_is_one(page: Paged, keys: Keys) -> None:
    for number in range(GUESSES):
        await refusal(keys, f"guess {number}", f"2001:db8::{number:x}")
    assert (await refusal(keys, "one more", "2001:db8::ffff")).status == 429
    assert (await refusal(keys, "one more", "2001:db8:1::1")).status == 401


async def test_each_token_may_ask_so_often(page: Paged, keys: Keys, now: list[float]) -> None:
    ada, bob = await page.token(), await page.token("Bob", "2")
    for _ in range(50):
        await keys.guest(ada, HERE)
    assert (await refusal(keys, ada)).key == "TooManyRequests"
    assert await keys.guest(bob, HERE)
    now[0] += 60.0
    assert await keys.guest(ada, HERE)


async def test_when_a_token_was_used_is_known_to_some_minutes(page: Paged, keys: Keys, clock: SetClock) -> None:
    token = await page.token()
    await asyncio.gather(*(keys.guest(token, HERE) for _ in range(3)))
    used = await page.mynah.value("SELECT used_at FROM tokens WHERE kind = 'api'")
    assert used == clock.now()
    clock.turn(tokens.NOTED - 1)
    await keys.guest(token, HERE)
    assert await page.mynah.value("SELECT used_at FROM tokens WHERE kind = 'api'") == used
    clock.turn(1)
    await keys.guest(token, HERE)
    assert await page.mynah.value("SELECT used_at FROM tokens WHERE kind = 'api'") == clock.now()


async def test_who_is_blocked_everywhere_is_not_let_in(page: Paged, keys: Keys) -> None:
    token = await page.token()
    async with page.owner() as visit:
        assert not (await visit.ask("admin block", {"member": "discord:1", "everywhere": True}))["error"]
    assert (await refusal(keys, token)).status == 403
