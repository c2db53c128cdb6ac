"""What is forbidden to a person is forbidden in a test too, also where root runs it."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_VERSION_3 = 0x20080522


def as_ordinary_user(attempt: Callable[[], T]) -> T:
    """Call ``attempt`` where the modes of files count.

    On Linux what root may do more than others is a property of each thread, and a thread that gives it up never gets
    it back: so it is one that ends here.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        return attempt()
    with ThreadPoolExecutor(1, initializer=_give_up_capabilities) as pool:
        return pool.submit(attempt).result()


def _give_up_capabilities() -> None:
    library = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)()
    if library.capset(header, effective_permitted_inheritable) != 0:
        raise OSError(ctypes.get_errno(), "capset")
