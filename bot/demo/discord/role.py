"""What several members of a guild are together."""

from __future__ import annotations

from bot.demo.discord.wire import Payload
from engine.value import value


@value
class Role:
    """What several members are together."""

    id: str
    """Its id; that of the guild for everybody."""
    name: str
    """What it is called."""
    permissions: int
    """What its members may, as bits."""
    position: int
    """How high it stands."""

    def payload(self) -> Payload:
        """Draw it as Discord does."""
        return {
            "id": self.id,
            "name": self.name,
            "permissions": str(self.permissions),
            "position": self.position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
