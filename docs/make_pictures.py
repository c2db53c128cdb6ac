"""Makes the pictures of the README from the running program, on a virtual desktop.

    .venv/bin/python docs/make_pictures.py

Needs what ``packaging/dev.py check`` installs. The server that answers is the tests' scripted one, the answers are
written below; everything else is GrokDesk as a person has it.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageFilter

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.desktops.desktop import Desktop, wait_until  # noqa: E402 - the checkout has to be found first
from tests.support.desktops.program import (  # noqa: E402
    CHAT,
    COMPOSER,
    HOTKEY,
    OVERLAY,
    SETTINGS,
    WELCOME,
    RunningProgram,
    place_of,
)
from tests.support.images.secret_pages import LIGHT, page  # noqa: E402
from tests.support.servers.replies import Cut, Reply, Send, Stall, Step  # noqa: E402
from tests.support.servers.server import ScriptedServer  # noqa: E402
from tests.support.servers.streams import chat_stream, responses_stream, responses_usage, script_xai  # noqa: E402

COMPARE, REQUEST_LOG = "compare models", "^Request log$"
PICTURES = ROOT / "docs" / "pictures"
KEY = "xai-not-a-real-key-0000"
COLORS = 128
"""Few enough to keep the files small, more than the windows have."""
QUESTION = "Which month stands out?"
ANSWER = """\
**June stands out.** With 74,000 orders it is a third above May, after months that moved by about a tenth:

| month | orders | change |
|---|---|---|
| April | 61,000 | +7 % |
| May | 55,000 | -10 % |
| June | 74,000 | +35 % |

One month is not a trend. Check what happened in the *first week of June* before it goes into a forecast; at $12 an
order the difference to May is about $228,000.
"""
USAGE = responses_usage(ticks=21_000_000)
INVOICE = ("Invoice for Ms Smith", "Card no. 4111 1111 1111 1111", "Total amount due: 249.50 EUR")
SHORT_ANSWER = "**June**, with 74,000 orders. No other month has more than 61,000."
OTHER_ANSWER = """\
The bar for **June** is by far the highest:

1. June: about 74,000
2. April: about 61,000

*May* is lower than April, so it is no steady growth.
"""


class Camera:
    """Takes pictures of one desktop in one theme."""

    def __init__(self, desktop: Desktop, theme: str, folder: Path) -> None:
        self._desktop, self.theme, self._folder = desktop, theme, folder

    def shoot(self, name: str) -> None:
        """Wait until the screen is still and keep it as ``docs/pictures/NAME-THEME.png``."""
        wait_until(self._is_still(), "a still screen")
        shot = Image.open(self._desktop.screenshot(self._folder / "shot.png")).convert("RGB")
        file = PICTURES / f"{name}-{self.theme}.png"
        shot.quantize(COLORS, dither=Image.Dither.NONE).save(file, optimize=True)
        sys.stdout.write(f"{file.relative_to(ROOT)}\n")

    def _is_still(self) -> Callable[[], bool]:
        """True when two screenshots in a row are the same but for details such as a text cursor."""
        before = b""

        def is_still() -> bool:
            nonlocal before
            shot = Image.open(self._desktop.screenshot(self._folder / "still.png"))
            now = shot.convert("L").resize((64, 40)).tobytes()
            same, before = now == before, now
            return same

        return is_still


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        for theme in ("light", "dark"):
            folder = Path(name, theme)
            with Desktop(folder / "logs") as desktop, ScriptedServer() as server:
                script_xai(server, key=KEY)
                place = show_sample(desktop, folder)
                camera = Camera(desktop, theme, folder)
                program = RunningProgram(desktop, folder / "home", server, theme=theme, panel_width=560)
                program.command("key", "set", stdin=KEY.encode() + b"\n")
                program.start_with_hotkey()
                picture_capture(program, camera, place)
                picture_answers(program, camera, server)
                program.key("ctrl+comma")
                program.focus(SETTINGS)
                program.click_on("Connection", folder / "tabs.png")
                camera.shoot("settings")
                program.end()
                picture_windows(desktop, server, camera, folder)
                newcomer = RunningProgram(desktop, folder / "new", server, theme=theme, first_run_done=False)
                newcomer.start()
                newcomer.focus(WELCOME)
                camera.shoot("welcome")


def picture_capture(program: RunningProgram, camera: Camera, place: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = place
    desktop = program.desktop
    program.key(HOTKEY)
    desktop.wait_for_window(OVERLAY)
    desktop.xdotool("mousemove", left, top, "mousedown", 1, "mousemove", left + 30, top + 30)
    desktop.xdotool("mousemove", right, bottom)
    camera.shoot("overlay")
    desktop.xdotool("mouseup", 1)
    program.focus(COMPOSER)
    program.type(QUESTION)
    camera.shoot("composer")


def picture_answers(program: RunningProgram, camera: Camera, server: ScriptedServer) -> None:
    events = responses_stream(ANSWER, usage=USAGE)
    half = len(events) * 2 // 3
    steps: list[Step] = [*map(Send, events[:half]), Stall(), *map(Send, events[half:])]
    server.on("POST", "/v1/responses", Reply.stream([], end=tuple(steps)))
    program.key("Return")
    program.desktop.wait_for_window(CHAT)
    server.wait_until_stalled()
    camera.shoot("streaming")
    server.release()
    wait_until(lambda: len(program.turns()) == 1, "the first turn")
    camera.shoot("answer")
    server.on("POST", "/v1/responses", Reply.stream(events[: half // 2], end=(Cut(),)))
    program.focus(CHAT)
    program.type("What do I expect for July?")
    program.key("Return")
    wait_until(lambda: len(program.turns()) == 2, "the second turn")
    camera.shoot("error")


def picture_windows(desktop: Desktop, server: ScriptedServer, camera: Camera, folder: Path) -> None:
    """Boxes that are offered, a comparison, and what left of both."""
    way = {"base_url": f"{server.url}/v1"}
    profiles = [
        {"id": "xai", "name": "xAI", "dialect": "xai-responses", "model": "grok-4.5", "scan": "suggest", **way},
        {"id": "local", "name": "Local", "dialect": "chat-completions", "model": "llava", "needs_key": False, **way},
    ]
    program = RunningProgram(
        desktop, folder / "windows", server, theme=camera.theme, panel_width=560, profiles=profiles,
        compare_with="xai, local", compare_width=900, compare_height=680, ledger_height=560,
    )  # fmt: skip
    item = program.start()
    page(INVOICE, "sans", 22, LIGHT)[0].save(folder / "invoice.png")
    desktop.set_clipboard(folder / "invoice.png", "image/png")
    program.command()
    program.focus(CHAT)
    program.key("ctrl+v")
    wait_until(lambda: place_of("Redact", desktop.screenshot(folder / "found.png")), "boxes that are offered")
    camera.shoot("redacting")
    program.key("ctrl+w")
    desktop.wait_for_no_window(CHAT)
    server.on("POST", "/v1/responses", Reply.stream(responses_stream(SHORT_ANSWER, usage=USAGE)))
    server.on("POST", "/v1/chat/completions", Reply.stream(chat_stream(OTHER_ANSWER, model="llava")))
    (folder / "chart.list").write_text((ROOT / "resources" / "samples" / "chart.png").as_uri() + "\r\n")
    desktop.set_clipboard(folder / "chart.list", "text/uri-list")
    item.click("Compare models…")
    program.focus(COMPARE)
    program.key("ctrl+v")
    program.type(QUESTION)
    program.key("Return")
    wait_until(lambda: len(program.turns()) == 2, "two answers")
    program.click_on("Prefer", folder / "vote.png")
    camera.shoot("compare")
    program.key("Escape")
    desktop.wait_for_no_window(COMPARE)
    item.click("Request log…")
    program.focus(REQUEST_LOG)
    camera.shoot("request-log")
    program.end()


def show_sample(desktop: Desktop, folder: Path) -> tuple[int, int, int, int]:
    """A desktop with a sample picture on it; where the picture lies."""
    chart = (
        Image.open(ROOT / "resources" / "samples" / "chart.png")
        .convert("RGB")
        .resize((560, 364), Image.Resampling.LANCZOS)
    )
    wall = Image.linear_gradient("L").resize((desktop.width, desktop.height)).filter(ImageFilter.GaussianBlur(8))
    screen = Image.merge("RGB", [wall.point([v // 5 + base for v in range(256)]) for base in (70, 95, 120)])
    left, top = 70, 130
    screen.paste(chart, (left, top))
    folder.mkdir(parents=True, exist_ok=True)
    screen.save(folder / "screen.png")
    desktop.set_wallpaper(folder / "screen.png")
    return left, top, left + chart.width - 1, top + chart.height - 1


if __name__ == "__main__":
    main()
