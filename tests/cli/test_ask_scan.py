"""What ``grokdesk ask`` does before pictures leave."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from grokdesk import services as composition
from grokdesk.cancel import CancelSwitch
from grokdesk.errors import EXIT_CANCELLED, EXIT_FAILURE, EXIT_OK, EXIT_USAGE
from grokdesk.model import Finding, PreparedImage
from grokdesk.questions.scan import Scanner
from grokdesk.store.settings.settings_file import SettingsFile
from tests.cli.conftest import CommandLine, Done
from tests.support.images.images import encoded
from tests.support.images.secret_pages import LIGHT, page
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream, responses_stream

LINES = ["Please charge the card", "4111 1111 1111 1111", "and write to jane.doe@example.org"]


@pytest.fixture(autouse=True)
def pears(server: ScriptedServer) -> None:
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("Two pears.")))


@pytest.fixture(scope="module")
def read() -> dict[tuple[str, tuple[str, ...]], tuple[Finding, ...]]:
    return {}


@pytest.fixture(autouse=True)
def each_image_is_read_once(
    monkeypatch: pytest.MonkeyPatch, read: dict[tuple[str, tuple[str, ...]], tuple[Finding, ...]]
) -> None:
    """The same two are asked about again and again, and each reading is a process that takes a second."""
    make = composition.make_scanner

    def make_scanner(settings: SettingsFile) -> Scanner:
        usual = make(settings)

        def find(image: PreparedImage, words: Sequence[str], cancel: CancelSwitch) -> tuple[Finding, ...]:
            key = image.sha256, tuple(words)
            if key not in read:
                read[key] = usual._find(image, words, cancel)
            return read[key]

        return Scanner(find, usual._usual, usual._own_words)

    monkeypatch.setattr(composition, "make_scanner", make_scanner)


@pytest.fixture
def secret(tmp_path: Path) -> str:
    file = tmp_path / "secret.png"
    file.write_bytes(encoded(page(LINES, "sans", 20, LIGHT)[0], "PNG"))
    return str(file)


@pytest.fixture
def harmless(tmp_path: Path) -> str:
    file = tmp_path / "harmless.png"
    file.write_bytes(encoded(page(["Good morning", "everybody"], "sans", 20, LIGHT)[0], "PNG"))
    return str(file)


class Asking:
    """``grokdesk ask`` with a profile that has a policy."""

    def __init__(self, grokdesk: CommandLine, server: ScriptedServer) -> None:
        self._grokdesk, self._server = grokdesk, server

    def __call__(self, policy: str, *words: str, **settings: object) -> Done:
        profile = {"id": "far", "name": "Far", "dialect": "xai-responses", "base_url": f"{self._server.url}/v1"}
        profile |= {"model": "grok-4.5", "scan": policy}
        self._grokdesk.write_settings(profiles=[profile], profile="far", **settings)
        return self._grokdesk("ask", *words)

    @property
    def sent(self) -> Image.Image:
        messages: Any = self._server.requests[-1].json["input"]
        [url] = [part["image_url"] for part in messages[-1]["content"] if part["type"] == "input_image"]
        return Image.open(BytesIO(base64.b64decode(url.partition(",")[2]))).convert("L")


@pytest.fixture
def ask(grokdesk: CommandLine, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Asking:
    monkeypatch.setenv("GROKDESK_API_KEY", "xai-key-of-these-tests")
    return Asking(grokdesk, server)


def nothing_of_it(text: str) -> bool:
    return "4111" not in text and "jane" not in text


def test_offer_says_what_was_found_and_sends(ask: Asking, secret: str, grokdesk: CommandLine) -> None:
    done = ask("suggest", secret)
    assert (done.code, done.out) == (EXIT_OK, "Two pears.\n")
    assert done.err == (
        "grokdesk: Not redacted on secret.png: card number 1, e-mail address 1. Use --redact to redact it.\n"
    )
    assert "scanned an image: card number 1, e-mail address 1" in grokdesk.log()
    assert nothing_of_it(grokdesk.log())


@pytest.mark.parametrize("scan", ["suggest", "ask", "block"])
def test_a_harmless_picture_goes_without_a_word(ask: Asking, harmless: str, scan: str) -> None:
    assert ask(scan, harmless) == Done(EXIT_OK, "Two pears.\n", "")


def test_off_looks_at_nothing(ask: Asking, secret: str, grokdesk: CommandLine) -> None:
    assert ask("off", secret) == Done(EXIT_OK, "Two pears.\n", "")
    assert "scanned an image" not in grokdesk.log()


def test_block_refuses_and_names_the_rules_alone(ask: Asking, secret: str, server: ScriptedServer) -> None:
    done = ask("block", secret)
    assert (done.code, done.out, server.requests) == (EXIT_FAILURE, "", [])
    assert "secret.png was not sent to Far: 2 items found: card number, e-mail address." in done.err
    assert nothing_of_it(done.err)


def test_no_flag_gets_around_block(ask: Asking, secret: str, server: ScriptedServer) -> None:
    assert ask("block", secret, "--as-is").code == EXIT_FAILURE
    assert server.requests == []


def test_always_ask_refuses_where_nobody_can_be_asked(ask: Asking, secret: str, server: ScriptedServer) -> None:
    done = ask("ask", secret)
    assert (done.code, server.requests) == (EXIT_FAILURE, [])
    assert "--redact" in done.err
    assert "--as-is" in done.err
    assert ask("ask", secret, "--as-is") == Done(EXIT_OK, "Two pears.\n", "")


@pytest.mark.parametrize("scan", ["off", "suggest", "ask", "block"])
def test_redact_covers_everything_whatever_the_profile_says(ask: Asking, secret: str, scan: str) -> None:
    told = "grokdesk: Redacted on secret.png: card number 1, e-mail address 1.\n"
    assert ask(scan, secret, "--redact") == Done(EXIT_OK, "Two pears.\n", told)
    sent, plain = ask.sent, page(LINES, "sans", 20, LIGHT)[0].convert("L")
    assert sent.size == plain.size
    card = (32, 56, 200, 64)
    assert sent.crop(card).getextrema() == (0, 0)
    assert sent.crop((0, 0, plain.width, 45)).tobytes() == plain.crop((0, 0, plain.width, 45)).tobytes()


def test_words_of_ones_own_are_found(ask: Asking, harmless: str) -> None:
    assert "own word 1" in ask("suggest", harmless, own_words="nobody, Everybody").err


def test_the_usual_policy_is_a_setting(ask: Asking, secret: str) -> None:
    assert ask("", secret, scan="block").code == EXIT_OK  # the server of this test is local
    assert ask("block", secret, scan="off").code == EXIT_FAILURE


def test_an_answer_at_the_terminal_decides(
    ask: Asking, secret: str, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grokdesk.cli.terminal import Terminal

    asked: list[str] = []

    def confirm(_terminal: Terminal, question: str) -> bool:
        asked.append(question)
        return len(asked) > 1

    monkeypatch.setattr(Terminal, "takes_answers", True)
    monkeypatch.setattr(Terminal, "confirm", confirm)
    assert ask("ask", secret).code == EXIT_CANCELLED
    assert server.requests == []
    assert ask("ask", secret).code == EXIT_OK
    assert asked[0] == ("secret.png: 2 items found: card number, e-mail address. Send to Far as it is?")


def test_a_policy_belongs_to_a_profile(grokdesk: CommandLine) -> None:
    assert grokdesk("profiles", "change", "xai", "--scan", "block").code == EXIT_OK
    assert 'scan = "block"' in (grokdesk.home / "config" / "settings.toml").read_text()
    assert grokdesk("profiles", "change", "xai", "--scan", "maybe").code == EXIT_USAGE
    assert grokdesk("profiles", "change", "xai", "--scan", "").code == EXIT_OK
    assert "scan" not in (grokdesk.home / "config" / "settings.toml").read_text()


@pytest.mark.parametrize(("typed", "kept"), [("off", "off"), ("offer", "suggest"), ("ask", "ask"), ("block", "block")])
def test_the_names_of_earlier_versions_are_understood(grokdesk: CommandLine, typed: str, kept: str) -> None:
    assert grokdesk("profiles", "change", "xai", "--gate", typed).code == EXIT_OK
    assert grokdesk("settings", "set", "gate", typed).out == f"scan = {kept}\n"
    assert grokdesk("settings", "get", "gate").out == f"{kept}\n"
    assert f'scan = "{kept}"' in (grokdesk.home / "config" / "settings.toml").read_text()


@pytest.mark.parametrize(("flags", "code"), [((), EXIT_FAILURE), (("--redact",), EXIT_OK)])
def test_comparing_obeys_the_strictest_of_its_profiles(
    grokdesk: CommandLine, server: ScriptedServer, secret: str, flags: tuple[str, ...], code: int
) -> None:
    near: dict[str, object] = {
        "id": "near",
        "name": "Near",
        "dialect": "chat-completions",
        "base_url": f"{server.url}/v1",
    }
    near |= {"needs_key": False, "model": "m-1"}
    grokdesk.write_settings(profiles=[near, {**near, "id": "far", "name": "Far", "scan": "block"}])
    server.on("POST", "/v1/chat/completions", Reply.stream(chat_stream("Pears.")))
    done = grokdesk("compare", secret, "-p", "What?", "--with", "near", "--with", "far", *flags)
    assert done.code == code
    assert ("was not sent to Far" in done.err) == (code == EXIT_FAILURE)
    assert len(server.requests) == (2 if code == EXIT_OK else 0)
