"""Binding: a socket that listens, before anything that serves is imported."""

from __future__ import annotations

import os
import socket

WAITING = 128
"""How many connections may wait to be taken."""


def bind(listen: str, port: int) -> socket.socket:
    """Return a socket that listens; at any free port where this one is taken.

    Raises:
        OSError: It cannot listen at that address at all.
    """
    family = socket.AF_INET6 if ":" in listen else socket.AF_INET
    # Named as TCP: only then does asyncio let short pieces go out at once; else each waits 40 ms for the last one.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it lets others take the port as well
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((listen, port))
        except OSError:
            if port == 0:
                raise
            bound.bind((listen, 0))
        bound.listen(WAITING)
        bound.setblocking(False)
    except BaseException:
        bound.close()
        raise
    return bound
