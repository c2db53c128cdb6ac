from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, StoreError
from grokdesk.model.requests import RequestRecord, SentPicture
from grokdesk.store.request_log.export import (
    COLUMNS,
    Exported,
    as_csv,
    entry_object,
    export_csv,
    picture_words,
    write_csv,
)
from tests.support.servers.outgoing_requests import PICTURE, ending, outgoing


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_a_request_is_a_line() -> None:
    entry = RequestRecord(7, outgoing(), ending("0.0000003"))
    text = "".join(as_csv([entry]))
    assert text.count("\r\n") == text.count("\n") == 2
    names, values = rows(text)
    told = dict(zip(names, values, strict=True))
    assert tuple(names) == COLUMNS
    assert told["at"] == "2026-11-23T12:30:15.250+00:00"
    assert (told["cost_usd"], told["stored"], told["redactions"]) == ("0.0000003", "false", "2")
    assert told["sent"] == f"1284x716 image/png, 212000 bytes, SHA-256 {'ab12' * 16}, 2 redacted"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_no_cell_begins_a_formula(begin: str) -> None:
    entry = RequestRecord(1, outgoing(profile=f'{begin}HYPERLINK("http://evil.example";"click")'), ending())
    (_, values) = rows("".join(as_csv([entry])))
    assert not [value for value in values if value.startswith(begin)]
    assert any(value.startswith(f"'{begin}") for value in values)


@given(name=st.text(st.characters(codec="utf-8")))
def test_any_text_is_one_cell(name: str) -> None:
    entry = RequestRecord(1, outgoing(profile=name), ending())
    header, values = rows("".join(as_csv([entry])))
    assert values[header.index("profile")].removeprefix("'") == name.removeprefix("'")
    assert len(values) == len(COLUMNS)


def test_what_is_not_known_of_a_picture_is_left_out() -> None:
    assert picture_words(SentPicture("image/png", 0, 0, 0, "", as_address=True)) == "image/png, by its address"
    assert picture_words(replace(PICTURE, sha256="", redactions=0)) == "1284x716 image/png, 212000 bytes"


def test_an_object_is_json() -> None:
    told = json.loads(json.dumps(entry_object(RequestRecord(7, outgoing(), ending()))))
    assert (told["cost_usd"], told["stored"], told["pictures"][0]["redactions"]) == (0.0123, False, 2)


def test_an_export_tells_how_far_it_is_and_can_be_cancelled(tmp_path: Path) -> None:
    file, cancel = tmp_path / "out.csv", CancelSwitch()
    entries = [RequestRecord(number, outgoing(), ending()) for number in range(1, 1201)]
    steps = list(export_csv(file, entries, cancel))
    assert steps == [Exported(499), Exported(999), Exported(1200, is_written=True)]
    file.write_text("before")
    going = export_csv(file, entries, cancel)
    next(going)
    cancel.throw()
    with pytest.raises(Cancelled):
        next(going)
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_csv(tmp_path / "out.csv", [RequestRecord(7, outgoing(), ending())])
    assert (tmp_path / "out.csv").read_bytes().count(b"\r\n") == 2
    with pytest.raises(StoreError, match="There is no folder"):
        write_csv(tmp_path / "nowhere" / "out.csv", [])
    with pytest.raises(StoreError, match="cannot be written"):
        write_csv(tmp_path, [])
