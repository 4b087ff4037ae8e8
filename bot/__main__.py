"""`python -m bot`, which is also the command `mynah`."""

from __future__ import annotations

import gc
import os
import sys


def main() -> int:
    """Do what was typed behind `mynah`, and return the exit status."""
    gc.disable()  # what a start makes stays; `bot.app` turns it on again
    try:
        if "_ARGCOMPLETE" in os.environ:
            from bot.cli_adapter.completion import complete

            complete()
        from bot.cli_adapter.main import main

        return main()
    finally:
        gc.freeze()  # nor is there any use in looking through it all once more when it ends


if __name__ == "__main__":
    sys.exit(main())
