"""The composition root of the windows: makes every part, and says in one list which signal leads where.

What is not needed to wait in the tray is loaded when it is first needed: decision 10.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, SignalInstance, Slot
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QWidget

from grokdesk import __version__
from grokdesk.errors import GrokDeskError
from grokdesk.model import AskEvent, Ended
from grokdesk.paths import resources
from grokdesk.services import Services
from grokdesk.system.capture_request import CaptureRequest, Mode
from grokdesk.system.hotkey_state import HotkeyState
from grokdesk.system.hotkeys.choice import choose_hotkeys
from grokdesk.system.notify.choice import choose_notifier
from grokdesk.system.session import session_from
from grokdesk.translation import _
from grokdesk.ui.clipboard.factory import Copiers
from grokdesk.ui.compose.questions import Questions
from grokdesk.ui.kit.job import Job
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.request_log.windows import RequestLogWindows
from grokdesk.ui.settings.hotkey_binding import BINDINGS, HotkeyBindings, setting_of
from grokdesk.ui.settings.preferences import Preferences
from grokdesk.ui.shell.answerers import Answerers
from grokdesk.ui.shell.instance import Request
from grokdesk.ui.shell.notices import Notices, folder_troubles
from grokdesk.ui.shell.notifications import Notifications, Outcomes
from grokdesk.ui.shell.request_handler import Commands, RequestHandler
from grokdesk.ui.shell.tray import Tray

if TYPE_CHECKING:
    from grokdesk.ui.capture.popup import Popup
    from grokdesk.ui.capture.use import CaptureUse
    from grokdesk.ui.chat.chat import Chat
    from grokdesk.ui.chat.controller import OnEnd
    from grokdesk.ui.chat.conversations import Conversations
    from grokdesk.ui.chat.factory import ChatWindow
    from grokdesk.ui.chat.main_window import MainWindow
    from grokdesk.ui.clipboard.handover import Outcome
    from grokdesk.ui.compare.desk import CompareDesk
    from grokdesk.ui.compose.draft import Draft
    from grokdesk.ui.compose.draft_composer import DraftComposer

log = logging.getLogger(__name__)

Receiver = Callable[..., Any]

QUIT_SECONDS = 1.0
"""How long quitting waits for a stopped answer to be kept."""
SAMPLE = "error-dialog.png"


class Program(QObject):
    """Lives from start to quit."""

    def __init__(
        self, app: QApplication, services: Services, environment: Mapping[str, str], tray: Tray, notices: Notices
    ) -> None:
        super().__init__(app)
        self._notices = notices
        self._file_notices: list[str] = []
        self._app = app
        self._services = services
        self.tray = tray
        icons = resources() / "icons"
        self._theme = Theme(app, icons)
        self._icon = QIcon(str(icons / "app.svg"))
        app.setWindowIcon(self._icon)
        self._environment, self._session = environment, session_from(environment)
        self._copiers = Copiers(self._session, environment, self)
        self.hotkeys = HotkeyBindings(partial(choose_hotkeys, self._session), self)
        self.preferences = Preferences(
            services, self._theme, self._icon, self.hotkeys, self._copiers.make, self, self._live_rows
        )
        choose = partial(choose_notifier, self._session, environment, icons / "app.svg")
        self.notifications = Notifications(choose, tray.show_message, self)
        self._outcomes = Outcomes(tray, self.notifications, self)
        self._news: Chat | None = None
        """What was answered while the person looked elsewhere."""
        self._questions = Questions(services, self.preferences, self._theme, self)
        self.answerers = Answerers(services, self.preferences, self._theme, self)
        self.request_log = RequestLogWindows(
            services, self.preferences, self._theme, self._icon, self._copiers.make, self
        )
        self._chat_window: ChatWindow | None = None
        self._compare: CompareDesk | None = None
        self._captures: CaptureUse | None = None
        self.requests = RequestHandler(self._commands(), self)
        for signal, receiver in self._connections():
            signal.connect(receiver)

    def _commands(self) -> Commands:
        return Commands(
            show=self._present_chat,
            start_hidden=self._start_hidden,
            quit=self.quit,
            captures=lambda: self.captures,
            has_action=self._services.catalogue.has,
            more={"doctor": self._answer_doctor},
        )

    def _connections(self) -> list[tuple[SignalInstance, Receiver]]:
        """Which signal leads where, each named once: nothing depends on their order.

        What is made when it is first needed is connected where it is made.
        """
        tray, hotkeys, settings = self.tray, self.hotkeys, self._show_settings
        return [
            (tray.capture_requested, self._capture),
            (tray.action_requested, partial(self._capture, "region")),
            (tray.delayed_requested, lambda seconds: self._capture("region", delay=seconds)),
            (tray.clipboard_requested, partial(self._capture, "clipboard")),
            (tray.pause_toggled, hotkeys.set_paused),
            (tray.files_requested, self._open_files),
            (tray.compare_requested, self._open_compare),
            (tray.window_requested, self._present_chat),
            (tray.request_log_requested, self.request_log.show),
            (tray.settings_requested, partial(settings, "General")),
            (tray.quit_requested, self.quit),
            (tray.message_clicked, self.notifications.click_by_tray),
            (self.notifications.clicked, self._show_news),
            (hotkeys.pressed, self._run_hotkey),
            (hotkeys.state_changed, self._show_hotkeys),
            (hotkeys.paused_changed, tray.set_paused),
            (hotkeys.problem, self._show_problem),
            (self.preferences.changed, self._setting_changed),
            (self.preferences.welcomed, self._present_chat),
            (self.answerers.settings_requested, partial(settings, "Connection")),
            (self.answerers.failed, self._show_problem),
            (self._questions.profile_requested, self.answerers.show_menu),
            (self._questions.compare_requested, self._compare_draft),
            (self.request_log.notice_requested, self._tell_of_requests),
            (self._notices.ready, self._show_notice),
        ]

    # --- starting and ending ---

    def start(self, words: Sequence[str]) -> None:
        """Do what ``words`` say, and wait in the tray."""
        if self._is_first_run(words):
            self.preferences.welcome()
        else:
            self.requests.handle(Request(tuple(words), lambda _code, _out, _err: None, __version__))
        self._bind_hotkeys()
        self.tray.watch_hosts()
        self._notices.show_from_now_on()
        self._look_at_folders()

    def _is_first_run(self, words: Sequence[str]) -> bool:
        settings = self.preferences.settings
        # Without the settings there once were, everything looks like a first run. A file that cannot be read is
        # noticed by reading it, so the notices are looked at afterwards.
        was_damaged = bool(self._notices.came_early)
        return not settings.first_run_done and not was_damaged and "background" not in words

    def _look_at_folders(self) -> None:
        job = Job(lambda _cancel: folder_troubles(self._services.paths), "folders", self)
        job.arrived.connect(lambda sentences: self._notices.tell(" ".join(sentences)))
        job.start()

    def _start_hidden(self) -> None:
        if not self.tray.is_available:
            self.chat_window.closing.start_hidden()

    @property
    def chat_window(self) -> ChatWindow:
        """Made when it is first shown or asked in."""
        if self._chat_window is None:
            self._chat_window = self._make_chat_window()
        return self._chat_window

    @property
    def conversations(self) -> Conversations:
        return self.chat_window.conversations

    @property
    def chat(self) -> Chat:
        """The conversation that is shown."""
        return self.conversations.current

    def _make_chat_window(self) -> ChatWindow:
        from grokdesk.ui.chat.closing import Surroundings
        from grokdesk.ui.chat.factory import make_chat_window

        surroundings = Surroundings(
            lambda: self.tray.is_available,
            lambda: self.hotkeys.keys.get("region", ""),
            self._session.desktop == "gnome",
        )
        made = make_chat_window(
            self._app, self._make_chat, self._drop_chat, self.preferences, surroundings, self._theme, self._icon
        )
        made.conversations.window.settings_requested.connect(partial(self._show_settings, "General"))
        made.conversations.window.quit_requested.connect(self.quit)
        made.conversations.busy_changed.connect(self._show_busy)
        made.closing.quit_chosen.connect(self.quit)
        made.closing.went_to_tray.connect(self._outcomes.tell_hidden)
        return made

    def _make_chat(self, window: MainWindow) -> Chat:
        from grokdesk.ui.chat.controller import Controller
        from grokdesk.ui.chat.factory import make_chat

        services, preferences = self._services, self.preferences
        controller = Controller(
            lambda: services.asker(keep=preferences.settings.keep_history),
            lambda: preferences.profile,
            self,
            lambda: replace(services.upkeep, again=lambda: preferences.settings.pictures_again),
        )
        hotkey = self.hotkeys.keys.get("region", "")
        chat = make_chat(
            window, controller, self._questions.make(), self._copiers.make(), preferences, hotkey, self._theme
        )
        chat.settings_requested.connect(partial(self._show_settings, "Connection"))
        chat.model_requested.connect(lambda: self.answerers.choose_and_ask(controller, window))
        chat.other_model_requested.connect(lambda: self.answerers.choose_model(preferences.profile, window))
        chat.sample_requested.connect(self._try_sample)
        chat.copied.connect(lambda copied: self._outcomes.tell_copied(copied, self._is_looked_at(chat)))
        chat.sent_requested.connect(self.request_log.show_sent)
        controller.came.connect(partial(self._show_outcome, chat))
        controller.busy_changed.connect(self.request_log.follow)
        controller.conversation_ended.connect(self.request_log.forget)
        return chat

    def _drop_chat(self, chat: Chat) -> None:
        self._questions.drop(chat.question)

    @Slot()
    def _present_chat(self) -> None:
        self.chat.present()

    @property
    def compare(self) -> CompareDesk:
        """Made when it is first shown."""
        if self._compare is None:
            from grokdesk.ui.compare.desk import CompareDesk

            question, copier = self._questions.make_apart(), self._copiers.make()
            self._compare = CompareDesk(
                self._services, self.preferences, question, self._theme, self._icon, copier, self
            )
            self._compare.settings_requested.connect(partial(self._show_settings, "Connection"))
            self._compare.sent_requested.connect(self.request_log.show_sent)
            self._compare.session.left_behind.connect(self.request_log.forget)
        return self._compare

    @Slot()
    def _open_compare(self) -> None:
        self.compare.open()

    @Slot(object)
    def _compare_draft(self, question: DraftComposer) -> None:
        pictures = [entry.picture for entry in question.draft.entries if entry.picture is not None]
        self.compare.open(question.composer.text(), pictures)

    @property
    def captures(self) -> CaptureUse:
        """What captures need is made with the first one."""
        if self._captures is None:
            self._captures = self._make_captures()
        return self._captures

    def _make_captures(self) -> CaptureUse:
        from grokdesk.system.capture.choice import choose_grabber
        from grokdesk.system.window_list.choice import choose_windows
        from grokdesk.ui.capture.factory import make_captures

        self._questions.get_ready_soon()
        captures = make_captures(
            choose_grabber(self._session, self._environment),
            choose_windows(self._session, self._environment),
            self._make_popup,
            self.preferences,
            self._copiers.make(),
            QGuiApplication.clipboard().mimeData,
            self._services.catalogue.actions,
            lambda: [
                *(each.conversations.window for each in (self._chat_window,) if each),
                *(each.window for each in (self._compare,) if each),
                *self.preferences.windows,
                *self.request_log.windows,
            ],
            self._theme,
            self._icon,
            self,
        )
        captures.kept.connect(lambda sentence: self.notifications.show("", sentence, "", "kept"))
        captures.problem.connect(self._show_problem)
        return captures

    def _make_popup(self) -> Popup:
        from grokdesk.ui.capture.popup import Popup

        return Popup(self._questions.make(), self._ask_captured)

    def _capture(self, mode: Mode, action_id: str = "", delay: float = 0.0) -> None:
        self.captures.start(CaptureRequest(mode, action_id=action_id, delay=delay))

    @Slot()
    def quit(self) -> None:
        """Stop what is going on, keep what came of it, end."""
        if self._chat_window is not None:
            self._chat_window.conversations.shut_down(QUIT_SECONDS)
            self._chat_window.size.keep_now()
        if self._compare is not None:
            self._compare.shut_down(QUIT_SECONDS)
        self.hotkeys.close()
        self.notifications.close()
        self.tray.hide()
        self._copiers.hand_over(self._end)

    @Slot(object)
    def _end(self, outcome: Outcome) -> None:
        if outcome.sentence:
            log.info("%s", outcome.sentence)
        self._app.exit()  # quit() asks the windows first, and one that hides itself instead of closing says no

    def _answer_doctor(self, request: Request) -> None:
        from grokdesk.ui.shell.doctor_running import RunningDoctor, parts_of

        parts = parts_of(self.hotkeys, self.tray)
        RunningDoctor(parts, QGuiApplication.clipboard(), self._session).answer(request.reply)

    # --- asking ---

    def _ask_captured(self, draft: Draft, text: str, action_id: str, on_end: OnEnd | None, *, quiet: bool) -> None:
        """Nobody waits for a window who asked from a terminal, or for something to be copied."""
        chat = self.conversations.for_new_question()
        if not quiet and self._services.catalogue.get(action_id).then != "copy":
            self.conversations.show(chat)
            self.chat.present()
        chat.controller.submit(draft, text, action_id, on_end)

    @Slot()
    def _open_files(self) -> None:
        self.chat.present()
        self.chat.question.choose_files()

    @Slot(str)
    def _try_sample(self, action_id: str) -> None:
        self.chat.question.draft.add_file(resources() / "samples" / SAMPLE)
        self.chat.question.submit("", action_id)

    def _is_looked_at(self, chat: Chat) -> bool:
        return chat is self.chat and chat.window.isActiveWindow()

    @Slot(bool)
    def _show_busy(self, busy: bool) -> None:
        if busy:
            self.tray.set_state("busy")

    def _show_outcome(self, chat: Chat, events: list[AskEvent]) -> None:
        if isinstance(events[-1], Ended):
            self.preferences.notice_model()
            if not self._is_looked_at(chat):
                self._news = chat
        self._outcomes.take(events, self._is_looked_at(chat))

    @Slot(str)
    def _show_news(self, _notification: str) -> None:
        """What the notification was about."""
        news, self._news = self._news, None
        if news is not None and news in self.conversations.chats:
            self.conversations.show(news)
        self.chat.present()

    @Slot(str)
    def _show_notice(self, sentence: str) -> None:
        """About the program's own files: in the window, where it stays, and for who looks elsewhere."""
        if self._chat_window is None or not self.chat.window.isActiveWindow():
            self.notifications.show("files", "GrokDesk", sentence, "files")
        self._file_notices.append(sentence)  # the next one must not take the place of one that nobody has read
        self.chat.question.composer.show_problem(" ".join(self._file_notices), "")

    @Slot(str)
    def _tell_of_requests(self, sentence: str) -> None:
        """Both: who looks elsewhere sees the notification, and the notice stays until it is read."""
        self.notifications.show("leaving", _("Requests"), sentence, "leaving")
        self.chat.question.composer.show_problem(sentence, "")

    @Slot(object)
    def _show_problem(self, error: GrokDeskError) -> None:
        self.chat.present()
        self.chat.question.composer.show_problem(error.title, error.hint)

    # --- settings ---

    @Slot(str)
    def _setting_changed(self, key: str) -> None:
        if key.startswith("hotkey_"):
            self._bind_hotkeys()

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
        if self._chat_window is not None:
            for chat in self.conversations.chats:
                chat.panel.set_hotkey(self.hotkeys.keys.get("region", ""))

    def _live_rows(self) -> dict[str, list[QWidget]]:
        from grokdesk.system.autostart.choice import choose_autostart
        from grokdesk.system.launch import launch_of_this_process
        from grokdesk.ui.settings.live_switch import LiveSwitch

        icon = resources() / "icons" / "app.svg"
        launch = launch_of_this_process(self._environment)
        autostart = choose_autostart(self._session, self._environment, launch, icon)
        help_ = _("Runs in the background until you need it.")
        starts = LiveSwitch(_("Start when you log in"), help_, autostart, self._copiers.make())
        return {"General": [starts], _("Request log"): [self.request_log.make_button()]}

    def _show_settings(self, page: str, place: str = "") -> None:
        self._questions.get_ready()
        self.preferences.show(page, place)
