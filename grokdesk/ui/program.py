"""The composition root of the windows: makes every part, and says which signal leads where."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, QSize, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QWidget

from grokdesk import __version__
from grokdesk.doctor.examination import Part
from grokdesk.errors import GrokDeskError
from grokdesk.model import AskEvent, Ended, Profile
from grokdesk.paths import resources
from grokdesk.services import Services
from grokdesk.system.autostart_choice import choose_autostart
from grokdesk.system.capture_choice import choose_grabber
from grokdesk.system.capture_request import CaptureRequest, Mode
from grokdesk.system.clipboard_choice import choose_clipboard
from grokdesk.system.hotkey_state import HotkeyState
from grokdesk.system.hotkeys_choice import choose_hotkeys
from grokdesk.system.launch import launch_of_this_process
from grokdesk.system.notify_choice import choose_notifier
from grokdesk.system.part_state import PartState
from grokdesk.system.session import session_from
from grokdesk.system.windows_choice import choose_windows
from grokdesk.ui.capture_use import CaptureUse
from grokdesk.ui.capturing import make_captures
from grokdesk.ui.chat import Chat
from grokdesk.ui.clipboard import Copied, Copier
from grokdesk.ui.clipboard_handover import Handover, Outcome
from grokdesk.ui.close_question import CloseQuestion
from grokdesk.ui.closing import Closing, Surroundings
from grokdesk.ui.composer import Composer
from grokdesk.ui.controller import Controller, Parts
from grokdesk.ui.doctor_running import RunningDoctor
from grokdesk.ui.draft import Draft, PictureSources
from grokdesk.ui.draft_composer import DraftComposer
from grokdesk.ui.hotkey_binding import BINDINGS, HotkeyBindings, setting_of
from grokdesk.ui.instance import Request
from grokdesk.ui.job import Job, single
from grokdesk.ui.live_switch import LiveSwitch
from grokdesk.ui.notifications import Notifications
from grokdesk.ui.panel.conversation_panel import ConversationPanel
from grokdesk.ui.popup import Popup
from grokdesk.ui.preferences import Preferences
from grokdesk.ui.request_handler import Deeds, RequestHandler
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
        self._questions: list[DraftComposer] = []
        self._captures: CaptureUse | None = None
        self.controller = Controller(
            Parts(
                asker=lambda: services.asker(keep=self.preferences.settings.keep_history),
                profile=lambda: self.preferences.profile,
            ),
            self,
        )

    # --- starting and ending ---

    def start(self, words: Sequence[str]) -> None:
        """Make every part, say which signal leads where, and do what ``words`` say."""
        self._make_chat()
        deeds = Deeds(
            show=self.chat.present,
            start_hidden=self.closing.start_hidden,
            quit=self.quit,
            captures=lambda: self.captures,
            has_action=self._services.catalogue.has,
            more={"doctor": self._answer_doctor},
        )
        self.requests = RequestHandler(deeds, self)
        self._connect_tray()
        self._connect_preferences()
        self._connect_hotkeys()
        self.preferences.look_for_profile()
        self._bind_hotkeys()
        self._warm_up = Job(single(self._services.warm_up), "warm-up", self)
        self._warm_up.start()
        self.tray.watch_hosts()
        if not self.preferences.settings.first_run_done and "background" not in words:
            self.preferences.welcome()
        else:
            self.requests.handle(Request(tuple(words), lambda _code, _out, _err: None, __version__))

    def _make_question(self, composer: Composer) -> DraftComposer:
        sources = PictureSources(self._services.read_file, self._services.download)
        draft = Draft(sources, self._services.prepare, self, limits=None)
        composer.set_actions(self._services.catalogue.actions, self.preferences.settings.last_action)
        composer.profile_requested.connect(partial(self._show_settings, "Connection"))
        question = DraftComposer(draft, composer)
        question.submitted.connect(self._remember_action)
        self._questions.append(question)
        if self.preferences.knows_profile:
            self._show_profile(question)
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
        chat.copied.connect(self._tell_copied)
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

    @property
    def captures(self) -> CaptureUse:
        """What captures need is made with the first one."""
        if self._captures is None:
            self._captures = self._make_captures()
        return self._captures

    def _make_captures(self) -> CaptureUse:
        popup = Popup(self._make_question(Composer(self._theme)), self.controller)
        popup.asked.connect(self._show_asked)
        captures = make_captures(
            choose_grabber(self._session, self._environment),
            choose_windows(self._session, self._environment),
            popup,
            self.preferences,
            self._copier(),
            QGuiApplication.clipboard().mimeData,
            self._services.catalogue.actions,
            lambda: [self.chat.window, *self.preferences.windows],
            self._theme,
            self._icon,
            self,
        )
        captures.kept.connect(lambda sentence: self.notifications.show("", sentence, "", "kept"))
        captures.problem.connect(self._show_problem)
        return captures

    def _capture(self, mode: Mode, action_id: str = "", delay: float = 0.0) -> None:
        self.captures.start(CaptureRequest(mode, action_id=action_id, delay=delay))

    def _connect_preferences(self) -> None:
        self.preferences.changed.connect(self._setting_changed)
        self.preferences.profile_found.connect(self._use_profile)
        self.preferences.welcomed.connect(self.chat.present)

    def _connect_tray(self) -> None:
        tray, controller = self.tray, self.controller
        tray.capture_requested.connect(self._capture)
        tray.action_requested.connect(partial(self._capture, "region"))
        tray.delayed_requested.connect(lambda seconds: self._capture("region", delay=seconds))
        tray.clipboard_requested.connect(partial(self._capture, "clipboard"))
        tray.pause_toggled.connect(self.hotkeys.set_paused)
        tray.files_requested.connect(self._open_files)
        tray.window_requested.connect(self.chat.present)
        tray.message_clicked.connect(self.notifications.click_by_tray)
        self.notifications.clicked.connect(lambda _id: self.chat.present())
        tray.settings_requested.connect(partial(self._show_settings, "General"))
        tray.quit_requested.connect(self.quit)
        controller.answer_begun.connect(lambda _model, _plain: tray.set_state("busy"))
        controller.came.connect(self._show_outcome)

    def _connect_hotkeys(self) -> None:
        self.hotkeys.pressed.connect(self._run_hotkey)
        self.hotkeys.state_changed.connect(self._show_hotkeys)
        self.hotkeys.paused_changed.connect(self.tray.set_paused)
        self.hotkeys.problem.connect(self._show_problem)

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

    def _answer_doctor(self, request: Request) -> None:
        parts: dict[Part, Callable[[], PartState]] = {"hotkeys": self._hotkey_state, "tray": self._tray_state}
        RunningDoctor(parts, QGuiApplication.clipboard(), self._session).answer(request.reply)

    def _hotkey_state(self) -> PartState:
        region = self.hotkeys.states.get("region")
        return region if region is not None else PartState("missing", "none", "The hotkeys are being set up.")

    def _tray_state(self) -> PartState:
        if self.tray.is_available:
            return PartState("ok", "qt", "The icon is in the tray.")
        return PartState("missing", "none", "No panel shows tray icons.", "A window is shown instead.")

    # --- asking ---

    @Slot(str, bool)
    def _show_asked(self, action_id: str, quiet: bool) -> None:
        """Nobody waits for a window who asked from a terminal, or for something to be copied."""
        if not quiet and self._services.catalogue.get(action_id).then != "copy":
            self.chat.present()

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
                self._tell_ended(event)

    def _tell_ended(self, ended: Ended) -> None:
        looked_at = self.chat.window.isActiveWindow()
        self.tray.set_state("attention" if ended.error is not None and not looked_at else "done")
        if not looked_at:
            title = ended.error.title if ended.error is not None else "The answer is ready"
            self.notifications.show("answer", title, "Click to open GrokDesk.", "answer")

    @Slot(object)
    def _tell_copied(self, copied: Copied) -> None:
        """In place of the notice that the answer is ready."""
        if not self.chat.window.isActiveWindow():
            self.notifications.show("answer", f"{copied.sentence} to the clipboard", "Click to see it.", "answer")

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
            for question in self._questions:
                question.composer.set_last_action(settings.last_action)

    @Slot(object, str)
    def _use_profile(self, _profile: Profile, _model: str) -> None:
        for question in self._questions:
            self._show_profile(question)

    def _show_profile(self, question: DraftComposer) -> None:
        profile, model = self.preferences.profile, self.preferences.model
        question.draft.set_limits(profile.limits)
        question.composer.set_profile(f"{profile.name} · {model}" if model else profile.name)

    def _bind_hotkeys(self) -> None:
        settings = self.preferences.settings
        self.hotkeys.bind({binding: getattr(settings, setting_of(binding)) for binding in BINDINGS})

    @Slot(str)
    def _run_hotkey(self, binding: str) -> None:
        match binding:
            case "region" | "last" | "clipboard" as mode:
                self._capture(mode)
            case "alt_text":
                self._capture("region", "alt-text")
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
