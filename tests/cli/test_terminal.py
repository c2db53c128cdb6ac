from __future__ import annotations

import io
import json

import pytest

from grokdesk.cli.terminal import OutputClosed, Terminal
from grokdesk.errors import Known, UsageError


class Tty(io.StringIO):
    """What a person looks at and types into."""

    def isatty(self) -> bool:
        return True


class Closed(io.StringIO):
    def write(self, _text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


def terminal(stdin: str = "", *, looked_at: bool = False) -> tuple[Terminal, io.StringIO, io.StringIO]:
    kind = Tty if looked_at else io.StringIO
    out, err = kind(), kind()
    return Terminal(kind(stdin), out, err), out, err


def test_control_characters_do_not_reach_a_screen() -> None:
    hostile = "a\x1b[2Jb\x07c\x9bd\r\x7f\te\n"
    ours, out, err = terminal(looked_at=True)
    ours.write(hostile)
    ours.say(f"{hostile}")
    assert out.getvalue() == "a?[2Jb?c?d??\te\n"
    assert "\x1b[2J" not in err.getvalue()
    assert "\x9b" not in err.getvalue()


def test_a_pipe_gets_everything_as_it_is() -> None:
    ours, out, _ = terminal()
    ours.write("a\x1b[2J\rb")
    assert out.getvalue() == "a\x1b[2J\rb"


def test_a_line_is_ended_once() -> None:
    ours, out, _ = terminal()
    ours.end_line()
    ours.write("a")
    ours.end_line()
    ours.end_line()
    ours.line("b")
    ours.end_line()
    assert out.getvalue() == "a\nb\n"


def test_a_sentence_begins_on_its_own_line_where_both_are_seen_together() -> None:
    ours, out, _ = terminal(looked_at=True)
    ours.write("half an answer")
    ours.say("Stopped.")
    assert out.getvalue() == "half an answer\n"


def test_a_status_is_only_for_a_person_and_is_wiped() -> None:
    ours, _, err = terminal()
    ours.status("Asking…")
    assert err.getvalue() == ""
    ours, out, err = terminal(looked_at=True)
    ours.status("Asking…")
    ours.status("Asking…")
    ours.write("Two pears.")
    assert err.getvalue() == "\r\rAsking…\r       \r"
    assert out.getvalue() == "Two pears."


def test_sentences_are_redacted() -> None:
    ours, _, err = terminal()
    ours.redact = lambda text: text.replace("secret", "[redacted]")
    ours.show_error(Known("The secret is wrong.", "Use another secret."))
    assert err.getvalue() == "grokdesk: The [redacted] is wrong. Use another [redacted].\n"


def test_a_reader_who_left_is_noticed() -> None:
    ours = Terminal(None, Closed(), io.StringIO())
    with pytest.raises(OutputClosed):
        ours.write("a")


def test_without_standard_error_nothing_is_told_and_nothing_fails() -> None:
    ours = Terminal(None, io.StringIO(), Closed())
    ours.say("Nobody hears this.")


def test_without_any_stream_nothing_fails() -> None:
    ours = Terminal(None, None, None)
    ours.line("a")
    ours.say("b")
    assert not ours.is_person_there
    assert ours.read_bytes(10) == b""


def test_letters_that_an_encoding_lacks_are_replaced() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, "cp1252", newline="")
    ours = Terminal(None, out, None)
    ours.line("Größe 東")
    ours.object({"a": "東"})
    text = raw.getvalue().decode("cp1252")
    assert text.startswith("Größe ?\n")
    assert json.loads(text.partition("\n")[2]) == {"a": "東"}
    out.detach()


def test_standard_input_is_read_up_to_a_limit() -> None:
    with io.TextIOWrapper(io.BytesIO(b"x" * 100)) as given:
        assert len(Terminal(given, None, None).read_bytes(10)) == 11


def test_nobody_types_a_picture() -> None:
    ours, _, _ = terminal(looked_at=True)
    with pytest.raises(UsageError, match="no picture on standard input"):
        ours.read_bytes(10)


@pytest.mark.parametrize(
    ("typed", "agreed"), [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_a_person_is_asked_before_something_is_lost(typed: str, agreed: bool) -> None:
    ours, _, err = terminal(typed, looked_at=True)
    assert ours.confirm("Delete?") is agreed
    assert err.getvalue() == "Delete? [y/N] "


def test_a_script_that_says_it_means_it() -> None:
    ours, _, _ = terminal("")
    assert ours.confirm("Delete?")


def test_a_secret_that_is_piped_in_is_one_line() -> None:
    ours, _, _ = terminal("one\ntwo\n")
    assert ours.read_secret("Key: ") == "one\n"
