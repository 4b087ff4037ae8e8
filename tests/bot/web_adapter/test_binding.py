"""Binding: at the port that is wanted, or at another free one."""

from __future__ import annotations

import asyncio
import socket

import pytest

from bot.web_adapter.binding import bind


def test_it_listens_at_any_free_port() -> None:
    with bind("127.0.0.1", 0) as bound, socket.create_connection(bound.getsockname(), timeout=5):
        assert bound.getsockname()[0] == "127.0.0.1" and not bound.getblocking()


def test_where_the_port_is_taken_it_takes_another() -> None:
    with bind("127.0.0.1", 0) as first, bind("127.0.0.1", first.getsockname()[1]) as second:
        assert 0 < second.getsockname()[1] != first.getsockname()[1]


def test_at_an_address_that_is_not_this_machines_it_cannot() -> None:
    with pytest.raises(OSError):
        bind("192.0.2.1", 0)


async def test_short_pieces_go_out_at_once_and_do_not_wait_for_each_other() -> None:
    taken: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    bound = bind("127.0.0.1", 0)
    async with asyncio.timeout(10), await asyncio.start_server(take, sock=bound):
        _, writer = await asyncio.open_connection(*bound.getsockname()[:2])
        assert await taken
        writer.close()
        await writer.wait_closed()
