"""``python -m tests.benchmarks``: every benchmark of this folder, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    failed = []
    for file in sorted(set(HERE.glob("[a-z]*.py")) - {HERE / "programs.py", HERE / "side_by_side.py"}):
        print(f"--- {file.stem}", flush=True)
        command = [sys.executable, "-m", f"tests.benchmarks.{file.stem}"]
        if subprocess.run(command, cwd=HERE.parents[1], stdin=subprocess.DEVNULL, check=False).returncode:
            failed.append(file.stem)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
