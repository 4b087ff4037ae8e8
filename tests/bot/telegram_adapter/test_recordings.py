"""What becomes of recordings that people send: by their command, without a word, as an answer, and in a group."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.demo.telegram.people import Person
from bot.demo.telegram.rules import Rules
from bot.demo.telegram.server import TelegramServer
from bot.telegram_adapter.address import Address
from bot.telegram_adapter.letters import NOT_SHOWN
from commands.core.command import commands
from commands.core.reply import Action, FileRef, Reply
from tests.bot.telegram_adapter.whole import Whole, whole
from tests.fakes.takers import CARD, png, shown, takers

SOUND = b"OggS" + bytes(range(200))
EVERY = {**commands(), **takers()}
SENT: dict[str, dict[str, Any]] = {
    "voice message": {"voice": SOUND},
    "music": {"audio": ("song.m4a", SOUND, "audio/mp4")},
    "document": {"file": ("ada.wav", SOUND, "audio/x-wav")},
    "document of no known name": {"file": ("ada", SOUND, "audio/flac")},
    "video": {"video": ("clip.mp4", SOUND, "video/mp4")},
}
"""What an app can send with a caption."""


@pytest.fixture
async def mynah(server: TelegramServer, tmp_path: Path) -> AsyncIterator[Whole]:
    """A Mynah whose commands tell what they were given."""
    async with whole(server, tmp_path, every=EVERY) as mynah:
        yield mynah


@pytest.mark.parametrize("kind", SENT)
async def test_a_recording_goes_with_the_command_that_is_its_caption(mynah: Whole, ada: Person, kind: str) -> None:
    sent = await ada.says(ada.private, **SENT[kind], caption="/clone Ada")
    seen = await ada.private.answer(sent, kind="photo")
    assert seen.text == f"Ada: {shown(SOUND)}" and seen.buttons == ["It is my voice"]


@pytest.mark.parametrize("kind", [*SENT, "video note"])
async def test_a_recording_is_taken_that_a_command_answers(mynah: Whole, ada: Person, kind: str) -> None:
    group = mynah.server.group("Workshop", members=[ada])
    told = await group.owner.says(group, **SENT.get(kind, {"note": SOUND}))
    await ada.says(group, "/clone Bob", reply_to=told)
    seen = await ada.private.answer(kind="photo")
    assert seen.text == f"Bob: {shown(SOUND)}"


@pytest.mark.parametrize("kind", [*SENT, "video note"])
async def test_a_recording_without_a_word_is_offered_to_be_cloned(mynah: Whole, ada: Person, kind: str) -> None:
    sent = await ada.says(ada.private, **SENT.get(kind, {"note": SOUND}))
    offered = await ada.private.answer(sent)
    assert offered.text == "What shall I do with this recording?" and offered.buttons == ["Clone this voice"]
    await ada.presses(offered, "Clone this voice")
    asked = await ada.private.answer(offered)
    assert asked.asks(ada) and asked.text.startswith("/clone needs name")
    seen = await ada.private.answer(await ada.answers(asked, "Ada"), kind="photo")
    assert seen.text == f"Ada: {shown(SOUND)}"


async def test_what_is_offered_waits_for_its_name_over_a_restart(
    server: TelegramServer, ada: Person, tmp_path: Path
) -> None:
    async with whole(server, tmp_path, every=EVERY):
        offered = await ada.private.answer(await ada.says(ada.private, voice=SOUND))
    async with whole(server, tmp_path, every=EVERY):
        await ada.presses(offered, "Clone this voice")
        asked = await ada.private.answer(offered)
    async with whole(server, tmp_path, every=EVERY):
        seen = await ada.private.answer(await ada.answers(asked, "Ada"), kind="photo")
        assert seen.text == f"Ada: {shown(SOUND)}"


async def test_a_text_beside_a_recording_is_what_is_said_in_it(mynah: Whole, ada: Person) -> None:
    told = await ada.says(ada.private, voice=SOUND)
    await ada.private.answer(told)
    text = ("said.txt", b"Good morning.", "text/plain")
    sent = await ada.says(ada.private, file=text, caption="/clone Ada", reply_to=told)
    seen = await ada.private.answer(sent, kind="photo")
    assert seen.text == f"Ada: {shown(SOUND)}, with {shown(text[1])}"


async def test_a_text_alone_is_no_recording_and_the_next_sound_is_taken_for_what_is_missing(
    mynah: Whole, ada: Person
) -> None:
    text = ("said.txt", b"Good morning.", "text/plain")
    asked = await ada.private.answer(await ada.says(ada.private, file=text, caption="/clone Ada"))
    assert asked.text.startswith("/clone needs recording")
    seen = await ada.private.answer(await ada.says(ada.private, voice=SOUND), kind="photo")
    assert seen.text == f"Ada: {shown(SOUND)}, with {shown(text[1])}"


@pytest.mark.parametrize("answers", [True, False], ids=["as a reply", "by itself"])
@pytest.mark.parametrize("sent", [{"voice": SOUND}, {"note": SOUND}], ids=["voice message", "video note"])
async def test_a_voice_message_is_the_answer_that_somebody_was_asked_for_also_after_a_restart(
    server: TelegramServer, ada: Person, tmp_path: Path, sent: dict[str, Any], answers: bool
) -> None:
    async with whole(server, tmp_path, every=EVERY):
        asked = await ada.private.answer(await ada.says(ada.private, "/consent_own Ada"))
        assert asked.text.startswith("Say this as one voice message")
    async with whole(server, tmp_path, every=EVERY):
        told = await ada.says(ada.private, **sent, reply_to=asked if answers else None)
        seen = await ada.private.answer(told)
        assert seen.text == f"Heard for Ada: {shown(SOUND)}"
        again = await ada.private.answer(await ada.says(ada.private, **sent))
        assert again.buttons == ["Clone this voice"], "and one more is none"


async def test_nobody_elses_voice_message_is_the_answer(mynah: Whole, ada: Person) -> None:
    bob = mynah.server.person("Bob")
    await ada.private.answer(await ada.says(ada.private, "/consent_own Ada"))
    seen = await bob.private.answer(await bob.says(bob.private, voice=SOUND))
    assert seen.buttons == ["Clone this voice"]


async def test_in_a_group_only_an_answer_to_mynah_is_heard_and_only_where_one_is_waited_for(
    mynah: Whole, ada: Person
) -> None:
    group = mynah.server.group("Workshop", members=[ada])
    about = await group.answer(await ada.says(group, "/about"))
    assert await group.stays_quiet(after=await ada.says(group, voice=SOUND, reply_to=about))
    await ada.says(group, "/consent_own Ada")
    asked = await ada.private.answer()
    told = await group.answer(after=about)
    assert told.text == "I have answered you in private." and "I agree" in asked.text
    assert await group.stays_quiet(after=await ada.says(group, voice=SOUND))
    await ada.says(group, voice=SOUND, reply_to=told)
    seen = await ada.private.answer(after=asked)
    assert seen.text == f"Heard for Ada: {shown(SOUND)}"


async def test_what_is_too_large_to_fetch_is_refused_before_anything_waits(tmp_path: Path) -> None:
    large = b"OggS" + bytes(20_000_001)
    async with TelegramServer() as server, whole(server, tmp_path, every=EVERY) as mynah:
        bob = server.person("Bob")
        told = await bob.says(bob.private, voice=large)
        for sent in (
            told,
            await bob.says(bob.private, note=large),
            await bob.says(bob.private, video=("clip.mp4", large, "video/mp4"), caption="/clone Ada"),
            await bob.says(bob.private, "/clone Ada", reply_to=told),
        ):
            seen = await bob.private.answer(sent, where=lambda each: each.text.startswith("Telegram lets bots fetch"))
            assert seen.text == "Telegram lets bots fetch files of up to 20 MB; that one has 20 MB. Send it in parts."
        assert await mynah.jobs() == 0


class TestPictures:
    """The picture that comes with an answer."""

    async def clones(self, ada: Person) -> Any:
        """Have a recording looked at."""
        return await ada.says(ada.private, voice=SOUND, caption="/clone Ada")

    async def test_it_is_shown_with_the_words_and_the_buttons_under_it(self, mynah: Whole, ada: Person) -> None:
        seen = await ada.private.answer(await self.clones(ada))
        assert seen.kind == "photo" and seen.file is not None and seen.file.pixels == CARD
        assert seen.text.startswith("Ada: ") and seen.buttons == ["It is my voice"]
        await ada.presses(seen, "It is my voice")
        asked = await ada.private.answer(seen)
        assert "I agree" in asked.text and asked.buttons == ["Not now"], "it is short, but leads on, and so it stays"

    @pytest.mark.parametrize("rules", [Rules(photo_bytes=100), Rules(photo_pixels=100)], ids=["bytes", "pixels"])
    async def test_where_it_is_no_photo_it_comes_as_a_file(self, tmp_path: Path, rules: Rules) -> None:
        async with TelegramServer(rules=rules) as server, whole(server, tmp_path, every=EVERY):
            bob = server.person("Bob")
            seen = await bob.private.answer(await self.clones(bob))
            assert seen.kind == "document" and seen.file is not None and seen.file.name == "ada.png"
            assert seen.text.startswith("Ada: ") and seen.buttons == ["It is my voice"]

    async def test_a_person_to_whom_nothing_of_that_kind_can_be_sent_reads_the_words(
        self, mynah: Whole, ada: Person
    ) -> None:
        group = mynah.server.group("Library", members=[ada])
        group.forbids |= {"photo", "document"}
        file = FileRef(id=0, name="a.png", path=str(mynah.app.data / "a.png"), format="png", bytes=1)
        (mynah.app.data / "a.png").write_bytes(png(*CARD))
        reply = Reply(text="Look.", files=(file,), actions=(Action(label="Again", command="about"),))
        await mynah.adapter.deliver(1, Address(chat=group.id).to_json(), reply)
        seen = await group.answer()
        assert seen.text == f"Look.\n{NOT_SHOWN}" and seen.buttons == ["Again"]

    async def test_a_reference_to_it_serves_for_the_next_time(self, mynah: Whole, ada: Person) -> None:
        await ada.private.answer(await self.clones(ada), kind="photo")
        await mynah.until("SELECT kind FROM uploads", "photo")
