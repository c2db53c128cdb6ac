"""What a notification says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notification:
    """``id`` is what a click on it brings back. Of each ``group`` only the newest is shown: they do not pile up.

    The desktop keeps notifications and may show them on a locked screen: nothing of a picture or of an answer
    belongs in one.
    """

    id: str
    title: str
    text: str
    group: str = ""
