"""What is copied, and what a clipboard back end has to do. To add one, add one file and name it in
``clipboard_choice.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from grokdesk.system.part_state import PartState

TEXT, HTML, PNG = "text/plain", "text/html", "image/png"


@dataclass(frozen=True, slots=True)
class Content:
    """Forms of one thing, by MIME type; text is UTF-8."""

    forms: Mapping[str, bytes] = field(repr=False)

    @property
    def main(self) -> str:
        """The form to keep where there is room for one: plain text pastes everywhere, then a picture."""
        return next((kind for kind in (TEXT, PNG) if kind in self.forms), next(iter(self.forms), ""))


def text_content(text: str) -> Content:
    return Content({TEXT: text.encode("utf-8", "replace")})


class Clipboard(Protocol):
    """A way to the clipboard without a window. May be used from any thread, and may block for seconds.

    Every method raises NotPossibleHere with what to do instead.
    """

    @property
    def state(self) -> PartState:
        """What is known without trying."""
        ...

    def kinds(self) -> tuple[str, ...]:
        """The forms that are on the clipboard now, in the system's own words; TEXT, HTML and PNG where it has those."""
        ...

    def read(self, kind: str) -> bytes:
        """One form; empty when there is none of that kind."""
        ...

    def copy(self, content: Content) -> tuple[str, ...]:
        """Put it there and read it back; the kinds that really are there. It stays when this process ends."""
        ...

    def clear(self) -> None: ...
