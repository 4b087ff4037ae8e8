"""What the program itself can do, beside the commands."""

from __future__ import annotations

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

    def usage(self, name: str) -> str:
        """Write how it is typed behind `mynah`."""
        words = [name, "|".join(self.words), "[--config FILE]" if self.config else "", "[--json]" if self.json else ""]
        return " ".join(word for word in words if word)


OWN = {
    "run": Own(help="Start Mynah: on a terminal to chat, elsewhere to serve until it is stopped."),
    "doctor": Own(help="Say whether tokens, voices and the data folder are well, and what to do if not.", json=True),
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
