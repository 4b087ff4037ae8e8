"""Where Discord is: at its own addresses, or at those of a server that stands in for it.

discord.py has no setting for them. They are attributes of its classes, which hold for the whole process; here, and
nowhere else, they are set. Files that people send come with addresses of their own.
"""

from __future__ import annotations

import yarl
from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route

_API, _GATEWAY, _FILES = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, Asset.BASE


def point(api_base: str = "", gateway_url: str = "") -> None:
    """Let discord.py talk to these addresses, and to Discord's own where they are empty."""
    Route.BASE = api_base.rstrip("/") or _API
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url) if gateway_url else _GATEWAY
    Asset.BASE = str(yarl.URL(api_base).origin()) if api_base else _FILES
