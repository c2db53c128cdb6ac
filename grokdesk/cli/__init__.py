"""The command line: one module a verb."""

from __future__ import annotations

import sys

from grokdesk import __version__


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code. Nothing is imported before it is known what is wanted."""
    words = sys.argv[1:] if argv is None else argv
    if words in (["--version"], ["-V"]):
        sys.stdout.write(f"grokdesk {__version__}\n")
        return 0
    from grokdesk.cli.command_line import run

    return run(words)
