"""Logging that cannot leak a key: every line passes a Redactor, known secrets and known shapes alike."""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

MASK = "[redacted]"

# Key shapes of providers (one of our dialects has such a name), authorisation headers, and the ids that xAI echoes in
# error texts.
_SHAPES = re.compile(
    r"""
    \b(?!xai-responses\b)(?:xai|sk|ck|gsk|hf|pk|rk|or)[-_][A-Za-z0-9_\-*.]{6,}
  | (?<=Bearer\ )[^\s"',;]+
  | (?<=api_key=)[^\s"'&]+
  | (?i:(?<=team:\ )|(?<=team\ )|(?<=api\ key\ id:\ ))[0-9a-f]{8}-[0-9a-f-]{27}
    """,
    re.VERBOSE,
)


class Redactor:
    """Masks what must not be shown. ``remember`` a secret as soon as it is read; any thread may do so."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secrets: tuple[str, ...] = ()

    def remember(self, secret: str) -> None:
        """Mask this exact text from now on. Very short texts are ignored: they would mask ordinary words."""
        if len(secret) >= 6:
            with self._lock:
                # The longest first: one secret may be a part of another.
                self._secrets = tuple(sorted({*self._secrets, secret}, key=len, reverse=True))

    def redact(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return _SHAPES.sub(MASK, text)

    def __repr__(self) -> str:
        return f"Redactor({len(self._secrets)} secrets)"


class RedactingFormatter(logging.Formatter):
    """Formats as usual, traceback included, then redacts the whole text."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(threadName)s: %(message)s")
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.redact(super().format(record))


def set_up_logging(
    folder: Path, redactor: Redactor, level: int = logging.INFO, *, on_screen: bool = True
) -> Callable[[], None]:
    """Log to ``folder/grokdesk.log`` (1 MB, one older copy); warnings also go to standard error if ``on_screen``.

    Returns what ends it and closes the file. Raises OSError when the folder cannot be made.
    """
    formatter = RedactingFormatter(redactor)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handlers: list[logging.Handler] = [
        RotatingFileHandler(folder / "grokdesk.log", maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True)
    ]
    if on_screen:
        handlers.append(logging.StreamHandler(sys.stderr))
        handlers[-1].setLevel(logging.WARNING)
    root = logging.getLogger("grokdesk")
    before = root.level, root.propagate
    root.setLevel(level)
    root.propagate = False
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)

    def end() -> None:
        root.setLevel(before[0])
        root.propagate = before[1]
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()

    return end
