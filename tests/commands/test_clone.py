"""/clone: what is refused at once, what is looked at, and what is kept of it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from bot.cli_adapter import recordings as recordings_of
from commands.core.cloning import SomebodyElse
from commands.core.command import Audience
from commands.core.context import Asker
from commands.core.errors import NotAllowed, Refused, UsageError
from commands.core.examining import BadRecording
from commands.core.params import Attachment
from commands.core.reply import Reply
from engine import fingerprint
from engine.clean import keep, read
from engine.intake.limits import USUAL
from engine.speech import Audio
from storage import clones, places, recordings, sounds, voice_folder
from storage.clock import HOUR
from storage.metrics import Metric, Period
from storage.places import Cloning
from storage.quota import Allowances
from tests.commands.learning import learning_router
from tests.commands.world import ALLOWED, World
from tests.engine.speech_sounds import REAL

LONG = (
    "The old keeper counts the boats in the harbour every evening, and nobody has ever asked him why. When the wind "
    "turns he lights the lamp, sits down on the stairs and reads until the last of them has come in. In the morning he "
    "writes their names into a thick grey book, one below the other, as his father did before him."
)
RECORDING = Attachment(name="ada.flac", content_type="audio/flac", bytes=60_000, reference="x")


ROUTER = learning_router


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


async def refused(world: World, asker: Asker, kind: type[Refused] = Refused, **values: object) -> str:
    with pytest.raises(kind) as caught:
        await world.submit(asker, "clone", **{"name": "Ada", "recording": RECORDING, **values})
    return str(caught.value)


@pytest.mark.parametrize(
    ("cloning", "rank", "allowed"),
    [
        ("everyone", Audience.EVERYONE, True),
        ("admins", Audience.EVERYONE, False),
        ("admins", Audience.ADMINS, True),
        ("nobody", Audience.ADMINS, False),
        ("nobody", Audience.OWNERS, True),
    ],
)
async def test_a_place_decides_who_may_clone(world: World, cloning: Cloning, rank: Audience, allowed: bool) -> None:
    asker = await world.person("ada", rank=rank)
    await world.database.write(lambda tx: places.set_cloning(tx, asker.place.id, cloning))
    if allowed:
        assert (await world.submit(asker, "clone", name="Ada", recording=RECORDING)).state == "pending"
    else:
        assert "/admin cloning" in await refused(world, asker, NotAllowed)


async def test_a_name_that_no_voice_can_have_is_refused(world: World, ada: Asker) -> None:
    assert "variant" in await refused(world, ada, UsageError, name="Ada+annie")
    assert "built-in" in await refused(world, ada, UsageError, name="EN-GB")


async def test_what_cannot_be_a_recording_is_refused_before_it_is_fetched(world: World, ada: Asker) -> None:
    large = replace(RECORDING, bytes=USUAL.bytes + 1)
    assert "ada.flac is" in await refused(world, ada, UsageError, recording=large)
    page = Attachment(name="words.pdf", bytes=10, reference="x")
    assert "no .txt or .md file" in await refused(world, ada, UsageError, transcript=page)
    assert "Nobody here speaks" in await refused(world, ada, UsageError, language="Klingon")


async def test_nobody_has_more_recordings_looked_at_in_an_hour_than_they_may(world: World, ada: Asker) -> None:
    world.rules = replace(world.rules, examinations=2)
    for _ in range(2):
        await world.submit(ada, "clone", name="Ada", recording=RECORDING)
    assert "within the hour" in await refused(world, ada)
    bob = await world.person("bob")
    assert (await world.submit(bob, "clone", name="Bob", recording=RECORDING)).state == "pending", "others may"
    host = await world.person("ada", rank=Audience.OWNERS)
    assert (await world.submit(host, "clone", name="Ada", recording=RECORDING)).state == "pending", "owners may"
    world.clock.turn(HOUR + 1)
    assert (await world.submit(ada, "clone", name="Ada", recording=RECORDING)).state == "pending"


async def test_nobody_begins_more_voices_than_they_may_hold(world: World, ada: Asker) -> None:
    held = {**ALLOWED, (Metric.VOICES, Period.HELD): 1}
    world.rules = replace(world.rules, allowances=Allowances(member=held))
    await world.make_voice("first", ada.user_id, "private")
    assert "You hold 1 voice, and 1 is the most." in await refused(world, ada)
    added = await world.submit(ada, "clone", name="first", recording=RECORDING)
    assert added.state == "pending", "one that they hold may have another recording"


async def test_a_recording_needs_room_beside_all_else_that_a_person_keeps(world: World, ada: Asker) -> None:
    kept = RECORDING.bytes + 1_000
    world.rules = replace(world.rules, allowances=Allowances(member={**ALLOWED, (Metric.BYTES, Period.HELD): kept}))
    first = await world.make_voice("first", ada.user_id, "private")
    assert (await world.submit(ada, "clone", name="Ada", recording=RECORDING)).state == "pending"
    await world.database.write(
        lambda tx: tx.run(
            "UPDATE recordings SET bytes = 30000 WHERE id = (SELECT recording_id FROM voices WHERE id = :id)", id=first
        )
    )
    assert "takes 60 kB, and 31 kB of your storage are left" in await refused(world, ada)


async def test_a_voice_that_was_taken_back_is_not_made_again(world: World, ada: Asker) -> None:
    voice = await world.make_voice("ada", ada.user_id, "private")
    await world.database.write(lambda tx: tx.run("UPDATE voices SET status = 'revoked' WHERE id = :id", id=voice))
    assert "taken back" in await refused(world, ada, name="ada")


def joined(tmp_path: Path, person: str, *numbers: int) -> Path:
    """Some utterances of a real person, as one recording."""
    folder = REAL / "librispeech" / person
    if not folder.exists():
        pytest.skip("shared/speech is not here")
    files = sorted(folder.glob("*.flac"))
    to = tmp_path / f"{person}-{'-'.join(map(str, numbers))}.wav"
    recordings_of.joined([files[number] for number in numbers], to)
    return to


async def given(world: World, asker: Asker, name: str, file: Path, **more: object) -> Reply:
    """Give a recording, as it is staged for a job, and have it looked at."""
    world.staged += 1
    staged = world.host.data / "staging" / f"given-{world.staged}"
    staged.parent.mkdir(exist_ok=True)
    shutil.copyfile(file, staged)
    recording = replace(RECORDING, name=file.name, path=staged.relative_to(world.host.data).as_posix())
    return await world.ask(asker, "clone", name=name, recording=recording, **more)


async def test_a_good_recording_is_kept_with_all_that_was_found_out_about_it(
    world: World, ada: Asker, tmp_path: Path
) -> None:
    file = joined(tmp_path, "1688", 0, 1)
    page = world.host.data / "staging" / "page"
    page.parent.mkdir(exist_ok=True)
    page.write_text("It was a bright cold day.\n")
    transcript = Attachment(name="ada.txt", path="staging/page", bytes=page.stat().st_size)
    reply = await given(world, ada, "Ada", file, transcript=transcript)
    assert reply.text.startswith("Ada: ") and "s of speech" in reply.text and "of 10" in reply.text
    assert [action.label for action in reply.actions] == ["It is my voice", "Somebody else's", "Listen", "Drop it"]
    assert reply.actions[0].values == {"voice": "Ada"}
    (card,) = reply.files
    assert (world.host.data / card.path).read_bytes().startswith(b"\x89PNG")
    voice = await world.database.read(lambda tx: clones.own(tx, ada.user_id, "ada"))
    assert voice is not None and (voice.status, voice.consent, voice.language) == ("building", "", "en")
    assert await world.rows("SELECT voice_id FROM files") == [(voice.id,)], "its card goes with it"
    (kept,) = await world.database.read(lambda tx: recordings.of_voice(tx, voice.id))
    assert (kept.status, kept.container, kept.speakers, kept.name) == ("ready", "wav", 1, file.name)
    assert kept.sha256 == sha256(file.read_bytes()).hexdigest()
    assert kept.embedding is not None and len(kept.embedding) == 1024
    assert kept.passage is not None and 6 <= kept.passage[1] - kept.passage[0] <= 20
    assert kept.original_path is not None
    assert (world.host.data / kept.original_path).read_bytes() == file.read_bytes()
    assert read(world.host.data / kept.path).seconds == pytest.approx(kept.seconds)
    written = world.host.data / voice_folder.transcript(voice.id, kept.id)
    assert kept.transcript is not None
    assert kept.transcript.strip() == written.read_text().strip() == "It was a bright cold day."
    sources = json.loads((world.host.data / "audio" / str(voice.id) / "sources.json").read_text())
    assert [name for name, _ in sources] == [file.name]
    assert await world.rows("SELECT metric FROM balances WHERE used + reserved > 0") == [], "it is free"


async def test_what_is_too_poor_is_refused_with_the_reason_and_nothing_is_kept(
    world: World, ada: Asker, tmp_path: Path
) -> None:
    with pytest.raises(BadRecording, match="s of speech") as caught:
        await given(world, ada, "Ada", joined(tmp_path, "1688", 2))
    assert "s of speech" not in caught.value.brief, "that is between the two"
    (tmp_path / "list.wav").write_text("#EXTM3U\nhttp://127.0.0.1/a.wav\n")
    with pytest.raises(BadRecording, match="That is a playlist"):
        await given(world, ada, "Ada", tmp_path / "list.wav")
    assert await world.rows("SELECT id FROM voices WHERE kind = 'clone'") == []
    assert await world.rows("SELECT id FROM recordings") == []
    assert not (world.host.data / "audio").exists()


async def test_another_recording_of_the_same_person_adds_to_the_voice_and_anybody_elses_does_not(
    world: World, ada: Asker, tmp_path: Path
) -> None:
    await given(world, ada, "Ada", joined(tmp_path, "1688", 1))
    reply = await given(world, ada, "Ada", joined(tmp_path, "1688", 6, 7))
    assert "Ada has 2 recordings now." in reply.text
    with pytest.raises(SomebodyElse, match="Give it a name of its own"):
        await given(world, ada, "Ada", joined(tmp_path, "2414", 4, 5))
    assert len(await world.rows("SELECT id FROM recordings")) == 2
    again = await given(world, ada, "Ada", joined(tmp_path, "1688", 1))
    assert again.data["recordings"] == 2, "the same file once more is the same recording"
    files = [path for path in (world.host.data / "audio").rglob("*") if path.is_file()]
    assert len(files) == 5, "two originals, two clean ones, and the list of sources"


async def test_a_file_that_mynah_made_is_no_recording_of_anybody(world: World, ada: Asker, tmp_path: Path) -> None:
    file = joined(tmp_path, "1688", 1)
    await world.ask(ada, "speak", text="Hello.")
    digest = sha256(file.read_bytes()).hexdigest()
    await world.database.write(lambda tx: tx.run("UPDATE files SET sha256 = :digest", digest=digest))
    with pytest.raises(BadRecording, match="Mynah itself made that file"):
        await given(world, ada, "Ada", file)


async def test_what_mynah_has_made_is_known_when_it_comes_in_another_file_whosoever_had_it_made(
    world: World, ada: Asker, tmp_path: Path
) -> None:
    """It may sound like a person, as this does: it is the sound that is known."""
    sound = read(joined(tmp_path, "1688", 1))
    await world.database.write(lambda tx: sounds.note_made(tx, fingerprint.of(sound)))
    louder = Audio(samples=sound.samples[sound.rate :] * np.float32(0.7), rate=sound.rate)
    keep(louder, tmp_path / "louder.wav")
    with pytest.raises(BadRecording, match="Mynah itself made that file"):
        await given(world, ada, "Ada", tmp_path / "louder.wav")
    assert (await given(world, ada, "Ada", joined(tmp_path, "1688", 3, 6))).data["recordings"] == 1


async def test_a_recording_may_be_given_for_another_voice_too(world: World, ada: Asker, tmp_path: Path) -> None:
    for name in ("Ada", "Countess"):
        assert (await given(world, ada, name, joined(tmp_path, "1688", 1))).data["recordings"] == 1
    known = await world.database.read(lambda tx: sounds.after(tx, 0, 9))
    assert [each.kind for each in known] == ["given", "given"]


async def test_what_a_machine_has_spoken_is_no_recording_of_anybody(world: World, ada: Asker) -> None:
    joined_ = [await world.ask(ada, "speak", text=LONG, voice="en-us")]
    sound = world.host.data / joined_[0].files[0].path
    altered = sound.with_name("altered.wav")
    altered.write_bytes(sound.read_bytes() + b"\0\0")
    with pytest.raises(BadRecording, match="spoken by a machine"):
        await given(world, ada, "Ada", altered)
