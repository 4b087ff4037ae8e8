"""The rules of interactions: one answer in time, follow-ups while the token lives, private as it began."""

from __future__ import annotations

from bot.demo.discord.component_rules import check_modal
from bot.demo.discord.exchange import AUTOCOMPLETE, COMMAND, COMPONENT, FORM, Exchange, What
from bot.demo.discord.message import Message
from bot.demo.discord.message_rules import EPHEMERAL, LOADING, VOICE
from bot.demo.discord.permission import Permission
from bot.demo.discord.refusal import Refusal, bad_form, check_length
from bot.demo.discord.wire import Body, Payload
from bot.demo.discord.world import World

MESSAGE, THINK, WAIT, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
"""What the first answer may be, in Discord's numbers."""
ALLOWED = {
    COMMAND: (MESSAGE, THINK, MODAL),
    COMPONENT: (MESSAGE, THINK, WAIT, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    FORM: (MESSAGE, THINK, WAIT, UPDATE),
}


class Interactions:
    """Takes what the bot answers, and refuses what Discord refuses."""

    def __init__(self, world: World) -> None:
        self._world = world

    def answer(self, interaction_id: str, token: str, body: Body) -> Payload:
        """Take the first answer, and tell what became of it.

        Raises:
            Refusal: It is late, the second, or breaks another rule.
        """
        exchange = self._world.exchanges.get(interaction_id)
        if exchange is None or exchange.token != token:
            raise Refusal(404, 10062, "Unknown interaction")
        if exchange.acked is not None:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        if exchange.age > self._world.terms.acknowledge_seconds:
            exchange.note("late")
            raise Refusal(404, 10062, "Unknown interaction")
        kind, data = body.data.get("type"), body.data.get("data") or {}
        allowed = ALLOWED[exchange.kind]
        if kind not in allowed or (exchange.source is None and kind in (WAIT, UPDATE)):
            raise bad_form("type", "BASE_TYPE_CHOICES", f"Value must be one of {{{', '.join(map(str, allowed))}}}.")
        message = self._first(exchange, kind, Body(data=data, files=body.files))
        return self._outcome(exchange, kind, message)

    def _first(self, exchange: Exchange, kind: int, body: Body) -> Message | None:
        """Do what the first answer says; what breaks a rule leaves the interaction as it was."""
        message, what = None, NAMES.get(kind)
        if kind == MESSAGE:
            message = self._post(exchange, body)
        elif kind == THINK:
            message = self._put(exchange, Body(data={"flags": body.data.get("flags") or 0}, files={}), LOADING)
        elif kind == UPDATE:
            message = self._world.edit(self._living(exchange.source), body)
        elif kind == CHOICES:
            _check_choices(body.data)
        elif kind == MODAL:
            check_modal(body.data)
        exchange.acked = exchange.age
        exchange.original = exchange.source if kind in (WAIT, UPDATE) else message
        if kind == CHOICES:
            exchange.offer(body.data["choices"])
        elif kind == MODAL:
            exchange.open(body.data)
        elif what is not None:
            exchange.note(what, message)
        return message

    def find(self, token: str) -> Exchange:
        """Find an acknowledged interaction by its token.

        Raises:
            Refusal: There is none, or its token is dead.
        """
        exchange = self._world.tokens.get(token)
        if exchange is None:
            raise Refusal(404, 10015, "Unknown Webhook")
        if exchange.age > self._world.terms.token_seconds:
            raise Refusal(401, 50027, "Invalid Webhook Token")
        if exchange.acked is None:
            raise Refusal(404, 10015, "Unknown Webhook")
        return exchange

    def message(self, exchange: Exchange, message_id: str) -> Message:
        """Find a message that answers an interaction.

        Raises:
            Refusal: There is none, or it belongs to something else.
        """
        if message_id == "@original":
            return self._living(exchange.original)
        message = self._living(self._world.messages.get(message_id))
        if message is not exchange.original and (message.asked_by or {}).get("id") != exchange.id:
            raise Refusal(404, 10008, "Unknown Message")
        return message

    def edit(self, exchange: Exchange, message: Message, body: Body) -> Message:
        """Change an answer; whether it is private stays as it was."""
        self._world.edit(message, body)
        exchange.note("edit", message)
        return message

    def delete(self, exchange: Exchange, message: Message) -> None:
        """Take an answer away."""
        exchange.note("deleted", message)
        self._world.delete(message)

    def follow_up(self, exchange: Exchange, body: Body) -> Message:
        """Add an answer; the first one after 'thinking' takes its place, private or not as that was.

        Raises:
            Refusal: There were too many, or it breaks a rule.
        """
        if exchange.away_from_bot and exchange.follow_ups >= self._world.terms.follow_ups:
            raise Refusal(400, 40094, "This interaction has reached the maximum number of follow-up messages.")
        thinking = exchange.original is not None and exchange.original.thinking
        if thinking and exchange.original is not None and exchange.original.id in self._world.messages:
            message = self._world.edit(exchange.original, body)
        else:
            message = self._post(exchange, body)
        exchange.follow_ups += 1
        exchange.note("followup", message)
        return message

    def _outcome(self, exchange: Exchange, kind: int, message: Message | None) -> Payload:
        told: Payload = {"interaction": {"id": exchange.id, "type": exchange.kind}, "resource": {"type": kind}}
        if message is not None:
            told["interaction"] |= {
                "response_message_id": message.id,
                "response_message_loading": message.thinking,
                "response_message_ephemeral": message.private,
            }
            told["resource"]["message"] = message.payload(self._world.cdn)
        return told

    def _living(self, message: Message | None) -> Message:
        if message is None or message.id not in self._world.messages:
            raise Refusal(404, 10008, "Unknown Message")
        return message

    def _post(self, exchange: Exchange, body: Body) -> Message:
        flags = (body.data.get("flags") or 0) if isinstance(body.data, dict) else 0
        if flags & VOICE and not self._permissions(exchange) & Permission.SEND_VOICE_MESSAGES:
            raise Refusal(403, 50173, "You cannot send voice messages in this channel.")
        message = self._world.post(exchange.channel, self._world.bot, body, flags=self._forced(exchange))
        return self._sign(exchange, message)

    def _put(self, exchange: Exchange, body: Body, flags: int) -> Message:
        flags |= self._forced(exchange)
        return self._sign(exchange, self._world.put(exchange.channel, self._world.bot, body, flags=flags))

    def _sign(self, exchange: Exchange, message: Message) -> Message:
        message.owners = exchange.owners
        message.asked_by = {
            "id": exchange.id,
            "type": exchange.kind,
            "user": exchange.person.payload(),
            "authorizing_integration_owners": exchange.owners,
        }
        return message

    def _permissions(self, exchange: Exchange) -> int:
        guild = exchange.channel.guild
        if guild is None:
            return self._world.bot_may(exchange.channel)
        return guild.permissions(self._world.bot if guild.has_bot else exchange.person, exchange.channel)

    def _forced(self, exchange: Exchange) -> int:
        """Make an answer private where the guild lets nobody bring apps of their own."""
        guild = exchange.channel.guild
        if guild is None or "0" in exchange.owners:
            return 0
        may = guild.permissions(exchange.person, exchange.channel) & Permission.USE_EXTERNAL_APPS
        return 0 if may else EPHEMERAL


NAMES: dict[int, What] = {MESSAGE: "message", THINK: "thinking", WAIT: "waiting", UPDATE: "edit"}
"""What a first answer is called in the history."""


def _check_choices(data: Payload) -> None:
    choices = data.get("choices")
    check_length("data.choices", choices, 0, 25)
    for number, choice in enumerate(choices or []):
        check_length(f"data.choices.{number}.name", choice.get("name"), 1, 100)
        if isinstance(choice.get("value"), str):
            check_length(f"data.choices.{number}.value", choice["value"], 1, 100)
