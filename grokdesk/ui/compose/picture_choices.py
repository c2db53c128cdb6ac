"""What a person can choose for a picture of a draft: its original, its parts, or a crop; each can be undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtWidgets import QInputDialog, QLabel, QMenu, QWidget

from grokdesk.errors import GrokDeskError
from grokdesk.model import Picture, Pixels, PreparedImage, Region
from grokdesk.pictures.decode.opened import Opener
from grokdesk.pictures.prepare.covering import whole_pixels
from grokdesk.pictures.prepare.tiles import in_tiles, tile_count
from grokdesk.translation import _, ngettext
from grokdesk.ui.compose.composer import Composer
from grokdesk.ui.compose.crop_dialog import CropDialog
from grokdesk.ui.compose.draft import Draft, DraftPicture
from grokdesk.ui.compose.size_notice import SizeNotice
from grokdesk.ui.kit.job import Job, single
from grokdesk.ui.kit.theme import Theme


class PictureChoices(QObject):
    def __init__(self, draft: Draft, composer: Composer, theme: Theme, opener: Opener) -> None:
        super().__init__(composer)
        self.notice = SizeNotice(theme, composer)
        self._draft = draft
        self._composer = composer
        self._theme = theme
        self._opener = opener
        self._dismissed: set[int] = set()
        self._illegible: DraftPicture | None = None
        composer.show_below_text(self.notice)
        composer.picture_menu_requested.connect(self.show_menu)
        draft.changed.connect(self._look)
        self.notice.tiles_chosen.connect(lambda: self._illegible and self.divide(self._illegible.id))
        self.notice.crop_chosen.connect(lambda: self._illegible and self.crop(self._illegible.id))
        self.notice.dismissed.connect(self._dismiss)

    @Slot(int, QPoint)
    def show_menu(self, picture_id: int, place: QPoint) -> None:
        entry = next((entry for entry in self._draft.entries if entry.id == picture_id), None)
        if entry is not None and entry.picture is not None:
            self.menu_for(entry).popup(place)

    def menu_for(self, entry: DraftPicture) -> QMenu:
        menu = QMenu(self._composer)
        menu.aboutToHide.connect(menu.deleteLater)
        original = menu.addAction(_("Send original"), lambda: self.toggle_original(entry.id))
        original.setCheckable(True)
        original.setChecked(entry.picture is not None and entry.picture.as_is)
        parts = self._parts_of(entry)
        tiles = menu.addAction(
            _("Send in {count} parts").format(count=parts) if parts > 1 else _("Send in parts"),
            lambda: self.divide(entry.id),
        )
        tiles.setEnabled(parts > 1)
        menu.addAction(_("Crop…"), lambda: self.crop(entry.id))
        if entry.picture is not None:
            put = partial(self._draft.replace_picture, entry.id)
            add_frame_action(menu, entry.picture, entry.prepared, self._composer.window(), put)
        menu.addSeparator()
        menu.addAction(_("Remove"), lambda: self._draft.remove(entry.id))
        return menu

    def toggle_original(self, picture_id: int) -> None:
        if picture := self._picture(picture_id):
            self._draft.replace_picture(picture_id, replace(picture, as_is=not picture.as_is))

    def divide(self, picture_id: int) -> None:
        """Put the parts in the place of the picture."""
        picture, limits = self._picture(picture_id), self._draft.limits
        if picture is None or limits is None:
            return
        room = replace(limits, max_images=self._room)

        def put(parts: tuple[Picture, ...]) -> None:
            words = ngettext("{name} is sent in {count} part.", "{name} is sent in {count} parts.", len(parts))
            self._exchange(picture_id, picture, parts, words.format(name=picture.name, count=len(parts)))

        self.notice.tiles.setEnabled(False)
        self._run(lambda: in_tiles(picture, room, self._opener), put)

    def crop(self, picture_id: int) -> None:
        """Ask which part is to stay."""
        if picture := self._picture(picture_id):
            self._run(
                lambda: whole_pixels(picture, self._opener),
                lambda pixels: self._ask_crop(picture_id, picture, pixels),
            )

    def _ask_crop(self, picture_id: int, picture: Picture, pixels: Pixels) -> None:
        dialog = CropDialog(picture.name, pixels, self._theme, self._composer.window())

        def keep(region: Region) -> None:
            part = Picture(_("{name}, cropped").format(name=picture.name), pixels.cropped(region))
            self._exchange(picture_id, picture, (part,), _("{name} was cropped.").format(name=picture.name))

        dialog.cropped.connect(keep)
        dialog.open()

    def _exchange(self, picture_id: int, picture: Picture, parts: tuple[Picture, ...], words: str) -> None:
        if self._picture(picture_id) is not picture:  # gone, or covered with boxes meanwhile: those must stay
            self._look()
            self._composer.show_problem(_("The picture has changed meanwhile."), _("Try it again."))
            return
        ids = self._draft.exchange((picture_id,), parts)
        self._composer.focus_text()  # the button is gone
        self._composer.show_offer(words, _("Undo"), lambda: self._draft.exchange(ids, (picture,)))

    def _picture(self, picture_id: int) -> Picture | None:
        return next((entry.picture for entry in self._draft.entries if entry.id == picture_id), None)

    def _run(self, work: Callable[[], object], then: Callable[..., None]) -> None:
        job = Job(single(work), "picture", self)
        job.arrived.connect(lambda results: then(results[0]))
        job.failed.connect(self._fail)
        job.start()

    @Slot(object)
    def _fail(self, error: GrokDeskError) -> None:
        self._composer.show_problem(error.title, error.hint)

    @property
    def _room(self) -> int:
        """How many pictures may take the place of one."""
        limits = self._draft.limits
        return limits.max_images - len(self._draft.entries) + 1 if limits else 0

    def _parts_of(self, entry: DraftPicture) -> int:
        """0 while it is not known, or when the parts would be too many; 1 when the picture fits whole."""
        prepared, limits = entry.prepared, self._draft.limits
        if prepared is None or limits is None or not prepared.source_width:
            return 0
        count = tile_count(prepared.source_width, prepared.source_height, limits.long_edge)
        return count if count <= self._room else 0

    @Slot()
    def _look(self) -> None:
        entries = self._draft.entries
        self._dismissed &= {entry.id for entry in entries}
        self._illegible = next(
            (e for e in entries if e.prepared and not e.prepared.is_legible and e.id not in self._dismissed), None
        )
        if self._illegible is None:
            self.notice.hide()
            return
        words = _("Text in {name} may become too small to read when shrunk.")
        words = words.format(name=self._illegible.name)
        self.notice.show_for(words, self._parts_of(self._illegible))

    @Slot()
    def _dismiss(self) -> None:
        if self._illegible is not None:
            self._dismissed.add(self._illegible.id)
        self._look()
        self._composer.focus_text()


def add_frame_action(
    menu: QMenu, picture: Picture, prepared: PreparedImage | None, window: QWidget, put: Callable[[Picture], object]
) -> None:
    """Nothing for a picture that is all there is. ``put`` gets the picture with the frame that was chosen."""
    if prepared is None or prepared.frames < 2:
        return
    words = _page_or_frame(prepared, _("Page {number} of {count}…"), _("Frame {number} of {count}…"))
    words = words.format(number=picture.frame + 1, count=prepared.frames)
    menu.addAction(words, lambda: ask_frame(picture, prepared, window, put))


def _page_or_frame(prepared: PreparedImage, page: str, frame: str) -> str:
    return page if prepared.frame_word == "page" else frame


def ask_frame(
    picture: Picture, prepared: PreparedImage, window: QWidget, put: Callable[[Picture], object]
) -> QInputDialog:
    """Asks in a dialog of ``window``; the window goes on."""
    dialog = QInputDialog(window)
    dialog.setInputMode(QInputDialog.InputMode.IntInput)
    dialog.setWindowTitle(_page_or_frame(prepared, _("Choose a page"), _("Choose a frame")))
    words = _page_or_frame(prepared, _("Page of {name}, 1 to {count}:"), _("Frame of {name}, 1 to {count}:"))
    dialog.setLabelText(words.format(name=picture.name, count=prepared.frames))
    for label in dialog.findChildren(QLabel):
        label.setTextFormat(Qt.TextFormat.PlainText)  # names come from anywhere
    dialog.setIntRange(1, prepared.frames)
    dialog.setIntValue(picture.frame + 1)

    def choose(number: int) -> None:
        if number - 1 != picture.frame:
            put(replace(picture, frame=number - 1, url=""))  # a server that fetches it itself would take the first

    dialog.intValueSelected.connect(choose)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
