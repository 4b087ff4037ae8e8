"""A platform for tests that outlives the process: what it was sent stands in a file, as a chat keeps its messages.

An address is a JSON object. `to` is any name; the rest says how the platform behaves there:
`repeatable` (a second copy replaces the first), `durable` (false: gone after a restart), `slow` (seconds that a send
takes), `later` (how often it says 'try later' first), `busy` (how often that it is full), `breaks` (how often a send
breaks, after it has arrived), `gone` (it never takes anything).
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.adapter import Adapter, Busy, Limits, TryLater, Undeliverable
from commands.core.params import Attachment
from commands.core.reply import Json, Progress, Reply


class DurableAdapter(Adapter):
    """Writes what it is sent into `sent.jsonl` of its folder."""

    name = "durable"
    limits = Limits(text=4_000, file_bytes=10_000_000, sends=4)
    pace = 0.05

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "sent.jsonl"
        self._tried: Counter[str] = Counter()
        self.shown: list[Progress] = []
        """Every progress that it was to show."""
        self.steps: list[str] = []
        """What was asked of it as a whole: 'start', 'stop_listening', 'stop'."""
        self.under_way = 0
        """How many sends are under way."""
        self.most = 0
        """The most sends that were under way at once."""

    async def start(self) -> None:
        self.steps.append("start")

    async def stop_listening(self) -> None:
        self.steps.append("stop_listening")

    async def stop(self) -> None:
        self.steps.append("stop")

    async def deliver(self, delivery_id: int, address: Mapping[str, Json], reply: Reply) -> str:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            return await self._deliver(delivery_id, address, reply)
        finally:
            self.under_way -= 1

    async def _deliver(self, delivery_id: int, address: Mapping[str, Json], reply: Reply) -> str:
        await asyncio.sleep(address.get("slow", 0))
        if address.get("gone"):
            raise Undeliverable("they left")
        to = str(address["to"])
        self._tried[to] += 1
        if self._tried[to] <= address.get("busy", 0):
            raise Busy(0.01)
        if self._tried[to] <= address.get("later", 0):
            raise TryLater(0.01)
        sizes = [os.stat(file.path).st_size for file in reply.files]
        self._write({"delivery": delivery_id, "to": to, "reply": json.loads(reply.to_json()), "sizes": sizes})
        if self._tried[to] <= address.get("later", 0) + address.get("breaks", 0):
            raise ConnectionError("the line broke")
        return f"message {delivery_id}"

    def repeatable(self, address: Mapping[str, Json], age: float) -> bool:
        return bool(address.get("repeatable", True))

    def durable(self, address: Mapping[str, Json]) -> bool:
        return bool(address.get("durable", True))

    async def show(self, address: Mapping[str, Json], progress: Progress) -> None:
        self.shown.append(progress)

    def _write(self, message: dict[str, Any]) -> None:
        # One write of a line to a file that is appended to is whole, also when the process is killed around it.
        handle = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, (json.dumps(message) + "\n").encode())
        finally:
            os.close(handle)

    @property
    def sent(self) -> list[dict[str, Any]]:
        """Every message that arrived, in this run or an earlier one, copies too."""
        return [json.loads(line) for line in self._log.read_text().splitlines()] if self._log.exists() else []


async def fetch(attachment: Attachment, destination: Path) -> None:
    """Fetch an attachment whose reference is a path on this machine."""
    await asyncio.to_thread(shutil.copyfile, attachment.reference, destination)
