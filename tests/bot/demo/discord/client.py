"""A small bot on the real discord.py, pointed at the double: what the tests of the double drive through it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.http import handle_message_parameters

from bot.demo.discord.server import DiscordServer

Act = Callable[[discord.Interaction], Awaitable[None]]
EVERYWHERE = app_commands.AppInstallationType(guild=True, user=True)
ALL_PLACES = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)


@contextlib.contextmanager
def pointed(server: DiscordServer) -> Iterator[None]:
    """Point discord.py at the double, and back."""
    before = (discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY, discord.asset.Asset.BASE)
    discord.http.Route.BASE = server.api_base
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(server.gateway_url)
    discord.asset.Asset.BASE = server.cdn_base
    try:
        yield
    finally:
        discord.http.Route.BASE = before[0]
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = before[1]
        discord.asset.Asset.BASE = before[2]


class Bot(discord.Client):
    """Does with every interaction what the test said, and keeps what it was told and what went wrong."""

    def __init__(self, *, intents: discord.Intents | None = None, **more: Any) -> None:
        super().__init__(intents=intents or discord.Intents(guilds=True), guild_ready_timeout=0.02, **more)
        self.tree = app_commands.CommandTree(self, allowed_installs=EVERYWHERE, allowed_contexts=ALL_PLACES)
        self.tree.error(self.went_wrong)
        self.act: Act = hello
        self.told: list[discord.Interaction] = []
        self.given: dict[str, Any] = {}
        self.errors: list[BaseException] = []
        self.heard: list[discord.Message] = []
        add_commands(self)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait 5 s before every session but the first."""

    async def went_wrong(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        self.errors.append(getattr(error, "original", error))

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if interaction.type in (discord.InteractionType.component, discord.InteractionType.modal_submit):
            await self.do(interaction)

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)

    async def do(self, interaction: discord.Interaction, **given: Any) -> None:
        """Note what came and do what the test said."""
        self.told.append(interaction)
        self.given = given
        try:
            await self.act(interaction)
        except discord.HTTPException as error:
            self.errors.append(error)

    @property
    def code(self) -> int:
        """The code of the last error that Discord answered with."""
        error = self.errors[-1]
        assert isinstance(error, discord.HTTPException), error
        return error.code


async def hello(interaction: discord.Interaction) -> None:
    """Answer with a word."""
    await interaction.response.send_message("Hello")


def add_commands(bot: Bot) -> None:
    """Declare commands of every kind."""

    @bot.tree.command(description="Say some text.")
    @app_commands.choices(format=[app_commands.Choice(name="WAV file", value="wav")])
    async def speak(
        interaction: discord.Interaction,
        text: app_commands.Range[str, 1, 4000],
        voice: str | None = None,
        speed: app_commands.Range[float, 0.5, 2.0] = 1.0,
        format: str | None = None,
        file: discord.Attachment | None = None,
    ) -> None:
        await bot.do(interaction, text=text, voice=voice, speed=speed, format=format, file=file)

    @speak.autocomplete("voice")
    async def voices(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        namespace = interaction.namespace
        found = [name for name in ("Bert", "Cleo", "Celia") if name.lower().startswith(typed)]
        return [app_commands.Choice(name=f"{name} says {namespace['text']}", value=name) for name in found]

    quota = app_commands.Group(
        name="quota",
        description="Limits.",
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_installs=app_commands.AppInstallationType(guild=True),
        allowed_contexts=app_commands.AppCommandContext(guild=True),
    )

    @quota.command(name="set", description="Set a limit.")
    async def set_quota(
        interaction: discord.Interaction,
        count: int,
        member: discord.Member | None = None,
        role: discord.Role | None = None,
    ) -> None:
        await bot.do(interaction, count=count, member=member, role=role)

    bot.tree.add_command(quota)

    @bot.tree.context_menu(name="Speak this")
    async def speak_this(interaction: discord.Interaction, message: discord.Message) -> None:
        await bot.do(interaction, message=message)


@contextlib.asynccontextmanager
async def running(server: DiscordServer, bot: Bot | None = None) -> AsyncIterator[Bot]:
    """Run a bot until the end, once it is ready."""
    bot = bot or Bot()
    with pointed(server):
        life = asyncio.create_task(bot.start(server.token))
        ready = asyncio.create_task(bot.wait_until_ready())
        await asyncio.wait({life, ready}, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if life.done():
            life.result()
        assert bot.is_ready(), "the bot did not get ready"
        try:
            yield bot
        finally:
            await bot.close()
            await asyncio.wait({life}, timeout=5)


def sound(name: str = "hello.wav", size: int = 100) -> discord.File:
    """A file that calls itself sound."""
    return discord.File(io.BytesIO(b"RIFF" + bytes(size - 4)), name)


class VoiceFile(discord.File):
    """A voice message's file, as discord.py has no name for it."""

    def to_dict(self, index: int) -> dict[str, Any]:
        waveform = base64.b64encode(bytes(range(0, 250, 10))).decode()
        return {**super().to_dict(index), "duration_secs": 1.5, "waveform": waveform}


async def send_voice(bot: Bot, channel_id: int, file: discord.File, *, content_type: str = "audio/ogg") -> Any:
    """Send a voice message into a channel."""
    flags = discord.MessageFlags()
    flags.voice = True
    with handle_message_parameters(file=file, flags=flags) as params:
        for part in params.multipart or []:
            if part["name"].startswith("files"):
                part["content_type"] = content_type
        return await bot.http.send_message(channel_id, params=params)
