"""``python -m tests.benchmarks [NAME...]``: the named ones of this folder, or all, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.rows import KEPT, kept, table

HERE = Path(__file__).parent
NO_BENCHMARKS = {"programs", "rows", "side_by_side"}


def main(names: list[str]) -> int:
    known = sorted({file.stem for file in HERE.glob("[a-z]*.py")} - NO_BENCHMARKS)
    if unknown := set(names) - set(known):
        print(f"There is no {', '.join(sorted(unknown))}. There are: {', '.join(known)}", file=sys.stderr)
        return 2
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder, "rows")
        for name in names or known:
            print(f"--- {name}", flush=True)
            command = [sys.executable, "-m", f"tests.benchmarks.{name}"]
            environment = {**os.environ, KEPT: str(rows)}
            done = subprocess.run(command, cwd=HERE.parents[1], env=environment, stdin=subprocess.DEVNULL, check=False)
            if done.returncode:
                failed.append(name)
        print(f"\n{table(kept(rows))}")
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
