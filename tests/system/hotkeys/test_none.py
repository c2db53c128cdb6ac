from __future__ import annotations

import shutil

import pytest

from grokdesk.errors import NotPossibleHere
from grokdesk.system.hotkeys.by_hand import ByHand
from grokdesk.system.hotkeys.none import NoHotkeys
from tests.system.hotkeys.hotkeys_contract import Bench, G, H, HotkeysContract


@pytest.fixture
def bench() -> Bench:
    return Bench(lambda _pressed, _changed: NoHotkeys("Nobody gives hotkeys here.", ByHand("")), lambda _hotkey: None)


class TestNoHotkeys(HotkeysContract):
    pass


@pytest.mark.parametrize(
    ("desktop", "command"),
    [
        ("sway", "bindsym Ctrl+Alt+g exec grokdesk capture --region"),
        ("hyprland", "bind = CTRL ALT, G, exec, grokdesk capture --region"),
        ("niri", 'Ctrl+Alt+g { spawn "grokdesk" "capture" "--region"; }'),
        ("gnome", "grokdesk capture --region"),
        ("", "grokdesk capture --region"),
    ],
)
def test_what_to_copy_is_what_the_desktop_understands(desktop: str, command: str) -> None:
    states = NoHotkeys("No.", ByHand(desktop)).bind({"region": G, "panel": H})
    assert states["region"].command == command
    assert states["region"].what_to_do.endswith(".")


def test_settings_are_opened_where_there_are_any() -> None:
    kde = ByHand("kde")
    assert bool(kde.program) == bool(shutil.which("systemsettings"))
    nowhere = NoHotkeys("No.", ByHand("unheard-of"))
    assert not nowhere.bind({"region": G})["region"].configurable
    with pytest.raises(NotPossibleHere):
        nowhere.configure()
