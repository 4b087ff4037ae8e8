"""`mynah clone`: a voice from recordings, at once where the host answers for it that its person agrees."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from bot.cli_adapter import streams
from bot.cli_adapter.inputs import attachment, resolve
from bot.cli_adapter.oneshot import OneShot
from bot.cli_adapter.output import address_of
from bot.cli_adapter.recordings import found_in, joined
from bot.cli_adapter.render import for_program
from bot.cli_adapter.road import Road
from bot.cli_adapter.terminal import HOST
from bot.config import Loaded
from commands.core.reply import Reply
from commands.core.request import Request
from storage import clones, consents, identities, recordings
from storage.database import Transaction

STATEMENTS = {
    "own": "Who runs this Mynah says: this is my own voice, and I agree that Mynah makes a copy of it. (1)",
    "given": "Who runs this Mynah says: the person whose voice this is has agreed that Mynah makes a copy of it. (1)",
}
"""What is noted of the host's word, with its version, by what stood behind `--consent`."""


class Cloning(OneShot):
    """A `mynah clone` under way: one recording or many, and with `--consent` the voice itself."""

    _files: Sequence[Path] = ()
    _card: tuple[Reply, Sequence[Path]] | None = None

    def prepare(self) -> Request:
        """Look the recordings up; nothing has been started by then.

        Raises:
            UsageError: There are none, or it makes no sense as it was typed.
        """
        self._files = found_in(self._typed.recordings)
        values = {**self._typed.values, "recording": str(self._files[0])}
        return Request(
            command=self._command.name,
            values=resolve(self._command, values, piped=True),
            address=address_of(self._typed.output, self._command),
        )

    async def run(self, loaded: Loaded, request: Request) -> int:
        """Make one recording of many first; then as any one-shot.

        Raises:
            UsageError: One of them cannot be read.
        """
        if len(self._files) == 1:
            return await super().run(loaded, request)
        with TemporaryDirectory(prefix="mynah-") as folder:
            whole = Path(folder) / f"{len(self._files)} recordings.wav"
            await asyncio.to_thread(joined, self._files, whole)
            return await super().run(
                loaded, replace(request, values={**request.values, "recording": attachment(str(whole))})
            )

    async def _ask(self, road: Road, loaded: Loaded, request: Request) -> None:
        """Have it examined and, where the host answers for it, agreed to and made."""
        await super()._ask(road, loaded, request)
        reply, paths = self._answers[-1]
        if reply.error or not self._typed.consent:
            return
        name = str(reply.data["voice"])
        await road.vouch(name, self._typed.consent)
        said, _, _ = reply.text.rpartition("\n")  # the last line asks for what has just been answered
        self._card = (replace(reply, text=said, actions=()), paths)
        self._answers.clear()
        await super()._ask(road, loaded, Request(command="voices build", values={"name": name}))

    def _tell(self) -> int:
        """Show the report card, then what came of it; for a program both in one object."""
        if self._card is None:
            return super()._tell()
        card, paths = self._card
        reply, _ = self._answers[-1]
        if not self._typed.json:
            streams.say(self._renderer.reply(card, paths))
        elif not reply.error:
            examined = json.loads(for_program(card, paths))
            merged = {**examined, **reply.data, "id": examined["id"], "build": reply.data.get("id")}
            self._answers[-1] = (replace(reply, files=(), data=merged), ())
        return super()._tell()


def vouch(tx: Transaction, key: bytes, name: str, consent: str) -> None:
    """Note the host's word for a voice of their own, unless somebody has agreed to it already.

    Args:
        tx: The transaction.
        key: The secret of the data folder.
        name: The voice.
        consent: 'own' where it is the host's voice, 'given' where it is that of somebody whom Mynah does not know.
    """
    host = identities.find(tx, f"{HOST.platform}:{HOST.account}")
    voice = clones.own(tx, host, name) if host is not None else None
    if host is None or voice is None or voice.consent:
        return
    rule: Literal["host-own", "host-given"] = "host-own" if consent == "own" else "host-given"
    consents.vouch(
        tx,
        key,
        voice_id=voice.id,
        holder_id=host,
        person_id=host if consent == "own" else None,
        rule=rule,
        statement=STATEMENTS[consent],
        recording_sha256=recordings.digest_of(tx, voice.id),
        platform=HOST.platform,
        versions={"statement": "1"},
    )
