"""Paints a scene over the frozen screen: all of it, or the parts that changed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QImage, QPainter, QRegion

from grokdesk.ui.overlay import drawing
from grokdesk.ui.overlay.magnifier import Magnifier
from grokdesk.ui.overlay.scene import Scene, grown
from grokdesk.ui.overlay.selection import Mapping


class ScenePainter:
    """``font`` is that of the size label."""

    def __init__(self, font: QFont) -> None:
        self._font = font
        self._magnifier = Magnifier(font)

    def paint(
        self, painter: QPainter, parts: QRegion, scene: Scene, image: QImage, mapping: Mapping, window: QRectF
    ) -> None:
        """What ``parts`` of the window show; the painter is clipped to them."""
        below = parts if scene.glass is None else parts - QRegion(scene.glass.place)
        hole = scene.hole or drawing.NO_HOLE
        boxes = [(grown(box, drawing.FRAME_ROOM), box) for _inside, box in scene.boxes]
        bands = drawing.frame_bands(window, scene.frame) if scene.frame else []
        for part in drawing.rects_of(below):
            painter.save()
            painter.setClipRect(part, Qt.ClipOperation.IntersectClip)
            drawing.draw_screen(painter, part, image, mapping, hole)
            painter.resetTransform()
            for place, (around, box) in enumerate(boxes, start=1):
                if part.intersects(around):
                    drawing.draw_box(painter, box, placing=scene.placing and place == len(boxes))
            for around, band, color in bands:
                if part.intersects(around):
                    painter.fillRect(band, color)
            painter.restore()
        if scene.frame is not None and scene.handles:
            drawing.draw_handles(painter, scene.frame)
        if scene.label is not None and parts.intersects(label := drawing.with_edge(scene.label.place)):
            with drawing.only(painter, label):
                drawing.draw_label(painter, scene.label.place, scene.label.text, self._font)
        if scene.glass is not None and parts.intersects(scene.glass.place):
            with drawing.only(painter, scene.glass.place):
                self._magnifier.paint(painter, image, scene.glass)

    def paint_frozen(self, painter: QPainter, parts: QRegion, image: QImage, mapping: Mapping) -> None:
        """The first frame: the screen as it was, and nothing else."""
        for part in drawing.rects_of(parts):
            with drawing.only(painter, part):
                drawing.draw_screen(painter, part, image, mapping, None)
