"""A browser, where somebody sits before one."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping


def has_display(environment: Mapping[str, str], platform: str) -> bool:
    """Whether a browser could show itself: not over SSH, and not on a machine without a screen."""
    if any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "CI")):
        return False
    if platform in ("win32", "darwin"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


async def show(link: str) -> bool:
    """Open a link in the person's browser; False where there is none that has a window of its own."""
    return has_display(os.environ, sys.platform) and await asyncio.to_thread(_open, link)


def _open(link: str) -> bool:
    import webbrowser

    try:
        found = webbrowser.get()
        if type(found) is webbrowser.GenericBrowser:  # it would take the terminal over
            return False
        return found.open(link)
    except webbrowser.Error:
        return False
