"""Which typefaces stand for "serif", "sans-serif" and "monospace" on this computer, for who draws text."""

from __future__ import annotations

import subprocess
import sys

_GENERIC = {"serif_family": "serif", "sans_serif_family": "sans-serif", "monospace_family": "monospace"}
_SECONDS = 5


def generic_typefaces() -> dict[str, str]:
    """By the names that the renderer of drawings gives them; without those that it knows by itself.

    It expects the typefaces of Windows and macOS, and leaves out all text where they are missing.
    """
    if sys.platform in ("win32", "darwin"):
        return {}
    found = {}
    for option, generic in _GENERIC.items():
        try:
            done = subprocess.run(
                ("fc-match", "-f", "%{family[0]}", generic),
                capture_output=True,
                text=True,
                check=True,
                timeout=_SECONDS,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
            return {"serif_family": "DejaVu Sans", "sans_serif_family": "DejaVu Sans"}
        found[option] = done.stdout.strip()
    return {option: family for option, family in found.items() if family}
