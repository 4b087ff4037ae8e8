"""Kill Mynah over and over, and check that nothing is lost: `python -m tests.faults --kills 240`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.siege import Siege
from tests.faults.verdict import judge


def main() -> int:
    """Run a siege, print its figures, and return 1 where something should not be."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=240, help="how often Mynah is killed")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="what chance begins with")
    parser.add_argument("--root", type=Path, help="an empty folder to do it in; one that goes afterwards if not given")
    options = parser.parse_args()
    if options.root:
        return _run(options.root, options.kills, options.seed)
    with tempfile.TemporaryDirectory(prefix="mynah-siege-") as root:
        return _run(Path(root), options.kills, options.seed)


def _run(root: Path, kills: int, seed: int) -> int:
    print(f"seed {seed}", flush=True)
    began = time.monotonic()
    siege = Siege(root, seed)
    siege.run(kills)
    verdict = judge(root)
    print(f"{siege.kills.total()} kills in {time.monotonic() - began:.0f} s, {siege.escapes} escapes")
    for boundary, times in sorted(siege.kills.items()):
        print(f"  {times:4} {boundary}")
    for name, figure in verdict.figures.items():
        print(f"{name}: {figure}")
    for fault in verdict.faults:
        print(f"WRONG: {fault}")
    print("Nothing was lost." if not verdict.faults else f"{len(verdict.faults)} things are wrong.")
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())
