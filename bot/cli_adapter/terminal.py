"""The terminal as an adapter: answers go to a file's place, or onto the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Protocol

from bot.adapter import Adapter, Limits, Undeliverable
from bot.cli_adapter.output import in_words, place
from bot.desk import Caller
from bot.features import Feature
from commands.core.command import Audience
from commands.core.reply import Json, Reply

NAME = "terminal"
HOST = Caller(platform=NAME, account="host", name="host", place_name="the terminal", rank=Audience.OWNERS)
"""Who asks in a terminal: whoever can run Mynah's program on its data folder runs this Mynah."""


class Screen(Protocol):
    """Where answers are shown."""

    def answer(self, reply: Reply, paths: Sequence[Path]) -> None:
        """Show an answer; `paths` says where its files are."""


class Terminal(Adapter):
    """Carries answers to the screen; the files of those that were asked for with a path go there."""

    name = NAME
    limits = Limits(text=1_000_000, file_bytes=2**53, sends=1)
    pace = 0.2
    shows: ClassVar[Mapping[Feature, str]] = {
        Feature.COMMAND: "`/quota set` in the chat, `mynah quota set` in the shell",
        Feature.ADMINS: "Shown to all: whoever sits there runs this Mynah",
        Feature.TEXT: "The rest of the line, or a line without a slash; in the shell, `-` reads what is piped in",
        Feature.LONG_TEXT: "Piped in, or a file",
        Feature.FILE: "Its path",
        Feature.RECORDING: "Its path; `mynah clone` takes folders, too, and vouches for whom it is",
        Feature.ANSWER: "`/consent answer` and the path of a sound file",
        Feature.VOICE: "Completed with Tab",
        Feature.NUMBER: "Checked, and refused in words",
        Feature.CHOICE: "Completed with Tab",
        Feature.MEMBER: "`discord:8035`, or Mynah's own number",
        Feature.MISSING: "Refused, and told what to add",
        Feature.QUICK: "On the screen",
        Feature.PRIVATE: "On the screen, which is yours",
        Feature.WAITING: "Not told: it is next",
        Feature.PROGRESS: "A moving bar",
        Feature.SOUND: "A file whose path is shown; played where the machine can",
        Feature.VOICE_MESSAGE: "An Opus file",
        Feature.PICTURE: "A file whose path is shown",
        Feature.BESIDE: "Files beside it, of the same name",
        Feature.LARGE: "No limit",
        Feature.ACTION: "The command to type, but for what is only handy",
        Feature.CHOSEN: "Not shown: the command takes it as an option",
        Feature.LOST: "Does not happen: what is shown twice does no harm",
    }

    def __init__(self, data: Path, screen: Screen) -> None:
        self._data = data
        self._screen = screen
        self.guests: dict[str, Screen] = {}
        """Who has handed a request in from a shell, by what its address says ('handed'), or by 'job 12'."""

    def forget(self, guest: Screen) -> None:
        """Show nothing more to somebody who has gone; what comes for them is shown here."""
        self.guests = {key: each for key, each in self.guests.items() if each is not guest}

    async def start(self) -> None:
        """Nothing has to be connected: what is typed is read by the chat."""

    async def stop(self) -> None:
        """Nothing is connected."""

    async def deliver(self, delivery_id: int, address: Mapping[str, Json], reply: Reply) -> str:
        """Put the file where it was wanted and show the answer; returns where the file is."""
        paths = [self._data / file.path for file in reply.files]
        try:
            if address.get("output") and reply.files:
                sources = [(path, file.name) for path, file in zip(paths, reply.files, strict=True)]
                paths = await asyncio.to_thread(place, sources, address, delivery_id)
        except OSError as error:
            raise self._misplaced(address, error, paths[0], reply) from error
        self._screen_for(address, reply).answer(reply, paths)
        return str(paths[0]) if paths else ""

    def _misplaced(self, address: Mapping[str, Json], error: OSError, kept: Path, reply: Reply) -> Undeliverable:
        sentence = f"{in_words(error, str(address['output']))} What was made is kept as {kept}."
        self._screen_for(address, reply).answer(Reply(text=sentence, error="OutputLost"), ())
        return Undeliverable(sentence)

    def _screen_for(self, address: Mapping[str, Json], reply: Reply) -> Screen:
        asked = self.guests.get(str(address.get("handed", "")))
        return asked or self.guests.get(f"job {reply.data.get('id')}") or self._screen

    def repeatable(self, address: Mapping[str, Json], age: float) -> bool:
        """A file put in the same place twice is one file, and an answer shown twice does no harm."""
        return True
