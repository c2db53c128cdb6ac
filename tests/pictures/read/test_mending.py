from __future__ import annotations

import pytest

from grokdesk.model import Region
from grokdesk.pictures.read.mending import mended
from grokdesk.pictures.read.page import Line, Word


def text_of(text: str) -> str:
    words = tuple(Word(word, Region(10 * at, 0, 8, 10)) for at, word in enumerate(text.split()))
    [line] = mended([Line(text, 90, 0, 10, words)])
    assert [word.text for word in line.words] == line.text.split()
    return line.text


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("alb2c3d Fix the build", "a1b2c3d Fix the build"),
        ("cOffeel Revert", "c0ffee1 Revert"),
        ("Odle8f1 Merge", "0d1e8f1 Merge"),
        ("$ gcc -02 -Wall -o main main.c", "$ gcc -O2 -Wall -o main main.c"),
        ("    clang++ -03 x.cc", "    clang++ -O3 x.cc"),
        ("/dev/sdal  916G", "/dev/sda1  916G"),
        ("nvmeOnlp2 disk", "nvme0n1p2 disk"),
        ("ethO: up", "eth0: up"),
        ("code 0x80O7OO57", "code 0x80070057"),
        ("10O of 1O0", "100 of 100"),
        ("GET /api/vl/items", "GET /api/v1/items"),
        ("udev 7.8G @ 7.8G", "udev 7.8G 0 7.8G"),
    ],
)
def test_what_can_only_be_a_digit_becomes_one(read: str, meant: str) -> None:
    assert text_of(read) == meant


@pytest.mark.parametrize(
    "text",
    [
        "fall2024 and label12 and decode12",
        "GPT-4o and CO2 and H2O",
        "kill -02 and -0 degrees",
        "add a coffee feed",
        "mail @ home",
        "Vol. 1 of all",
        "il y a 3 ans",
        "a deadbeef and effaced facade",
    ],
)
def test_what_might_be_either_is_left(text: str) -> None:
    assert text_of(text) == text
