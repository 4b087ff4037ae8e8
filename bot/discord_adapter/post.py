"""The post: the few calls by which answers reach Discord.

They are made with discord.py's HTTP client itself, which keeps to the rate limits. What stands above it does not fit:
interactions are answered here after a restart too, when all that is left of one is its token, and a voice message is
something that discord.py cannot send. `HTTPClient.request` is no documented interface; so its form is checked here.
"""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import discord
from discord.http import HTTPClient, Ratelimit, Route

from bot.discord_adapter.address import Address
from bot.discord_adapter.message import Message
from commands.core.reply import FileRef
from engine.waveform import Waveform

Payload = dict[str, Any]

NEW, THINKING, IN_PLACE, FORM = 4, 5, 7, 9
"""The kinds of first answer: a message, 'is thinking', a change of the message that was pressed, a form."""
VOICE = 1 << 13
"""The flag of a voice message."""
AT_ONCE = 2**20
"""Up to how many bytes files are read here and now: that takes less than to have a thread open, read and close them."""
LIMITS = 128
"""How many rate limits are left to discord.py; where it has more, those that are over are dropped."""
_TOKEN = "+"
"""Stands in the names of limits before an interaction's token, and nowhere else."""
_BYTES = "application/octet-stream"


def check_form(request: Callable[..., object]) -> None:
    """Raise ImportError where a client's method for calls has not the form that is used here."""
    if not {"route", "files", "form"} <= set(inspect.signature(request).parameters):
        raise ImportError(f"discord.py {discord.__version__} sends in a way that Mynah does not know; install 2.7.1.")


check_form(HTTPClient.request)


class Post:
    """Makes the calls; what Discord refuses is discord.py's HTTPException."""

    def __init__(self, http: HTTPClient | None = None) -> None:
        """Make calls with a client that is logged in; it may come later, and be replaced by another."""
        self.http = http
        self._direct: dict[str, str] = {}
        self._most_limits = LIMITS

    async def acknowledge(self, interaction: discord.Interaction, kind: int, data: Payload) -> str:
        """Give the first answer to an interaction; return the id of the message that it made, if it made one."""
        route = Route(
            "POST",
            "/interactions/{webhook_id}/{webhook_token}/callback",
            webhook_id=interaction.id,
            webhook_token=interaction.token,
        )
        answer = {"type": kind, "data": data}
        told = await self._call(route, json=answer, params={"with_response": "1"})
        found = told.get("interaction", {}) if isinstance(told, dict) else {}
        return str(found.get("response_message_id") or "")

    async def edit(self, address: Address, message: Message) -> str:
        """Put a message in place of the first answer, and return its id."""
        return await self._send(_hook("PATCH", address, "/messages/@original"), message)

    async def follow(self, address: Address, message: Message) -> str:
        """Send another answer to an interaction. Nothing tells a repetition of it."""
        return await self._send(_hook("POST", address), message)

    async def remove(self, address: Address) -> None:
        """Take the first answer away."""
        await self._call(_hook("DELETE", address, "/messages/@original"))

    async def send(self, channel: str, message: Message) -> str:
        """Send a message to a channel, and return its id."""
        return await self._send(Route("POST", "/channels/{channel_id}/messages", channel_id=channel), message)

    async def send_voice(self, channel: str, file: FileRef, picture: Waveform, nonce: str) -> str:
        """Send a native voice message to a channel, and return its id."""
        about = {
            "id": 0,
            "filename": "voice-message.ogg",
            "duration_secs": round(picture.seconds, 3),
            "waveform": base64.b64encode(picture.levels).decode(),
        }
        payload = {
            "flags": VOICE,
            "attachments": [about],
            "allowed_mentions": {"parse": []},
            "nonce": nonce,
            "enforce_nonce": True,
        }
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
        return await self._upload(route, payload, (file,), kind="audio/ogg")

    async def direct(self, user: str) -> str:
        """Return the id of the channel for direct messages with somebody."""
        if user not in self._direct:
            told = await self._call(Route("POST", "/users/@me/channels"), json={"recipient_id": user})
            self._direct[user] = str(told["id"])
        return self._direct[user]

    async def _call(self, route: Route, **given: Any) -> Any:
        """Make a call; between two logins that is refused as if nobody were there."""
        if self.http is None:
            raise ConnectionRefusedError("not logged in")
        self._forget_limits(self.http)
        return await self.http.request(route, **given)

    def _forget_limits(self, http: HTTPClient) -> None:
        """Drop the rate limits of interactions once they are over.

        discord.py keeps what it knows of each for five minutes and, from 256 on, looks through all of them with every
        new one: the more is asked, the longer each answer would take.
        """
        limits = http._buckets  # private, but there is no other way to them
        if len(limits) < self._most_limits:
            return
        for key in [key for key, limit in limits.items() if _TOKEN in key and _is_over(limit)]:
            del limits[key]
        self._most_limits = max(LIMITS, 2 * len(limits))

    async def _send(self, route: Route, message: Message) -> str:
        if message.files:
            return await self._upload(route, message.payload, message.files)
        return str((await self._call(route, json=message.payload))["id"])

    async def _upload(self, route: Route, payload: Payload, refs: Sequence[FileRef], kind: str = _BYTES) -> str:
        small = sum(ref.bytes for ref in refs) <= AT_ONCE
        files = _read(refs) if small else await asyncio.to_thread(_opened, refs)
        try:
            form: list[Payload] = [{"name": "payload_json", "value": json.dumps(payload)}]
            form += [
                {"name": f"files[{number}]", "value": file.fp, "filename": ref.name, "content_type": kind}
                for number, (file, ref) in enumerate(zip(files, refs, strict=True))
            ]
            return str((await self._call(route, files=files, form=form))["id"])
        finally:
            for file in files:
                file.close()


def _is_over(limit: Ratelimit) -> bool:
    return not limit.outgoing and (limit.expires is None or limit.is_expired())


def _hook(method: str, address: Address, rest: str = "") -> Route:
    path = "/webhooks/{webhook_id}/{webhook_token}" + rest
    return Route(method, path, webhook_id=int(address.app), webhook_token=address.token)


def _read(refs: Sequence[FileRef]) -> list[discord.File]:
    return [discord.File(BytesIO(Path(ref.path).read_bytes()), filename=ref.name, spoiler=False) for ref in refs]


def _opened(refs: Sequence[FileRef]) -> list[discord.File]:
    return [discord.File(ref.path, filename=ref.name, spoiler=False) for ref in refs]
