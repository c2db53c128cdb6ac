"""Months of the person's calendar, written like "2026-11": a budget begins at their own midnight."""

from __future__ import annotations

import re
from datetime import datetime


def month_of(when: datetime) -> str:
    """The month of an aware time, where this computer is."""
    return when.astimezone().strftime("%Y-%m")


def bounds_of(month: str) -> tuple[datetime, datetime]:
    """When it begins, and when the next one does. Raises ValueError for what is no month."""
    found = re.fullmatch(r"(20\d{2})-(\d{2})", month)
    if found is None:
        raise ValueError(f"{month!r} is no month like 2026-11")
    year, number = int(found[1]), int(found[2])
    begin = datetime(year, number, 1)  # noqa: DTZ001 - local time is meant: astimezone makes it aware
    following = datetime(year + number // 12, number % 12 + 1, 1)  # noqa: DTZ001
    return begin.astimezone(), following.astimezone()
