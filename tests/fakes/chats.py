"""Chats: people with real voices on a Discord or a Telegram, and a Mynah there that can be started anew at any time.

Both are used alike, so that one story can be told on either; what a person does is done by what the app offers them.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bot.demo.discord.person as discord_people
import bot.demo.telegram.people as telegram_people
from bot.demo.discord.exchange import Exchange
from bot.demo.discord.seen import Seen
from bot.demo.discord.server import DiscordServer
from bot.demo.discord.wire import Upload
from bot.demo.telegram.messages import Message
from bot.demo.telegram.server import TelegramServer
from engine.clean import keep
from engine.recode import recode
from engine.speech import Audio, Format
from engine.take import Target
from tests.fakes.running import Running, running

PATIENCE = 60.0
"""Seconds that an answer may take on a machine that has much else to do."""
CANCEL = "Cancel"
"""Stands under what only says that it takes a while."""
PICTURE, OPUS, WAV = b"\x89PNG", b"OggS", b"RIFF"
"""How files begin."""


@dataclass(frozen=True)
class Told:
    """What a person sees of an answer."""

    text: str
    """What it says."""
    buttons: list[str]
    """What can be pressed."""
    file: bytes
    """What is in its file; empty where it has none."""
    native: Any
    """The message as the platform has it."""


class Chat(ABC):
    """A platform with two people on it, Ada and Bob."""

    def __init__(self, tmp_path: Path) -> None:
        self.tmp_path = tmp_path

    def mynah(self) -> AbstractAsyncContextManager[Running]:
        """Run Mynah, once more on the same data folder where it ran before."""
        return running(self.tmp_path, engine__name="auto", jobs__drain_seconds=0, **self.settings())

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """What Mynah has to know of the platform."""

    @abstractmethod
    async def asks(self, who: str, command: str, **values: str) -> Told:
        """Type a command, and see what is answered."""

    @abstractmethod
    async def clones(self, who: str, way: str, name: str, speech: Audio) -> Told:
        """Ask for a voice of a recording, in one of the `ways` of the platform."""

    @abstractmethod
    async def presses(self, who: str, told: Told, label: str) -> Told:
        """Press a button, and see what is answered."""

    @abstractmethod
    async def says(self, who: str, speech: Audio) -> Told:
        """Answer with a voice message what one was asked."""

    @abstractmethod
    async def hears(self, who: str, words: str) -> Told:
        """Wait for what somebody is told without having asked."""

    def voice_message(self, speech: Audio) -> bytes:
        """Make a voice message as apps do, of 48 kHz in Opus."""
        plain, made = self.tmp_path / "said.wav", self.tmp_path / "said.ogg"
        keep(speech, plain)
        recode(plain, made, Target(format=Format.OPUS))
        return made.read_bytes()

    def file(self, speech: Audio) -> bytes:
        """Make a WAV file."""
        plain = self.tmp_path / "recording.wav"
        keep(speech, plain)
        return plain.read_bytes()


class TelegramChat(Chat):
    """On Telegram, in private chats."""

    def __init__(self, server: TelegramServer, tmp_path: Path) -> None:
        super().__init__(tmp_path)
        self.server = server
        self.people: dict[str, telegram_people.Person] = {name: server.person(name) for name in ("Ada", "Bob")}

    def settings(self) -> dict[str, Any]:
        return {
            "telegram__token": self.server.token,
            "telegram__base_url": self.server.base_url,
            "telegram__base_file_url": self.server.base_file_url,
        }

    async def asks(self, who: str, command: str, **values: str) -> Told:
        person = self.people[who]
        line = " ".join(f"{name}={value}" for name, value in values.items())
        return await self._answer(who, await person.says(person.private, f"/{command.replace(' ', '_')} {line}"))

    async def clones(self, who: str, way: str, name: str, speech: Audio) -> Told:
        person = self.people[who]
        chat = person.private
        if way == "caption":
            file = ("me.wav", self.file(speech), "audio/x-wav")
            return await self._answer(who, await person.says(chat, file=file, caption=f"/clone {name}"))
        recorded = await person.says(chat, voice=self.voice_message(speech))
        offered = await self._answer(who, recorded)
        if way == "reply":
            return await self._answer(who, await person.says(chat, f"/clone {name}", reply_to=recorded))
        asked = await self.presses(who, offered, "Clone this voice")
        return await self._answer(who, await person.answers(asked.native, name))

    async def presses(self, who: str, told: Told, label: str) -> Told:
        last = self.people[who].private.messages[-1]
        over = await (await self.people[who].presses(told.native, label)).answered(PATIENCE)
        if text := str(over.get("text") or ""):  # it has appeared over the chat
            return Told(text=text, buttons=[], file=b"", native=None)
        return await self._answer(who, last)

    async def says(self, who: str, speech: Audio) -> Told:
        person = self.people[who]
        return await self._answer(who, await person.says(person.private, voice=self.voice_message(speech)))

    async def hears(self, who: str, words: str) -> Told:
        found = await self.people[who].private.answer(where=lambda each: words in each.text, within=PATIENCE)
        return _of_telegram(found)

    async def _answer(self, who: str, after: Message) -> Told:
        chat = self.people[who].private
        return _of_telegram(await chat.answer(after, where=lambda each: CANCEL not in each.buttons, within=PATIENCE))


class DiscordChat(Chat):
    """On Discord, in a server."""

    def __init__(self, server: DiscordServer, tmp_path: Path) -> None:
        super().__init__(tmp_path)
        self.server = server
        guild = server.guild("Workshop")
        self.channel = guild.channel
        self.people: dict[str, discord_people.Person] = {name: guild.person(name) for name in ("Ada", "Bob")}

    def settings(self) -> dict[str, Any]:
        return {
            "discord__token": self.server.token,
            "discord__api_base": self.server.api_base,
            "discord__gateway_url": self.server.gateway_url,
        }

    async def asks(self, who: str, command: str, **values: str) -> Told:
        return await _answer(await self.people[who].slash(self.channel, command, **values))

    async def clones(self, who: str, way: str, name: str, speech: Audio) -> Told:
        person = self.people[who]
        if way == "option":
            file = Upload(name="me.wav", data=self.file(speech), content_type="audio/wav")
            return await _answer(await person.slash(self.channel, "clone", name=name, recording=file))
        recorded = await self._records(who, speech)
        form = await (await person.menu(self.channel, "Clone this voice", recorded)).modal()
        return await _answer(await person.submit(form, Name=name))

    async def presses(self, who: str, told: Told, label: str) -> Told:
        return await _answer(await self.people[who].press(told.native, label))

    async def says(self, who: str, speech: Audio) -> Told:
        recorded = await self._records(who, speech)
        return await _answer(await self.people[who].menu(self.channel, "Give as consent", recorded))

    async def hears(self, who: str, words: str) -> Told:
        return _of_discord(await self.people[who].direct().until(lambda each: words in each.content, PATIENCE))

    async def _records(self, who: str, speech: Audio) -> Seen:
        said = Upload(name="voice-message.ogg", data=self.voice_message(speech), content_type="audio/ogg")
        return await self.people[who].record(self.channel, said, seconds=round(speech.seconds, 3))


@asynccontextmanager
async def chat(platform: str, tmp_path: Path) -> AsyncIterator[Chat]:
    """Open 'discord' or 'telegram'."""
    if platform == "telegram":
        async with TelegramServer() as telegram:
            yield TelegramChat(telegram, tmp_path)
    else:
        async with DiscordServer() as discord:
            yield DiscordChat(discord, tmp_path)


async def play(chat: Chat, story: Callable[[Chat], AsyncIterator[None]], *, restarts: bool) -> None:
    """Let a story happen, of which every `yield` ends a step; with `restarts`, Mynah is another one at each."""
    steps = story(chat)
    going = True
    while going:
        async with chat.mynah():
            going = await anext(steps, StopAsyncIteration) is not StopAsyncIteration
            while going and not restarts:
                going = await anext(steps, StopAsyncIteration) is not StopAsyncIteration


def asked_words(told: Told) -> list[str]:
    """The words that somebody is to say, as the question has them."""
    found = re.search("of my voice\\. (.*?)\\.\u201d", told.text)
    assert found is not None, told.text
    return found[1].split(", ")


def _of_telegram(message: Message) -> Told:
    content = message.file.content if message.file is not None else b""
    return Told(text=message.text, buttons=message.buttons, file=content, native=message)


async def _answer(exchange: Exchange) -> Told:
    return _of_discord(await exchange.until(lambda each: CANCEL not in each.labels, PATIENCE))


def _of_discord(seen: Seen) -> Told:
    return Told(text=seen.content, buttons=seen.labels, file=seen.files[0].data if seen.files else b"", native=seen)
