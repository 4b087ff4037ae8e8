"""Send mutated sound files through intake: `python -m tests.fuzz.intake --inputs 1000000 --state fuzz.json`.

It goes on where the state says that it was stopped; `--inputs 0` only prints what has been done.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.fuzz.campaign import Campaign
from tests.fuzz.mutations import mutant, seeds
from tests.fuzz.worker import outcome


def main() -> int:
    """Run a campaign, print its figures, and return 1 where something should not be."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.intake", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="how many there are to be in all")
    parser.add_argument("--state", type=Path, help="a file that says how far it has come")
    parser.add_argument("--seed", type=int, default=1, help="what chance begins with, where there is no state yet")
    parser.add_argument("--only", type=int, help="look at the file of this number alone, in this process, unconfined")
    options = parser.parse_args()
    if options.only is not None:
        print(outcome(mutant(seeds(), options.seed, options.only)))
        return 0
    campaign = Campaign(options.state, options.seed)
    campaign.run(options.inputs)
    print("\n".join(campaign.report()) if campaign.inputs else "Nothing has been done yet.")
    print("Nothing is wrong." if not campaign.wrong else f"{campaign.wrong} files did what none may.")
    return 1 if campaign.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
