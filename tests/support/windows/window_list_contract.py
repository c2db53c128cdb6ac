"""What every list of windows has to do. A test class inherits it and brings ``window_list``."""

from __future__ import annotations

import threading

import pytest

from grokdesk.system.protocols import WindowList
from grokdesk.system.window_places import WindowPlace


class WindowListContract:
    @pytest.fixture
    def window_list(self) -> WindowList:
        raise NotImplementedError

    def test_it_says_who_it_is(self, window_list: WindowList) -> None:
        assert window_list.state.backend
        assert window_list.state.why.endswith(".")

    def test_windows_have_a_size(self, window_list: WindowList) -> None:
        assert all(not window.region.is_empty for window in window_list.windows())

    def test_it_works_on_any_thread(self, window_list: WindowList) -> None:
        found: list[tuple[WindowPlace, ...]] = []
        thread = threading.Thread(target=lambda: found.append(window_list.windows()))
        thread.start()
        thread.join()
        assert len(found) == 1
