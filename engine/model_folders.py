"""The models on disk: what each folder under `data/models/` is, and what is wrong with it.

`mynah models pull` brings a folder with a manifest (`model_manifest`); one that the host has put there themselves has
none. This looks at names, sizes and configurations only: whether weights fit is found by the engine that loads them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from engine import origin
from engine.catalogue import licences, published
from engine.engine import EngineError
from engine.model_manifest import BadManifest, Manifest, read_manifest
from engine.value import value

XTTS, VITS = "xtts", "vits"
CONFIG = "config.json"
VITS_WEIGHTS = ("model_file.pth", "model_file.pth.tar", "model.pth", "checkpoint.pth")
"""What the published weights of a VITS may be called; else it is the only file that ends in .pt, .pth or .pth.tar."""
VITS_SAFE = "model.safetensors"
"""What they are called once they are safe, or where they were from the start."""
_NO_WEIGHTS = frozenset({"speakers.pth", "speaker_ids.pth", "language_ids.pth", "d_vectors.pth"})
"""Files that end as weights may, and hold what else is known of speakers and languages."""
_TELLTALES = (*VITS_WEIGHTS, VITS_SAFE, "vocab.json", "speakers_xtts.pth", "speakers_xtts.safetensors")
"""Files by which a folder without a configuration is known for a model."""


@value
class ModelOnDisk:
    """A folder of a model."""

    name: str
    """What it is called: the folder's name."""
    folder: Path
    """Where it is."""
    family: str
    """What kind of model it is: 'xtts', 'vits', or what its configuration says; empty where nothing does."""
    languages: tuple[str, ...]
    """What it speaks, as BCP 47 tags in lower case; empty where nothing says so."""
    licence: str
    """The SPDX identifier of its weights' licence; empty for a folder of the host's own, of which nobody has said."""
    accepted: str
    """When its licence was accepted, as '2026-11-27T03:00:00Z'; empty: it was not, or need not be."""
    pulled: bool
    """Whether `mynah models pull` brought it; else the host put it there."""
    bytes: int
    """How large its files are together."""
    wrong: str
    """Why Mynah does not speak with it, as a sentence; empty: nothing stands in its way."""


def installed(models: Path) -> Sequence[ModelOnDisk]:
    """Look through the folder of models; return all that are there, by name, also those that are wrong.

    Folders that hold something else (a cache, the weights of the speaker encoder) are left out.
    """
    paths = sorted(each for each in models.iterdir() if _may_be(each)) if models.is_dir() else []
    return [_look(path) for path in paths]


def usable(models: Path, family: str) -> Sequence[ModelOnDisk]:
    """Return the models of a family with which Mynah may speak."""
    return [each for each in installed(models) if each.family == family and not each.wrong]


def misplaced(models: Path) -> str:
    """Say what is wrong where a model's files lie in the folder of models itself; empty where none do."""
    if not any((models / name).is_file() for name in (CONFIG, *_TELLTALES)):
        return ""
    return f"Files of a model lie in {models} itself; make a folder there with the model's name, and move them into it."


def size_of(folder: Path) -> int:
    """Return how many bytes the files of a folder have together; 0 where it cannot be looked into."""
    try:
        return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
    except OSError:
        return 0


def _may_be(path: Path) -> bool:
    """Whether a folder is a model, or was meant to be one."""
    if path.name.startswith(".") or not path.is_dir():
        return False
    try:
        return any((path / name).is_file() for name in (CONFIG, *_TELLTALES)) or _inner(path) is not None
    except OSError:
        return True  # what cannot be looked into is told as wrong


def _inner(path: Path) -> Path | None:
    """Return the folder inside this one in which the model really lies, as it is after unpacking one level too deep."""
    return next((each for each in sorted(path.iterdir()) if each.is_dir() and (each / CONFIG).is_file()), None)


def _look(path: Path) -> ModelOnDisk:
    manifest, wrong = None, ""
    try:
        manifest = read_manifest(path)
    except BadManifest as error:
        wrong = f"{error}; 'mynah models pull {path.name}' brings it anew once the folder is gone."
    known = published().get(manifest.name) if manifest else None
    family, languages = (known.family, known.languages) if known else ("", ())
    try:
        told = _configured(path)
        family = told[0] or family
        languages = languages or told[1]
        wrong = wrong or (_changed(path, manifest) if manifest else "")
    except EngineError as error:
        wrong = wrong or f"{error}."
    except OSError as error:
        wrong = wrong or f"{path} cannot be read ({error.strerror or error})."
    return ModelOnDisk(
        name=path.name,
        folder=path,
        family=family,
        languages=languages,
        licence=manifest.licence if manifest else "",
        accepted=manifest.accepted if manifest else "",
        pulled=manifest is not None,
        bytes=size_of(path),
        wrong=wrong or _forbidden(path.name, manifest),
    )


def _configured(path: Path) -> tuple[str, tuple[str, ...]]:
    """Return a model's family and languages by its configuration.

    Raises:
        EngineError: It cannot be spoken with; the message says why.
    """
    from engine.coqui_engine import layout  # only here: that package looks for its models by this module

    if not (path / CONFIG).is_file():
        if inner := _inner(path):
            raise layout.BadModel(f"the files of {path} lie one folder too deep, in {inner.name}; move them up")
        raise layout.BadModel(f"{path} lacks {CONFIG}")
    folder = layout.read_folder(path)
    family = str(folder.config.get("model", ""))
    if family == XTTS:
        layout.check(folder)
        return family, folder.languages
    if family == VITS:
        if weights_of(path) is None:
            raise layout.BadModel(f"{path} lacks its weights ({', '.join(VITS_WEIGHTS[:3])})")
        return family, _vits_languages(folder.config)
    kind = f"models of the kind {family[:40]!r}" if family else f"that: {CONFIG} does not say what kind of model it is"
    raise layout.BadModel(f"{path} is there, and Mynah does not speak with {kind}")


def weights_of(path: Path) -> Path | None:
    """Return the file of a VITS's weights that counts; None where there is none.

    The host's own safetensors go before all; those that Mynah made, behind what they were made of. A published file
    is known by its name, else by there being no other. Where what they were made of is gone, safetensors are all that
    is left of it, and no file by another name takes their place.
    """
    safe = path / VITS_SAFE
    try:
        about = origin.about(safe)
    except OSError:
        return safe  # whoever loads it says why it cannot be read
    if about is not None and origin.MADE_OF not in about:
        return safe
    for name in VITS_WEIGHTS:
        if (path / name).is_file():
            return path / name
    if about is not None:
        source = path / Path(about[origin.MADE_OF]).name
        return source if source.is_file() else safe
    named = [each for pattern in ("*.pt", "*.pth", "*.pth.tar") for each in path.glob(pattern)]
    found = [each for each in named if each.name not in _NO_WEIGHTS]
    if len(found) == 1:
        return found[0]
    return safe if safe.is_file() else None


def _vits_languages(config: Mapping[str, object]) -> tuple[str, ...]:
    """Return what a VITS says that it speaks: the languages of what it was trained on, else of its phonemes."""
    datasets = config.get("datasets")
    told = [each.get("language") for each in datasets if isinstance(each, dict)] if isinstance(datasets, list) else []
    told += [config.get("phoneme_language")]
    tags = (each.lower() for each in told if isinstance(each, str) and each)
    return tuple(dict.fromkeys(tag for tag in tags if 2 <= len(tag) <= 8))


def _changed(path: Path, manifest: Manifest) -> str:
    """Say which file is missing or has another size than when it came."""
    for name, file in manifest.files.items():
        there = path / name
        if not there.is_file():
            return f"{there} is missing; 'mynah models pull {manifest.name}' brings it back."
        if there.stat().st_size != file.bytes:
            return f"{there} is not as it came any more; 'mynah models pull {manifest.name}' brings it back."
    return ""


def _forbidden(name: str, manifest: Manifest | None) -> str:
    """Say that a licence was not accepted that has to be."""
    asked = licences().get(manifest.licence) if manifest and not manifest.accepted else None
    if asked is None:
        return ""
    return f"Nobody has accepted {asked.title} yet; 'mynah models pull {name}' shows it and asks."
