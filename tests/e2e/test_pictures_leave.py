"""What a person sees and can change of pictures before they leave, and what is told of them afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.e2e.conftest import KEY
from tests.support.desktops.desktop import Desktop, wait_until
from tests.support.desktops.program import CHAT, MakeProgram, RunningProgram
from tests.support.desktops.session_bus import TrayItem
from tests.support.images.images import page_of_text
from tests.support.images.secret_pages import LIGHT, page
from tests.support.servers.sent import questions_to, sent_pictures
from tests.support.servers.server import ScriptedServer

LINES = (
    "Invoice for Ms Smith",
    "Card no. 4111 1111 1111 1111",
    "XAI_API_KEY=xai-Gm3kQz81LwYtRb5cVn7JdHs2PfXa9UoE4iT6",
    "Total amount due: 249.50 EUR",
)
"""No card and no key of anybody."""
RED, GREEN, BLUE = (192, 48, 32), (32, 192, 48), (32, 64, 192)

Begin = Callable[..., tuple[RunningProgram, TrayItem]]


@pytest.fixture
def begin(desktop: Desktop, program_on: MakeProgram, answering: ScriptedServer) -> Begin:
    """Starts the program and opens its window; ``scan`` is what its profile does before pictures leave."""

    def begin(scan: str = "off") -> tuple[RunningProgram, TrayItem]:
        xai = {"id": "xai", "name": "xAI", "dialect": "xai-responses", "base_url": f"{answering.url}/v1", "scan": scan}
        program = program_on(desktop, profiles=[xai])
        item = program.start()
        program.command()
        program.focus(CHAT)
        return program, item

    return begin


@pytest.fixture
def invoice(tmp_path: Path) -> Path:
    """A page with a card number and a key."""
    page(LINES, "sans", 22, LIGHT)[0].save(tmp_path / "invoice.png")
    return tmp_path / "invoice.png"


def paste(program: RunningProgram, file: Path) -> None:
    listing = file.with_suffix(".list")
    listing.write_text(file.as_uri() + "\r\n")
    program.desktop.set_clipboard(listing, "text/uri-list")
    program.focus(CHAT)
    program.key("ctrl+v")


def wait_for(program: RunningProgram, words: str) -> str:
    """Everything in the window as soon as the words are."""
    file = program.home / "shot.png"

    def shown() -> str:
        text = program.text_in_window(file)
        return text if words in text else ""

    return wait_until(shown, f"{words!r} in the window")


def place_of_thumbnail(program: RunningProgram, colour: tuple[int, int, int]) -> tuple[int, int]:
    """Where a picture of this colour begins on the screen, as soon as it does."""

    def place() -> tuple[int, int] | None:
        with Image.open(program.desktop.screenshot(program.home / "shot.png")) as shot:
            at = shot.convert("RGB").tobytes().find(bytes(colour) * 40)
            return (at // 3 % shot.width + 10, at // 3 // shot.width) if at >= 0 else None

    return wait_until(place, "the thumbnail")


def ask(program: RunningProgram, text: str) -> None:
    before = len(program.turns())
    program.focus(CHAT)
    program.type(text)
    program.key("Return")
    wait_until(lambda: len(program.turns()) > before, "a kept turn")


def assert_covered(program: RunningProgram, body: object) -> None:
    """Read what was sent on this computer: what was found is not on it any more, the rest is."""
    [sent] = sent_pictures(body)
    file = program.home / "sent.png"
    sent.save(file)
    words = ("ask", str(file), "--action", "read-text", "--dialect", "on-this-computer", "--no-history", "--json")
    legible = json.loads(program.command(*words).stdout)["answer"]
    assert "249.50" in legible
    assert "Smith" in legible
    assert "1111" not in legible
    assert "Gm3k" not in legible


def test_what_was_suggested_is_redacted_on_what_leaves(begin: Begin, answering: ScriptedServer, invoice: Path) -> None:
    program, _ = begin("suggest")
    paste(program, invoice)
    wait_for(program, "items found")
    ask(program, "What is it?")  # Enter is "Redact and send"
    [body] = questions_to(answering)
    assert_covered(program, body)
    entries = json.loads(program.command("requests", "list", "--json").stdout)
    assert [each["redactions"] for entry in entries for each in entry["pictures"]] == [2]


@pytest.mark.parametrize(("scan", "words"), [("ask", "as it is?"), ("block", "sent to xA")])
def test_a_secret_stays_until_it_is_covered(
    begin: Begin, answering: ScriptedServer, invoice: Path, scan: str, words: str
) -> None:
    program, _ = begin(scan)
    paste(program, invoice)
    program.type("What is it?")
    program.key("Return")
    wait_for(program, words)
    assert questions_to(answering) == []
    program.click_on("Redact", program.home / "redact.png")
    wait_until(program.turns, "a kept turn")
    [body] = questions_to(answering)
    assert "What is it?" in str(body)
    assert_covered(program, body)


def test_a_page_that_would_be_too_small_is_sent_in_parts(
    begin: Begin, answering: ScriptedServer, tmp_path: Path
) -> None:
    large = page_of_text(["All work and no play makes Jack a dull boy."] * 130, width=3800)
    large.save(tmp_path / "large.png")
    program, _ = begin()
    paste(program, tmp_path / "large.png")
    wait_for(program, "too small to read when shrunk")
    program.click_on("parts", program.home / "parts.png")
    wait_for(program, "is sent in 4 parts")
    ask(program, "What does it say?")
    [body] = questions_to(answering)
    parts = sent_pictures(body)
    assert len(parts) == 4
    width, height = parts[0].size
    assert width * 2 > large.width  # they overlap
    assert height * 2 > large.height
    places = (
        (0, 0),
        (large.width - width, 0),
        (0, large.height - height),
        (large.width - width, large.height - height),
    )
    for part, (left, top) in zip(parts, places, strict=True):
        assert part.tobytes() == large.crop((left, top, left + width, top + height)).tobytes()


def test_another_page_of_a_file_is_chosen(begin: Begin, answering: ScriptedServer, tmp_path: Path) -> None:
    first, *more = [Image.new("RGB", (300, 200), colour) for colour in (RED, GREEN, BLUE)]
    first.save(tmp_path / "scan.tiff", save_all=True, append_images=more)
    program, _ = begin()
    paste(program, tmp_path / "scan.tiff")
    program.desktop.click(*place_of_thumbnail(program, RED), button=3)
    program.click_on("Page", program.home / "menu.png")
    program.desktop.wait_for_window("Choose a page")
    program.type("3")
    program.key("Return")
    place_of_thumbnail(program, BLUE)
    ask(program, "What colour is it?")
    [body] = questions_to(answering)
    [sent] = sent_pictures(body)
    assert sent.getpixel((100, 100)) == BLUE


def test_what_left_is_told_and_shown(begin: Begin, answering: ScriptedServer, invoice: Path) -> None:
    program, item = begin()
    paste(program, invoice)
    ask(program, "What is it?")
    wait_for(program, "Two pears.")
    wait_for(program, "1 earlier picture included")

    item.click("Request log…")
    program.focus("^Request log$")
    assert "grok-4.5" in wait_for(program, "Stored by provider: no")
    program.key("Escape")
    program.desktop.wait_for_no_window("^Request log$")

    item.click("Request log…")
    program.focus("^Request log$")
    program.click_on("Show", program.home / "exactly.png")
    program.focus("^Sent request$")
    text = wait_for(program, "Authorization: (not shown")
    assert "What is it?" in text
    assert KEY not in text
    program.key("Escape")
    program.desktop.wait_for_no_window("^Sent request$")
