"""What `mynah doctor` finds out about Discord, without starting anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import aiohttp
import discord

from bot.adapter import Finding
from bot.discord_adapter.bases import point
from bot.discord_adapter.failures import in_words
from bot.discord_adapter.hush import hush
from bot.discord_adapter.line import PERMISSIONS, Line
from bot.settings import Discord as Section
from commands.core.words import count, listed

NO_TOKEN = "There is no token. docs/discord.md shows how to get one and where it goes."
REFUSED = "Discord refuses the token; copy it anew from the developer portal (Bot, Reset Token)."
ENDPOINT = (
    "An Interactions Endpoint URL is set in the developer portal (General Information), so Discord sends commands "
    "there and not to Mynah. Empty that field."
)
PRIVATE_BOT = "Only you can invite it, for it is no public bot (developer portal, Bot, Public Bot)."
LACKING = (
    "In {server} it may not {what}. Its role there needs that (Server Settings, Roles), or it is invited anew; until "
    "then voice messages, and answers that take longer than 15 minutes, come in another way."
)
NAMED = {"read_messages": "View Channels", "send_messages_in_threads": "Send Messages in Threads"}
"""What Discord calls permissions, where that is not just their own names."""
LOOKED_AT, TOLD = 200, 5
"""In how many servers is looked, and of how many that lack something is told."""
NO_USER_INSTALL = "It can be added to servers only; user installs are switched off (developer portal, Installation)."


async def examine(section: object) -> Sequence[Finding]:
    """Log in by REST alone and look around."""
    assert isinstance(section, Section), "it is asked with its own section"
    token = section.token.get_secret_value()
    if not token:
        return (Finding(state="bad", words=NO_TOKEN),)
    hush()
    point(section.api_base, section.gateway_url)
    line = Line(section.shards, lambda _: None)
    try:
        await line.login(token)
        servers = await line.http.get_guilds(LOOKED_AT, with_counts=False)
        return [*_about(line), *_servers(servers)]
    except discord.LoginFailure:
        return (Finding(state="bad", words=REFUSED),)
    except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
        words = f"Discord cannot be reached: {in_words(error)}. Look at the network of this machine."
        return (Finding(state="bad", words=words),)
    finally:
        with suppress(AttributeError):  # a login that failed early has nothing to close
            await line.close()


def _about(line: Line) -> list[Finding]:
    """Say as whom it is logged in, and what the developer portal says of it."""
    about = line.application
    found = [Finding(state="good", words=f"The token is accepted: it is {line.user} ({line.application_id}).")]
    if about and about.interactions_endpoint_url:
        found.append(Finding(state="bad", words=ENDPOINT))
    found.append(Finding(state="good", words="No privileged intent is needed, and none is asked for."))
    if about and not about.bot_public:
        found.append(Finding(state="note", words=PRIVATE_BOT))
    if about and about.guild_integration_config is not None and about.user_integration_config is None:
        found.append(Finding(state="note", words=NO_USER_INSTALL))
    found.append(Finding(state="note", words=f"Invite it with {line.invitation}"))
    return found


def _servers(servers: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Say in how many servers it is, and where it has not all that its invitation asks for."""
    number = f"{count(len(servers), 'servers')}{' or more' if len(servers) == LOOKED_AT else ''}"
    found = [Finding(state="note", words=f"It is in {number}.")]
    lacking = [(str(each["name"]), what) for each in servers if (what := _lacking(each))]
    for server, what in lacking[:TOLD]:
        found.append(Finding(state="note", words=LACKING.format(server=server, what=listed(what))))
    if (left := len(lacking) - TOLD) > 0:
        found.append(Finding(state="note", words=f"In {count(left, 'servers')} more it lacks some permission too."))
    return found


def _lacking(server: Mapping[str, Any]) -> list[str]:
    """Name the permissions that it lacks in a server, as people find them in Discord."""
    has = discord.Permissions(int(server["permissions"]))
    if has.administrator or server.get("owner"):
        return []
    names = [name for name, wanted in PERMISSIONS if wanted and not getattr(has, name)]
    return [NAMED.get(name, name.replace("_", " ").title()) for name in names]
