"""Telegram: texts and voice messages in private chats, in groups and in their topics."""

from bot.telegram_adapter.adapter import TelegramAdapter

__all__ = ["TelegramAdapter"]
