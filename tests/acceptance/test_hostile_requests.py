"""Requests that mean harm are refused one by one; none changes, charges, tells or logs anything."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.web_adapter import gate
from storage import identities, recordings, tokens
from storage.database import Transaction
from tests.fakes.pages import Paged, paged
from tests.hostile_requests.corpus import HUNG_UP, Hostile, Site, request, requests
from tests.storage import making

PATIENCE = 10.0
"""Seconds after which a connection that says nothing counts as hung."""
SECRET = "the secret words of the victim"
SEALS = ("content-security-policy", "x-content-type-options: nosniff", "referrer-policy: no-referrer")


@dataclass(frozen=True, kw_only=True)
class Target:
    """A Mynah with a victim's things in it, and what its attacker knows."""

    paged: Paged
    site: Site
    log: list[str]


class Listener(logging.Handler):
    """Writes down everything that is logged, by whomsoever."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line down."""
        self.lines.append(record.getMessage())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def target(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    listener, root = Listener(), logging.getLogger()
    before = root.level
    root.addHandler(listener)
    root.setLevel(logging.INFO)
    try:
        async with paged(tmp_path_factory.mktemp("hostile"), web__requests_minute=100_000) as site:
            yield Target(paged=site, site=await _settle(site), log=listener.lines)
    finally:
        root.removeHandler(listener)
        root.setLevel(before)


async def _settle(paged: Paged) -> Site:
    """Let a victim make a file, a recording and a voice, and an attacker a file."""
    victim, member, revoked = await paged.token("Victim", "11"), await paged.token("Eve", "12"), await paged.token()
    async with paged.program(victim) as visit:
        said = await visit.spoken(SECRET)
    async with paged.program(member) as visit:
        own = await visit.spoken("Nothing secret.")
    key = (await paged.page.link()).partition("#key=")[2]
    async with paged.browser(key) as visit:
        (cookie,) = visit.client.cookies

    def work(tx: Transaction) -> tuple[int, int]:
        found = tokens.find(tx, revoked)
        assert found is not None
        tokens.revoke(tx, found.id)
        owner = identities.ensure(tx, "discord", "11", "Victim", paged.app.key)
        voice = making.recorded(tx, owner, "victim's voice")
        return voice.id, recordings.of_voice(tx, voice.id)[0].id

    voice, recording = await paged.app.database.write(work)
    return Site(
        port=paged.page.port,
        member=member,
        victim_file=said["files"][0]["id"],
        victim_job=said["job"],
        victim_recording=recording,
        victim_voice=voice,
        own_file=own["files"][0]["id"],
        link=paged.app.desk.insides.links.path(said["files"][0]["id"]),
        revoked=revoked,
        used=key,
        cookie=cookie,
    )


@asynccontextmanager
async def connected(site: Site) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare connection to the site."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def send(site: Site, wire: bytes) -> bytes:
    """Send bytes, and return all that comes back until the connection is closed."""
    async with asyncio.timeout(PATIENCE), connected(site) as (reader, writer):
        came = bytearray()

        async def write() -> None:
            with contextlib.suppress(ConnectionError):  # it was hung up on
                writer.write(wire)
                await writer.drain()

        writing = asyncio.create_task(write())
        with contextlib.suppress(ConnectionError):
            while more := await reader.read(65_536):
                came += more
                if came.startswith(b"HTTP/1.1 ") and b"\r\n\r\n" in came and not writing.done():
                    break
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        return bytes(came)


def status_of(answer: bytes) -> int:
    """The status of an answer; HUNG_UP where there is none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else HUNG_UP


def state(tx: Transaction) -> dict[str, object]:
    """What must be as it was: how many rows there are of all that somebody could have made, changed or removed."""
    names = ("jobs", "files", "ledger", "voices", "recordings", "tokens", "messages", "parcels", "drafts", "users")
    counted = {name: tx.value(f"SELECT count(*) FROM {name}") for name in names}
    public = tx.value("SELECT count(*) FROM files WHERE public = 1")
    return {**counted, "public": public, "served": tx.value("SELECT sum(downloads) FROM files")}


@pytest.mark.parametrize("hostile", requests(), ids=lambda each: each.name)
@pytest.mark.asyncio(loop_scope="module")
async def test_it_is_refused_and_changes_nothing(target: Target, hostile: Hostile) -> None:
    before = await target.paged.app.database.read(state)
    answer = await send(target.site, hostile.wire(target.site))
    assert status_of(answer) in hostile.answers, answer[:500]
    assert await target.paged.app.database.read(state) == before
    for secret in (SECRET, target.site.used, target.paged.owners_token, "Traceback", str(target.paged.mynah.folder)):
        assert secret.encode() not in answer
    text = answer.decode("latin-1").lower()
    assert not [each for each in hostile.words if each in text]
    if b"application/json" in answer.partition(b"\r\n\r\n")[0]:
        told = json.loads(answer.partition(b"\r\n\r\n")[2])
        assert told["error"]["message"].endswith((".", "?")), told
        head = text.partition("\r\n\r\n")[0]
        assert [each for each in SEALS if each not in head] == []


@pytest.mark.asyncio(loop_scope="module")
async def test_the_site_serves_on_after_all_of_that(target: Target) -> None:
    answers = [await send(target.site, each.wire(target.site)) for each in requests()]
    assert len(answers) >= 40
    async with target.paged.program(target.site.member) as visit:
        assert (await visit.spoken("Still here."))["files"]


@pytest.mark.parametrize("path", ["files", "files/audio", "jobs", "recordings", "profiles"])
@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_anothers_looks_as_what_is_not_there(target: Target, path: str) -> None:
    site = target.site
    number = {"jobs": site.victim_job, "recordings": site.victim_recording, "profiles": site.victim_voice}
    async with target.paged.program(site.member) as visit:
        anothers = await visit.client.get(f"/api/v1/{path}/{number.get(path, site.victim_file)}")
        nobodys = await visit.client.get(f"/api/v1/{path}/987654321")
    assert (anothers.status_code, anothers.content) == (nobodys.status_code, nobodys.content)
    assert anothers.status_code == 404
    same = {"date", "content-length"}
    assert {n: v for n, v in anothers.headers.items() if n not in same} == {
        n: v for n, v in nobodys.headers.items() if n not in same
    }


@pytest.mark.asyncio(loop_scope="module")
async def test_no_token_is_logged(target: Target) -> None:
    site = target.site
    for each in requests():
        await send(site, each.wire(site))
    log = "\n".join(target.log)
    assert log  # something was
    for secret in (site.member, site.revoked, site.used, target.paged.owners_token, site.link.partition("sig=")[2]):
        assert secret not in log


@pytest.mark.asyncio(loop_scope="module")
async def test_a_body_that_trickles_is_cut(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "PATIENCE", 0.2)
    head = request("POST", "/api/page/uploads?name=a.wav", headers=[("Content-Length", "100000")])(target.site)
    async with asyncio.timeout(PATIENCE), connected(target.site) as (reader, writer):
        writer.write(head.replace(b"Connection: close\r\n", b"") + b"a")
        assert status_of(await reader.read()) == 408
    await target.paged.mynah.until("SELECT count(*) FROM parcels", 0)


@pytest.mark.asyncio(loop_scope="module")
async def test_who_guesses_tokens_has_to_wait_and_others_have_not(tmp_path: Path) -> None:
    async with paged(tmp_path) as site, site.anonymous() as guesser:
        answers = [
            (await guesser.get("/api/page/me", headers={"Authorization": f"Bearer mynah_{n}"})).status_code
            for n in range(40)
        ]
        assert answers[0] == 401 and answers[-1] == 429
        async with site.program(site.owners_token) as owner:
            assert (await owner.client.get("/api/page/me")).status_code == 200
