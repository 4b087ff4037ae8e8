"""What the program itself can do, beside the commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field

from bot.cli_adapter.options import Extra
from engine.value import value


@value
class Own:
    """Something that the program does by itself."""

    help: str
    """What it does, as a sentence."""
    words: tuple[str, ...] = ()
    """What may stand behind it, exactly one of them; nothing: nothing may."""
    wanted: str = ""
    """What that word is, for whoever left it out."""
    json: bool = False
    """Whether it can answer for a program."""
    config: bool = True
    """Whether it goes by a settings file."""
    takes: str = ""
    """What the one word is called that stands behind it, whatever it is; empty: none does."""
    names: Callable[[], Iterable[str]] | None = None
    """Tells what that word may be, to complete it."""
    options: tuple[Extra, ...] = ()
    """What else may be given, each with two hyphens before it."""
    inner: Mapping[str, Own] = field(default_factory=dict)
    """Words of its own, each with what it does; where none is typed, the first."""

    def usage(self, name: str) -> str:
        """Write how it is typed behind `mynah`."""
        if self.inner:
            return f"{name} [COMMAND …]"
        options = [f"[--{option.name} {option.value}".rstrip() + "]" for option in self.options]
        settings = ["[--config FILE]" if self.config else "", "[--json]" if self.json else ""]
        words = [name, "|".join(self.words), self.takes, *options, *settings]
        return " ".join(word for word in words if word)


def _to_be_had() -> Iterable[str]:
    from engine.catalogue import published  # only here: few who type something want a model

    return published()


def _on_disk() -> Iterable[str]:
    import os

    from bot.config import load
    from engine.model_folders import installed

    return [model.name for model in installed(load(None, os.environ).data / "models")]


_MODELS = {
    "list": Own(
        help="List the models: how large, which languages, what licence, and which of them are here.", json=True
    ),
    "pull": Own(
        help="Bring a model, from where it is published or from a mirror; what was cut off is gone on with.",
        json=True,
        takes="NAME",
        names=_to_be_had,
        options=(
            Extra(name="accept-license", value="NAME", help="Accept its licence by name, where nobody can be asked."),
            Extra(name="mirror", value="URL", help="Fetch it from this server; models.mirror unless given."),
            Extra(name="renewed", value="", help="Take files that are not those that came from there before."),
        ),
    ),
    "remove": Own(
        help="Remove a model from disk.",
        json=True,
        takes="NAME",
        names=_on_disk,
        options=(Extra(name="yes", value="", help="Do not ask first."),),
    ),
    "check": Own(
        help="Look whether a model is still as it came, to the last byte.", json=True, takes="NAME", names=_on_disk
    ),
}

OWN = {
    "run": Own(help="Start Mynah and its page: on a terminal to chat, elsewhere to serve until it is stopped."),
    "doctor": Own(help="Say whether tokens, voices and the data folder are well, and what to do if not.", json=True),
    "models": Own(help="Show the models that XTTS and VITS speak with; pull one, or remove it.", inner=_MODELS),
    "demo": Own(
        help="Show a conversation on a stand-in for Discord or Telegram; it needs no account and no token.",
        words=("discord", "telegram"),
        wanted="the name of a platform",
        config=False,
    ),
    "completion": Own(
        help="Print what teaches your shell to complete mynah's commands: bash, zsh or fish.",
        words=("bash", "zsh", "fish"),
        wanted="the name of your shell",
        config=False,
    ),
}
"""By the word that is typed."""


def own_of(path: Sequence[str]) -> Own | None:
    """Return what the program does for these words, if they are its own."""
    own = OWN.get(path[0]) if path else None
    for word in path[1:]:
        own = own.inner.get(word) if own else None
    return own
