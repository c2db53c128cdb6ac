"""Logging that cannot leak a key: every line passes a Redactor, known secrets and known shapes alike."""

from __future__ import annotations

import base64
import html
import json
import logging
import os
import re
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from grokdesk.key_forms import Parts, blanks_at_end, letters_of, unescaped, unfinished_escape
from grokdesk.private_files import make_private_folder, open_private

MASK = "[redacted]"
_SHORTEST, _LONGEST_FORM = 6, 8192
_URL_SAFE = str.maketrans("+/", "-_")

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


_SECRET_NAME = re.compile(r"auth|key|secret|token|passw|passphrase|cookie|session|credential|signature", re.IGNORECASE)
# The prefixes of providers' keys before one long run of letters and digits, JSON web tokens, and long runs of both
# without a prefix. A name of a model has hyphens and dots between its words.
_KEY = re.compile(
    r"""
    (?:^|[^A-Za-z0-9])(?:
        (?:xai|sk|ck|csk|gsk|hf|pk|rk|r8|fw|tgp|pplx|nvapi|ghp|gho|ghs|github_pat|glpat|AIza|AKIA|ya29|or)
            [-_.A-Za-z0-9]{0,24}?(?=[A-Za-z0-9_]*[0-9])[A-Za-z0-9_]{16,}
      | eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}
      | (?<!sha256:)(?=[A-Za-z0-9]*[0-9][A-Za-z0-9]*[0-9])(?=[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{32,}
    )
  | (?i:\b(?:bearer|basic))\ [A-Za-z0-9._~+/-]{12,}
    """,
    re.VERBOSE,
)


def looks_like_key(text: str) -> bool:
    """True for what a person may have pasted into the wrong field."""
    return _KEY.search(text) is not None


def is_secret_header(name: str, value: str = "") -> bool:
    """True for a header whose value nobody may read, by its name or by what it holds."""
    return _SECRET_NAME.search(name) is not None or looks_like_key(value)


class Redactor:
    """Masks what must not be shown. ``remember`` a secret as soon as it is read; any thread may do so.

    A secret is known in the forms in which servers repeat it: as it is, in either case, in base64 (also inside a
    longer text that was encoded), percent-encoded, in hexadecimal, escaped for JSON or HTML, broken into lines, and in
    long parts.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secrets: frozenset[str] = frozenset()
        self._forms: tuple[str, ...] = ()
        self._known: re.Pattern[str] | None = None
        self._beginnings: frozenset[str] = frozenset()
        self._longest = 0
        self._parts = Parts(())

    def remember(self, secret: str) -> None:
        """Mask this text from now on. Very short texts are ignored: they would mask ordinary words."""
        if len(secret) < _SHORTEST:
            return
        with self._lock:
            if secret in self._secrets:
                return
            self._secrets |= {secret}
            new = _forms_of(secret)
            # The longest first: one secret may be a part of another.
            forms = sorted({*self._forms, *new}, key=len, reverse=True)
            self._beginnings |= {form[:end] for form in new for end in range(1, len(form))}
            self._longest = len(forms[0])
            self._parts = Parts(self._secrets)
            self._forms, self._known = tuple(forms), None

    def redact(self, text: str) -> str:
        """Without remembered secrets, and without what has the shape of one: for logs, errors, addresses."""
        return _SHAPES.sub(MASK, self.redact_known(text))

    def redact_known(self, text: str) -> str:
        """Without remembered secrets alone: for answers, in which a key on a picture may be what was asked about."""
        return self.parts_masked(self.whole_masked(text))

    def whole_masked(self, text: str) -> str:
        """Without remembered secrets that are all there."""
        known = self._known
        if known is None:
            with self._lock:
                # "(?!)" matches nothing.
                known = self._known = re.compile("|".join(map(re.escape, self._forms)) or "(?!)", re.IGNORECASE)
        return _without_escaped(known, known.sub(MASK, text))

    def parts_masked(self, text: str) -> str:
        """Without what is left of a remembered secret where something is missing of it."""
        return _masked(text, list(self._parts.spans(text)))

    def stream(self) -> StreamRedactor:
        return StreamRedactor(self)

    def unfinished(self, text: str) -> int:
        """How many characters at the end of ``text`` may be the beginning of a secret that goes on."""
        text, held = text[-16 * self._longest :], 0
        for _round in range(6):  # a part, its stars, another part before them, each perhaps with an escape at its end
            if not (more := self._unfinished(text[: len(text) - held])):
                break
            held += more
        return held

    def _unfinished(self, text: str) -> int:
        if not self._longest:
            return 0
        text = text[-8 * self._longest :]  # an escaped letter takes up to six characters, and line breaks a few more
        if escape := unfinished_escape(text):
            return escape
        line = text[: len(text) - blanks_at_end(text)]
        plain = unescaped(line)
        tail = plain[-self._longest :].lower()
        held = next((len(tail) - at for at in range(len(tail)) if tail[at:] in self._beginnings), 0)
        held = max(held, self._parts.held(plain))
        return len(text) - letters_of(line)[len(plain) - held][0] if held else 0

    def __repr__(self) -> str:
        return f"Redactor({len(self._secrets)} secrets)"


class StreamRedactor:
    """``redact_known`` for a text that comes in pieces, over whose borders a secret may reach."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._held = ""

    def feed(self, piece: str) -> str:
        """What can be shown now; the rest is held until it is known to be no secret."""
        text = self._redactor.whole_masked(self._held + piece)
        held = self._redactor.unfinished(text)
        self._held = text[len(text) - held :]
        return self._redactor.parts_masked(text[: len(text) - held])

    def flush(self) -> str:
        """What was held: nothing more comes."""
        text, self._held = self._held, ""
        return self._redactor.parts_masked(text)


def _without_escaped(known: re.Pattern[str], text: str) -> str:
    """Without what is a secret once escapes and line breaks are undone."""
    plain = unescaped(text)
    if plain == text or not (spans := [found.span() for found in known.finditer(plain)]):
        return text
    letters = letters_of(text)
    return _masked(text, [(letters[start][0], letters[end - 1][1]) for start, end in spans])


def _masked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in reversed(spans):
        text = f"{text[:start]}{MASK}{text[end:]}"
    return text


def _forms_of(secret: str) -> set[str]:
    """In lower case. See Redactor."""
    raw = secret.encode("utf-8", "surrogatepass")
    quoted = quote(raw, safe="")
    forms = {secret, quoted, quote(quoted, safe=""), "".join(f"%{byte:02x}" for byte in raw), raw.hex()}
    forms |= {json.dumps(secret)[1:-1], json.dumps(secret)[1:-1].replace("/", "\\/"), html.escape(secret)}
    for before in range(3):
        # Six bits a letter: those at either end are also made of what stands before and behind the secret.
        encoded = base64.b64encode(bytes(before) + raw).decode("ascii")
        core = encoded[-(-8 * before // 6) : 8 * (before + len(raw)) // 6]
        forms |= {core, core.translate(_URL_SAFE)}
    return {form.lower() for form in forms if _SHORTEST <= len(form) <= _LONGEST_FORM}


class RedactingFormatter(logging.Formatter):
    """Formats as usual, traceback included, then redacts the whole text."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(threadName)s: %(message)s")
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.redact(super().format(record))


class _QuietFile(RotatingFileHandler):
    """A log that cannot be written is no reason to fail or to print: the disk may be full just then."""

    def _open(self) -> TextIOWrapper:
        handle = open_private(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        return open(handle, "a", encoding=self.encoding)  # noqa: PTH123 - a descriptor, not a path

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        pass


class _QuietScreen(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        pass


def set_up_logging(
    folder: Path, redactor: Redactor, level: int = logging.INFO, *, on_screen: bool = True
) -> Callable[[], None]:
    """Log to ``folder/grokdesk.log`` (1 MB, one older copy); warnings also go to standard error if ``on_screen``.

    Returns what ends it and closes the file. Raises OSError when the folder cannot be made.
    """
    formatter = RedactingFormatter(redactor)
    make_private_folder(folder)
    handlers: list[logging.Handler] = [
        _QuietFile(folder / "grokdesk.log", maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True)
    ]
    if on_screen:
        handlers.append(_QuietScreen(sys.stderr))
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
            with suppress(OSError):  # what was still in its buffer finds no room
                handler.close()

    return end
