from __future__ import annotations

import os
import sys
import threading
import time

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, NotInstalled, NotPossibleHere
from grokdesk.system.programs import is_installed, run_together

HERE = dict(os.environ)
SLEEP = (sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)")


def test_what_programs_write_and_how_they_end() -> None:
    say = (sys.executable, "-c", "import sys; sys.stdout.write('x' * 300_000)")
    fail = (sys.executable, "-c", "import sys; print(' oh ', file=sys.stderr); sys.exit(3)")
    said, failed = run_together([say, fail], HERE, seconds=20)
    assert (said.code, said.output, said.complaint) == (0, b"x" * 300_000, "")
    assert (failed.code, failed.output, failed.complaint) == (3, b"", "oh")


def test_a_program_gets_its_session_and_no_secret() -> None:
    show = (sys.executable, "-c", "import os; print(*sorted(os.environ))")
    kept = ("DBUS_SESSION_BUS_ADDRESS", "QT_SCALE_FACTOR", "SWAYSOCK", "WAYLAND_DISPLAY")
    secret = ("GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "https_proxy")
    [said] = run_together([show], HERE | dict.fromkeys((*kept, *secret), "here"), seconds=20)
    names = said.output.decode().split()
    assert set(kept) <= set(names)
    assert not set(secret) & set(names)


def test_a_program_that_is_not_there() -> None:
    assert not is_installed("no-such-program", HERE)
    with pytest.raises(NotInstalled, match="no-such-program"):
        run_together([("no-such-program",)], HERE, seconds=20)


def test_a_program_that_takes_too_long_is_ended() -> None:
    with pytest.raises(NotPossibleHere, match=r"timed out after 0\.2 s"):
        run_together([SLEEP, SLEEP], HERE, seconds=0.2)


@pytest.mark.parametrize("delay", [0.0, 0.2])
def test_the_switch_ends_programs(delay: float) -> None:
    cancel, begin = CancelSwitch(), time.monotonic()
    timer = threading.Timer(delay, cancel.throw)
    timer.start()
    with pytest.raises(Cancelled):
        run_together([SLEEP, SLEEP], HERE, seconds=30, cancel=cancel)
    timer.join()
    assert time.monotonic() - begin < 10
