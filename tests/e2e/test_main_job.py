"""The main job as a person does it: press a key, drag, type, read an answer that streams in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from grokdesk.errors import EXIT_CANCELLED, EXIT_OK
from tests.e2e.conftest import KEY
from tests.support.desktops.desktop import Desktop, wait_until
from tests.support.desktops.notifications import notification_service
from tests.support.desktops.program import (
    CHAT,
    COMPOSER,
    HOTKEY,
    OVERLAY,
    SETTINGS,
    WELCOME,
    MakeProgram,
    RunningProgram,
)
from tests.support.servers.replies import Cut, Reply, Send, Stall, Step
from tests.support.servers.sent import questions_to, sent_pixels
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import keyed, responses_stream, responses_usage, script_xai

REGION = (200, 120, 520, 330)


@pytest.fixture(scope="module")
def wallpaper(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Image.Image:
    """A screen with something to ask about; the same pixels are known to the tests."""
    picture = Image.new("RGB", (desktop.width, desktop.height), "#dfe7ee")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((220, 140, 500, 310), fill="#ffffff", outline="#335577", width=3)
    draw.text((250, 200), "Invoice 4711", fill="black", font=ImageFont.load_default(32))
    for step in range(64):
        draw.line((200 + step * 5, 120, 200 + step * 5, 135), fill=(step * 4, 255 - step * 4, step))
    file = tmp_path_factory.mktemp("wallpaper") / "wallpaper.png"
    picture.save(file)
    desktop.set_wallpaper(file)
    return picture


@pytest.fixture
def answering(answering: ScriptedServer) -> ScriptedServer:
    """Answers only those who bring the key."""
    script_xai(answering, key=KEY)
    return answering


@pytest.fixture
def make(desktop: Desktop, program_on: MakeProgram) -> Iterator[Callable[..., RunningProgram]]:
    """Makes a program that has no key yet; the one it gets goes with it."""
    made: list[RunningProgram] = []

    def make(**settings: object) -> RunningProgram:
        made.append(program_on(desktop, **settings))
        del made[-1].environment["GROKDESK_API_KEY"]
        return made[-1]

    yield make
    for program in made:
        program.end()
        program.command("key", "delete")


@pytest.fixture
def program(make: Callable[..., RunningProgram], wallpaper: Image.Image) -> RunningProgram:
    """Running, with a key in the keyring and its hotkey bound."""
    program = make()
    done = program.command("key", "set", stdin=KEY.encode() + b"\n")
    assert done.returncode == EXIT_OK, done.stderr.decode()
    program.start_with_hotkey()
    return program


def kept_key(program: RunningProgram, answering: ScriptedServer) -> str | None:
    """As another program reads it."""
    return program.desktop.secret(service="grokdesk", username=f"xai {answering.url}")


def test_press_drag_type_read(
    program: RunningProgram, answering: ScriptedServer, wallpaper: Image.Image, tmp_path: Path
) -> None:
    usage = responses_usage(ticks=21_000_000)
    events = responses_stream("The invoice number is FOUR. And the total is NINETY.", usage=usage)
    middle = next(at for at, event in enumerate(events) if b"And" in event)
    steps: list[Step] = [*map(Send, events[:middle]), Stall(), *map(Send, events[middle:])]
    answering.on("POST", "/v1/responses", keyed(KEY, Reply.stream([], end=tuple(steps))))

    program.capture(*REGION)
    program.focus(COMPOSER)
    program.type("Which number is it?")
    program.key("Return")
    program.desktop.wait_for_window(CHAT)
    answering.wait_until_stalled()
    wait_until(lambda: "FOUR" in program.text_in_window(tmp_path / "half.png"), "the first half on the screen")
    assert "NINETY" not in program.text_in_window(tmp_path / "half.png")
    assert program.turns() == []
    answering.release()
    wait_until(lambda: "NINETY" in program.text_in_window(tmp_path / "whole.png"), "the whole answer on the screen")

    [body] = questions_to(answering)
    assert "Which number is it?" in str(body)
    left, top, right, bottom = REGION
    sent = sent_pixels(body)
    expected = wallpaper.crop((left, top, left + sent.width, top + sent.height))
    assert abs(sent.width - (right - left)) <= 1
    assert abs(sent.height - (bottom - top)) <= 1
    assert sent.tobytes() == expected.tobytes()
    footer = program.text_in_window(tmp_path / "footer.png")
    assert "grok-4.5" in footer
    assert "0.0021" in footer
    question, answer, finish = wait_until(program.turns, "a kept turn")[0]
    assert (question, finish) == ("Which number is it?", "stop")
    assert answer.startswith("The invoice number is FOUR.")


def test_alt_text_goes_to_the_clipboard(program: RunningProgram, answering: ScriptedServer) -> None:
    answering.on(
        "POST", "/v1/responses", keyed(KEY, Reply.stream(responses_stream("A white invoice with the number 4711.")))
    )
    program.capture(*REGION)
    program.focus(COMPOSER)
    program.key("alt+2")
    wait_until(
        lambda: program.desktop.clipboard_text() == "A white invoice with the number 4711.", "alt text on the clipboard"
    )


def test_escape_leaves_the_overlay_and_nothing_is_sent(program: RunningProgram, answering: ScriptedServer) -> None:
    program.key(HOTKEY)
    program.desktop.wait_for_window(OVERLAY)
    program.key("Escape")
    program.desktop.wait_for_no_window(OVERLAY)
    assert questions_to(answering) == []


def test_stop_keeps_what_came(program: RunningProgram, answering: ScriptedServer, tmp_path: Path) -> None:
    events = responses_stream("Only this much came.")
    text_at = [at for at, event in enumerate(events) if b"output_text.delta" in event]
    answering.on(
        "POST",
        "/v1/responses",
        keyed(KEY, Reply.stream([], end=(*map(Send, events[: text_at[2] + 1]), Stall()))),
    )
    program.capture(*REGION)
    program.focus(COMPOSER)
    program.type("Go on")
    program.key("Return")
    answering.wait_until_stalled()
    program.focus(CHAT)
    program.key("Escape")
    answering.wait_until_client_left()
    [(_, answer, finish)] = wait_until(program.turns, "a kept turn")
    assert finish == "stopped"
    assert answer
    assert "Only this much came.".startswith(answer.strip())


def test_an_error_keeps_the_partial_answer_and_retry_asks_again(
    program: RunningProgram, answering: ScriptedServer, tmp_path: Path
) -> None:
    events = responses_stream("Half of it, then nothing.")
    broken = Reply.stream(events[: len(events) // 2], end=(Cut(),))
    whole = Reply.stream(responses_stream("Everything is here now."))
    answering.on("POST", "/v1/responses", keyed(KEY, broken))
    program.capture(*REGION)
    program.focus(COMPOSER)
    program.type("Go on")
    program.key("Return")
    wait_until(lambda: "Retry" in program.text_in_window(tmp_path / "error.png"), "an error card with Retry")
    assert "Half" in program.text_in_window(tmp_path / "error.png")
    assert wait_until(program.turns, "a kept turn")[0][2] == "cut"
    answering.on("POST", "/v1/responses", keyed(KEY, whole))
    program.click_on("Retry", tmp_path / "retry-button.png")
    wait_until(lambda: "Everything" in program.text_in_window(tmp_path / "retry.png"), "the answer of the retry")


def test_the_key_is_in_the_keyring_and_nowhere_else(program: RunningProgram, answering: ScriptedServer) -> None:
    assert kept_key(program, answering) == KEY
    program.capture(*REGION)
    program.focus(COMPOSER)
    program.type("Hello")
    program.key("Return")
    wait_until(program.turns, "a kept turn")
    program.end()
    places = [file for file in [*program.home.rglob("*"), *program.desktop.logs.rglob("*")] if file.is_file()]
    assert places
    assert [file for file in places if KEY.encode() in file.read_bytes()] == []


def test_a_second_start_and_the_capture_command_reach_the_first(program: RunningProgram) -> None:
    assert program.command().returncode == EXIT_OK
    program.desktop.wait_for_window(CHAT)
    with program.command_that_waits("capture", "--region") as command:
        program.desktop.wait_for_window(OVERLAY)
        program.key("Escape")
        assert command.wait(20) == EXIT_CANCELLED
    program.desktop.wait_for_window(CHAT)


def test_the_tray_menu_captures_and_quits(program: RunningProgram) -> None:
    item = program.desktop.wait_for_tray_item("GrokDesk")
    item.click("Capture region")
    program.desktop.wait_for_window(OVERLAY)
    program.key("Escape")
    program.desktop.wait_for_no_window(OVERLAY)
    item.click("Settings…")
    program.desktop.wait_for_window(SETTINGS)
    item.click("Quit")
    wait_until(lambda: not program.is_running, "the end of the program")


def test_closing_the_window_keeps_the_program_and_says_so_once(program: RunningProgram) -> None:
    with notification_service(program.desktop.environment["DBUS_SESSION_BUS_ADDRESS"]) as notifications:
        for _ in range(2):
            program.command()
            program.focus(CHAT)
            program.key("ctrl+w")
            program.desktop.wait_for_no_window(CHAT)
        wait_until(lambda: notifications.shown, "a notification")
        assert program.is_running
        program.key(HOTKEY)
        program.desktop.wait_for_window(OVERLAY)
        [(title, _)] = notifications.shown
    assert title == "GrokDesk keeps running"


def test_a_follow_up_is_about_the_same_picture(program: RunningProgram, answering: ScriptedServer) -> None:
    program.capture(*REGION)
    program.focus(COMPOSER)
    program.type("What is it?")
    program.key("Return")
    wait_until(program.turns, "a kept turn")
    program.focus(CHAT)
    program.type("And the number?")
    program.key("Return")
    wait_until(lambda: len(program.turns()) == 2, "a second turn")
    first, second = questions_to(answering)
    assert sent_pixels(first).tobytes() == sent_pixels(second).tobytes()
    assert all(words in json.dumps(second) for words in ("What is it?", "Two pears.", "And the number?"))


def test_the_first_run_asks_for_a_key_or_goes_on_without(
    make: Callable[..., RunningProgram], answering: ScriptedServer, wallpaper: Image.Image
) -> None:
    program = make(first_run_done=False)
    program.start_with_hotkey()
    program.focus(WELCOME)
    program.type(KEY)
    program.key("Return")
    wait_until(
        lambda: program.desktop.secret(service="grokdesk", username=f"xai {answering.url}") == KEY,
        "the key in the keyring",
    )


def test_without_a_key_this_computer_reads(
    make: Callable[..., RunningProgram], wallpaper: Image.Image, tmp_path: Path
) -> None:
    program = make(profile="on-this-computer")
    program.start_with_hotkey()
    program.capture(*REGION)
    program.focus(COMPOSER)
    program.key("alt+3")
    wait_until(program.turns, "a kept turn", timeout=30)
    assert "4711" in program.turns()[0][1]


def test_capture_starts_the_program_when_none_runs(make: Callable[..., RunningProgram], wallpaper: Image.Image) -> None:
    program = make()
    with program.command_that_waits("capture", "--region") as command:
        program.desktop.wait_for_window(OVERLAY)
        program.drag(*REGION)
        program.focus(COMPOSER)
        assert command.wait(20) == EXIT_OK
    program.key("Escape")
    program.desktop.wait_for_no_window(COMPOSER)
    assert program.command("--quit").returncode == EXIT_OK
