"""Runs small programs of the desktop to their end, within a time limit and until somebody says stop."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotInstalled, NotPossibleHere
from grokdesk.pictures.decode.child_process import desktop_environment
from grokdesk.translation import _


@dataclass(frozen=True, slots=True)
class Finished:
    """What a program wrote, and its exit code."""

    code: int
    output: bytes = field(repr=False)
    complaint: str = ""


def is_installed(program: str, environment: Mapping[str, str]) -> bool:
    return shutil.which(program, path=environment.get("PATH")) is not None


def run_together(
    commands: Sequence[Sequence[str]],
    environment: Mapping[str, str],
    *,
    seconds: float,
    cancel: CancelSwitch | None = None,
) -> list[Finished]:
    """Run programs at the same time and wait for all of them.

    They see of ``environment`` what a program of the desktop needs; it also says where they are. Raises NotInstalled,
    NotPossibleHere when one takes too long, Cancelled.
    """
    running: list[subprocess.Popen[bytes]] = []
    deadline = time.monotonic() + seconds
    with ExitStack() as stack:
        if cancel is not None:
            stack.enter_context(cancel.waking(lambda: _kill(running)))
        try:
            for command in commands:
                running.append(stack.enter_context(_started(command, environment)))  # noqa: PERF401 - all are to be killed
            if cancel is not None:
                cancel.check()  # thrown while they were started, it reached only some
            done = [_finished(process, deadline) for process in running]
        except subprocess.TimeoutExpired as error:
            _kill(running)
            raise NotPossibleHere(
                _("{command} timed out after {seconds:g} s.").format(command=commands[0][0], seconds=seconds),
                _("Try again."),
            ) from error
        except BaseException:
            _kill(running)
            raise
    if cancel is not None:
        cancel.check()
    return done


def _started(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    program = shutil.which(command[0], path=environment.get("PATH"))
    if program is None:
        raise NotInstalled(
            _("{command} is not installed.").format(command=command[0]),
            _("Install the package {command}.").format(command=command[0]),
        )
    try:
        return subprocess.Popen(
            (program, *command[1:]),
            env=desktop_environment(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        raise NotPossibleHere(
            _("{command} could not be started.").format(command=command[0]),
            _("Reason: {strerror}.").format(strerror=error.strerror),
        ) from error


def _finished(process: subprocess.Popen[bytes], deadline: float) -> Finished:
    output, complaint = process.communicate(timeout=max(0.0, deadline - time.monotonic()))
    return Finished(process.returncode, output, complaint.decode("utf-8", "replace").strip())


def _kill(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in running:
        if process.poll() is None:
            process.kill()
