"""What adapters remember outlives the process."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.running import running


async def test_what_was_remembered_is_known_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        await mynah.app.desk.memory.remember("durable", "commands", "abc")
        job = await mynah.ticket("speak", {"text": "Hello there."})
        await mynah.ended(job)
        await mynah.app.desk.memory.note_upload(1, "durable:7", "voice", "AAA")
        await mynah.app.desk.memory.note_upload(1, "durable:7", "audio", "BBB")
        await mynah.app.desk.memory.drop_upload(1, "durable:7", "audio")
    async with running(tmp_path) as mynah:
        memory = mynah.app.desk.memory
        assert await memory.recall("durable", "commands") == "abc"
        assert await memory.recall("durable", "menus") == ""
        assert await memory.uploaded(1, "durable:7", "voice") == "AAA"
        assert await memory.uploaded(1, "durable:7", "audio") == ""
        (clip,) = await memory.clips(1, "durable:7", "voice")
        assert (clip.words, clip.reference) == ("Hello there.", "AAA")
