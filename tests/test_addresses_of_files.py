from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grokdesk.addresses import file_of


@pytest.mark.skipif(sys.platform == "win32", reason="paths of Windows have letters")
@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("file:///a/b.png", "/a/b.png"),
        ("file:/a/b.png", "/a/b.png"),
        ("FILE:///a/b.png", "/a/b.png"),
        ("file://localhost/a/b.png", "/a/b.png"),
        ("file://LocalHost/a/b.png", "/a/b.png"),
        ("file://127.0.0.1/a/b.png", "/a/b.png"),
        ("file://desk/a/b.png", "/a/b.png"),
        ("file://desk.example.org/a/b.png", "/a/b.png"),
        ("file:///a/bild%20gr%C3%B6%C3%9Fe%20%231%20100%25.png", "/a/bild größe #1 100%.png"),
        ("file:///a/b.png#page=2", "/a/b.png"),
        ("file:b.png", "b.png"),
        ("/a/file:x.png", None),
        ("b.png", None),
        ("https://example.org/a.png", None),
        ("c:/a.png", None),
    ],
)
def test_the_file_that_an_address_names(address: str, path: str | None) -> None:
    assert file_of(address, "desk") == (None if path is None else Path(path))


@pytest.mark.skipif(sys.platform == "win32", reason="there it names a share")
@pytest.mark.parametrize(
    "address", ["file://elsewhere/a.png", "file://desk2/a.png", "file://", "file:///", "file:///a%00b"]
)
def test_other_computers_and_no_files_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        file_of(address, "desk")
