"""Runs the checks beside each other, each within its time; whatever goes wrong in one becomes its result."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError, NotPossibleHere
from grokdesk.system.part_state import PartState
from grokdesk.translation import _

log = logging.getLogger(__name__)

Part = Literal[
    "session", "capture", "hotkeys", "tray", "clipboard", "notifications", "keyring",
    "network", "provider", "vision", "reading", "history", "autostart",
]  # fmt: skip
PARTS: tuple[Part, ...] = (
    "session", "capture", "hotkeys", "tray", "clipboard", "notifications", "keyring",
    "network", "provider", "vision", "reading", "history", "autostart",
)  # fmt: skip
"""In the order in which they are reported."""


@dataclass(frozen=True, slots=True)
class Check:
    """``look`` may block, and may raise; the switch is thrown when ``seconds`` are over."""

    part: Part
    look: Callable[[CancelSwitch], PartState]
    seconds: float = 10.0


def examine(
    checks: Sequence[Check], cancel: CancelSwitch, progress: Callable[[Sequence[Part]], None]
) -> dict[Part, PartState]:
    """The state of every part. ``progress`` hears what is still awaited. Raises Cancelled.

    A check that does not end in time is left behind on its daemon thread.
    """
    done: queue.SimpleQueue[tuple[Part, PartState] | None] = queue.SimpleQueue()
    awaited = {check.part: (check, CancelSwitch()) for check in checks}
    for check, switch in awaited.values():
        work = (check, switch, done)
        threading.Thread(target=_run, args=work, name=f"doctor {check.part}", daemon=True).start()
    began, found = time.monotonic(), dict[Part, PartState]()
    try:
        with cancel.waking(lambda: done.put(None)):
            while awaited:
                progress(tuple(awaited))
                left = min(check.seconds for check, _ in awaited.values()) - (time.monotonic() - began)
                try:
                    result = done.get(timeout=max(0.0, left))
                except queue.Empty:
                    for part in [
                        part for part, (check, _) in awaited.items() if time.monotonic() - began >= check.seconds
                    ]:
                        check, switch = awaited.pop(part)
                        switch.throw()
                        found[part] = too_slow(check.seconds)
                    continue
                cancel.check()
                if result is not None and awaited.pop(result[0], None) is not None:
                    found[result[0]] = result[1]
    finally:
        for _, switch in awaited.values():
            switch.throw()
    return {part: found[part] for part in PARTS if part in found}


def too_slow(seconds: float) -> PartState:
    return PartState(
        "degraded",
        "none",
        _("No response within {seconds:g} s.").format(seconds=seconds),
        _("Try again."),
    )


def state_of(error: GrokDeskError, backend: str = "none") -> PartState:
    state: Literal["impossible", "degraded"] = "impossible" if isinstance(error, NotPossibleHere) else "degraded"
    return PartState(state, backend, error.title, error.hint)


def _run(check: Check, switch: CancelSwitch, done: queue.SimpleQueue[tuple[Part, PartState] | None]) -> None:
    try:
        state = check.look(switch)
    except GrokDeskError as error:
        state = state_of(error)
    except Exception as error:
        log.exception("the check of %s failed", check.part)
        why = _("The check itself failed: {name}.").format(name=type(error).__name__)
        state = PartState("degraded", "none", why, _("Please report it."))
    done.put((check.part, state))
