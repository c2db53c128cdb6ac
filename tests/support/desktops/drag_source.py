"""Another program to drag from.

``python -m tests.support.desktops.drag_source KIND VALUE...`` with KIND files, link or image.

Its window drags at the first move with the button held; all of the window is the handle. The window goes when it has
been dropped; the program stays, as the receiver may fetch the data only then.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

TITLE = "Drag source"


class Source(QWidget):
    def __init__(self, kind: str, values: list[str]) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self._kind, self._values = kind, values

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        drag = QDrag(self)
        drag.setMimeData(self._data())
        drag.exec(Qt.DropAction.CopyAction)
        self.hide()

    def _data(self) -> QMimeData:
        data = QMimeData()
        if self._kind == "files":
            data.setUrls([QUrl.fromLocalFile(value) for value in self._values])
        elif self._kind == "link":
            data.setUrls([QUrl(value) for value in self._values])
        else:
            data.setImageData(QImage(self._values[0]))
        return data


def main() -> None:
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    source = Source(sys.argv[1], sys.argv[2:])
    source.setGeometry(20, 500, 160, 120)
    source.show()
    app.exec()


if __name__ == "__main__":
    main()
