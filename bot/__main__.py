"""`python -m bot`, which is also the command `mynah`."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Do what was typed behind `mynah`, and return the exit status."""
    if "_ARGCOMPLETE" in os.environ:
        from bot.cli_adapter.completion import complete

        complete()
    from bot.cli_adapter.main import main

    return main()


if __name__ == "__main__":
    sys.exit(main())
