"""The webhook: updates sent to the bot's own address, again and again until it takes them."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from urllib.parse import urlsplit

import aiohttp

from bot.demo.telegram.call import Call
from bot.demo.telegram.refusal import bad
from bot.demo.telegram.rules import Rules
from bot.demo.telegram.updates import Updates
from bot.demo.telegram.wire import Wire, present

SECRET = "X-Telegram-Bot-Api-Secret-Token"
LONGEST_PAUSE = 5.0
PATIENCE = aiohttp.ClientTimeout(total=10)


class Webhook:
    """Where the bot wants its updates sent, if anywhere."""

    def __init__(self, updates: Updates, rules: Rules) -> None:
        self.url = ""
        self.tries: list[int] = []
        """How each try to send ended: an HTTP status, or 0 where nobody answered."""
        self._secret = ""
        self._most = 40
        self._updates = updates
        self._rules = rules
        self._error: tuple[int, str] | None = None
        self._task: asyncio.Task[None] | None = None
        updates.taken = lambda: bool(self.url)

    async def set(self, call: Call) -> None:
        """Send updates to an address from now on; to none where the call names none.

        Raises:
            Refused: The address or the secret is not as it has to be.
        """
        url, secret = call.text("url"), call.text("secret_token")
        if url and not _may_be(url):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
            raise bad("secret token contains unallowed characters")
        await self.close()
        if call.flag("drop_pending_updates"):
            self._updates.drop()
        if "allowed_updates" in call.params:
            self._updates.allow(call.words("allowed_updates"))
        self.url, self._secret, self._error = url, secret, None
        self._most = call.number("max_connections") or 40
        if url:
            self._task = asyncio.create_task(self._send_all(), name="webhook")

    def info(self) -> Wire:
        """What the bot is told of it."""
        return present(
            url=self.url,
            has_custom_certificate=False,
            pending_update_count=len(self._updates.pending),
            max_connections=self._most if self.url else None,
            last_error_date=self._error[0] if self._error else None,
            last_error_message=self._error[1] if self._error else None,
        )

    async def close(self) -> None:
        """Send no more."""
        self.url = ""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _send_all(self) -> None:
        pause = self._rules.webhook_pause
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            while True:
                first = (await self._updates.bell.wait(lambda: self._updates.pending or None, None))[0]
                if await self._send(session, first.wire()):
                    self._updates.pending = [each for each in self._updates.pending if each is not first]
                    self._updates.told([first])
                    pause = self._rules.webhook_pause
                else:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)

    async def _send(self, session: aiohttp.ClientSession, update: Wire) -> bool:
        headers = {SECRET: self._secret} if self._secret else {}
        try:
            async with session.post(self.url, json=update, headers=headers) as answer:
                await answer.read()
                self.tries.append(answer.status)
                if answer.ok:
                    return True
                self._error = (int(time.time()), f"Wrong response from the webhook: {answer.status} {answer.reason}")
        except (aiohttp.ClientError, TimeoutError) as error:
            self.tries.append(0)
            self._error = (int(time.time()), f"Connection failed: {type(error).__name__}")
        return False


def _may_be(url: str) -> bool:
    """Telegram sends over HTTPS only; to this machine, this one does without."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))
