"""Accounts: who writes, be it a person, the bot, or a group in whose name an admin writes."""

from __future__ import annotations

from bot.demo.telegram.wire import Wire, present

ANONYMOUS_ID = 1_087_968_824
"""The id of @GroupAnonymousBot, from which messages of anonymous admins come."""


class Account:
    """Somebody with an id and a name."""

    def __init__(self, id: int, first_name: str, *, username: str, is_bot: bool, language: str = "") -> None:
        """Take the id, the names ('Ada', 'ada'), and the language of the app where there is one ('en')."""
        self.id = id
        self.first_name = first_name
        self.username = username
        self.is_bot = is_bot
        self.language = language

    def __repr__(self) -> str:
        return f"<{self.first_name} {self.id}>"

    def wire(self) -> Wire:
        """As bots are told of it."""
        return present(
            id=self.id,
            is_bot=self.is_bot,
            first_name=self.first_name,
            username=self.username or None,
            language_code=self.language or None,
        )


ANONYMOUS = Account(ANONYMOUS_ID, "Group", username="GroupAnonymousBot", is_bot=True)
"""Who writes when an admin hides behind the group."""
