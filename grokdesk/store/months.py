"""Months and days of the person's calendar, written like "2026-11" and "2026-11-25": both begin at their own midnight,
and a budget with its month."""

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


def begin_of(day: str) -> datetime:
    """Its midnight. Raises ValueError for what is no day."""
    if re.fullmatch(r"20\d{2}-\d{2}-\d{2}", day) is None:
        raise ValueError(f"{day!r} is no day like 2026-11-25")
    try:
        return datetime.fromisoformat(day).astimezone()
    except ValueError as error:
        raise ValueError(f"{day!r} is no day of the calendar") from error
