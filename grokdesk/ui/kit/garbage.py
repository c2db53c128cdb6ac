"""Python's cyclic garbage is collected on the GUI thread alone.

A collection runs on whichever thread happens to allocate. When it frees a cycle with a QObject in it on a worker
thread, the QObject is deleted there, while the GUI thread may be using it, and the process crashes.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QAbstractEventDispatcher, QObject, Slot


class GarbageCollector(QObject):
    """Takes the automatic collection over, with the interpreter's own thresholds; make it on the GUI thread.

    It looks whenever the event loop is about to sleep, so that it costs no wake-up.
    """

    def __init__(self, dispatcher: QAbstractEventDispatcher, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        dispatcher.aboutToBlock.connect(self.collect_if_due)

    @Slot()
    def collect_if_due(self) -> None:
        """Collect the oldest generation whose threshold is reached, and the younger ones with it."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation] > 0:
                gc.collect(generation)
                return

    def close(self) -> None:
        """Leave it to the interpreter again."""
        gc.enable()
