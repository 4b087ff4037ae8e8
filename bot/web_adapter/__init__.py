"""The page and the API that Mynah serves on this machine."""

from bot.web_adapter.adapter import Web

__all__ = ["Web"]
