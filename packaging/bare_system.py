"""Run something in a fresh clone on a Debian 12 with nothing but Python and git: what is missing there is missing
on a stranger's machine. Needs Linux, root and debootstrap; packages come from where this machine gets its own.

python3 packaging/bare_system.py [--tree FOLDER] [--mirror URI] [COMMAND]

COMMAND is for bash, in the clone, and is "bash .ci/run" when none is given. Only what is committed is cloned.
--tree keeps the system in FOLDER for the next time; without it a new one is made and removed again.
--mirror names a Debian mirror where this machine has none for Debian 12.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLONE = Path("srv", "grokdesk")
RELEASE = "bookworm"
PACKAGES = ("ca-certificates", "git", "python3", "python3-venv")
INSIDE = "--inside"
"""What the script is told when it calls itself with mounts and processes of its own."""

# Where packages and their servers' certificates are configured, as far as it is the same in another system.
SETTINGS = (
    "etc/apt/auth.conf",
    "etc/apt/auth.conf.d",
    "etc/apt/sources.list",
    "etc/apt/sources.list.d",
    "etc/hosts",
    "etc/pip.conf",
    "etc/resolv.conf",
    "etc/ssl/certs",
    "etc/xdg/pip",
    "usr/local/share/ca-certificates",
)
SETTINGS_AT_HOME = (".config/pip", ".pip")
PASSED = re.compile(r"PIP_\w+|(https?|no|all)_proxy|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE", re.IGNORECASE)


def say(text: str) -> None:
    print("[bare]", text, flush=True)


class Failed(Exception):
    """The run cannot go on; the text says why."""


def run(*command: str | Path) -> None:
    if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        raise Failed("This failed: " + " ".join(map(str, command)))


def heard(*command: str) -> str:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout


# --- what this machine has ----------------------------------------------------------------------------------


def mirror_of(targets: str) -> str:
    """Where Debian 12 comes from, of lines "URI release" as apt tells them; "" when it comes from nowhere."""
    rows = [line.split() for line in targets.splitlines()]
    return next((row[0] for row in rows if len(row) == 2 and row[1] == RELEASE), "")


def folders_in(text: str) -> list[str]:
    """The folders that pip's settings name as places of packages, with or without file:// before them.

    The pages of an index lead to files beside it.
    """
    found = re.findall(r"(?<![\w:/.])(?:file://)?(/[^\s'\",=]+)", text)
    folders = (re.sub(r"/simple/?$", "", folder) for folder in found)
    return sorted({folder for folder in folders if Path(folder).is_dir()})


def is_own(file: Path) -> bool:
    """True for a setting of apt that no package brought: somebody wrote it for this machine."""
    return not heard("dpkg", "-S", str(file))


def passed_on(environment: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in environment.items() if PASSED.fullmatch(name)}
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8", "CI": "true", **kept}


def mounts_below(folder: Path, mountinfo: str) -> list[str]:
    """Mount points in a folder, of the text of /proc/self/mountinfo."""
    points = [line.split()[4] for line in mountinfo.splitlines()]
    return [point for point in points if Path(point).is_relative_to(folder)]


# --- the tree -----------------------------------------------------------------------------------------------


def make(tree: Path, mirror: str) -> None:
    mirror = mirror or mirror_of(heard("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)"))
    if not mirror:
        raise Failed("This machine gets no Debian 12 from anywhere: name a mirror with --mirror.")
    say(f"Making a Debian 12 in {tree}")
    run("debootstrap", "--variant=minbase", "--include=" + ",".join(PACKAGES), RELEASE, tree, mirror)


def configure(tree: Path, home: Path) -> None:
    (tree / "etc/apt/sources.list").unlink(missing_ok=True)
    own = [file.relative_to("/") for file in Path("/etc/apt/apt.conf.d").iterdir() if is_own(file)]
    for name in (*map(Path, SETTINGS), *own):
        copy("/" / name, tree / name)
    for name in map(Path, SETTINGS_AT_HOME):
        copy(home / name, tree / "root" / name)


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.exists():
        run("cp", "-a", "-H", "-T", "--remove-destination", source, target)


def clone(tree: Path) -> None:
    place = tree / CLONE
    shutil.rmtree(place, ignore_errors=True)
    run("git", "clone", "--quiet", ROOT, place)


def mount(tree: Path, folders: Iterable[str]) -> None:
    """Seen by this process and its children only, and gone with them: nothing has to be unmounted."""
    run("mount", "-t", "proc", "proc", tree / "proc")
    for name in ("dev", "sys"):
        run("mount", "--rbind", f"/{name}", tree / name)
    for folder in folders:
        place = tree / folder.lstrip("/")
        place.mkdir(parents=True, exist_ok=True)
        run("mount", "--bind", "-o", "ro", folder, place)


def remove(tree: Path) -> None:
    if mounts_below(tree, Path("/proc/self/mountinfo").read_text()):
        raise Failed(f"Something is mounted below {tree}, which is left as it is.")
    shutil.rmtree(tree)


# --- running ------------------------------------------------------------------------------------------------


def run_inside(tree: Path, command: str) -> int:
    """What is called with mounts and processes of its own."""
    settings = heard(sys.executable, "-m", "pip", "config", "list")
    mount(tree, folders_in(settings))
    words = ["chroot", str(tree), "bash", "-c", f"cd /{CLONE} && {command}"]
    environment = passed_on(os.environ)
    return subprocess.run(words, stdin=subprocess.DEVNULL, env=environment, check=False).returncode


def run_in(tree: Path, mirror: str, command: str) -> int:
    if not (tree / "usr/bin/apt-get").exists():
        make(tree, mirror)
    configure(tree, Path.home())
    clone(tree)
    say(f"Running in it: {command}")
    apart = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"]
    return subprocess.call([*apart, sys.executable, __file__, INSIDE, str(tree), command])


def main(words: list[str]) -> int:
    if words[:1] == [INSIDE]:
        return run_inside(Path(words[1]), words[2])
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--tree", type=Path)
    parser.add_argument("--mirror", default="")
    parser.add_argument("command", nargs="*")
    given = parser.parse_args(words)
    command = " ".join(given.command) or "bash .ci/run"
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("debootstrap") is None:
        raise Failed("This needs Linux, root and debootstrap.")
    if given.tree:
        given.tree.mkdir(parents=True, exist_ok=True)
        return run_in(given.tree.resolve(), given.mirror, command)
    tree = Path(tempfile.mkdtemp(prefix="grokdesk-bare-"))
    try:
        return run_in(tree, given.mirror, command)
    finally:
        remove(tree)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failed as failure:
        say(str(failure))
        sys.exit(1)
