"""The road by which a one-shot gets its request done: a Mynah of its own, or one that runs on the folder already."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Protocol

from bot.cli_adapter.inputs import fetch
from bot.cli_adapter.terminal import HOST
from commands.core.reply import Progress, Reply
from commands.core.request import Request

if TYPE_CHECKING:
    from bot.app import App
    from bot.desk import Answer


class Road(Protocol):
    """What a one-shot needs of whoever does it; what is delivered to the terminal meanwhile comes to its screen."""

    @property
    def goes_on(self) -> bool:
        """Whether a job goes on when the one-shot is told to stop."""

    async def ask(self, request: Request) -> Answer:
        """Ask as the host, and return the answer or the ticket."""

    async def catch_up(self, job: int) -> None:
        """Deliver what an earlier run has left of a job that is to be tried again."""

    async def finish(self, job: int) -> None:
        """See a job to its end, and its answer delivered."""

    def watch(self, job: int) -> AsyncIterator[Progress]:
        """Tell how a job comes on, until it ends."""

    async def vouch(self, name: str, consent: str) -> None:
        """Note the host's word for a voice of theirs; `consent` is 'own' or 'given'."""


class Here:
    """A Mynah of one's own, for this one request."""

    goes_on = False
    """Whether a job goes on when the one-shot is told to stop."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def ask(self, request: Request) -> Answer:
        """Ask as the host, and return the answer or the ticket."""
        return await self._app.desk.ask(HOST, request, fetch=fetch)

    async def catch_up(self, job: int) -> None:
        """Deliver what an earlier run has left of a job."""
        await self._app.courier.send(job)

    async def finish(self, job: int) -> None:
        """Perform a job to its end, and deliver its answer."""
        await self._app.desk.settle()
        await self._app.runner.run_one(job)
        await self._app.courier.send(job)

    def watch(self, job: int) -> AsyncIterator[Progress]:
        """Tell how a job comes on, until it ends."""
        return self._app.runner.watch(job)

    async def vouch(self, name: str, consent: str) -> None:
        """Note the host's word for a voice of theirs."""
        from bot.cli_adapter.clone import vouch

        await self._app.database.write(lambda tx: vouch(tx, self._app.key, name, consent))


async def reply_of(road: Road, command: str, job: int) -> Reply:
    """Ask something quick about a job."""
    reply = await road.ask(Request(command=command, values={"job": job}))
    assert isinstance(reply, Reply), f"/{command} is quick"
    return reply
