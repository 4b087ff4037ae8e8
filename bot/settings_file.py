"""Writes config.toml, and the table of settings for the documentation, from the classes of the settings.

`python -m bot.settings_file` prints config.toml; with --table, the table.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot import settings
from bot.settings import SECTIONS, Section
from bot.settings_words import allowed

HEAD = """\
# The settings of Mynah, each with its default: what you do not change can go.
# MYNAH_<SECTION>__<KEY> in the environment, or in a file .env beside this one, goes before what stands here.
"""


def settings_file() -> str:
    """Return config.toml with every setting, its default and what it means."""
    helps = _helps()
    return "\n".join([HEAD, *("\n".join(_section(name, kind, helps)) + "\n" for name, kind in SECTIONS.items())])


def settings_table() -> str:
    """Return every setting as tables in Markdown, one for each section."""
    helps = _helps()
    parts: list[str] = []
    for name, kind in SECTIONS.items():
        parts += [
            f"## `[{name}]`",
            "",
            _about(kind),
            "",
            "| setting | default | may be | what it means |",
            "|---|---|---|---|",
        ]
        for key, field in kind.model_fields.items():
            what = helps[kind.__name__, key].replace("|", "\\|")
            parts.append(f"| `{key}` | {_shown(field)} | {allowed(field)} | {what} |")
        parts.append("")
    return "\n".join(parts)


def _section(name: str, kind: type[Section], helps: dict[tuple[str, str], str]) -> Iterator[str]:
    yield f"# {_about(kind)}"
    yield f"[{name}]"
    for key, field in kind.model_fields.items():
        yield f"# {helps[kind.__name__, key]}"
        yield f"# {key}" if _secret(field) else f"{key} = {_toml(field.default)}"


def _about(kind: type[Section]) -> str:
    return " ".join((inspect.getdoc(kind) or "").split())


def _secret(field: FieldInfo) -> bool:
    return field.annotation is SecretStr


def _shown(field: FieldInfo) -> str:
    return "" if _secret(field) or field.default in ("", ()) else f"`{_toml(field.default)}`"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:_}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _helps() -> dict[tuple[str, str], str]:
    """Read the sentence under each field; Python itself does not keep it."""
    found: dict[tuple[str, str], str] = {}
    for node in ast.parse(inspect.getsource(settings)).body:
        if isinstance(node, ast.ClassDef):
            for field, below in zip(node.body, node.body[1:], strict=False):
                text = _text(below)
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and text:
                    found[node.name, field.target.id] = text
    return found


def _text(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return None


if __name__ == "__main__":
    print(settings_table() if "--table" in sys.argv[1:] else settings_file(), end="")
