"""The site: the files of the page, and every error in one form."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.web_adapter import site
from tests.fakes.pages import Paged, paged

NOWHERE = (
    *("/app/%2e%2e/%2e%2e/secret.txt", "/app/..%2fsecret.txt", "/app/..%5csecret.txt", "/app//etc/passwd"),
    *("/app/%2e%2e%2f%2e%2e%2fetc/passwd", "/app/js/chat.js%00.txt", "/app/.../secret.txt", "/app/", "/app/js"),
    *("/%2e%2e/secret.txt", "/static/x", "/.env", "/app/%c0%ae%c0%ae/secret.txt", "/index.php", "/redoc"),
)
"""Where somebody looks who looks for what is not theirs."""


@pytest.fixture
async def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Paged]:
    folder = tmp_path / "web"
    (folder / "js").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Mynah</title>")
    (folder / "js" / "chat.js").write_text("export const hello = 1;")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(site, "PAGE", folder)
    async with paged(tmp_path) as running:
        yield running


async def test_the_page_and_its_files_are_for_everybody_and_tell_nothing(page: Paged) -> None:
    async with page.anonymous() as client:
        first = await client.get("/")
        assert (first.status_code, first.headers["content-type"]) == (200, "text/html; charset=utf-8")
        script = await client.get("/app/js/chat.js")
        assert script.text == "export const hello = 1;" and "javascript" in script.headers["content-type"]
        assert (
            script.headers["x-content-type-options"] == "nosniff"
            and "default-src" in first.headers["content-security-policy"]
        )
        assert (await client.head("/app/js/chat.js")).content == b""


async def test_what_a_browser_has_already_is_not_sent_again(page: Paged, tmp_path: Path) -> None:
    async with page.anonymous() as client:
        tag = (await client.get("/app/js/chat.js")).headers["etag"]
        again = await client.get("/app/js/chat.js", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        (tmp_path / "web" / "js" / "chat.js").write_text("changed")
        assert (await client.get("/app/js/chat.js", headers={"If-None-Match": tag})).text == "changed"


async def test_nothing_else_is_there(page: Paged) -> None:
    async with page.anonymous() as client:
        for path in NOWHERE:
            request = client.build_request("GET", page.url)
            request.url = request.url.copy_with(raw_path=path.encode())
            answer = await client.send(request)
            assert answer.status_code == 404 and answer.json()["error"]["code"] == "NotFound", path
            assert "secret" not in answer.text


async def test_other_methods_are_refused_in_the_same_form(page: Paged) -> None:
    async with page.anonymous() as client:
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "POST"):
            answer = await client.request(method, "/api/page/me")
            assert answer.status_code == 405 and answer.json()["error"]["message"]


async def test_a_value_that_cannot_be_is_refused_without_being_repeated(page: Paged) -> None:
    async with page.program(page.owners_token) as visit:
        answer = await visit.client.get("/api/page/history", params={"limit": "<script>"})
        assert answer.status_code == 422 and "limit" in answer.json()["error"]["message"]
        assert "<script>" not in answer.text


async def test_an_error_that_nobody_expected_tells_nothing_of_itself(
    page: Paged, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> object:
        raise ZeroDivisionError("secret details")

    async with page.program(page.owners_token) as visit:
        await visit.client.get("/api/page/me")
        monkeypatch.setattr(page.page._talk(), "cursor", broken)
        answer = await visit.client.get("/api/page/me")
        assert answer.status_code == 500 and "secret" not in answer.text
        assert answer.json()["error"]["code"] == "MynahError"
