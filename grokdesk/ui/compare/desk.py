"""Makes the window of comparisons and joins it: what is chosen, asked, shown, judged, voted for, and remembered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QObject, QPoint, QSize, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QIcon

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError, UsageError
from grokdesk.model import OFF, SCAN_POLICIES, AskEvent, Ended, Picture, Profile, Question, ScanPolicy
from grokdesk.providers.models.models import ModelInfo
from grokdesk.questions.compare import HOLDER, Contestant, chosen_profile, common_limits, total_cost
from grokdesk.questions.judge import Verdict
from grokdesk.services import Services
from grokdesk.store.history.comparisons import JUDGE
from grokdesk.store.settings.profiles import all_profiles
from grokdesk.translation import _, ngettext
from grokdesk.ui.chat.controller import comes_plain
from grokdesk.ui.clipboard.clipboard import Copier
from grokdesk.ui.compare.column import CompareColumn
from grokdesk.ui.compare.session import CompareDependencies, CompareSession
from grokdesk.ui.compare.ways import ArenaKeys
from grokdesk.ui.compare.window import CompareWindow
from grokdesk.ui.compose.draft_composer import DraftComposer
from grokdesk.ui.compose.questions import prepare_for
from grokdesk.ui.kit import captions
from grokdesk.ui.kit import theme as styling
from grokdesk.ui.kit.controls import announce
from grokdesk.ui.kit.job import Job
from grokdesk.ui.kit.link_menu import LinkMenu
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.kept_size import KeptSize
from grokdesk.ui.settings.preferences import Preferences

SEPARATOR = ", "
"""Between what was chosen, in the settings."""


class CompareDesk(QObject):
    settings_requested = Signal()
    sent_requested = Signal(str)
    """The ticket of a question whose request is to be shown."""

    def __init__(
        self,
        services: Services,
        preferences: Preferences,
        question: DraftComposer,
        theme: Theme,
        icon: QIcon,
        copier: Copier,
        parent: QObject,
    ) -> None:
        """``question`` is what the person writes in; where it goes is said here."""
        super().__init__(parent)
        self._services, self._preferences, self._theme, self._copier = services, preferences, theme, copier
        dependencies = CompareDependencies(
            lambda: services.asker(keep=False),
            services.remote,
            lambda: services.history if preferences.settings.keep_history else None,
        )
        self.question = question
        size = QSize(preferences.settings.compare_width, preferences.settings.compare_height)
        self.window = CompareWindow(theme, question.composer, icon, size)
        # Of the window, so that nothing is shown in one that is gone.
        self.session = CompareSession(dependencies, self.window)
        self._keys = ArenaKeys(services.key_of, self.window)
        self.size = KeptSize(self.window, self.window.resized, preferences, "compare")
        self._asked_by: ScanPolicy = OFF
        self._coming: dict[int, list[AskEvent]] = {}
        self._paint = QTimer(self.window, singleShot=True, interval=styling.PAINT_INTERVAL_MS)
        self._paint.timeout.connect(self._painted)
        self._looking: Job[tuple[str, tuple[ModelInfo, ...]]] | None = None
        self._connect()
        self._show_profiles()

    def _connect(self) -> None:
        session, window = self.session, self.window
        session.begun.connect(self._begin)
        session.opened.connect(self._open_column)
        session.asked_again.connect(self._begin_again)
        session.came.connect(self._take)
        session.judged.connect(self._show_verdict)
        session.voted.connect(self._show_vote)
        session.problem.connect(self._say)
        session.busy_changed.connect(lambda _busy: self._show_state())
        self._keys.found.connect(lambda exists, reason: window.ways.offer(exists=exists, reason=reason))
        window.stop_requested.connect(session.stop_all)
        window.closed.connect(session.stop_all)
        window.judge_requested.connect(self._judge)
        window.choice.changed.connect(self._choose)
        window.models_button.toggled.connect(self._look_for_models)
        self.question.submitted.connect(self._submit)
        self._copier.copied.connect(lambda copied: announce(window, copied.sentence))
        self._copier.failed.connect(self._say)
        self._preferences.changed.connect(lambda key: self._show_profiles() if key == "profiles" else None)

    # --- opening and ending ---

    def open(self, text: str = "", pictures: Sequence[Picture] = ()) -> None:
        """Show the window with a draft; one that is there already stays when none is given."""
        if text.strip() or pictures:
            self.question.put_aside()
            self.question.composer.set_text(text)
            for picture in pictures:
                self.question.draft.add_picture(picture)
        self._keys.look(all_profiles(self._preferences.settings))
        self.window.present()
        if len(self.window.choice.chosen) < 2 and not self.session.is_busy:
            self.window.show_choice(shown=True)

    def shut_down(self, seconds: float) -> None:
        self.session.shut_down(seconds)
        self.size.keep_now()

    # --- who ---

    def _show_profiles(self) -> None:
        profiles = all_profiles(self._preferences.settings)
        chosen = [words.strip() for words in self._preferences.settings.compare_with.split(SEPARATOR.strip())]
        self.window.choice.show_profiles(profiles, [words for words in chosen if words])
        for profile in profiles:
            if (known := self._services.models().models(profile)) is not None:
                self.window.choice.show_models(profile.id, known)
        self._show_chosen()
        if self.window.isVisible():
            self._keys.look(profiles)

    @Slot()
    def _choose(self) -> None:
        self._preferences.remember(compare_with=SEPARATOR.join(self.window.choice.chosen))
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen = [(self._label(words), words) for words in self.window.choice.chosen]
        self.window.show_chosen([label for label, _ in chosen])
        judges = [each for each in chosen if each[1] != "on-this-computer"]
        own = [(profile.name, profile.id) for profile in all_profiles(self._preferences.settings)]
        judges += [each for each in own if each not in judges and each[1] != "on-this-computer"]
        self.window.show_judges(judges, self._preferences.settings.compare_judge)
        self._prepare_question()
        self._show_state()

    def _prepare_question(self) -> None:
        """By the rules of all who get the pictures."""
        if profiles := self._profiles() or all_profiles(self._preferences.settings):
            # Who judges gets the pictures too, so its rules count as well, as long as it is chosen before they leave.
            profiles = [*profiles, *self._chosen_judge()]
            prepare_for(self.question, self._services.scanner.strictest(profiles), common_limits(profiles))

    def _chosen_judge(self) -> list[Profile]:
        words = self._preferences.settings.compare_judge
        try:
            return [chosen_profile(words, self._preferences.settings)] if words else []
        except UsageError:  # it is gone
            return []

    def _profiles(self) -> list[Profile]:
        settings = self._preferences.settings
        return [chosen_profile(words, settings) for words in self.window.choice.chosen]

    def _label(self, words: str) -> str:
        return Contestant(0, chosen_profile(words, self._preferences.settings), "").label

    @Slot(bool)
    def _look_for_models(self, shown: bool) -> None:
        """Ask every server for its list when the choice is opened first; who does not answer has none."""
        if not shown or self._looking is not None:
            return
        profiles = [each for each in all_profiles(self._preferences.settings) if each.dialect != "on-this-computer"]

        def look(cancel: CancelSwitch) -> Iterator[tuple[str, tuple[ModelInfo, ...]]]:
            for profile in profiles:
                cancel.check()
                try:
                    yield profile.id, self._services.remote(profile).models(cancel)
                except GrokDeskError:
                    continue

        self._looking = Job(look, "compare-models", self.window)
        self._looking.arrived.connect(self._show_models)
        self._looking.start()

    @Slot(list)
    def _show_models(self, lists: list[tuple[str, tuple[ModelInfo, ...]]]) -> None:
        for profile_id, models in lists:
            self.window.choice.show_models(profile_id, models)

    # --- asking ---

    @Slot(str, str)
    def _submit(self, text: str, action_id: str) -> None:
        draft, scan_step = self.question.draft, self.question.scan_step
        self._asked_by = scan_step.scan.policy if scan_step is not None else OFF
        pictures = tuple(entry.picture for entry in draft.entries if entry.picture is not None)
        question = Question(text, pictures, action_id, prepared=draft.prepared)
        try:
            self.session.begin(question, self._profiles(), self.window.ways.mode)
        except UsageError as error:
            self._say(error)
            self.window.show_choice(shown=True)

    @Slot(list)
    def _begin(self, contestants: list[Contestant]) -> None:
        window = self.window
        self._coming.clear()
        window.notice.close_notice()
        window.columns.clear()
        for contestant in contestants:
            window.columns.add(self._column_for(contestant))
        window.show_choice(shown=False)
        self._show_state()
        is_held = contestants[0].position == HOLDER
        words = (
            _("Asked {model}.")
            if is_held
            else ngettext("Asked {count} model.", "Asked {count} models.", len(contestants))
        )
        announce(window, words.format(model=contestants[0].label, count=len(contestants)))

    @Slot(object)
    def _open_column(self, contestant: Contestant) -> None:
        self.window.columns.remove(HOLDER)
        self.window.columns.add(self._column_for(contestant, stops_alone=False))

    def _column_for(self, contestant: Contestant, *, stops_alone: bool = True) -> CompareColumn:
        question = self.session.question
        plain = question is not None and comes_plain(question, self._services.catalogue, contestant.profile)
        column = CompareColumn(self._theme, contestant, plain=plain, stops_alone=stops_alone)
        column.stop_requested.connect(self.session.stop)
        column.again_requested.connect(self.session.ask_again)
        column.once_requested.connect(lambda at: self.session.ask_again(at, over_budget=True))
        column.smaller_requested.connect(lambda at: self.session.ask_again(at, smaller=True))
        column.vote_requested.connect(self.session.vote)
        column.copy_requested.connect(self._copier.copy)
        column.details_requested.connect(self._copier.copy_text)
        column.sent_requested.connect(self.sent_requested)
        column.settings_requested.connect(self.settings_requested)
        column.link_clicked.connect(self._offer_link)
        return column

    @Slot(int)
    def _begin_again(self, position: int) -> None:
        if position == JUDGE:
            judge = self.session.contestant(JUDGE)
            self.window.notice.show_progress(
                _("{judge} is judging…").format(judge=judge.label if judge else _("The judge"))
            )
        elif (column := self.window.columns.columns.get(position)) is not None:
            column.begin()

    @Slot(int, list)
    def _take(self, position: int, events: list[AskEvent]) -> None:
        self._coming.setdefault(position, []).extend(events)
        if not self._paint.isActive():
            self._painted()

    @Slot()
    def _painted(self) -> None:
        """Paint now, and not again before the interval is over."""
        if not self._coming:
            return
        coming, self._coming = self._coming, {}
        for position, events in coming.items():
            if position == JUDGE:
                self._take_judges(events)
            elif (column := self.window.columns.columns.get(position)) is not None:
                column.take(events)
                if column.has_ended and any(isinstance(event, Ended) for event in events):
                    announce(self.window, _("{model} has answered.").format(model=column.contestant.label))
        self._show_state()
        self._paint.start()

    def _show_state(self) -> None:
        session = self.session
        self.window.set_state(busy=session.is_busy, may_judge=session.may_judge)
        total = total_cost(answer.usage for answer in session.answers.values())
        cost = captions.cost(total.cost_usd, is_estimate=total.cost_is_estimate)
        self.window.total.setText(_("Total {cost}").format(cost=cost) if cost else "")

    # --- judging ---

    @Slot(str)
    def _judge(self, words: str) -> None:
        self._preferences.remember(compare_judge=words)
        try:
            profile = chosen_profile(words, self._preferences.settings)
            self._check_judge(profile)
            self.session.judge(profile)
        except UsageError as error:
            self._prepare_question()
            self._say(error)

    def _check_judge(self, profile: Profile) -> None:
        """The pictures were let go by the rules that counted when they were asked about. Raises UsageError."""
        asked, policy = self.session.question, self._services.scanner.policy(profile)
        if asked is not None and asked.pictures and SCAN_POLICIES.index(policy) > SCAN_POLICIES.index(self._asked_by):
            raise UsageError(
                _("These pictures can't be sent to {judge}: its profile is stricter about sensitive data.").format(
                    judge=Contestant(0, profile, "").label
                ),
                _("Ask again with it as the judge."),
            )

    def _take_judges(self, events: Sequence[AskEvent]) -> None:
        for event in events:
            if isinstance(event, Ended) and event.error is not None:
                self.window.notice.show_notice(
                    _("The judge failed. {reason}").format(reason=event.error.title), event.error.hint
                )

    @Slot(object)
    def _show_verdict(self, verdict: Verdict) -> None:
        judge = self.session.contestant(JUDGE)
        who = judge.label if judge else _("The judge")
        best = self.session.contestant(verdict.position) if verdict.position is not None else None
        words = _("{judge} picks {model}.") if best else _("{judge}: no verdict.")
        words = words.format(judge=who, model=best.label if best else "")
        self.window.notice.show_progress(f"{words} {verdict.why}".strip())
        for position, column in self.window.columns.columns.items():
            column.set_judged(judged=position == verdict.position)

    @Slot(int)
    def _show_vote(self, position: int) -> None:
        for at, column in self.window.columns.columns.items():
            column.set_best(best=at == position)

    # --- words and links ---

    @Slot(object)
    def _say(self, error: GrokDeskError) -> None:
        self.question.composer.show_problem(error.title, error.hint)

    @Slot(str, QPoint)
    def _offer_link(self, address: str, where: QPoint) -> None:
        menu = LinkMenu(address, self.window)
        menu.open_requested.connect(lambda chosen: QDesktopServices.openUrl(QUrl(chosen)))
        menu.copy_requested.connect(self._copier.copy_text)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)
