"""An account on Discord, of a person or of a bot."""

from __future__ import annotations

from bot.demo.discord.wire import Payload


class Account:
    """Somebody who can write messages."""

    def __init__(self, account_id: str, name: str, *, bot: bool = False) -> None:
        self.id = account_id
        self.name = name
        self.bot = bot

    @property
    def mention(self) -> str:
        """What stands in a text that speaks to them."""
        return f"<@{self.id}>"

    def payload(self) -> Payload:
        """Draw them as Discord does."""
        return {
            "id": self.id,
            "username": self.name.lower().replace(" ", "_"),
            "global_name": None if self.bot else self.name,
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
            "flags": 0,
        }

    def __repr__(self) -> str:
        return f"<{self.name}>"
