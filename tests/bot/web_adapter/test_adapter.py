"""The page listens from the start, is put together when somebody comes, and stops with Mynah."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot.web_adapter import Web, adapter
from bot.web_adapter.adapter import RECENT, TOKEN_FILE
from bot.web_adapter.binding import bind
from commands.core.reply import FileRef
from storage import files, marks
from storage.clock import SECOND, SetClock
from tests.fakes.pages import Paged, paged
from tests.fakes.running import released
from tests.fakes.waiting import until

ROOT = Path(__file__).parents[3]
CANARY = "canary-in-an-address"


def test_nothing_that_serves_is_imported_before_somebody_comes() -> None:
    code = (
        "import bot.cli_adapter.run, bot.web_adapter, sys;"
        "found = [n for n in ('fastapi', 'starlette', 'uvicorn', 'h11', 'prometheus_client') if n in sys.modules];"
        "print(','.join(found))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


async def test_the_first_who_comes_is_answered(tmp_path: Path) -> None:
    async with paged(tmp_path) as page:
        assert page.url == f"http://127.0.0.1:{page.page.port}"
        async with page.anonymous() as client:
            answer = await client.get("/api/page/me")
            assert answer.status_code == 401 and answer.json()["error"]["code"] == "NoToken"
    assert released(tmp_path / "data")


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The threads in which the page was put together, which is done as ever."""
    found: list[int] = []
    build = Web._build

    def noting(self: Web, *given: object) -> object:
        found.append(threading.get_ident())
        return build(self, *given)  # type: ignore[arg-type]  # whatever it takes

    monkeypatch.setattr(Web, "_build", noting)
    monkeypatch.setattr(adapter, "AHEAD", 0.0)
    return found


async def come(page: Paged) -> None:
    async with page.anonymous() as client:
        assert (await client.get("/healthz")).status_code == 200


async def test_it_is_put_together_beside_the_loop_so_that_speech_goes_on(tmp_path: Path, builds: list[int]) -> None:
    async with paged(tmp_path) as page:
        await come(page)
    assert builds and threading.get_ident() not in builds


async def test_where_nobody_came_it_is_not_built_ahead_at_the_next_start(tmp_path: Path, builds: list[int]) -> None:
    for _ in range(2):
        async with paged(tmp_path) as page:
            await page.mynah.ended(await page.mynah.ticket("speak", {"text": "Hello."}))
    assert builds == []


async def test_where_somebody_came_it_is_built_ahead_at_the_next_start_and_takes_them(
    tmp_path: Path, builds: list[int]
) -> None:
    async with paged(tmp_path) as page:
        await come(page)
    async with paged(tmp_path) as page:
        await until(lambda: len(builds) == 2)
        await come(page)
        assert len(builds) == 2


async def test_it_can_stop_while_it_is_built_ahead(tmp_path: Path, builds: list[int]) -> None:
    async with paged(tmp_path) as page:
        await come(page)
    async with paged(tmp_path) as page:
        await until(lambda: len(builds) == 2)
    assert page.page.address == "" and released(tmp_path / "data")


async def test_a_visit_of_long_ago_builds_nothing_ahead(tmp_path: Path, builds: list[int]) -> None:
    clock = SetClock()
    async with paged(tmp_path, clock=clock) as page:
        await come(page)
    clock.turn(RECENT + SECOND)
    async with paged(tmp_path, clock=clock) as page:
        await page.mynah.ended(await page.mynah.ticket("speak", {"text": "Hello."}))
        assert len(builds) == 1


async def test_it_stops_though_nobody_ever_came(tmp_path: Path) -> None:
    async with paged(tmp_path) as page:
        port = page.page.port
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        pass
    assert page.page.address == ""


async def test_it_stops_at_once_though_tabs_are_open(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with paged(tmp_path) as page, page.owner() as visit, visit.listening():
        began = loop.time()
        await page.page.stop()
        assert loop.time() - began < 5


async def test_where_the_port_is_taken_it_says_so_and_takes_another(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        async with paged(tmp_path, web__port=port) as page:
            assert page.page.port not in (0, port)
            assert f"port {port} is taken; the page is at {page.url}" in caplog.text


async def test_where_it_cannot_listen_the_rest_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with paged(tmp_path, web__listen="192.0.2.1") as page:
        assert page.page.address == "" and await page.page.link() == ""
        assert "there is no page: 192.0.2.1:0 cannot be listened at" in caplog.text
        await page.mynah.ended(await page.mynah.ticket("speak", {"text": "Hello."}))


@pytest.mark.skipif(os.name != "posix", reason="only POSIX says who may read a file")
async def test_a_token_that_others_can_read_is_not_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "token"
    file.write_text("x" * 50)
    file.chmod(0o644)
    async with paged(tmp_path, web__token_file=file) as page:
        assert page.page.address == "" and "chmod 600" in caplog.text


async def test_the_owners_token_is_there_from_the_start_and_stays(tmp_path: Path) -> None:
    async with paged(tmp_path) as page:
        token = page.owners_token
        if os.name == "posix":
            assert stat.S_IMODE((page.mynah.folder / TOKEN_FILE).stat().st_mode) == 0o600
    async with paged(tmp_path) as page, page.program(token) as visit:
        assert (await visit.client.get("/api/page/me")).json()["owner"] is True


async def test_a_token_file_of_ones_own_is_used(tmp_path: Path) -> None:
    async with paged(tmp_path, web__token_file=tmp_path / "mine") as page:
        async with page.program((tmp_path / "mine").read_text().strip()) as visit:
            assert (await visit.client.get("/api/page/me")).status_code == 200
        assert not (page.mynah.folder / TOKEN_FILE).exists()


async def test_where_the_page_is_stands_in_the_database_for_new_links(tmp_path: Path) -> None:
    async with paged(tmp_path) as page:
        assert await page.app.database.read(lambda tx: marks.get(tx, "web", "address")) == page.url
        async with page.owner() as visit:
            link = (await visit.ask("token link"))["data"]["link"]
        assert link.startswith(f"{page.url}/#key=")
        async with page.browser(link.partition("#key=")[2]) as another:
            assert (await another.client.get("/api/page/me")).json()["owner"] is True


async def test_whoever_has_a_link_that_a_chat_was_given_has_the_file_until_it_is_changed(tmp_path: Path) -> None:
    async with paged(tmp_path) as page, page.owner() as visit, page.anonymous() as somebody:
        (file,) = (await visit.spoken("Too large for a chat."))["files"]
        link = page.app.desk.insides.links.path(file["id"])
        answer = await somebody.get(link)
        assert answer.status_code == 200 and len(answer.content) == file["bytes"]
        for changed in (link[:-1] + ("0" if link[-1] != "0" else "1"), link.replace("until=1", "until=2"), file["url"]):
            assert (await somebody.get(changed)).status_code in (401, 404)


async def test_no_token_stands_in_any_log_nor_what_was_asked_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):  # what the test itself asks with
        logging.getLogger(name).setLevel(logging.WARNING)
    async with paged(tmp_path) as page, page.owner() as visit:
        cookie, token = visit.cookie.partition("=")[2], page.owners_token
        async with page.program(token) as program:
            await program.client.get("/api/page/me", params={"token": CANARY})
            await program.client.get(f"/api/v1/files/audio/1?until=1&sig={CANARY}")
            await program.client.get(f"/{CANARY}")
            await program.client.get("/api/page/me", headers={"Authorization": f"Bearer {CANARY}"})
            await program.client.post("/api/page/ask", content=CANARY.encode())
        await visit.ask("token make", {"name": "x"})
    said = caplog.text + "".join(capfd.readouterr())
    assert not [secret for secret in (CANARY, cookie, token) if secret in said]


async def test_what_is_too_large_for_a_chat_comes_as_a_link_to_the_page(tmp_path: Path) -> None:
    async with paged(tmp_path, web__public_url="https://mynah.example.org") as page, page.owner() as visit:
        exported = await visit.ask("export")
        (file,) = (await visit.answer(exported["job"]))["files"]
        row = await page.app.database.read(lambda tx: files.get(tx, file["id"]))
        assert row is not None
        path = str(page.mynah.folder / row.path)
        ref = FileRef(id=row.id, name=row.name, path=path, format=row.format, bytes=row.bytes)
        async with page.app.desk.fitting.fit([ref], limit=10, key="1") as fitted:
            link = fitted.words.rpartition("https://mynah.example.org")[2]
        async with page.anonymous(Host="mynah.example.org") as somebody:
            assert len((await somebody.get(link)).content) == row.bytes
