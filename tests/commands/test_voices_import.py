"""/voices import: what was exported comes back as it was; of what strangers have made nothing counts but recordings."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from commands.core.command import Audience
from commands.core.context import Asker
from commands.core.errors import MynahError, Refused, UsageError
from commands.core.examining import BadRecording
from commands.core.voice_archive import METADATA, BadArchive
from commands.core.voice_record import KeptConsent, KeptSpeaker, VoiceRecord
from commands.voices_import import own_consent
from engine.clean import read
from engine.speech import Audio
from storage import clones, consents, recordings, voice_folder, withdrawal
from storage.clock import HOUR
from storage.consents import Consent, Rule
from storage.voices import Voice
from tests.commands.archived import (
    ZIP,
    agree,
    archive_of,
    bring,
    build,
    give,
    holding,
    real,
    record_of,
    world_router,
)
from tests.commands.world import World
from tests.storage import making

ROUTER = world_router


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of weights, which are made ready once."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture
async def ada(world: World, models: Path) -> Asker:
    (world.host.data / "models").symlink_to(models)
    holding(world, 3)
    return await world.person("ada")


async def own(world: World, asker: Asker, name: str = "Ada") -> Voice:
    found = await world.database.read(lambda tx: clones.own(tx, asker.user_id, name))
    assert found is not None
    return found


def sealed(folder: Path, key: bytes, *consents: Consent) -> Path:
    """An archive of a real person's recording, as this Mynah would have made it."""
    record, sources = record_of(folder, real("1688", folder.with_suffix(".wav"), 1).read_bytes())
    record = record.model_copy(update={"consents": [KeptConsent.of(each) for each in consents]})
    return archive_of(folder.with_suffix(".zip"), record.sealed(key), sources)


async def decided(world: World, asker: Asker, rule: Rule = "spoken", by: Asker | None = None) -> Consent:
    """A decision about a voice that the asker had."""
    voice = await world.database.write(lambda tx: making.recorded(tx, asker.user_id, "gone"))
    found = await agree(world, asker, "gone", rule, by.user_id if by else None)
    await world.database.write(lambda tx: withdrawal.delete(tx, voice.id, world.host.key))
    return found


async def said(world: World, asker: Asker, **more: object) -> Audio:
    reply = await world.ask(asker, "speak", text="Hello there, all of you.", voice="Ada", **more)
    assert reply.data["engine"] == "world" and not reply.data["cached"]
    return read(world.host.data / reply.files[0].path)


def spectrum(audio: Audio) -> NDArray[np.float64]:
    """How loud each part of the spectrum is on the whole, in nats; the noise in speech is drawn anew each time."""
    frames = np.lib.stride_tricks.sliding_window_view(audio.samples, 512)[::256] * np.hanning(512)
    told: NDArray[np.float64] = np.log(np.mean(np.abs(np.fft.rfft(frames)) ** 2, axis=0) + 1e-9)
    return told


def apart(a: Audio, b: Audio) -> float:
    """How much the spectra of two sounds differ, in nats."""
    return float(np.sqrt(np.mean((spectrum(a) - spectrum(b)) ** 2)))


def speaker_of(world: World, voice: Voice) -> bytes:
    """What the engine has kept of a voice."""
    return (world.host.data / voice_folder.speaker(voice.engine, voice.speaker_key)).read_bytes()


def kept(world: World) -> list[str]:
    """What lies in the folders of recordings and of speakers."""
    data = world.host.data
    return sorted(p.name for each in ("audio", "speakers") for p in (data / each).rglob("*") if p.is_file())


def retell(file: Path, **changes: Any) -> Path:
    """Change what an archive says of itself, and leave its seal as it was."""
    with zipfile.ZipFile(file) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(held[METADATA])
    told.update(changes)
    changed = file.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w") as archive:
        for name, data in {**held, METADATA: json.dumps(told).encode()}.items():
            archive.writestr(name, data)
    return changed


async def test_a_voice_that_was_exported_and_let_go_comes_back_and_speaks_the_same(
    world: World, ada: Asker, tmp_path: Path
) -> None:
    await give(world, ada, "Ada", real("1688", tmp_path / "ada.wav", 1))
    await agree(world, ada, "Ada")
    await build(world, ada, "Ada")
    await world.ask(ada, "voices describe", name="Ada", text="Warm.")
    await world.ask(ada, "voices tag", name="Ada", tags="warm radio")
    reply = await world.ask(ada, "voices export", name="Ada")
    file = Path(shutil.copyfile(world.host.data / reply.files[0].path, tmp_path / "ada.zip"))
    before, sound = await own(world, ada), await said(world, ada)
    learned = speaker_of(world, before)
    (recording,) = await world.database.read(lambda tx: recordings.of_voice(tx, before.id))
    await world.ask(ada, "voices delete", name="Ada", confirm=True)
    assert kept(world) == []
    reply = await bring(world, ada, file)
    assert reply.text == "Ada is back as it was, and speaks: /speak voice=Ada"
    after = await own(world, ada)
    assert (after.status, after.consent, after.spoken_by) == ("ready", "spoken", ada.user_id)
    assert (after.notes, after.tags, after.visibility) == ("Warm.", ("warm", "radio"), "private")
    assert after.figures["similarity"] == before.figures["similarity"]
    (again,) = await world.database.read(lambda tx: recordings.of_voice(tx, after.id))
    assert (again.sha256, again.embedding, again.passage) == (
        recording.sha256,
        recording.embedding,
        recording.passage,
    ), "looked at anew, with the same outcome"
    assert speaker_of(world, after) == learned
    once, twice = await said(world, ada), await said(world, ada, speed=1.01)
    assert once.seconds == pytest.approx(sound.seconds, abs=0.01)
    assert apart(once, sound) < 2 * apart(once, twice), "no more than one saying differs from the next"
    assert await world.rows("SELECT SUM(used), SUM(reserved) FROM balances WHERE metric = 'voices'") == [(1, 0)]
    (granted, *_) = await world.database.read(lambda tx: consents.of_voice(tx, after.id))
    assert granted.status == "granted" and consents.verify(granted, world.host.key)
    assert "restored" in granted.versions and granted.recording_sha256 == recording.sha256


async def test_one_that_was_changed_or_comes_from_elsewhere_has_its_recordings_and_needs_a_consent(
    world: World, ada: Asker, tmp_path: Path
) -> None:
    file = sealed(tmp_path / "ada", world.host.key, await decided(world, ada))
    reply = await bring(world, ada, retell(file, notes="Warm."), name="Anna")
    assert "made by another Mynah, or was changed" in reply.text
    assert [action.label for action in reply.actions] == ["It is my voice", "Somebody else's"]
    voice = await own(world, ada, "Anna")
    assert (voice.status, voice.consent, voice.spoken_by, voice.engine) == ("building", "", None, "")
    assert not [name for name in kept(world) if name.endswith(".safetensors")], "what was learned does not count"
    assert await world.rows("SELECT SUM(used), SUM(reserved) FROM balances WHERE metric = 'voices'") == [(0, 0)]
    with pytest.raises(Refused, match="Nobody has agreed"):
        await world.ask(ada, "voices build", name="Anna")


async def test_the_same_file_once_more_is_the_same_voice_and_costs_nothing(
    world: World, ada: Asker, tmp_path: Path
) -> None:
    file = sealed(tmp_path / "ada", world.host.key, await decided(world, ada))
    await bring(world, ada, file)
    first = await own(world, ada)
    ((job,),) = await world.rows("SELECT MAX(id) FROM jobs WHERE command = 'voices import'")
    assert first.figures["job"] == job, "by which an attempt after a kill knows what it has done"
    reply = await bring(world, ada, file)
    assert reply.text.startswith("Ada is there as it was")
    assert await own(world, ada) == first
    assert await world.rows("SELECT SUM(used), SUM(reserved) FROM balances WHERE metric = 'voices'") == [(1, 0)]


async def test_one_that_somebody_else_brings_needs_its_persons_consent(
    world: World, ada: Asker, tmp_path: Path
) -> None:
    file = sealed(tmp_path / "ada", world.host.key, await decided(world, ada))
    reply = await bring(world, await world.person("bob"), file)
    assert (reply.data["sealed"], reply.data["consent"], reply.data["status"]) == (True, None, "building")
    assert "agreed to by somebody else" in reply.text


@pytest.mark.parametrize(
    ("rule", "rank", "ticks", "counts"),
    [
        ("spoken", Audience.EVERYONE, False, True),
        ("given", Audience.EVERYONE, False, False),
        ("ticked", Audience.EVERYONE, False, False),
        ("ticked", Audience.EVERYONE, True, True),
        ("host-own", Audience.EVERYONE, False, True),
        ("host-given", Audience.EVERYONE, False, False),
        ("host-given", Audience.OWNERS, False, True),
    ],
)
async def test_whose_consent_comes_back_with_it(
    world: World, ada: Asker, tmp_path: Path, rule: Rule, rank: Audience, ticks: bool, counts: bool
) -> None:
    world.rules = replace(world.rules, consent="ticked" if ticks else "spoken")
    given = KeptConsent.of(await decided(world, ada, rule))
    record, _ = record_of(tmp_path / "sources", consents=[given])
    inquiry = world.inquiry(replace(ada, rank=rank))
    found = await world.database.read(lambda tx: own_consent(tx, inquiry, record))
    assert found == (given if counts else None)


async def test_a_consent_counts_only_as_it_was_signed_and_for_the_account_that_answered(
    world: World, ada: Asker, tmp_path: Path
) -> None:
    given, bob = KeptConsent.of(await decided(world, ada)), await world.person("bob")
    forged = given.model_copy(update={"similarity": 0.99})
    revoked = given.model_copy(update={"status": "revoked"})
    for asker, consent, counts in (
        (ada, given, True),
        (bob, given, False),
        (ada, forged, False),
        (ada, revoked, False),
    ):
        record, _ = record_of(tmp_path / "sources", consents=[consent])
        found = await world.database.read(partial(own_consent, inquiry=world.inquiry(asker), record=record))
        assert (found is not None) == counts


async def test_recordings_of_two_people_are_no_voice(world: World, ada: Asker, tmp_path: Path) -> None:
    one, two = real("1688", tmp_path / "1.wav", 1), real("2414", tmp_path / "2.wav", 4, 5)
    first, sources = record_of(tmp_path / "one", one.read_bytes())
    other, more = record_of(tmp_path / "two", two.read_bytes())
    second = other.recordings[0]
    place = "recordings/2/original.wav"
    second = second.model_copy(update={"file": second.file.model_copy(update={"place": place}), "transcript": None})
    record = first.model_copy(update={"recordings": [*first.recordings, second]})
    file = archive_of(tmp_path / "two.zip", record, {**sources, place: more["recordings/1/original.wav"]})
    with pytest.raises(BadRecording, match="does not sound like the one"):
        await bring(world, ada, file)
    assert kept(world) == []
    assert await world.rows("SELECT id FROM voices WHERE kind = 'clone'") == []


async def test_what_is_refused_leaves_nothing_and_costs_nothing(world: World, ada: Asker, tmp_path: Path) -> None:
    record, sources = record_of(tmp_path / "sources")
    playlist, other = record_of(tmp_path / "list", b"#EXTM3U\nhttp://127.0.0.1/a.wav\n")
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"no safetensors")
    bad: list[tuple[Path, type[MynahError], str]] = [
        (archive_of(tmp_path / "a.zip", record, sources), BadRecording, "That is a text"),
        (archive_of(tmp_path / "b.zip", playlist, other), BadRecording, "playlist"),
        (archive_of(tmp_path / "c.zip", record.model_copy(update={"name": "en-us+x"}), sources), UsageError, "variant"),
        (
            archive_of(tmp_path / "d.zip", record.model_copy(update={"name": "\x00"}), sources),
            UsageError,
            "needs a name|cannot be shown",
        ),
        (_with_speaker(tmp_path, record, sources, wrong), BadArchive, "no file that world has made"),
    ]
    for file, kind, why in bad:
        with pytest.raises(kind, match=why):
            await bring(world, ada, file)
    assert kept(world) == []
    assert await world.rows("SELECT id FROM voices WHERE kind = 'clone'") == []
    assert await world.rows("SELECT id FROM recordings") == []
    assert await world.rows("SELECT metric FROM balances WHERE used + reserved > 0") == []


def _with_speaker(tmp_path: Path, record: VoiceRecord, sources: dict[str, Path], speaker: Path) -> Path:
    from commands.core.voice_archive import kept as described

    place = "speakers/world.safetensors"
    told = KeptSpeaker(engine="world", language="en", file=described(place, speaker))
    return archive_of(tmp_path / "s.zip", record.model_copy(update={"speaker": told}), {**sources, place: speaker})


async def test_what_cannot_be_an_archive_is_refused_before_it_is_fetched(world: World, ada: Asker) -> None:
    for changes, why in (
        ({"name": "ada.wav"}, "is no .zip file"),
        ({"bytes": 10**9}, "is the most"),
    ):
        with pytest.raises(UsageError, match=why):
            await world.submit(ada, "voices import", file=replace(ZIP, **changes))
    with pytest.raises(UsageError, match="built-in"):
        await world.submit(ada, "voices import", file=ZIP, name="en-gb")


async def test_the_limits_hold_and_a_name_is_given_once(world: World, ada: Asker) -> None:
    await world.make_voice("ada", ada.user_id, "private")
    with pytest.raises(Refused, match="You have a voice called ada already"):
        await world.submit(ada, "voices import", file=ZIP, name="Ada")
    holding(world, 1)
    with pytest.raises(Refused, match="You hold 1 voice, and 1 is the most"):
        await world.submit(ada, "voices import", file=ZIP)
    holding(world, 0)
    with pytest.raises(Refused, match="You hold 0 voices, and 0 is the most"):
        await world.submit(await world.person("bob"), "voices import", file=ZIP)


async def test_imports_count_among_the_recordings_that_are_looked_at_in_an_hour(world: World, ada: Asker) -> None:
    world.rules = replace(world.rules, examinations=1)
    await world.submit(ada, "voices import", file=ZIP)
    with pytest.raises(Refused, match="within the hour"):
        await world.submit(ada, "voices import", file=ZIP)
    world.clock.turn(HOUR + 1)
    assert (await world.submit(ada, "voices import", file=ZIP)).state == "pending"
