"""The composition root of the windows: makes every part, and says which signal leads where."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, QRect, QSize, QTimer, Slot
from PySide6.QtGui import QCursor, QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QWidget

from grokdesk.errors import EXIT_USAGE, GrokDeskError
from grokdesk.model import AskEvent, Ended, Profile
from grokdesk.paths import resources
from grokdesk.services import Services
from grokdesk.system.autostart_choice import choose_autostart
from grokdesk.system.capture_choice import choose_grabber
from grokdesk.system.clipboard_choice import choose_clipboard
from grokdesk.system.hotkey_state import HotkeyState
from grokdesk.system.hotkeys_choice import choose_hotkeys
from grokdesk.system.launch import launch_of_this_process
from grokdesk.system.notify_choice import choose_notifier
from grokdesk.system.session import session_from
from grokdesk.ui.capture_flow import CaptureFlow
from grokdesk.ui.chat import Chat
from grokdesk.ui.clipboard import Copier
from grokdesk.ui.clipboard_handover import Handover, Outcome
from grokdesk.ui.close_question import CloseQuestion
from grokdesk.ui.closing import Closing, Surroundings
from grokdesk.ui.composer import Composer, ComposerWindow
from grokdesk.ui.controller import Controller, Parts
from grokdesk.ui.draft import Draft, PictureSources
from grokdesk.ui.draft_composer import DraftComposer
from grokdesk.ui.hotkey_binding import BINDINGS, HotkeyBindings, setting_of
from grokdesk.ui.incoming import incoming_from
from grokdesk.ui.instance import Request
from grokdesk.ui.job import Job, single
from grokdesk.ui.live_switch import LiveSwitch
from grokdesk.ui.notifications import Notifications
from grokdesk.ui.overlay import Overlay
from grokdesk.ui.panel.conversation_panel import ConversationPanel
from grokdesk.ui.preferences import Preferences
from grokdesk.ui.theme import Theme
from grokdesk.ui.tray import Tray

log = logging.getLogger(__name__)

QUIT_SECONDS = 1.0
"""How long quitting waits for a stopped answer to be kept."""
SAVE_SIZE_MS = 500
SAMPLE = "error-dialog.png"
KEEPS_RUNNING = ("running", "GrokDesk keeps running", "It is here in the tray. Quit it from its menu.")


class Program(QObject):
    """Lives from start to quit."""

    def __init__(self, app: QApplication, services: Services, environment: Mapping[str, str], tray: Tray) -> None:
        super().__init__(app)
        self._app = app
        self._services = services
        self.tray = tray
        icons = resources() / "icons"
        self._theme = Theme(app, icons)
        self._icon = QIcon(str(icons / "app.svg"))
        app.setWindowIcon(self._icon)
        self._environment, self._session = environment, session_from(environment)
        self._tools = choose_clipboard(self._session, environment)
        self.hotkeys = HotkeyBindings(partial(choose_hotkeys, self._session), self)
        self.preferences = Preferences(
            services, self._theme, self._icon, self.hotkeys, self._copier, self, self._live_rows
        )
        choose = partial(choose_notifier, self._session, environment, icons / "app.svg")
        self.notifications = Notifications(choose, tray.show_message, self)
        self.controller = Controller(
            Parts(
                choose_grabber(self._session, environment),
                asker=lambda: services.asker(keep=self.preferences.settings.keep_history),
                profile=lambda: self.preferences.profile,
            ),
            self,
        )

    # --- starting and ending ---

    def start(self, words: Sequence[str]) -> None:
        """Make every part, say which signal leads where, and do what ``words`` say."""
        self._make_chat()
        self._make_capture()
        self._connect_tray()
        self._connect_preferences()
        self.preferences.look_for_profile()
        self._bind_hotkeys()
        self._warm_up = Job(single(self._services.warm_up), "warm-up", self)
        self._warm_up.start()
        self.tray.watch_hosts()
        if not self.preferences.settings.first_run_done and words[:1] != ("capture",):
            self.preferences.welcome()
        elif words:
            self.handle(Request(tuple(words), "", lambda _code, _out, _err: None))
        elif not self.tray.is_available:
            self.chat.present()

    def _make_question(self, composer: Composer) -> DraftComposer:
        sources = PictureSources(self._services.read_file, self._services.download)
        draft = Draft(sources, self._services.prepare, self)
        composer.set_actions(self._services.catalogue.actions, self.preferences.settings.last_action)
        composer.profile_requested.connect(partial(self._show_settings, "Connection"))
        question = DraftComposer(draft, composer)
        question.submitted.connect(self._remember_action)
        return question

    def _make_chat(self) -> None:
        size = QSize(self.preferences.settings.panel_width, self.preferences.settings.panel_height)
        panel = ConversationPanel(self._theme)
        self.chat = chat = Chat(
            self.controller,
            panel,
            self._make_question(Composer(self._theme)),
            self._copier(),
            self._icon,
            size,
        )
        chat.settings_requested.connect(partial(self._show_settings, "Connection"))
        chat.model_requested.connect(self.preferences.choose_model)
        chat.sample_requested.connect(self._try_sample)
        self.closing = Closing(
            chat.window,
            CloseQuestion(self._theme),
            self.preferences,
            Surroundings(
                lambda: self.tray.is_available,
                lambda: self.hotkeys.keys.get("region", ""),
                self._session.desktop == "gnome",
            ),
            self,
        )
        self.closing.quit_chosen.connect(self.quit)
        self.closing.went_to_tray.connect(partial(self.notifications.show, *KEEPS_RUNNING))
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
        self.hotkeys.pressed.connect(self._run_hotkey)
        self.hotkeys.state_changed.connect(self._show_hotkeys)

    def _connect_preferences(self) -> None:
        self.preferences.changed.connect(self._setting_changed)
        self.preferences.profile_found.connect(self._use_profile)
        self.preferences.welcomed.connect(self.chat.present)

    def _connect_tray(self) -> None:
        tray, controller = self.tray, self.controller
        tray.capture_requested.connect(lambda _mode: self.flow.begin())
        tray.action_requested.connect(self.flow.begin)
        tray.clipboard_requested.connect(self._ask_about_clipboard)
        tray.files_requested.connect(self._open_files)
        tray.window_requested.connect(self.chat.present)
        tray.message_clicked.connect(self.notifications.click_by_tray)
        self.notifications.clicked.connect(lambda _id: self.chat.present())
        tray.settings_requested.connect(partial(self._show_settings, "General"))
        tray.quit_requested.connect(self.quit)
        controller.answer_begun.connect(lambda _model, _plain: tray.set_state("busy"))
        controller.came.connect(self._show_outcome)

    @Slot()
    def quit(self) -> None:
        """Stop what is going on, keep what came of it, end."""
        self.controller.shut_down(QUIT_SECONDS)
        if self._save_size.isActive():
            self._keep_size()
        self.hotkeys.close()
        self.notifications.close()
        self.tray.hide()
        self._handover = Handover(QGuiApplication.clipboard(), self._tools, self._session, self)
        self._handover.finished.connect(self._end)
        self._handover.begin()

    @Slot(object)
    def _end(self, outcome: Outcome) -> None:
        if outcome.sentence:
            log.info("%s", outcome.sentence)
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
                self.closing.start_hidden()
                request.reply(0)
            case ("capture",):
                self.flow.begin("", captured)
            case ("capture", action_id) if self._services.catalogue.has(action_id):
                self.flow.begin(action_id, captured)
            case ("capture", action_id):
                request.reply(
                    EXIT_USAGE, "", f"grokdesk: The running GrokDesk has no action {action_id}. Restart it.\n"
                )
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
        self.preferences.remember(last_action=action_id)

    @Slot(list)
    def _show_outcome(self, events: list[AskEvent]) -> None:
        for event in events:
            if isinstance(event, Ended):
                self.preferences.notice_model()
                looked_at = self.chat.window.isActiveWindow()
                self.tray.set_state("attention" if event.error is not None and not looked_at else "done")
                if not looked_at:
                    title = event.error.title if event.error is not None else "The answer is ready"
                    self.notifications.show("answer", title, "Click to open GrokDesk.")

    @Slot(object)
    def _show_problem(self, error: GrokDeskError) -> None:
        self.chat.present()
        self.chat.question.composer.show_problem(error.title, error.hint)

    # --- settings ---

    @Slot(str)
    def _setting_changed(self, key: str) -> None:
        settings = self.preferences.settings
        if key.startswith("hotkey_"):
            self._bind_hotkeys()
        elif key == "last_action":
            for question in (self.chat.question, self.popup):
                question.composer.set_last_action(settings.last_action)

    @Slot(object, str)
    def _use_profile(self, profile: Profile, model: str) -> None:
        for question in (self.chat.question, self.popup):
            question.draft.set_limits(profile.limits)
            question.composer.set_profile(f"{profile.name} · {model}" if model else profile.name)

    def _bind_hotkeys(self) -> None:
        settings = self.preferences.settings
        self.hotkeys.bind({binding: getattr(settings, setting_of(binding)) for binding in BINDINGS})

    @Slot(str)
    def _run_hotkey(self, binding: str) -> None:
        match binding:
            case "region":
                self.flow.begin()
            case "alt_text":
                self.flow.begin("alt-text")
            case "last":
                self.flow.begin()
            case "clipboard":
                self._ask_about_clipboard()
            case "panel":
                self.chat.present()

    @Slot(str, object)
    def _show_hotkeys(self, _binding: str, _state: HotkeyState) -> None:
        """The one place that says what works to whoever names it."""
        self.tray.set_hotkeys(self.hotkeys.keys)
        self.chat.panel.set_hotkey(self.hotkeys.keys.get("region", ""))

    def _copier(self) -> Copier:
        """A new one for each place: everybody hears what a copier has copied."""
        return Copier(QGuiApplication.clipboard(), self._tools, self._session, self)

    def _live_rows(self) -> dict[str, list[QWidget]]:
        icon = resources() / "icons" / "app.svg"
        launch = launch_of_this_process(self._environment)
        autostart = choose_autostart(self._session, self._environment, launch, icon)
        help_ = "It waits in the background until you need it."
        return {"General": [LiveSwitch("Start when you log in", help_, autostart, self._copier())]}

    def _show_settings(self, page: str) -> None:
        self.preferences.show(page)

    @Slot()
    def _keep_size(self) -> None:
        self._save_size.stop()
        size = self.chat.window.size()
        self.preferences.remember(panel_width=size.width(), panel_height=size.height())
