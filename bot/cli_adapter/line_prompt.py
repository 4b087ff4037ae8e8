"""A prompt that completes, remembers, and shows news below while something is typed.

Importing this module imports prompt_toolkit; only a chat does.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import Completer
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

SIGN = "> "


class LinePrompt:
    """A prompt on a terminal on which things can move."""

    def __init__(
        self,
        *,
        history: Path | None,
        completer: Completer,
        standing: Callable[[], str],
        interrupt: Callable[[], bool],
        hint: str,
    ) -> None:
        self._closed = False
        keys = KeyBindings()

        @keys.add("c-c")
        def stop(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            if interrupt():
                return
            if buffer.text:
                buffer.reset()
            else:
                print(hint, flush=True)

        self._session: PromptSession[str] = PromptSession(
            SIGN,
            history=FileHistory(history) if history else InMemoryHistory(),
            completer=completer,
            complete_while_typing=True,
            reserve_space_for_menu=6,
            bottom_toolbar=standing,
            key_bindings=keys,
        )

    async def line(self) -> str:
        """Return the next line."""
        if self._closed:
            raise EOFError
        return await self._session.prompt_async(handle_sigint=False)

    def refresh(self) -> None:
        """Draw the line of news again."""
        self._session.app.invalidate()

    def forget(self) -> None:
        """Remember nothing of what was typed."""
        self._session.history._loaded_strings.clear()  # there is no public way to empty a history

    def close(self) -> None:
        """Let no more lines come."""
        self._closed = True
        if self._session.app.is_running:
            self._session.app.exit(exception=EOFError)
