"""Parts: what the pages and addresses of the web adapter are made from."""

from __future__ import annotations

from contextlib import ExitStack

from bot.desk import Desk
from bot.host import LiveHost
from bot.links import Links
from bot.settings import Settings
from bot.web_adapter.conversation import Conversation
from bot.web_adapter.keys import Keys
from commands.core.context import Rules
from engine.value import value
from storage.database import Database
from storage.folder import Folder


@value
class Parts:
    """What every router is given."""

    desk: Desk
    """Where requests are handed in."""
    database: Database
    """What is remembered."""
    folder: Folder
    """The data folder."""
    settings: Settings
    """Every setting."""
    rules: Rules
    """What the host has set that commands go by."""
    host: LiveHost
    """What runs commands."""
    keys: Keys
    """Who is let in, by what they bring."""
    conversation: Conversation
    """What is asked and answered on the page."""
    links: Links
    """What signs links to files, and knows them again."""
    leaving: ExitStack
    """What is to be let go of when the page is no longer served."""
