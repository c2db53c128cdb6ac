"""Takes from this process what opening and reading pictures has no use for: the network, other programs' memory, and
files that are not the program's own. What has been taken cannot be had back, by child processes neither.

Linux only, and as far as its kernel goes: Landlock (https://docs.kernel.org/userspace-api/landlock.html), a filter of
system calls (https://docs.kernel.org/userspace-api/seccomp_filter.html), and no new privileges. Called before any
thread is started: each thread confines itself alone.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

_NO_NEW_PRIVILEGES, _SET_FILTER, _FILTER = 38, 22, 2
"""Of prctl(2)."""
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""The same on every machine: https://docs.kernel.org/process/adding-syscalls.html"""
_ASK_VERSION, _BENEATH = 1, 1
_EXECUTE, _WRITE, _READ, _LIST, _TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""All that each version of Landlock knows of files, by the version from which on."""
_TCP, _WITH_TCP = 0b11, 4
_OTHER_PROCESSES, _WITH_SCOPES = 0b11, 6
"""Sockets without a file, and signals."""

_SYSTEM = (
    "/usr", "/lib", "/lib32", "/lib64", "/bin", "/opt", "/app", "/nix/store", "/gnu/store", "/run/current-system",
    "/etc/fonts", "/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/localtime", "/var/cache/fontconfig", "/proc/cpuinfo",
    "/proc/meminfo", "/proc/self/maps", "/sys/devices/system/cpu", "/sys/fs/cgroup", "/dev/urandom",
)  # fmt: skip
"""Programs, libraries, typefaces, and how many processors there are; nothing of a person's."""

_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""As audit(7) calls them."""
_REFUSED = {
    "x86_64": (41, 42, 101, 165, 248, 249, 250, 272, 298, 304, 308, 310, 311, 321, 323, 425, 438),
    "aarch64": (198, 203, 117, 40, 217, 218, 219, 97, 241, 265, 268, 270, 271, 280, 282, 425, 438),
}
"""socket, connect, ptrace, mount, add_key, request_key, keyctl, unshare, perf_event_open, open_by_handle_at, setns,
process_vm_readv, process_vm_writev, bpf, userfaultfd, io_uring_setup, pidfd_getfd. A pair of sockets is no network."""
_OTHER_NUMBERING = 0x40000000
"""From there on x86-64 has the same calls once more."""
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1
"""The second gives the caller EPERM."""


_COMPLAINTS = 1024**2
"""Bytes of standard error, which is the only file that is written."""
_OPEN_FILES = 256
"""Typefaces are opened by the dozen."""


def limit(most_memory: int | None = None) -> None:
    """Limit the files, the dumps and the addresses (libraries and their threads included) of this process, where the
    system can. A dump would hold what is in the picture."""
    if sys.platform == "win32":
        return
    import resource

    limits = [
        (resource.RLIMIT_FSIZE, _COMPLAINTS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ]
    if most_memory is not None:
        limits.append((resource.RLIMIT_AS, most_memory))
    for what, most in limits:
        # A system may know a limit and not take it, or have a lower one already.
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (most, resource.getrlimit(what)[1]))


def confine(environment: Mapping[str, str], readable: Iterable[str | Path] = ()) -> tuple[str, ...]:
    """Confine this process; ``readable`` are files and folders that it needs besides the program's own.

    What could be done: "no new privileges", "files", "network". Empty where the system offers nothing. Never raises.
    """
    if sys.platform != "linux":
        return ()
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if _control(libc, _NO_NEW_PRIVILEGES, 1):
            return ()
        done = ["no new privileges"]
        if _limit_files(libc, [*_SYSTEM, *_own_folders(), *_typefaces(environment), *readable]):
            done.append("files")
        if _limit_calls(libc):
            done.append("network")
    except (OSError, AttributeError, ValueError):  # a C library or a kernel of another kind
        return ()
    return tuple(done)


def _control(libc: ctypes.CDLL, what: int, first: int, second: int = 0) -> int:
    # All five are longs for the kernel, and what a call of many arguments leaves in the upper half is anybody's guess.
    return int(libc.prctl(ctypes.c_int(what), *map(ctypes.c_ulong, (first, second, 0, 0))))


def _own_folders() -> list[str]:
    """Where modules are imported from, also later."""
    return [sys.prefix, sys.base_prefix, sys.exec_prefix, *filter(None, sys.path)]


def _typefaces(environment: Mapping[str, str]) -> list[str]:
    """https://www.freedesktop.org/software/fontconfig/fontconfig-user.html"""
    home = environment.get("HOME", "")
    data = environment.get("XDG_DATA_HOME") or f"{home}/.local/share"
    cache = environment.get("XDG_CACHE_HOME") or f"{home}/.cache"
    settings = environment.get("XDG_CONFIG_HOME") or f"{home}/.config"
    files = [environment[name] for name in ("FONTCONFIG_FILE", "FONTCONFIG_PATH") if environment.get(name)]
    return [f"{data}/fonts", f"{home}/.fonts", f"{cache}/fontconfig", f"{settings}/fontconfig", *files]


def _limit_files(libc: ctypes.CDLL, readable: Iterable[str | Path]) -> bool:
    version = libc.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)
    if version < 1:
        return False
    rights = max(bits for since, bits in _FILE_RIGHTS.items() if since <= version)
    fields = [rights]
    if version >= _WITH_TCP:
        fields.append(_TCP)
    if version >= _WITH_SCOPES:
        fields.append(_OTHER_PROCESSES)
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    rules = libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if rules < 0:
        return False
    try:
        for place in dict.fromkeys(map(str, readable)):
            _allow(libc, rules, place, _EXECUTE | _READ | _LIST)
        _allow(libc, rules, "/dev/null", _READ | _WRITE | (_TRUNCATE & rights))
        return bool(libc.syscall(_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, place: str, rights: int) -> None:
    with suppress(OSError):  # most systems have only some of them
        found = os.open(place, os.O_PATH | os.O_CLOEXEC)  # type: ignore[attr-defined,unused-ignore]  # Linux
        try:
            if not os.path.isdir(f"/proc/self/fd/{found}") and not os.path.isdir(place):  # noqa: PTH112 - a descriptor
                rights &= ~_LIST
            libc.syscall(_ADD_RULE, rules, _BENEATH, struct.pack("=Qi", rights, found), 0)
        finally:
            os.close(found)


def _limit_calls(libc: ctypes.CDLL) -> bool:
    machine = platform.machine()
    if machine not in _MACHINES or sys.maxsize < 1 << 32:
        return False
    refused = _REFUSED[machine]
    # Jumps count the steps in between; the last step refuses, the one before it allows.
    last = 3 + 1 + len(refused) + 1
    steps = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 0, last - 2, _MACHINES[machine]),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, last - 4, 0, _OTHER_NUMBERING),
    ]
    steps += [(_EQUAL, last - len(steps) - 1 - number, 0, call) for number, call in enumerate(refused)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))

    program = Program(len(steps), ctypes.cast(code, ctypes.c_void_p))
    return _control(libc, _SET_FILTER, _FILTER, ctypes.addressof(program)) == 0
