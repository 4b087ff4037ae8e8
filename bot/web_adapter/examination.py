"""What `mynah doctor` says of the page: where it listens, and who can reach it there."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.adapter import Finding
from bot.settings import Web
from bot.web_adapter.binding import bind

INSIDE = ("127.0.0.1", "::1", "localhost")
"""The addresses that nobody but this machine can reach."""


def findings(section: Web) -> Iterator[Finding]:
    """Say what is found, without serving anything."""
    where = f"{section.listen}:{section.port}"
    try:
        with bind(section.listen, section.port) as bound:
            port = bound.getsockname()[1]
    except OSError as error:
        yield Finding(state="bad", words=f"{where} cannot be listened at ({error.strerror or error}); see web.listen.")
        return
    if section.port not in (0, port):
        words = f"Port {section.port} is taken, by a Mynah that runs or by something else; another one would be used."
        yield Finding(state="note", words=words)
    else:
        yield Finding(
            state="good", words=f"`mynah run` serves it at {section.listen}:{section.port or 'any free port'}."
        )
    if section.listen not in INSIDE:
        yield Finding(
            state="note",
            words="Others on the network can reach it, and see what is sent: put a proxy that speaks TLS before it.",
        )
    if section.public_url and urlsplit(section.public_url).scheme != "https":
        words = "web.public_url is no https address: what is sent there, tokens too, can be read on its way."
        yield Finding(state="note", words=words)
    if section.any_key_from_loopback:
        words = "Every program on this machine may speak with it, without a token (web.any_key_from_loopback)."
        yield Finding(state="note", words=words)
