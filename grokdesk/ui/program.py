"""The composition root of the windows: makes every part, and says which signal leads where."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, QRect, QSize, QTimer, Slot
from PySide6.QtGui import QCursor, QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QWidget

from grokdesk.errors import EXIT_USAGE, GrokDeskError, SettingsBroken
from grokdesk.model import AskEvent, Ended, Profile
from grokdesk.paths import resources
from grokdesk.services import Services
from grokdesk.store.profiles import ON_THIS_COMPUTER, XAI
from grokdesk.system.choose import choose_grabber, choose_hotkeys
from grokdesk.ui.capture_flow import CaptureFlow
from grokdesk.ui.chat import Chat
from grokdesk.ui.composer import Composer, ComposerWindow
from grokdesk.ui.controller import Controller, Parts
from grokdesk.ui.draft import Draft, PictureSources
from grokdesk.ui.draft_composer import DraftComposer
from grokdesk.ui.first_run import FirstRun
from grokdesk.ui.hotkey_binding import HotkeyBinding, HotkeyState
from grokdesk.ui.incoming import incoming_from
from grokdesk.ui.instance import Request
from grokdesk.ui.job import Job, single
from grokdesk.ui.kept_connections import KeptConnections
from grokdesk.ui.overlay import Overlay
from grokdesk.ui.panel.conversation_panel import ConversationPanel
from grokdesk.ui.settings_dialog import SettingsDialog
from grokdesk.ui.theme import Theme
from grokdesk.ui.tray import Tray

log = logging.getLogger(__name__)

QUIT_SECONDS = 1.0
"""How long quitting waits for a stopped answer to be kept."""
SAVE_SIZE_MS = 500
SAMPLE = "error-dialog.png"


class Program(QObject):
    """Lives from start to quit."""

    def __init__(self, app: QApplication, services: Services, environment: Mapping[str, str], tray: Tray) -> None:
        super().__init__(app)
        self._app = app
        self._services = services
        self._settings = services.settings.load()
        icons = resources() / "icons"
        self._theme = Theme(app, icons)
        self._theme.choose(self._settings.theme)
        self.tray = tray
        self._icon = QIcon(str(icons / "app.svg"))
        app.setWindowIcon(self._icon)
        self._profile = ON_THIS_COMPUTER
        self._looking: Job[tuple[Profile, str]] | None = None
        self._settings_window: SettingsDialog | None = None
        self._first_run: FirstRun | None = None
        self.controller = Controller(
            Parts(
                choose_grabber(environment),
                asker=lambda: services.asker(keep=self._settings.keep_history),
                profile=lambda: self._profile,
            ),
            self,
        )
        self.hotkey = HotkeyBinding(lambda pressed: choose_hotkeys(environment, pressed), self)

    # --- starting and ending ---

    def start(self, words: Sequence[str]) -> None:
        """Make every part, say which signal leads where, and do what ``words`` say."""
        self._make_chat()
        self._make_capture()
        self._connect_tray()
        self._use_settings()
        self._look_for_profile()
        self.hotkey.bind(self._settings.hotkey_region)
        self._warm_up = Job(single(self._services.warm_up), "warm-up", self)
        self._warm_up.start()
        self.tray.watch_hosts()
        if not self._settings.first_run_done and words[:1] != ("capture",):
            self._show_first_run()
        elif words:
            self.handle(Request(tuple(words), "", lambda _code, _out, _err: None))
        elif not self.tray.is_available:
            self.chat.present()

    def _make_question(self, composer: Composer) -> DraftComposer:
        sources = PictureSources(self._services.read_file, self._services.download)
        draft = Draft(sources, self._services.prepare, self)
        composer.set_actions(self._services.catalogue.actions, self._settings.last_action)
        composer.profile_requested.connect(partial(self._show_settings, "Connection"))
        question = DraftComposer(draft, composer)
        question.submitted.connect(self._remember_action)
        return question

    def _make_chat(self) -> None:
        size = QSize(self._settings.panel_width, self._settings.panel_height)
        panel = ConversationPanel(self._theme)
        self.chat = chat = Chat(
            self.controller,
            panel,
            self._make_question(Composer(self._theme)),
            QGuiApplication.clipboard(),
            self._icon,
            size,
        )
        chat.settings_requested.connect(partial(self._show_settings, "Connection"))
        chat.model_requested.connect(self._choose_model)
        chat.sample_requested.connect(self._try_sample)
        chat.window.closed.connect(self._window_closed)
        chat.window.settings_requested.connect(partial(self._show_settings, "General"))
        chat.window.quit_requested.connect(self.quit)
        self._save_size = QTimer(self, singleShot=True, interval=SAVE_SIZE_MS)
        self._save_size.timeout.connect(self._keep_size)
        chat.window.resized.connect(lambda _size: self._save_size.start())

    def _make_capture(self) -> None:
        self.popup = self._make_question(Composer(self._theme))
        self.popup_window = ComposerWindow(self.popup.composer)
        self.popup.submitted.connect(self._ask_from_popup)
        self.popup.composer.discarded.connect(self._discard_popup)
        self.flow = CaptureFlow(
            self.controller, Overlay(self._theme, self), self.popup, self.popup_window, lambda: [self.chat.window], self
        )
        self.flow.asked_at_once.connect(partial(self.popup.submit, ""))
        self.flow.problem.connect(self._show_problem)
        self.hotkey.pressed.connect(lambda _binding: self.flow.begin())
        self.hotkey.state_changed.connect(self._hotkey_changed)

    def _connect_tray(self) -> None:
        tray, controller = self.tray, self.controller
        tray.capture_requested.connect(self.flow.begin)
        tray.clipboard_requested.connect(self._ask_about_clipboard)
        tray.files_requested.connect(self._open_files)
        tray.window_requested.connect(self.chat.present)
        tray.message_clicked.connect(self.chat.present)
        tray.settings_requested.connect(partial(self._show_settings, "General"))
        tray.quit_requested.connect(self.quit)
        controller.answer_begun.connect(lambda _model: tray.set_state("busy"))
        controller.came.connect(self._show_outcome)

    @Slot()
    def quit(self) -> None:
        """Stop what is going on, keep what came of it, end."""
        self.controller.shut_down(QUIT_SECONDS)
        if self._save_size.isActive():
            self._keep_size()
        self.hotkey.close()
        self.tray.hide()
        self._app.exit()  # quit() asks the windows first, and one that hides itself instead of closing says no

    # --- what other starts of the program ask for ---

    @Slot(object)
    def handle(self, request: Request) -> None:
        """Words: ``show``, or ``capture`` and perhaps an action id."""

        def captured(error: GrokDeskError | None) -> None:
            if error is None:
                request.reply(0)
            else:
                request.reply(error.exit_code, "", f"grokdesk: {error}\n")

        match request.words:
            case () | ("show",):
                self.chat.present()
                request.reply(0)
            case ("background",):
                request.reply(0)
            case ("capture",):
                self.flow.begin("", captured)
            case ("capture", action_id):
                self.flow.begin(action_id, captured)
            case _:
                request.reply(EXIT_USAGE, "", "grokdesk: The running GrokDesk is of another version. Restart it.\n")

    # --- asking ---

    @Slot(str, str)
    def _ask_from_popup(self, text: str, action_id: str) -> None:
        self.popup_window.hide()
        self.flow.forget_hidden()
        self.controller.start_conversation()
        self.chat.present()
        self.controller.submit(self.popup.draft, text, action_id)
        self.popup.composer.clear()

    @Slot()
    def _discard_popup(self) -> None:
        self.popup_window.hide()
        self.popup.discard()
        self.flow.come_back()

    @Slot()
    def _ask_about_clipboard(self) -> None:
        incoming = incoming_from(QGuiApplication.clipboard().mimeData())
        self.popup.take(incoming)
        if not (incoming.pictures or incoming.files or incoming.links):
            self.popup.composer.show_problem(
                "There is no picture on the clipboard.", "Copy a picture, or drop one here."
            )
        self.popup_window.place_beside(QRect(QCursor.pos(), QSize(1, 1)))

    @Slot()
    def _open_files(self) -> None:
        self.chat.present()
        self.chat.question.choose_files()

    @Slot(str)
    def _try_sample(self, action_id: str) -> None:
        self.chat.question.draft.add_file(resources() / "samples" / SAMPLE)
        self.chat.question.submit("", action_id)

    @Slot(str, str)
    def _remember_action(self, _text: str, action_id: str) -> None:
        if action_id != self._settings.last_action:
            self._change("last_action", action_id)

    @Slot(list)
    def _show_outcome(self, events: list[AskEvent]) -> None:
        for event in events:
            if isinstance(event, Ended):
                if not self._profile.model:
                    self._look_for_profile()  # its model may have been chosen just now
                looked_at = self.chat.window.isActiveWindow()
                self.tray.set_state("attention" if event.error is not None and not looked_at else "done")

    @Slot(object)
    def _show_problem(self, error: GrokDeskError) -> None:
        self.chat.present()
        self.chat.question.composer.show_problem(error.title, error.hint)

    # --- settings ---

    def _change(self, key: str, value: object) -> None:
        self._settings = self._services.settings.change(**{key: value})
        if key == "hotkey_region":
            self.hotkey.bind(self._settings.hotkey_region)
        elif key in ("profile", "profiles"):
            self._look_for_profile()
        self._use_settings()

    def _use_settings(self) -> None:
        self._theme.choose(self._settings.theme)
        for question in (self.chat.question, self.popup):
            question.composer.set_last_action(self._settings.last_action)

    def _look_for_profile(self) -> None:
        """Which profile is active may depend on a key in the keyring, so it is found out on a thread."""
        if self._looking is not None:
            self._looking.drop()
        self._looking = Job(single(self._active_profile), "profile", self)
        self._looking.arrived.connect(lambda found: self._use_profile(*found[-1]))
        self._looking.failed.connect(lambda error: log.info("no profile from the keyring: %s", error))
        self._looking.start()

    def _active_profile(self) -> tuple[Profile, str]:
        profile = self._services.active_profile()
        return profile, self._services.model_of(profile)

    def _use_profile(self, profile: Profile, model: str) -> None:
        self._profile = profile
        for question in (self.chat.question, self.popup):
            question.draft.set_limits(profile.limits)
            question.composer.set_profile(f"{profile.name} · {model}" if model else profile.name)

    def _connections(self, chosen: Callable[[], Profile]) -> KeptConnections:
        return KeptConnections(self._services, chosen, self._change)

    def _show_settings(self, page: str) -> None:
        if self._settings_window is None:
            window = SettingsDialog(
                lambda: self._settings, self._change, self._connections(lambda: self._profile), self._icon
            )
            window.form.profile_chosen.connect(lambda _profile: self._look_for_profile())
            window.form.key_saved.connect(self._look_for_profile)
            self._settings_window = window
            self._hotkey_changed(self.hotkey.state)
        self._settings_window.show_page(page)
        _present(self._settings_window)

    @Slot()
    def _choose_model(self) -> None:
        self._show_settings("Connection")
        if self._settings_window is not None:
            self._settings_window.form.choose_model()

    @Slot(object)
    def _hotkey_changed(self, state: HotkeyState) -> None:
        self.tray.set_hotkey(state.hotkey)
        self.chat.panel.set_hotkey(state.hotkey)
        if self._settings_window is not None:
            self._settings_window.set_state("hotkey_region", state.sentence, good=state.works)

    def _show_first_run(self) -> None:
        """The page offers a key for xAI first; nothing is chosen before the person chooses."""
        connections = self._connections(lambda: XAI)
        self._first_run = FirstRun(connections, self._theme, self._settings.hotkey_region, self._icon)
        self._first_run.form.key_saved.connect(self._look_for_profile)
        self._first_run.done.connect(self._first_run_done)
        _present(self._first_run)

    @Slot(bool)
    def _first_run_done(self, connected: bool) -> None:
        self._change("first_run_done", True)
        if not connected:
            self._change("profile", ON_THIS_COMPUTER.id)
        self.chat.present()

    @Slot()
    def _window_closed(self) -> None:
        if not self.tray.is_available:
            self.quit()
        elif not self._settings.background_notice_shown:
            self._change("background_notice_shown", True)
            self.tray.show_message("GrokDesk keeps running", "It is here in the tray. Quit it from its menu.")

    @Slot()
    def _keep_size(self) -> None:
        self._save_size.stop()
        size = self.chat.window.size()
        try:
            self._settings = self._services.settings.change(panel_width=size.width(), panel_height=size.height())
        except SettingsBroken as error:
            log.info("size not kept: %s", error)


def _present(window: QWidget) -> None:
    """Show a window in the middle of the screen that the pointer is on, in front of the others."""
    if not window.isVisible():
        screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        place = QRect(QPoint(), window.sizeHint().expandedTo(window.size()))
        place.moveCenter(screen.availableGeometry().center())
        window.setGeometry(place)
    window.show()
    window.raise_()
    window.activateWindow()
