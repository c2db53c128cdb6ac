from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.doctor.examination import PARTS, Check, Part, examine
from grokdesk.errors import Cancelled, NotPossibleHere, StoreError
from grokdesk.system.part_state import PartState

FINE = PartState("ok", "test", "It works.")


def fine(_cancel: CancelSwitch) -> PartState:
    return FINE


def silent(_awaited: Sequence[Part]) -> None:
    pass


def test_every_part_is_reported_in_order() -> None:
    heard: list[Sequence[Part]] = []
    found = examine([Check(part, fine) for part in reversed(PARTS)], CancelSwitch(), heard.append)
    assert tuple(found) == PARTS
    assert len(heard) == len(PARTS)
    assert len(heard[0]) == len(PARTS)
    assert len(heard[-1]) == 1


def test_checks_run_beside_each_other() -> None:
    met = threading.Barrier(3, timeout=10)

    def meet(_cancel: CancelSwitch) -> PartState:
        met.wait()
        return FINE

    found = examine([Check(part, meet) for part in PARTS[:3]], CancelSwitch(), silent)
    assert set(found.values()) == {FINE}


def test_a_check_that_hangs_is_left_behind_and_told_to_stop() -> None:
    stopped = threading.Event()

    def hang(cancel: CancelSwitch) -> PartState:
        with cancel.waking(stopped.set):
            stopped.wait(30)
        return FINE

    found = examine([Check("tray", hang, 0.1), Check("session", fine)], CancelSwitch(), silent)
    assert found["session"] == FINE
    assert found["tray"].state == "degraded"
    assert found["tray"].why == "No response within 0.1 s."
    assert stopped.wait(10)


def test_errors_become_states(caplog: pytest.LogCaptureFixture) -> None:
    def refuse(_cancel: CancelSwitch) -> PartState:
        raise NotPossibleHere("Not here.", "Go there.")

    def fail(_cancel: CancelSwitch) -> PartState:
        raise StoreError("The disk is full.", "Make room.")

    def crash(_cancel: CancelSwitch) -> PartState:
        raise ZeroDivisionError("a secret")

    checks = [Check("capture", refuse), Check("history", fail), Check("tray", crash)]
    found = examine(checks, CancelSwitch(), silent)
    assert found["capture"] == PartState("impossible", "none", "Not here.", "Go there.")
    assert found["history"] == PartState("degraded", "none", "The disk is full.", "Make room.")
    assert found["tray"].why == "The check itself failed: ZeroDivisionError."
    assert [record.getMessage() for record in caplog.records] == ["the check of tray failed"]
    caplog.clear()


def test_stop_stops_every_check() -> None:
    cancel, stopped = CancelSwitch(), threading.Event()

    def hang(own: CancelSwitch) -> PartState:
        cancel.throw()
        with own.waking(stopped.set):
            stopped.wait(30)
        return FINE

    with pytest.raises(Cancelled):
        examine([Check("tray", hang)], cancel, silent)
    assert stopped.wait(10)
