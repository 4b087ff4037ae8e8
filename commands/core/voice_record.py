"""What a voice's archive says of itself: metadata.json, by a schema, and sealed by the Mynah that made it.

Whoever brings one may have written all of it, so nothing in it is believed for being there. The seal, an HMAC under the
key of the data folder, tells whether this very Mynah has written every word and every file: only then do its consents
and what was learned count. Without it what is left are recordings, which are looked at anew, and words for people.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storage.agreement import Consent, Rule, Status, verify

FORM = "mynah-voice-1"
"""What this kind of archive is called; another number is another kind."""
MOST_RECORDINGS = 20
"""How many recordings a voice may have."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
Whole = Annotated[int, Field(ge=0, le=2**53)]
Word = Annotated[str, Field(max_length=200)]
Sentence = Annotated[str, Field(max_length=2_000)]
Vector = Annotated[list[Number], Field(max_length=4_096)]
Plain = bool | Annotated[int, Field(ge=-(2**53), le=2**53)] | Number | Sentence | None
Figures = Annotated[dict[Word, Plain | Annotated[list[Plain], Field(max_length=200)]], Field(max_length=100)]
Place = Annotated[
    str,
    Field(
        pattern=r"^(recordings/[0-9]{1,2}/(original|recording|transcript)\.[a-z0-9]{1,8}"
        r"|speakers/[a-z0-9_]{1,40}\.safetensors)$"
    ),
]
"""Where a file lies in the archive; what is there under another name is refused."""


class BadRecord(Exception):
    """What an archive says of itself cannot be read; the message says why, for the person."""


class Part(BaseModel):
    """Something in the record: of these fields, of these kinds, and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class KeptFile(Part):
    """A file in the archive."""

    place: Place
    """Under which name."""
    sha256: Digest
    """The SHA-256 of what is in it, in hex."""
    bytes: Whole
    """How large it is, in bytes."""


class KeptRecording(Part):
    """A recording that the voice was made from."""

    name: Word
    """What its owner's file is called."""
    file: KeptFile
    """It as it came, or its clean sound where that is all there is."""
    transcript: KeptFile | None = None
    """What is said in it, where somebody wrote that down."""
    container: Word = ""
    """What kind of file it came as."""
    seconds: Number | None = None
    """How long it is, in seconds."""
    score: Number | None = None
    """How good it was found to be, from 0 to 10."""
    passage: tuple[Number, Number] | None = None
    """The best stretch of it, from when to when, in seconds."""
    model: Word | None = None
    """What computed its embedding."""
    embedding: Vector | None = None
    """Whose voice it is, as that model tells it; computed anew when it is brought in."""
    embedding_seconds: Number | None = None
    """From how much speech that was computed, in seconds."""
    figures: Figures = {}
    """Everything that was measured."""


class KeptSpeaker(Part):
    """What an engine has learned."""

    engine: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    """Which engine."""
    language: Word
    """What it speaks, as a BCP 47 tag."""
    sex: Literal["female", "male", ""] = ""
    """Whose voice it sounds like."""
    file: KeptFile
    """The file that it keeps."""


class KeptConsent(Part):
    """A decision about the voice, as it was signed: the fields are those of `storage.agreement.Consent`."""

    id: Whole
    voice: Whole
    rule: Rule
    status: Status
    statement: Sentence
    words: Annotated[list[Word], Field(max_length=50)]
    tries: Whole
    recording_sha256: Digest
    answer_sha256: Digest | None
    heard: Annotated[list[Word], Field(max_length=50)]
    matched: Whole | None
    similarity: Number | None
    threshold: Number | None
    versions: Annotated[dict[Word, Word], Field(max_length=50)]
    platform: Word
    account: Digest | None
    expires_at: Whole
    decided_at: Whole | None
    revoked_at: Whole | None
    created_at: Whole
    signature: Digest

    @classmethod
    def of(cls, consent: Consent) -> KeptConsent:
        """Take down a decision; of the people in it, only the hash of the account that answered."""
        told = {name: getattr(consent, name) for name in cls.model_fields}
        lists = {"words": list(consent.words), "heard": list(consent.heard), "versions": dict(consent.versions)}
        return cls(**{**told, **lists})

    def is_signed(self, key: bytes) -> bool:
        """Whether the Mynah that has this key has made this decision, and nobody has changed it since."""
        return verify(self.consent(), key)

    def consent(self) -> Consent:
        """The decision, about a voice that is not there any more as far as anybody knows."""
        nobody = dict.fromkeys(("code", "voice_id", "holder_id", "person_id", "answer_path", "decided_by"))
        told: dict[str, Any] = {**nobody, **dict(self), "words": tuple(self.words), "heard": tuple(self.heard)}
        return Consent(**told)


class VoiceRecord(Part):
    """All that an archive says."""

    form: Literal["mynah-voice-1"] = "mynah-voice-1"
    """Which kind of archive it is."""
    made_at: Whole
    """When it was made, in ms."""
    name: Word
    """How its owner calls the voice."""
    language: Word
    """What it speaks, as a BCP 47 tag."""
    notes: Sentence = ""
    """What is worth knowing about it."""
    tags: Annotated[list[Word], Field(max_length=50)] = []
    """What it is filed under."""
    consent: Literal["", "spoken", "given", "ticked", "host-own", "host-given"]
    """How the person whose voice it is had agreed."""
    created_at: Whole
    """When the voice was made, in ms."""
    figures: Figures = {}
    """What it reached when it was built."""
    recordings: Annotated[list[KeptRecording], Field(min_length=1, max_length=MOST_RECORDINGS)]
    """What it was made from, the first that came first."""
    speaker: KeptSpeaker | None = None
    """What was learned from them; None where it was not built, or where that is not for taking along."""
    consents: Annotated[list[KeptConsent], Field(max_length=50)] = []
    """What was decided about it, the latest first."""
    seal: Digest | Literal[""] = ""
    """What proves which Mynah has written it."""

    def files(self) -> Iterator[KeptFile]:
        """Every file that has to be in the archive beside this record."""
        for each in self.recordings:
            yield each.file
            if each.transcript is not None:
                yield each.transcript
        if self.speaker is not None:
            yield self.speaker.file

    def sealed(self, key: bytes) -> VoiceRecord:
        """Return it with the seal of the Mynah that has this key."""
        return self.model_copy(update={"seal": self._seal(key)})

    def is_sealed(self, key: bytes) -> bool:
        """Whether the Mynah that has this key has written all of it."""
        return hmac.compare_digest(self.seal, self._seal(key))

    def to_json(self) -> bytes:
        """Write it, for people too."""
        return f"{json.dumps(self.model_dump(mode='json'), ensure_ascii=False, indent=1)}\n".encode()

    def _seal(self, key: bytes) -> str:
        told = self.model_dump(mode="json", exclude={"seal"})
        form = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
        return hmac.new(key, f"mynah voice archive 1\n{form}".encode(), hashlib.sha256).hexdigest()


class _Kind(BaseModel):
    form: str = Field(max_length=100)


def read_record(told: bytes) -> VoiceRecord:
    """Read what an archive says of itself; anybody may have written it.

    Raises:
        BadRecord: It is not what such a record has to be.
    """
    try:
        kind = _Kind.model_validate_json(told).form
    except ValidationError as error:
        raise BadRecord(f"its metadata.json cannot be read ({_first(error)}).") from None
    if kind != FORM:
        raise BadRecord("it is of a kind that this Mynah does not know; a newer one may have made it.")
    try:
        return VoiceRecord.model_validate_json(told)
    except ValidationError as error:
        raise BadRecord(f"something in its metadata.json is not as it has to be ({_first(error)}).") from None


def plain(figures: Any) -> Figures:
    """Return those figures that a record can have: numbers, words and lists of them."""
    kept: Figures = {}
    for name, figure in dict(figures).items():
        each = [figure] if not isinstance(figure, list) else figure
        if all(one is None or isinstance(one, bool | int | float | str) for one in each):
            kept[str(name)] = figure
    return kept


def _first(error: ValidationError) -> str:
    """Where the first fault is, and what; of what stands there nothing is said again."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(each) for each in fault["loc"])[:80]
    kind = fault["type"].replace("_", " ")
    return f"{place}: {kind}" if place else kind
