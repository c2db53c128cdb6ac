from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, PictureError, UsageError
from grokdesk.model import (
    Answer,
    AnswerEvent,
    Finished,
    ImageLimits,
    Message,
    ModelNamed,
    PreparedImage,
    Question,
    TextDelta,
    Turn,
)
from grokdesk.paths import resources
from grokdesk.pictures.decode.opening import read_picture_file
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.providers.dialects.on_this_computer import WHAT_IT_DOES, OnThisComputer
from tests.support.images.pictures import prepared_image
from tests.support.images.readers import found, replying, stalling

PROMPT = 0.5


def answered(message: Message, *replies: Mapping[str, Any], past: Sequence[Turn] = ()) -> list[AnswerEvent]:
    return list(OnThisComputer(replying(*replies)).answer(message, past, CancelSwitch()))


def text_of(events: Sequence[AnswerEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def to_read(*images: PreparedImage) -> Message:
    return Message("Read the text.", images, needs_understanding=False)


def turn_with(*images: PreparedImage) -> Turn:
    return Turn(Question("?"), Message("?", images), Answer(), "This computer", datetime.now(UTC))


def test_the_order_of_events() -> None:
    events = answered(to_read(prepared_image()), found("Hello\n\nthere"))
    assert events == [ModelNamed("Stand-in 1 on this computer"), TextDelta("Hello\n\nthere"), Finished("stop")]


def test_each_picture_arrives_as_soon_as_it_is_read_and_codes_last() -> None:
    events = answered(
        to_read(prepared_image("a.png"), prepared_image("b.png")),
        found("first", [("QR code", "https://example.org")]),
        found("second", [("EAN-13", "4006381333931")]),
    )
    deltas = [event.text for event in events if isinstance(event, TextDelta)]
    assert deltas == [
        "a.png:\n\nfirst",
        "\n\nb.png:\n\nsecond",
        "\n\nQR code in a.png: https://example.org\nEAN-13 in b.png: 4006381333931",
    ]


def test_a_single_picture_has_no_label() -> None:
    events = answered(to_read(prepared_image("a.png")), found("", [("QR code", "https://example.org")]))
    assert text_of(events) == "No text was found in a.png.\n\nQR code: https://example.org"


def test_languages_that_are_not_installed_are_named() -> None:
    reply = {**found(""), "missing_languages": ["jpn", "kor"]}
    text = text_of(answered(to_read(prepared_image("a.png")), reply))
    assert text.startswith(
        "No text was found in a.png.\n\nNot installed: jpn, kor. Text in these languages may be missing"
    )
    assert "Text recognition languages" in text
    assert "Not installed" not in text_of(answered(to_read(prepared_image("a.png")), found("")))


def test_it_says_plainly_that_it_does_not_understand() -> None:
    text = text_of(answered(Message("What is this?", (prepared_image(),)), found("Total 5.00\nPaid")))
    assert text == f"{WHAT_IT_DOES}\n\n```text\nTotal 5.00\nPaid\n```"
    assert "does not understand" in WHAT_IT_DOES
    assert "\n" not in WHAT_IT_DOES


def test_a_plain_table_is_shown_as_one_too() -> None:
    rows = (("a*b", "n"), ("pears", "12"), ("plums", "7"))
    lines = [
        [" ".join(cells), 90, [[cell, [200 * x, 40 * y, 10 * len(cell), 20], 90] for x, cell in enumerate(cells)]]
        for y, cells in enumerate(rows)
    ]
    reply = {**found("a*b n\npears 12\nplums 7"), "lines": lines}
    text = text_of(answered(Message("?", (prepared_image(),)), reply))
    assert text.endswith("\n\nAs a table:\n\n| a\\*b | n |\n| --- | --- |\n| pears | 12 |\n| plums | 7 |")
    assert "table" not in text_of(answered(to_read(prepared_image()), reply))


def test_what_was_read_never_becomes_markup() -> None:
    reply = found("```\n# no heading", [("QR code", "*a*\n```")])
    text = text_of(answered(Message("?", (prepared_image("a_b.png"), prepared_image("c.png"))), reply, found()))
    assert "a\\_b.png:\n\n````text\n```\n# no heading\n````" in text
    assert text.endswith("No text was found in c.png.\n\n````text\nQR code in a_b.png: *a*\n```\n````")


def test_a_follow_up_reads_the_newest_pictures() -> None:
    past = [turn_with(prepared_image("old.png")), turn_with(prepared_image("new.png")), turn_with()]
    text = text_of(answered(Message("And?", needs_understanding=False), found(), past=past))
    assert text == "No text was found in new.png."


def test_without_any_picture_it_asks_for_one() -> None:
    with pytest.raises(UsageError, match="needs a picture"):
        answered(Message("Hello?"))


def test_what_came_before_a_failure_stays() -> None:
    events = OnThisComputer(replying(found("first"))).answer(
        to_read(prepared_image("a.png"), prepared_image("b.png")), (), CancelSwitch()
    )
    assert isinstance(next(events), ModelNamed)
    assert next(events) == TextDelta("a.png:\n\nfirst")
    with pytest.raises(PictureError, match=r"Reading b\.png failed"):
        next(events)


def test_stop_is_felt_at_once(tmp_path: Path) -> None:
    marker, cancel = tmp_path / "pid", CancelSwitch()
    ended: list[float] = []

    def work() -> None:
        with pytest.raises(Cancelled):
            list(OnThisComputer(stalling(marker)).answer(to_read(prepared_image()), (), cancel))
        ended.append(time.perf_counter())

    thread = threading.Thread(target=work)
    thread.start()
    give_up = time.monotonic() + 30
    while not marker.exists():
        assert time.monotonic() < give_up
        time.sleep(0.005)
    began = time.perf_counter()
    cancel.throw()
    thread.join(30)
    assert ended[0] - began < PROMPT


def test_the_real_engine_answers() -> None:
    file = resources() / "samples" / "receipt.png"
    image = prepare(read_picture_file(file), ImageLimits())
    events = list(OnThisComputer().answer(Message("What did it cost?", (image,)), (), CancelSwitch()))
    assert isinstance(events[0], ModelNamed)
    assert events[0].model.startswith("Tesseract 5.")
    assert events[0].model.endswith("on this computer")
    assert events[-1] == Finished("stop")
    text = text_of(events)
    assert text.startswith(WHAT_IT_DOES)
    assert "Total EUR 53.30" in text
    assert "QR code: https://shop.example.org/receipts/2026-0417" in text
