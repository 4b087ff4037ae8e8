"""Where the settings come from: config.toml, .env, the environment; and which folder the data is in."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bot import platforms
from bot.settings import SECTIONS, Begins, Settings
from bot.settings_words import allowed, faults, nearest

PREFIX = "MYNAH_"
PLAIN = ("MYNAH_CONFIG", "MYNAH_DATA")
"""Variables that are no settings: they say where the settings and the data are."""
TOKENS = ("discord", "telegram")
"""The sections that have a token."""

Values = dict[str, dict[str, object]]
"""What was given, by section and key."""
Origins = dict[tuple[str, str], str]
"""What to call each (section, key) that was given: as it stands in the file, or the name of its variable."""


class ConfigError(Exception):
    """The settings cannot be used; the message says each fault in a line of its own."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences
        """The faults, a sentence each."""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """The settings in use, and where things are."""

    settings: Settings
    """Every setting."""
    file: Path | None
    """The config.toml in use; None where there is none."""
    data: Path
    """The data folder; it may not be there yet."""
    extra: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """The sections of adapters that Mynah does not bring itself, by name, as they were given."""


def load(path: str | None, env: Mapping[str, str], folder: Path | None = None) -> Loaded:
    """Read the settings; `path` is what --config says, `folder` the working folder.

    Raises:
        ConfigError: They cannot be read, or something in them is wrong.
    """
    folder = folder or Path.cwd()
    file = _find(path or env.get("MYNAH_CONFIG", ""), folder)
    dotenv = (file.parent if file else folder) / ".env"
    variables = {**_read_dotenv(dotenv), **{k.upper(): v for k, v in env.items() if k.upper().startswith(PREFIX)}}
    values: Values = {}
    origins: Origins = {}
    wrong: list[str] = []
    if file:
        _take_file(file, values, origins, wrong)
    _take_variables(variables, values, origins, wrong)
    wrong += [
        sentence
        for name, section in SECTIONS.items()
        for sentence in faults(section, values.get(name, {}), {k: origins[name, k] for k in values.get(name, {})})
    ]
    wrong += _wrong_addresses(values, origins)
    wrong += _take_tokens(values, origins, file.parent if file else folder)
    if wrong:
        raise ConfigError(*wrong)
    extra = {name: given for name, given in values.items() if name not in SECTIONS}
    settings = Settings.of({name: given for name, given in values.items() if name in SECTIONS})
    return Loaded(settings=settings, file=file, data=_data(variables.get("MYNAH_DATA", ""), file, folder), extra=extra)


def _find(named: str, folder: Path) -> Path | None:
    if named:
        file = (folder / Path(named).expanduser()).resolve()
        if not file.is_file():
            raise ConfigError(f"There is no file {file}; name the config.toml that you mean, or leave --config out.")
        return file
    for place in (folder.resolve(), *folder.resolve().parents):
        file = place / "config.toml"
        if file.is_file() and "mynah" in _glance(file):
            return file
    return None


def _glance(file: Path) -> Mapping[str, object]:
    """Read somebody's config.toml on the way upward; one that cannot be read counts only if it looks like Mynah's."""
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError:
        return {"mynah": {}} if "[mynah]" in file.read_text("utf-8") else {}
    except (OSError, UnicodeDecodeError):
        return {}


def _read_dotenv(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    from dotenv import dotenv_values

    found = {
        k.upper(): v for k, v in dotenv_values(file, interpolate=False).items() if v and k.upper().startswith(PREFIX)
    }
    if "MYNAH_CONFIG" in found:
        raise ConfigError(f"MYNAH_CONFIG in {file} comes too late; set it in the environment, or use --config.")
    if any(name.endswith("__TOKEN") for name in found):
        _owner_only(file)
    return found


def _owner_only(file: Path) -> None:
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise ConfigError(f"Others on this machine can read the token in {file}. Run: chmod 600 {file}")


def _take_file(file: Path, values: Values, origins: Origins, wrong: list[str]) -> None:
    try:
        tables = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}.") from error
    for section, table in tables.items():
        if not isinstance(table, dict):
            wrong.append(f"{section} in {file} stands outside of a section. {nearest(section, SECTIONS)}")
            continue
        if section not in SECTIONS and not platforms.exists(section):
            wrong.append(f"There is no section [{section}] ({file}). {nearest(section, SECTIONS)}")
            continue
        for key, value in table.items():
            if section in TOKENS and key == "token":
                wrong.append(_misplaced(section, file))
            elif section in SECTIONS and key not in SECTIONS[section].model_fields:
                wrong.append(f"There is no {section}.{key} ({file}). {_near_key(section, key)}")
            else:
                values.setdefault(section, {})[key] = value
                origins[section, key] = f"{section}.{key} in {file}"


def _misplaced(section: str, file: Path) -> str:
    return (
        f"The {section} token does not belong in {file}, which others may come to read. Take it out, put the line "
        f"MYNAH_{section.upper()}__TOKEN=… into {file.parent / '.env'}, and run: chmod 600 {file.parent / '.env'}"
    )


def _take_variables(variables: Mapping[str, str], values: Values, origins: Origins, wrong: list[str]) -> None:
    for name, value in variables.items():
        section, _, key = name.removeprefix(PREFIX).lower().partition("__")
        if name in PLAIN or not value.strip():
            continue
        known = key in SECTIONS[section].model_fields if section in SECTIONS else key and platforms.exists(section)
        if known:
            values.setdefault(section, {})[key] = value
            origins[section, key] = name
        else:
            wrong.append(f"There is no setting {name}. {nearest(name, _variables())}")


def _variables() -> list[str]:
    return [*PLAIN, *(_variable(section, key) for section, kind in SECTIONS.items() for key in kind.model_fields)]


def _variable(section: str, key: str) -> str:
    return f"{PREFIX}{section}__{key}".upper()


def _near_key(section: str, key: str) -> str:
    here = list(SECTIONS[section].model_fields)
    elsewhere = [name for name, kind in SECTIONS.items() if key in kind.model_fields]
    if elsewhere:
        return f"Did you mean {elsewhere[0]}.{key}?"
    return nearest(key, here)


def _wrong_addresses(values: Values, origins: Origins) -> Iterator[str]:
    """Say which settings have to be addresses and are none."""
    for section, kind in SECTIONS.items():
        for key, about in kind.model_fields.items():
            begins = next((mark for mark in about.metadata if isinstance(mark, Begins)), None)
            given = values.get(section, {}).get(key)
            if begins and given and isinstance(given, str) and not _is_address(given, begins.schemes):
                yield f"{origins[section, key]} has to be {allowed(about)}, not {given[:60]!r}."


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and not set(text) & set(" \t\r\n")
    except ValueError:  # a port that is no number
        return False


def _take_tokens(values: Values, origins: Origins, folder: Path) -> Iterator[str]:
    """Read the token files that are named where no token was given."""
    for section in TOKENS:
        given = values.get(section, {})
        named = given.get("token_file")
        if given.get("token") or not isinstance(named, str) or not named:
            continue
        file = folder / Path(named).expanduser()
        if not file.is_file():
            yield f"{origins[section, 'token_file']} names {file}, which is not there."
            continue
        try:
            _owner_only(file)
            given["token"] = file.read_text("utf-8").strip()
        except ConfigError as error:
            yield str(error)
        except (OSError, UnicodeDecodeError) as error:
            yield f"{file} cannot be read: {error}."


def _data(named: str, file: Path | None, folder: Path) -> Path:
    if named:
        return (folder / Path(named).expanduser()).resolve()
    if file:
        return file.parent / "data"
    from platformdirs import user_data_path

    return user_data_path("mynah", appauthor=False)
