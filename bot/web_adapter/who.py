"""Who asks: what routers take to know their visitor, and to let in those only whom it is for."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from typing import Annotated

from fastapi import Depends, Request

from bot.web_adapter.keys import PLATFORM, Guest
from bot.web_adapter.parts import Parts
from bot.web_adapter.refusal import Refused
from storage import identities
from storage.database import Transaction

__all__ = ["Guest", "Owner", "Visitor", "Watcher", "address_of", "cookie_name", "secret_of"]

COOKIE = b"mynah: the page's cookie"
"""What the folder's key is used for here, so that no other use of it makes the same name."""
WATCHER = "metrics"
"""The account of whatever watches over Mynah and is nobody: `/token make prometheus member=web:metrics`."""
LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
"""Headers by which a proxy says that the request is somebody else's."""


def cookie_name(key: bytes) -> str:
    """Return what the cookie is called that a browser holds, from the key of the data folder.

    Browsers do not tell ports apart, so two Mynahs on one machine would otherwise take each other's cookie.
    """
    return f"mynah-{hmac.new(key, COOKIE, hashlib.sha256).hexdigest()[:12]}"


def secret_of(request: Request) -> str:
    """Return what the request brings: a token in its header, else the browser's cookie; empty where there is none."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token.strip():
        return token.strip()
    return request.cookies.get(request.app.state.cookie, "")


def address_of(request: Request) -> str:
    """Return the address that the request comes from."""
    return request.client.host if request.client else ""


async def visitor(request: Request) -> Guest:
    """Let in who has a token; see `Keys.guest`."""
    parts: Parts = request.app.state.parts
    try:
        return await parts.keys.guest(secret_of(request), address_of(request))
    except Refused as no:
        if no.status == 401 and parts.settings.web.any_key_from_loopback and _is_a_program_here(request):
            return await parts.keys.owner()
        raise


async def owner(guest: Annotated[Guest, Depends(visitor)]) -> Guest:
    """Let in the owner only."""
    if not guest.is_owner:
        raise Refused(403, "NotAllowed", "That is for those who run this Mynah only.")
    return guest


async def watcher(request: Request, guest: Annotated[Guest, Depends(visitor)]) -> Guest:
    """Let in the owner, and what has a token for watching."""
    parts: Parts = request.app.state.parts

    def is_watcher(tx: Transaction) -> bool:
        return any(
            (each.platform, each.account) == (PLATFORM, WATCHER) for each in identities.of(tx, guest.asker.user_id)
        )

    if not guest.is_owner and not await parts.database.glance(is_watcher):
        words = "That is for those who run this Mynah, and for a token that they made for web:metrics."
        raise Refused(403, "NotAllowed", words)
    return guest


Visitor = Annotated[Guest, Depends(visitor)]
"""Whoever was let in."""
Owner = Annotated[Guest, Depends(owner)]
"""Whoever runs this Mynah."""
Watcher = Annotated[Guest, Depends(watcher)]
"""Whoever runs this Mynah, or watches over it for them."""


def _is_a_program_here(request: Request) -> bool:
    """Whether a program on this machine asks for speech, and not a proxy for somebody else."""
    host = request.headers.get("host", "")
    named = host if host.endswith("]") else host.rpartition(":")[0] or host
    if not request.url.path.startswith("/v1/") or named not in LOCAL_NAMES:
        return False
    try:
        here = ipaddress.ip_address(address_of(request)).is_loopback
    except ValueError:
        return False
    return here and not any(name in request.headers for name in FORWARDED)
