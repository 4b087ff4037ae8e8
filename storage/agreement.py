"""Agreement: what a person was asked about their voice and what came of it, as a record that proves itself.

Every decision is signed under the key of the data folder, with hashes of the two sounds, scores and versions: so
whoever reads a record years later can tell that nobody has changed it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Literal

from engine.value import value

Rule = Literal["spoken", "given", "ticked", "host-own", "host-given"]
Status = Literal["asked", "granted", "unsure", "refused", "expired", "revoked"]

SIGNED = (
    *("id", "voice", "rule", "status", "statement", "words", "tries", "recording_sha256", "answer_sha256", "heard"),
    *("matched", "similarity", "threshold", "versions", "platform", "account", "expires_at", "decided_at"),
    *("revoked_at", "created_at"),
)
"""What a signature covers."""


@value
class Consent:
    """What a person was asked, and what came of it."""

    id: int
    """Its number."""
    code: str | None
    """By which somebody else takes the question up; None where the holder is the one who is asked."""
    voice_id: int | None
    """The voice; None once that is gone."""
    voice: int
    """The number that the voice had, which stays."""
    holder_id: int | None
    """Who has the voice; None once they were forgotten."""
    person_id: int | None
    """Whose voice it is; None until somebody has taken the question up, and where the host vouches for somebody."""
    rule: Rule
    """How they are asked."""
    status: Status
    """How far it is."""
    statement: str
    """What they are to say, or what was ticked, with the statement's version."""
    words: tuple[str, ...]
    """The words drawn for them; none once it is over."""
    tries: int
    """How often they have answered."""
    recording_sha256: str
    """What stands for the recordings that it is about (`recordings.digest_of`)."""
    answer_sha256: str | None
    """The SHA-256 of the answer as it came, in hex."""
    answer_path: str | None
    """Where the answer lies while an admin has to decide, relative to the data folder."""
    heard: tuple[str, ...]
    """The words that were heard in the answer; none once it is over."""
    matched: int | None
    """How many of the drawn words were heard in their place."""
    similarity: float | None
    """How alike the voices of the answer and of the recording are, from -1 to 1."""
    threshold: float | None
    """From which likeness on they count as the same, from -1 to 1."""
    versions: Mapping[str, str]
    """The versions of what decided: the recogniser, the encoder, the list of words."""
    platform: str
    """On which platform they are asked."""
    account: str | None
    """The hash, under the folder's key, of the account that answered; joining two people does not change it."""
    expires_at: int
    """Until when an answer is waited for, in ms."""
    decided_at: int | None
    """When it was decided, in ms."""
    decided_by: int | None
    """The admin who decided; None where the check itself did, or once they were forgotten."""
    revoked_at: int | None
    """When it was taken back, in ms."""
    signature: str | None
    """What proves that nobody has changed the decision; see `sign`."""
    created_at: int
    """When they were asked, in ms."""
    place_id: int | None = None
    """Where they are asked; None where nobody said."""


@value
class Evidence:
    """What an answer was found to be."""

    answer_sha256: str | None = None
    """The SHA-256 of the answer as it came, in hex."""
    heard: Sequence[str] = ()
    """The words that were heard in it."""
    matched: int | None = None
    """How many of the drawn words were heard in their place."""
    similarity: float | None = None
    """How alike the two voices are, from -1 to 1."""
    threshold: float | None = None
    """From which likeness on they count as the same, from -1 to 1."""
    versions: Mapping[str, str]
    """The versions of what decided."""


def sign(consent: Consent, key: bytes) -> str:
    """Return the signature of a decided consent, in hex: an HMAC-SHA256 under the folder's key over canonical JSON.

    It covers everything but the numbers that may change while the decision stands: of the people, who may be joined or
    forgotten (the hash of the account that answered is covered), and of the voice once it is gone (`voice` is).
    """
    record = {name: _plain(getattr(consent, name)) for name in SIGNED}
    told = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hmac.new(key, f"mynah consent 1\n{told}".encode(), hashlib.sha256).hexdigest()


def verify(consent: Consent, key: bytes) -> bool:
    """Whether a decided consent is what was signed, and about the voice that it names."""
    if consent.signature is None or consent.voice_id not in (None, consent.voice):
        return False
    return hmac.compare_digest(consent.signature, sign(consent, key))


def _plain(held: object) -> object:
    return dict(held) if isinstance(held, Mapping) else list(held) if isinstance(held, tuple) else held
