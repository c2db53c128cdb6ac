"""Every place in which a question is written: made when it is needed, and told what holds for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from grokdesk.errors import GrokDeskError
from grokdesk.model import ImageLimits, PreparedImage, Profile
from grokdesk.providers.models.picture_tokens import tokens_of
from grokdesk.services import Services
from grokdesk.ui.kit.job import Job, single
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.preferences import Preferences

if TYPE_CHECKING:
    from grokdesk.ui.compose.draft_composer import DraftComposer
    from grokdesk.ui.compose.picture_viewer import PictureViewer

GET_READY_MS = 300


class Questions(QObject):
    profile_requested = Signal(QRect)
    """The person wants to change where questions go: the point of the screen at which they said so."""
    compare_requested = Signal(object)
    """The DraftComposer whose draft is to be asked of several models."""

    def __init__(self, services: Services, preferences: Preferences, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._preferences = preferences
        self._theme = theme
        self._made: list[DraftComposer] = []
        self._everywhere: list[DraftComposer] = []
        """Those, and those that were made apart."""
        self._warm_up: Job[None] | None = None
        preferences.changed.connect(self._setting_changed)
        preferences.profile_found.connect(self._use_profile)

    def make(self) -> DraftComposer:
        """Its questions go to the active profile."""
        question = self.make_apart()
        composer = question.composer
        composer.profile_requested.connect(self.profile_requested)
        composer.offer_compare()
        composer.compare_requested.connect(lambda: self.compare_requested.emit(question))
        if self._preferences.knows_profile:
            self._show_profile(question)
        self._made.append(question)
        return question

    def make_apart(self) -> DraftComposer:
        """For a place that says itself where its questions go."""
        from grokdesk.ui.compose.composer import Composer
        from grokdesk.ui.compose.draft import Draft, PictureSources
        from grokdesk.ui.compose.draft_composer import DraftComposer
        from grokdesk.ui.compose.draft_scan import DraftScan
        from grokdesk.ui.compose.picture_choices import PictureChoices
        from grokdesk.ui.compose.scan_step import ScanStep

        self.get_ready_soon()
        composer = Composer(self._theme)
        sources = PictureSources(self._services.read_file, self._services.download)
        draft_prepare = self._services.prepare
        draft = Draft(sources, draft_prepare, self, limits=None)
        composer.set_actions(self._services.catalogue.actions, self._preferences.settings.last_action)
        question = DraftComposer(
            draft,
            composer,
            lambda action: self._services.catalogue.get(action).lossless,
            self._unfit,
        )
        opener = self._services.open_picture
        scan = DraftScan(draft, self._services.scanner, draft_prepare, opener)
        question.use_scan(ScanStep(draft, composer, scan, self._viewer))
        question.submitted.connect(self._remember_action)
        PictureChoices(draft, composer, self._theme, opener)
        self._everywhere.append(question)
        return question

    def _unfit(self, images: Iterable[PreparedImage], profile: Profile) -> GrokDeskError | None:
        return self._services.upkeep.unfit(images, profile)

    def drop(self, question: DraftComposer) -> None:
        """Nothing is written in it any more; its widgets are the caller's."""
        self._made = [each for each in self._made if each is not question]
        self._everywhere = [each for each in self._everywhere if each is not question]
        question.draft.clear()
        question.draft.deleteLater()

    def get_ready_soon(self) -> None:
        """Load what the first question would wait for, and ask the keyring, while the person selects or types.

        Not at once: what is loaded on other threads slows this one down, and a window or the overlay is to be seen.
        """
        QTimer.singleShot(GET_READY_MS, self, self.get_ready)

    @Slot()
    def get_ready(self) -> None:
        if self._warm_up is None:
            self._warm_up = Job(single(self._services.warm_up), "warm-up", self)
            self._warm_up.start()
            self._preferences.look_for_profile()

    @Slot(str, str)
    def _remember_action(self, _text: str, action_id: str) -> None:
        self._preferences.remember(last_action=action_id)

    @Slot(str)
    def _setting_changed(self, key: str) -> None:
        if key in ("scan", "own_words", "reading_languages"):
            if key == "reading_languages":
                self._services.scanner.forget()
            for question in self._everywhere:
                if question.scan_step is not None:
                    question.scan_step.scan.scan_again()
        if key == "last_action":
            for question in self._everywhere:
                question.composer.set_last_action(self._preferences.settings.last_action)

    def _viewer(self) -> PictureViewer:
        from grokdesk.ui.compose.picture_viewer import PictureViewer

        settings = self._preferences.settings
        viewer = PictureViewer(
            self._theme, QGuiApplication.windowIcon(), QSize(settings.viewer_width, settings.viewer_height)
        )
        viewer.closed.connect(
            lambda size: self._preferences.remember(viewer_width=size.width(), viewer_height=size.height())
        )
        return viewer

    @Slot(object, str)
    def _use_profile(self, _profile: Profile, _model: str) -> None:
        for question in self._made:
            self._show_profile(question)

    def _show_profile(self, question: DraftComposer) -> None:
        profile, model = self._preferences.profile, self._preferences.model
        prepare_for(question, profile, profile.limits)
        question.composer.set_token_rule(partial(tokens_of, profile))
        question.composer.set_profile(f"{profile.name} · {model}" if model else profile.name)


def prepare_for(question: DraftComposer, profile: Profile, limits: ImageLimits) -> None:
    """Make the draft ready by the rules of ``profile`` about what leaves."""
    if question.scan_step is not None:  # first: what waits must not leave by the rules of another profile
        question.scan_step.set_limits(limits)
        question.scan_step.scan.set_profile(profile)
    question.draft.set_limits(limits)
