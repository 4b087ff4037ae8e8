"""A browser is opened only where somebody sits before one."""

from __future__ import annotations

import webbrowser

import pytest

from bot.cli_adapter import browser

LINK = "http://127.0.0.1:8765/#key=x"


class Window(webbrowser.BaseBrowser):
    """A browser with a window."""

    opened = ""

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        Window.opened = url
        return True


@pytest.mark.parametrize(
    ("environment", "platform", "has"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({"DISPLAY": ":10", "SSH_CONNECTION": "10.0.0.1"}, "linux", False),
        ({"DISPLAY": ":0", "CI": "1"}, "linux", False),
        ({}, "darwin", True),
        ({}, "win32", True),
        ({"SSH_TTY": "/dev/pts/1"}, "darwin", False),
    ],
)
def test_there_has_to_be_a_screen_before_the_person(environment: dict[str, str], platform: str, has: bool) -> None:
    assert browser.has_display(environment, platform) is has


async def test_the_link_is_opened_in_a_window_and_never_in_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "has_display", lambda *_: True)
    monkeypatch.setattr(webbrowser, "get", Window)
    assert await browser.show(LINK) and Window.opened == LINK
    monkeypatch.setattr(webbrowser, "get", lambda: webbrowser.GenericBrowser("lynx"))
    assert not await browser.show(LINK)


async def test_without_a_screen_or_a_browser_nothing_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> webbrowser.BaseBrowser:
        raise webbrowser.Error

    monkeypatch.setattr(browser, "has_display", lambda *_: False)
    assert not await browser.show(LINK)
    monkeypatch.setattr(browser, "has_display", lambda *_: True)
    monkeypatch.setattr(webbrowser, "get", none)
    assert not await browser.show(LINK)
