"""What commands see of the running Mynah is what is there."""

from __future__ import annotations

from pathlib import Path

from commands.core.context import Host
from tests.fakes.running import running


async def test_it_is_what_commands_are_promised(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        host: Host = mynah.app.desk._host
        assert host.data == tmp_path / "data" and len(host.key) == 32
        assert host.commands["speak"].lane is not None
        assert host.abilities["espeak"].languages and "espeak" in host.variants
        host.wake()
        await host.stop(12345)
        await mynah.ended(await mynah.ticket("speak", {"text": "Still here."}))
