"""Discord: slash commands, menus, buttons and forms in; messages, files and voice messages out."""

from bot.discord_adapter.adapter import Discord

__all__ = ["Discord"]
