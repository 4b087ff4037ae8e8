"""Who asks: what routers take to know their visitor, and to let in those only whom it is for."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from fastapi import Depends, Request

from bot.web_adapter.keys import Guest
from bot.web_adapter.parts import Parts
from bot.web_adapter.refusal import Refused

__all__ = ["COOKIE", "Guest", "Owner", "Visitor", "address_of", "secret_of"]

COOKIE = "mynah"
"""The name of the cookie that a browser holds."""
LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
"""Headers by which a proxy says that the request is somebody else's."""


def secret_of(request: Request) -> str:
    """Return what the request brings: a token in its header, else the browser's cookie; empty where there is none."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token.strip():
        return token.strip()
    return request.cookies.get(COOKIE, "")


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


Visitor = Annotated[Guest, Depends(visitor)]
"""Whoever was let in."""
Owner = Annotated[Guest, Depends(owner)]
"""Whoever runs this Mynah."""


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
