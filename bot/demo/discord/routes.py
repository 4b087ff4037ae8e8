"""The calls that a bot makes: who it is, its commands, channels and messages, and answers to interactions."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from bot.demo.discord.channel import Channel, Kind
from bot.demo.discord.command_rules import SLASH, check_commands
from bot.demo.discord.exchange import Exchange
from bot.demo.discord.interactions import Interactions
from bot.demo.discord.message import Message
from bot.demo.discord.message_rules import VOICE
from bot.demo.discord.permission import Permission
from bot.demo.discord.refusal import Refusal
from bot.demo.discord.rest import BASE, Asked, Handler, Rest
from bot.demo.discord.wire import Body, Payload
from bot.demo.discord.world import World

HOOK = "/webhooks/{app}/{token}"


class Routes:
    """What stands behind each path."""

    def __init__(self, world: World, gateway_url: Callable[[], str]) -> None:
        self._world = world
        self._gateway_url = gateway_url
        self._interactions = Interactions(world)

    def add_to(self, app: web.Application, rest: Rest) -> None:
        """Put every path into the application."""
        for (method, path), handler in self._table().items():
            app.router.add_route(method, BASE + path, rest.route(handler))

    def _table(self) -> dict[tuple[str, str], Handler]:
        return {
            ("GET", "/users/@me"): lambda asked: self._world.bot.payload(),
            ("GET", "/users/@me/guilds"): lambda asked: self._own_guilds(),
            ("GET", "/users/{user}"): lambda asked: self._person(asked.of["user"]),
            ("POST", "/users/@me/channels"): self._open_direct,
            ("GET", "/applications/@me"): lambda asked: self._application(),
            ("GET", "/oauth2/applications/@me"): lambda asked: self._application(),
            ("GET", "/gateway/bot"): lambda asked: self._gateway(),
            ("GET", "/applications/{app}/commands"): self._commands,
            ("PUT", "/applications/{app}/commands"): self._register,
            ("GET", "/applications/{app}/guilds/{guild}/commands"): self._commands,
            ("PUT", "/applications/{app}/guilds/{guild}/commands"): self._register,
            ("POST", "/interactions/{interaction}/{token}/callback"): self._answer,
            ("POST", HOOK): self._follow_up,
            ("GET", f"{HOOK}/messages/{{message}}"): self._see_answer,
            ("PATCH", f"{HOOK}/messages/{{message}}"): self._edit_answer,
            ("DELETE", f"{HOOK}/messages/{{message}}"): self._delete_answer,
            ("GET", "/channels/{channel}"): lambda asked: self._channel(asked).payload(),
            ("POST", "/channels/{channel}/typing"): self._type,
            ("POST", "/channels/{channel}/messages"): self._post,
            ("GET", "/channels/{channel}/messages/{message}"): lambda asked: self._drawn(self._message(asked)),
            ("PATCH", "/channels/{channel}/messages/{message}"): self._edit,
            ("DELETE", "/channels/{channel}/messages/{message}"): self._delete,
            ("GET", "/guilds/{guild}"): self._guild,
            ("GET", "/guilds/{guild}/members/{user}"): self._member,
        }

    def _drawn(self, message: Message) -> Payload:
        return message.payload(self._world.cdn)

    def _person(self, user_id: str) -> Payload:
        if user_id not in self._world.people:
            raise Refusal(404, 10013, "Unknown User")
        return self._world.people[user_id].payload()

    def _own_guilds(self) -> list[Payload]:
        bot = self._world.bot
        return [
            {
                "id": each.id,
                "name": each.name,
                "owner": False,
                "permissions": str(each.permissions(bot)),
                "features": [],
            }
            for each in self._world.guilds.values()
            if each.has_bot
        ]

    def _application(self) -> Payload:
        return {
            "id": self._world.bot.id,
            "name": self._world.bot.name,
            "description": "",
            "icon": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": self._world.owner.payload(),
            "team": None,
            "verify_key": "0" * 64,
            "flags": self._world.terms.flags,
            "interactions_endpoint_url": None,
            "integration_types_config": {"0": {}, "1": {}},
        }

    def _gateway(self) -> Payload:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        return {"url": self._gateway_url(), "shards": self._world.terms.shards, "session_start_limit": limit}

    def _commands(self, asked: Asked) -> list[Payload]:
        self._check_app(asked)
        return self._world.commands.get(asked.of.get("guild"), [])

    def _register(self, asked: Asked) -> list[Payload]:
        self._check_app(asked)
        guild = asked.of.get("guild")
        if guild is not None and not (guild in self._world.guilds and self._world.guilds[guild].has_bot):
            raise Refusal(403, 50001, "Missing Access")
        check_commands(asked.body.data)
        before = {(each["name"], each["type"]): each["id"] for each in self._world.commands.get(guild, [])}
        made = []
        for each in asked.body.data:
            kind = each.get("type", SLASH)
            own = {"id": before.get((each["name"], kind)) or self._world.ids(), "version": self._world.ids()}
            defaults = {"description": "", "nsfw": False, "default_member_permissions": None, "contexts": None}
            where = {"guild_id": guild} if guild is not None else {}
            made.append({**defaults, **each, **own, **where, "type": kind, "application_id": self._world.bot.id})
        self._world.commands[guild] = made
        return made

    def _check_app(self, asked: Asked) -> None:
        if asked.of["app"] != self._world.bot.id:
            raise Refusal(403, 20012, "You are not authorized to perform this action on this application")

    def _answer(self, asked: Asked) -> Payload | None:
        data = asked.data
        told = self._interactions.answer(
            asked.of["interaction"], asked.of["token"], Body(data=data, files=asked.body.files)
        )
        return told if asked.query.get("with_response") in ("1", "true", "True") else None

    def _follow_up(self, asked: Asked) -> Payload:
        return self._drawn(self._interactions.follow_up(self._exchange(asked), asked.body))

    def _see_answer(self, asked: Asked) -> Payload:
        return self._drawn(self._interactions.message(self._exchange(asked), asked.of["message"]))

    def _edit_answer(self, asked: Asked) -> Payload:
        exchange = self._exchange(asked)
        message = self._interactions.message(exchange, asked.of["message"])
        return self._drawn(self._interactions.edit(exchange, message, asked.body))

    def _delete_answer(self, asked: Asked) -> None:
        exchange = self._exchange(asked)
        self._interactions.delete(exchange, self._interactions.message(exchange, asked.of["message"]))

    def _exchange(self, asked: Asked) -> Exchange:
        if asked.of["app"] != self._world.bot.id:
            raise Refusal(404, 10015, "Unknown Webhook")
        return self._interactions.find(asked.of["token"])

    def _channel(self, asked: Asked) -> Channel:
        return self._world.find_channel(asked.of["channel"])

    def _message(self, asked: Asked) -> Message:
        channel = self._channel(asked)
        message = self._world.messages.get(asked.of["message"])
        if message is None or message.channel is not channel or message.private:
            raise Refusal(404, 10008, "Unknown Message")
        return message

    def _open_direct(self, asked: Asked) -> Payload:
        person = self._world.people.get(str(asked.data.get("recipient_id")))
        if person is None:
            raise Refusal(400, 50033, "Invalid Recipient(s)")
        return self._world.direct(person).payload()

    def _type(self, asked: Asked) -> None:
        channel = self._writable(asked, 0)
        channel.typing += 1
        channel.watch.stir()

    def _post(self, asked: Asked) -> Payload:
        data = asked.data
        needed = Permission.ATTACH_FILES if asked.body.files else 0
        channel = self._writable(asked, needed)
        voice = (data.get("flags") or 0) & VOICE
        if voice and not self._world.bot_may(channel) & Permission.SEND_VOICE_MESSAGES:
            raise Refusal(403, 50173, "You cannot send voice messages in this channel.")
        message = self._world.repeated(channel, data)
        if message is None:
            answered = (data.get("message_reference") or {}).get("message_id")
            strict = (data.get("message_reference") or {}).get("fail_if_not_exists", True)
            if answered is not None and strict and str(answered) not in self._world.messages:
                raise Refusal(400, 50035, "Invalid Form Body", errors={"message_reference": UNKNOWN_REFERENCE})
            message = self._world.post(channel, self._world.bot, asked.body)
            self._world.remember_nonce(message)
        return self._drawn(message)

    def _writable(self, asked: Asked, needed: int) -> Channel:
        """Find the channel of a call, where the bot may write in it."""
        channel = self._channel(asked)
        needed |= Permission.SEND_MESSAGES
        if self._world.bot_may(channel) & needed != needed:
            raise Refusal(403, 50013, "Missing Permissions")
        if channel.kind is Kind.DIRECT:
            (person,) = [self._world.people[each.id] for each in channel.people if each.id in self._world.people]
            if not person.reachable:
                raise Refusal(403, 50278, "Cannot send messages to this user due to having no mutual guilds")
            if person.refuses_direct:
                raise Refusal(403, 50007, "Cannot send messages to this user")
        return channel

    def _edit(self, asked: Asked) -> Payload:
        message = self._message(asked)
        if message.author is not self._world.bot:
            raise Refusal(403, 50005, "Cannot edit a message authored by another user")
        return self._drawn(self._world.edit(message, asked.body))

    def _delete(self, asked: Asked) -> None:
        message = self._message(asked)
        others = message.author is not self._world.bot
        if others and not self._world.bot_may(message.channel) & Permission.MANAGE_MESSAGES:
            raise Refusal(403, 50013, "Missing Permissions")
        self._world.delete(message)

    def _guild(self, asked: Asked) -> Payload:
        guild = self._world.guilds.get(asked.of["guild"])
        if guild is None or not guild.has_bot:
            raise Refusal(404, 10004, "Unknown Guild")
        return guild.payload()

    def _member(self, asked: Asked) -> Payload:
        self._guild(asked)
        guild = self._world.guilds[asked.of["guild"]]
        if asked.of["user"] not in guild.members:
            raise Refusal(404, 10007, "Unknown Member")
        return guild.member(guild.members[asked.of["user"]][0])


UNKNOWN_REFERENCE: Payload = {"_errors": [{"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}]}
"""What is wrong with an answer to a message that is gone."""
