"""/consent list, listen, approve, refuse: what an admin has to decide, and what becomes of it."""

from __future__ import annotations

import shutil

import pytest

from commands.consent_decide import NotWaiting
from commands.core.answering import LISTEN
from commands.core.command import Audience
from commands.core.context import Asker
from commands.core.errors import NotAllowed, Refused
from engine.clean import keep, read
from storage import clones, consents, recordings, voice_folder, withdrawal
from storage.consents import Consent, Evidence
from storage.database import Transaction
from storage.voices import Voice
from tests.commands.test_consent import making_a_request, told
from tests.commands.world import KEY, World
from tests.engine.speech_sounds import spoken
from tests.storage import making


@pytest.fixture
async def ada(world: World) -> Asker:
    return await world.person("ada")


@pytest.fixture
async def admin(world: World) -> Asker:
    return await world.person("admin", rank=Audience.ADMINS)


async def unsure(world: World, asker: Asker, name: str = "Ada") -> Consent:
    """Let somebody have answered so that the check cannot tell."""
    voice = await world.database.write(lambda tx: making.recorded(tx, asker.user_id, name))

    def answer(tx: Transaction) -> Consent:
        (recording,) = recordings.of_voice(tx, voice.id)
        asked = consents.ask(
            tx,
            voice_id=voice.id,
            holder_id=asker.user_id,
            person_id=asker.user_id,
            rule="spoken",
            statement="I agree. (1)",
            words=making.WORDS,
            recording_sha256=recording.sha256,
            platform="discord",
            life=1000,
            place_id=asker.place.id,
        )
        path = f"{voice_folder.of_voice(voice.id)}/answer-{asked.id}.wav"
        evidence = Evidence(
            answer_sha256="a" * 64, matched=6, similarity=0.75, threshold=0.8, versions={"encoder": "1"}
        )
        decided = consents.decide(tx, asked.id, KEY, "unsure", evidence, path)
        assert decided is not None
        for each in (path, recording.path):
            to = world.host.data / each
            to.parent.mkdir(parents=True, exist_ok=True)
            keep(spoken(), to)
        tx.run("UPDATE recordings SET passage_start = 0.5, passage_end = 2")
        return decided

    return await world.database.write(answer)


async def found(world: World, asker: Asker, name: str = "Ada") -> Voice:
    voice = await world.database.read(lambda tx: clones.own(tx, asker.user_id, name))
    assert voice is not None
    return voice


async def test_everybody_sees_what_they_have_agreed_to_and_nobody_elses(world: World, ada: Asker) -> None:
    bob = await world.person("bob")
    assert "not been asked" in (await world.ask(ada, "consent list")).text
    voice = await world.database.write(lambda tx: making.recorded(tx, bob.user_id, "Ada"))
    await world.database.write(lambda tx: making.agreed(tx, voice, ada.user_id))
    mine = await world.ask(ada, "consent list")
    assert "Ada \u00b7 agreed said aloud, on your own account, for bob" in mine.text and "/revoke" in mine.text
    assert [(each["voice"], each["status"]) for each in mine.items or ()] == [("Ada", "granted")]
    assert (await world.ask(bob, "consent list")).items == ()


async def test_admins_decide_what_was_asked_in_their_place_and_owners_everything(
    world: World, ada: Asker, admin: Asker
) -> None:
    number = (await unsure(world, ada)).id
    elsewhere = await world.person("ruth", rank=Audience.ADMINS, place="43")
    member, owner = await world.person("bob"), await world.person("host", rank=Audience.OWNERS, place="43")
    for asker, there in ((admin, True), (owner, True), (elsewhere, False), (member, False)):
        reply = await world.ask(asker, "consent list")
        assert [each["number"] for each in reply.items or () if each.get("decide")] == ([number] if there else [])
        assert [action.command for action in reply.actions] == ([LISTEN] if there else [])
    for command in (LISTEN, "consent approve", "consent refuse"):
        with pytest.raises(NotWaiting):
            await world.ask(elsewhere, command, number=number)
        with pytest.raises(NotAllowed):
            await world.ask(member, command, number=number)


async def test_what_was_asked_in_a_private_chat_is_for_those_who_run_mynah(world: World) -> None:
    number = (await unsure(world, await world.person("ada", place="direct", kind="direct"))).id
    for rank, may in ((Audience.ADMINS, False), (Audience.OWNERS, True)):
        asker = await world.person("ruth", rank=rank, place="direct", kind="direct")
        listed = (await world.ask(asker, "consent list")).items or ()
        assert [each["number"] for each in listed] == ([number] if may else [])


async def test_an_admin_hears_the_answer_and_the_chosen_passage_of_the_recording(
    world: World, ada: Asker, admin: Asker
) -> None:
    consent = await unsure(world, ada)
    reply = await world.ask(admin, LISTEN, number=consent.id)
    assert ", ".join(making.WORDS) in reply.text
    assert "could not rule out that the answer was cut together, or played by a loudspeaker" in reply.text
    answer, recording = (read(world.host.data / each.path) for each in reply.files)
    assert answer.seconds == pytest.approx(spoken().seconds)
    assert recording.seconds == pytest.approx(1.5, abs=0.01)
    assert [(each.command, each.values) for each in reply.actions] == [
        ("consent approve", {"number": consent.id}),
        ("consent refuse", {"number": consent.id}),
    ]


@pytest.mark.parametrize("granted", [True, False])
async def test_what_an_admin_decides_holds_is_signed_and_told_and_what_they_heard_goes(
    world: World, ada: Asker, admin: Asker, granted: bool
) -> None:
    await making_a_request(world, ada)
    consent = await unsure(world, ada)
    heard = await world.ask(admin, LISTEN, number=consent.id)
    await world.ask(admin, "consent approve" if granted else "consent refuse", number=consent.id)
    decided = await world.database.read(lambda tx: consents.get(tx, consent.id))
    assert decided is not None
    assert (decided.status, decided.decided_by) == ("granted" if granted else "refused", admin.user_id)
    assert consents.verify(decided, KEY)
    voice = await found(world, ada)
    assert (voice.consent, voice.spoken_by) == (("spoken", ada.user_id) if granted else ("", None))
    said = await told(world, ada)
    assert ("Ada can be made now." in said) is granted and ("/consent own" in said) is not granted
    assert consent.answer_path is not None
    gone = [consent.answer_path, *(each.path for each in heard.files)]
    assert not [path for path in gone if (world.host.data / path).exists()]
    assert await world.rows("SELECT id FROM files") == []
    ((act, target),) = await world.rows("SELECT act, target_id FROM audit")
    assert (act, target) == (f"consent {'approve' if granted else 'refuse'}", ada.user_id)
    with pytest.raises(NotWaiting):
        await world.ask(admin, "consent approve", number=consent.id)


async def test_nobody_decides_about_their_own_voice_but_those_who_run_mynah(world: World, admin: Asker) -> None:
    consent = await unsure(world, admin)
    with pytest.raises(Refused, match="another admin"):
        await world.ask(admin, "consent approve", number=consent.id)
    owner = await world.person("admin", rank=Audience.OWNERS)
    assert (await world.ask(owner, "consent approve", number=consent.id)).data["status"] == "granted"


async def test_an_answer_holds_for_the_recordings_that_it_was_about(world: World, ada: Asker, admin: Asker) -> None:
    consent = await unsure(world, ada)
    await world.database.write(lambda tx: tx.run("UPDATE recordings SET sha256 = :other", other="f" * 64))
    with pytest.raises(Refused, match="other recordings"):
        await world.ask(admin, "consent approve", number=consent.id)
    assert (await world.ask(admin, "consent refuse", number=consent.id)).data["status"] == "refused"


async def test_an_answer_whose_voice_is_gone_waits_for_nobody(world: World, ada: Asker, admin: Asker) -> None:
    consent = await unsure(world, ada)
    await world.database.write(lambda tx: tx.run("DELETE FROM voices WHERE id = :id", id=consent.voice_id))
    shutil.rmtree(world.host.data / "audio")
    with pytest.raises(NotWaiting):
        await world.ask(admin, LISTEN, number=consent.id)
    assert (await world.ask(admin, "consent list")).items == ()


async def test_a_voice_that_is_taken_back_while_an_admin_is_about_to_listen_stops_that(
    world: World, ada: Asker, admin: Asker
) -> None:
    consent = await unsure(world, ada)
    voice = await found(world, ada)
    ticket = await world.submit(admin, LISTEN, number=consent.id)
    gone = await world.database.write(lambda tx: withdrawal.withdraw(tx, voice.id, KEY))
    assert ticket.job_id in gone.jobs
