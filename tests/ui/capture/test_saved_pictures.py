from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from grokdesk.ui.capture.saved_pictures import new_file, pictures_folder

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def test_a_name_says_when_and_is_not_taken(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    first = new_file(folder, NOW)
    assert first == folder / "GrokDesk 2026-03-04 05.06.07.png"
    first.touch()
    second = new_file(folder, NOW)
    assert second == folder / "GrokDesk 2026-03-04 05.06.07 (2).png"


def test_the_chosen_folder_wins(tmp_path: Path) -> None:
    assert pictures_folder(f" {tmp_path} ") == tmp_path
    assert pictures_folder("~/shots") == Path.home() / "shots"
    assert pictures_folder("").is_absolute()
