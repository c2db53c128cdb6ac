"""What packaging/bare_system.py decides; the rest is done by debootstrap, mount and chroot."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).parents[2] / "packaging" / "bare_system.py"


@pytest.fixture(scope="module")
def bare() -> ModuleType:
    spec = importlib.util.spec_from_file_location("grokdesk_bare_system", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("targets", "mirror"),
    [
        ("http://one.example/debian/ bookworm\n", "http://one.example/debian/"),
        ("http://s.example/ bookworm-security\nhttp://one.example/ bookworm\n", "http://one.example/"),
        ("http://one.example/debian/ trixie\n", ""),
        ("", ""),
    ],
)
def test_debian_12_comes_from_where_this_machine_gets_it(bare: ModuleType, targets: str, mirror: str) -> None:
    assert bare.mirror_of(targets) == mirror


def test_the_folders_that_pip_takes_packages_from(bare: ModuleType, tmp_path: Path) -> None:
    for name in ("wheels", "index/simple", "more/simple"):
        (tmp_path / name).mkdir(parents=True)
    certificate = tmp_path / "all.crt"
    certificate.touch()
    settings = (
        f":env:.find-links='{tmp_path}/wheels'\nglobal.cert='{certificate}'\nglobal.find-links='{tmp_path}/gone'\n"
        f"global.extra-index-url='file://{tmp_path}/index/simple file://{tmp_path}/more/simple/ https://host.example/usr'"
    )
    assert bare.folders_in(settings) == [f"{tmp_path}/{name}" for name in ("index", "more", "wheels")]


def test_keys_and_folders_of_this_machine_stay_outside(bare: ModuleType) -> None:
    passed = bare.passed_on(
        {"PATH": "/opt/bin", "HOME": "/home/me", "XAI_API_KEY": "k", "PIP_TIMEOUT": "9", "https_proxy": "http://p"}
    )
    assert {name: passed[name] for name in ("HOME", "PIP_TIMEOUT", "https_proxy")} == {
        "HOME": "/root",
        "PIP_TIMEOUT": "9",
        "https_proxy": "http://p",
    }
    assert "/opt/bin" not in passed["PATH"]
    assert "XAI_API_KEY" not in passed


def test_a_tree_with_something_mounted_in_it_is_not_removed(
    bare: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mountinfo = f"1 1 0:1 / / rw - ext4 d rw\n2 1 0:2 / {tmp_path}/proc rw - proc proc rw\n"
    assert bare.mounts_below(tmp_path, mountinfo) == [f"{tmp_path}/proc"]
    assert bare.mounts_below(tmp_path / "other", mountinfo) == []
    monkeypatch.setattr(bare, "mounts_below", lambda *_: [f"{tmp_path}/proc"])
    with pytest.raises(bare.Failed, match="left as it is"):
        bare.remove(tmp_path)
    assert tmp_path.is_dir()
