"""``python -m grokdesk`` is the same as ``grokdesk``."""

from __future__ import annotations

import sys

from grokdesk.cli import main

if __name__ == "__main__":
    sys.exit(main())
