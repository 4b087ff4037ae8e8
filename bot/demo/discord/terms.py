"""What this Discord grants: times, sizes and privileges, as published; tests shorten them and need not wait."""

from __future__ import annotations

from engine.value import value


@value
class Terms:
    """What holds for everybody here."""

    acknowledge_seconds: float = 3.0
    """How long an interaction waits for its first answer."""
    token_seconds: float = 900.0
    """How long an interaction's token lives."""
    link_seconds: float = 86_400.0
    """How long a link to a file works."""
    nonce_seconds: float = 180.0
    """How long a nonce is remembered for its channel."""
    upload_bytes: int = 10 * 2**20
    """The largest file where a guild does not say otherwise, in bytes."""
    heartbeat_seconds: float = 41.25
    """How often a client has to tell that it lives."""
    shards: int = 1
    """How many shards the client is told to open."""
    privileged: int = 0
    """The privileged intents that were switched on in the developer portal, as bits."""
    follow_ups: int = 5
    """How many follow-ups an interaction gets where the app is installed to the person only."""

    @property
    def flags(self) -> int:
        """What the application's flags say of the privileged intents, for a bot that is in few guilds."""
        told = {1 << 8: 1 << 13, 1 << 1: 1 << 15, 1 << 15: 1 << 19}
        return sum(flag for intent, flag in told.items() if self.privileged & intent)
