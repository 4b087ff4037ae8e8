"""What an archive says of itself: sealed by who wrote it, and read by a schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands.core.voice_record import FORM, BadRecord, KeptConsent, VoiceRecord, plain, read_record
from storage import consents
from storage.database import Database, Transaction
from tests.commands.archived import record_of
from tests.storage import making

KEY, OTHER = b"k" * 32, b"o" * 32


@pytest.fixture
def record(tmp_path: Path) -> VoiceRecord:
    found, _ = record_of(tmp_path / "sources")
    return found


def test_what_is_written_is_read_again(record: VoiceRecord) -> None:
    sealed = record.sealed(KEY)
    assert read_record(sealed.to_json()) == sealed
    assert json.loads(sealed.to_json())["form"] == FORM
    assert [file.place for file in sealed.files()] == [
        "recordings/1/original.wav",
        "recordings/1/transcript.txt",
        "speakers/world.safetensors",
    ]


def test_the_seal_holds_for_one_key_and_for_every_word(record: VoiceRecord) -> None:
    sealed = record.sealed(KEY)
    assert sealed.is_sealed(KEY) and not sealed.is_sealed(OTHER) and not record.is_sealed(KEY)
    assert read_record(sealed.to_json()).is_sealed(KEY), "it outlives being written and read"
    told = json.loads(sealed.to_json())
    for change in ({"name": "Bob"}, {"notes": "x"}, {"figures": {"similarity": 0.9}}, {"speaker": None}):
        assert not read_record(json.dumps({**told, **change}).encode()).is_sealed(KEY), change
    told["recordings"][0]["file"]["sha256"] = "0" * 64
    assert not read_record(json.dumps(told).encode()).is_sealed(KEY)


async def test_a_decision_is_taken_down_so_that_it_proves_itself(database: Database) -> None:
    def work(tx: Transaction) -> consents.Consent:
        ada = making.person(tx)
        return making.agreed(tx, making.recorded(tx, ada, "Ada"), ada)

    decided = await database.write(work)
    taken = KeptConsent.of(decided)
    assert taken.is_signed(making.KEY) and not taken.is_signed(OTHER)
    again = KeptConsent.model_validate_json(taken.model_dump_json())
    assert again == taken and again.is_signed(making.KEY)
    assert not again.model_copy(update={"rule": "given"}).is_signed(making.KEY)
    assert again.consent().person_id is None, "who it was is not in it"


def test_figures_that_json_alone_would_hold_are_left_out() -> None:
    told = {"similarity": 0.71, "recordings": [1, 2], "base": "flite", "none": None, "deep": {"er": 1}, "mixed": [{}]}
    assert plain(told) == {"similarity": 0.71, "recordings": [1, 2], "base": "flite", "none": None}


@pytest.mark.parametrize("told", [b"", b"{}", b'{"form": "mynah-voice-9"}', b'{"form": "mynah-voice-1", "name": 1}'])
def test_what_is_no_record_is_refused_in_words(told: bytes) -> None:
    with pytest.raises(BadRecord, match=r"metadata\.json|a newer one"):
        read_record(told)
