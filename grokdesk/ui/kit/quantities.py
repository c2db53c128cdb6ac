"""Sizes in words, with the digits and units of the person's locale."""

from __future__ import annotations

from PySide6.QtCore import QLocale


def pixel_size(width: int, height: int) -> str:
    """``1284 × 716``: without thousands marks, which nobody writes in pixel sizes."""
    locale = QLocale()
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return f"{locale.toString(width)} × {locale.toString(height)}"


def byte_size(count: int) -> str:
    """``212 kB``, ``1.4 MB``."""
    precision = 0 if count < 1024 * 1024 else 1
    return QLocale().formattedDataSize(count, precision, QLocale.DataSizeFormat.DataSizeTraditionalFormat)


def number(value: int) -> str:
    """``1,792``"""
    return QLocale().toString(value)
