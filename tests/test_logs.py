from __future__ import annotations

import base64
import html
import json
import logging
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.logs import MASK, RedactingFormatter, Redactor, set_up_logging

SECRET = "planted-Zq9w8e7r6t5y"


@pytest.fixture
def redactor() -> Redactor:
    redactor = Redactor()
    redactor.remember(SECRET)
    return redactor


@pytest.fixture
def folder(tmp_path: Path, redactor: Redactor) -> Iterator[Path]:
    end = set_up_logging(tmp_path / "logs", redactor)
    yield tmp_path / "logs"
    end()


def test_a_remembered_secret_is_masked_wherever_it_is(redactor: Redactor) -> None:
    assert redactor.redact(f"a {SECRET} b{SECRET}{SECRET}") == f"a {MASK} b{MASK}{MASK}"


def test_very_short_secrets_are_not_remembered() -> None:
    redactor = Redactor()
    redactor.remember("a")
    assert redactor.redact("a banana") == "a banana"


def test_of_two_secrets_of_which_one_holds_the_other_nothing_is_left() -> None:
    for secrets in (("abcdef", "abcdef-longer"), ("abcdef-longer", "abcdef")):
        redactor = Redactor()
        for secret in secrets:
            redactor.remember(secret)
        assert "longer" not in redactor.redact("key abcdef-longer")


@pytest.mark.parametrize(
    "text",
    [
        "xai-AbCd1234567890",
        "sk-proj-abcdefghijk",
        "sk_live_1234567890",
        "gsk_0123456789abcdef",
        "hf_0123456789abcdef",
        "Authorization: Bearer eyJhbGciOi.J9.abc",
        "https://a.org/v1?api_key=verysecretvalue&x=1",
        "Incorrect API key provided: xa***********ab".replace("xa***", "xai-***"),
        "team: 0f3d1f6e-1d6c-4b1f-9a55-3d9c1e0f7a11",
    ],
)
def test_known_shapes_are_masked_without_being_remembered(text: str) -> None:
    assert MASK in Redactor().redact(text)
    assert not any(part in Redactor().redact(text) for part in ("AbCd", "eyJ", "verysecret", "0f3d1f6e"))


@pytest.mark.parametrize(
    "text", ["What is this?", "error E0308 in line 12", "skip-me", "https://api.x.ai/v1/responses"]
)
def test_ordinary_words_stay(text: str) -> None:
    assert Redactor().redact(text) == text


@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_no_surroundings_save_a_secret(before: str, after: str) -> None:
    redactor = Redactor()
    redactor.remember(SECRET)
    assert SECRET not in redactor.redact(before + SECRET + after)


def test_the_repr_shows_no_secret(redactor: Redactor) -> None:
    assert SECRET not in repr(redactor)


def test_tracebacks_and_arguments_are_redacted(redactor: Redactor) -> None:
    with pytest.raises(ValueError, match=SECRET) as raised:
        int(SECRET)
    about = (raised.type, raised.value, raised.tb)
    record = logging.LogRecord("grokdesk", 20, "f", 1, "%s", (SECRET,), about)
    text = RedactingFormatter(redactor).format(record)
    assert "Traceback" in text
    assert SECRET not in text


def test_the_log_goes_to_a_file_without_secrets(folder: Path) -> None:
    logging.getLogger("grokdesk.some.room").info("the key is %s", SECRET)
    content = (folder / "grokdesk.log").read_text()
    assert "grokdesk.some.room" in content
    assert MASK in content
    assert SECRET not in content


def test_debugging_is_left_out(folder: Path) -> None:
    logging.getLogger("grokdesk").debug("too much")
    assert not (folder / "grokdesk.log").exists()


def test_only_warnings_are_shown(tmp_path: Path, redactor: Redactor, capsys: pytest.CaptureFixture[str]) -> None:
    log = logging.getLogger("grokdesk")
    end = set_up_logging(tmp_path, redactor)
    log.info("quiet")
    log.warning("loud %s", SECRET)
    end()
    shown = capsys.readouterr().err
    assert "quiet" not in shown
    assert f"loud {MASK}" in shown


def test_a_command_shows_nothing(tmp_path: Path, redactor: Redactor, capsys: pytest.CaptureFixture[str]) -> None:
    end = set_up_logging(tmp_path, redactor, on_screen=False)
    logging.getLogger("grokdesk").error("into the file")
    end()
    assert capsys.readouterr().err == ""
    assert "into the file" in (tmp_path / "grokdesk.log").read_text()


def test_after_the_end_nothing_is_written_and_everything_is_as_before(tmp_path: Path, redactor: Redactor) -> None:
    root = logging.getLogger("grokdesk")
    before = root.level, root.propagate, list(root.handlers)
    set_up_logging(tmp_path, redactor)()
    root.info("unheard")
    assert (root.level, root.propagate, list(root.handlers)) == before
    assert list(tmp_path.iterdir()) == []


def test_many_threads_may_remember_while_others_log(redactor: Redactor) -> None:
    def remember(name: int) -> None:
        for number in range(200):
            redactor.remember(f"secret-{name}-{number}")

    threads = [threading.Thread(target=remember, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for number in range(200):
        redactor.redact(f"secret-0-{number}")
    for thread in threads:
        thread.join()
    assert redactor.redact("secret-3-199 secret-0-0") == f"{MASK} {MASK}"


def test_the_name_of_a_dialect_is_no_key() -> None:
    assert (
        Redactor().redact("dialect xai-responses, key xai-responses0123456789")
        == "dialect xai-responses, key [redacted]"
    )


# --- other forms of a secret -------------------------------------------------------------------------------

KEY = "xai-Ab/cd+Ef=9w8e7r6t5y<&>"


def _forms() -> dict[str, str]:
    raw, quoted = KEY.encode(), quote(KEY, safe="")
    return {
        "as it is": KEY,
        "lower": KEY.lower(),
        "upper": KEY.upper(),
        "percent": quoted,
        "percent, small": re.sub("%..", lambda found: found[0].lower(), quoted),
        "percent, twice": quote(quoted, safe=""),
        "percent, every letter": "".join(f"%{byte:02X}" for byte in raw),
        "hexadecimal": raw.hex(),
        "JSON": json.dumps(KEY)[1:-1],
        "JSON of PHP": KEY.replace("/", "\\/"),
        "HTML": html.escape(KEY),
        "base64": base64.b64encode(raw).decode(),
        "base64 of a header": base64.b64encode(b"Bearer " + raw + b"\r\n").decode(),
        "base64 of a user": base64.b64encode(b"u:" + raw).decode(),
        "base64 for addresses": base64.urlsafe_b64encode(b"u?" + raw).decode(),
        "base64 in an address": quote(base64.b64encode(b"u?" + raw).decode(), safe=""),
        "base64 in lines": "\n".join(re.findall(".{1,8}", base64.b64encode(b"Bearer " + raw).decode())),
        "base64 of a mail": "\r\n ".join(re.findall(".{1,20}", base64.b64encode(b"Bearer " + raw).decode())),
        "base64 in lines, in JSON": json.dumps(base64.encodebytes(raw * 3).decode())[1:-1],
        "percent, some letters": KEY.replace("-", "%2D").replace("d", "%64"),
        "JSON, some letters": KEY.replace("A", "\\u0041").replace("<", "\\u003c"),
        "HTML, some letters": KEY.replace("A", "&#65;").replace("/", "&#x2f;"),
        "in two lines": KEY[:9] + "\n" + KEY[9:],
    }


@pytest.mark.parametrize("form", _forms())
def test_a_secret_is_masked_in_the_forms_in_which_servers_repeat_it(form: str) -> None:
    redactor, text = Redactor(), _forms()[form]
    redactor.remember(KEY)
    masked = redactor.redact_known(f"before {text} behind")
    assert masked.startswith("before ")
    assert masked.endswith(" behind")
    assert MASK in masked
    assert text[6:-6] not in masked


@pytest.mark.parametrize("form", _forms())
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_secret_that_comes_in_pieces_is_masked_too(form: str, size: int) -> None:
    redactor, text = Redactor(), f"before {_forms()[form]} behind xa"
    redactor.remember(KEY)
    stream = redactor.stream()
    pieces = [stream.feed(text[at : at + size]) for at in range(0, len(text), size)]
    assert "".join([*pieces, stream.flush()]) == redactor.redact_known(text)


@given(st.text(), st.integers(1, 5))
def test_what_is_no_secret_comes_through_a_stream_whole(text: str, size: int) -> None:
    redactor = Redactor()
    redactor.remember(SECRET)
    stream = redactor.stream()
    pieces = [stream.feed(text[at : at + size]) for at in range(0, len(text), size)]
    assert "".join([*pieces, stream.flush()]) == redactor.redact_known(text)


PARTS = {
    "the beginning, then stars": (f"{KEY[:9]}*****", f"{MASK}*****"),
    "both ends": (f"{KEY[:8]}***{KEY[-8:]}", f"{MASK}***{MASK}"),
    "both ends, with dots": (f"{KEY[:8]}...{KEY[-8:]} is", f"{MASK}...{MASK} is"),
    "the end behind an ellipsis": (f"…{KEY[-10:]}", f"…{MASK}"),
    "half of it": (f"it begins with {KEY[:13]}, and", f"it begins with {MASK}, and"),
    "the other half": (f"it ends with {KEY[13:]}, and", f"it ends with {MASK}, and"),
    "a long middle": (f"= {KEY[3:21]} =", f"= {MASK} ="),
    "a few letters": (f"{KEY[:4]}**{KEY[-4:]}", f"{KEY[:4]}**{KEY[-4:]}"),
    "its prefix in a sentence": (f"keys begin with {KEY[:5]} here", f"keys begin with {KEY[:5]} here"),
    "bold text": ("**Two** pears... and **one**", "**Two** pears... and **one**"),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_by_which_a_secret_can_be_guessed_is_masked(part: str) -> None:
    redactor, (text, masked) = Redactor(), PARTS[part]
    redactor.remember(KEY)
    assert redactor.redact_known(text) == masked
    # Of what is no beginning and stands beside no stars, single letters are shown as they come.
    for size in (1000,) if part in {"the other half", "a long middle"} else (1, 2, 3, 5, 8):
        stream = redactor.stream()
        shown = "".join([*(stream.feed(text[at : at + size]) for at in range(0, len(text), size)), stream.flush()])
        assert shown == masked, size


def test_words_are_shown_as_they_come() -> None:
    redactor = Redactor()
    redactor.remember(KEY)
    stream = redactor.stream()
    words = ["Two", " pears", ", and", " a", "\n", "bo", "wl", ".", "\n\n", "50", " ", "="]
    assert [stream.feed(word) for word in words] == words


def test_masking_takes_a_time_in_proportion_to_the_text() -> None:
    redactor = Redactor()
    redactor.remember(KEY)
    for text in ("x" * 400_000, "%" * 400_000, "\n" * 400_000, "*" * 400_000, KEY[:11] * 20_000):
        assert redactor.redact_known(text)
        stream = redactor.stream()
        assert stream.feed(text) + stream.flush()


def test_an_answer_may_show_a_key_that_is_not_ours() -> None:
    assert Redactor().redact_known("The label says sk-proj-abcdefghijk") == "The label says sk-proj-abcdefghijk"


# --- a log that cannot be written --------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_neither_fails_nor_prints(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "grokdesk.log").symlink_to("/dev/full")
    end = set_up_logging(tmp_path, Redactor(), on_screen=False)
    logging.getLogger("grokdesk.test").info("a line")
    logging.getLogger("grokdesk.test").error("another", exc_info=ValueError("x"))
    end()
    assert capfd.readouterr() == ("", "")


def test_the_log_is_open_to_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        end = set_up_logging(tmp_path / "logs", Redactor(), on_screen=False)
        logging.getLogger("grokdesk.test").info("a line")
        end()
    finally:
        os.umask(before)
    assert os.name != "posix" or (tmp_path / "logs" / "grokdesk.log").stat().st_mode & 0o777 == 0o600
