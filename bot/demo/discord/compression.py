"""How the gateway's messages are packed: as they are, or in one stream of zlib or zstd."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from importlib import import_module

Pack = Callable[[bytes], bytes]
"""Packs the messages of one connection, one after the other, so that each can be unpacked at once."""


def packing(asked: str | None) -> Pack | None:
    """Choose by what stands behind the gateway's address; None sends text.

    Raises:
        RuntimeError: Nothing here can pack so.
        ValueError: Discord knows no such packing.
    """
    if asked is None:
        return None
    if asked == "zlib-stream":
        return _zlib()
    if asked == "zstd-stream":
        return _zstd()
    raise ValueError(f"there is no compression {asked!r}")


def _zlib() -> Pack:
    stream = zlib.compressobj()
    return lambda raw: stream.compress(raw) + stream.flush(zlib.Z_SYNC_FLUSH)


def _zstd() -> Pack:
    """Pack with what discord.py unpacks with: the package zstandard, or from Python 3.14 on Python itself."""
    try:
        zstandard = import_module("zstandard")
    except ImportError:
        try:
            own = import_module("compression.zstd")
        except ImportError:
            raise RuntimeError(
                "This client asks for zstd, and nothing here packs it. Install the package zstandard and try again."
            ) from None
        own_stream = own.ZstdCompressor()
        return lambda raw: bytes(own_stream.compress(raw, mode=own.ZstdCompressor.FLUSH_BLOCK))
    stream = zstandard.ZstdCompressor().compressobj()
    return lambda raw: bytes(stream.compress(raw) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))
