"""What a verb works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grokdesk.cli.terminal import Terminal
from grokdesk.paths import Paths, paths_from
from grokdesk.translation import _

if TYPE_CHECKING:
    from grokdesk.services import Services
    from grokdesk.store.keys import KeyStore


@dataclass(frozen=True, slots=True)
class Session:
    """One command. ``closing`` is left when it ends; ``keyring`` replaces the operating system's."""

    terminal: Terminal
    environment: Mapping[str, str]
    closing: ExitStack
    keyring: KeyStore | None = None

    def paths(self) -> Paths:
        return paths_from(self.environment)

    def services(self, *, on_screen: bool = False, tell: Callable[[str], None] | None = None) -> Services:
        """Everything behind the verbs, with logging set up; ``on_screen`` also shows warnings on standard error.

        ``tell`` gets what is said about settings or history that could not be used, besides standard error.
        """
        from grokdesk.logs import set_up_logging
        from grokdesk.services import services_from
        from grokdesk.store.keys import UNLOCK_SECONDS

        def say(sentence: str) -> None:
            self.terminal.say(sentence)
            if tell is not None:
                tell(sentence)

        services = services_from(self.environment, say, self.keyring)
        self.terminal.redact = services.redactor.redact
        try:
            end = set_up_logging(services.paths.data / "logs", services.redactor, on_screen=on_screen)
        except OSError as error:
            why = f"{error.filename or services.paths.data}: {error.strerror or type(error).__name__}"
            self.terminal.say(_("No log file. {why}.").format(why=why))
        else:
            self.closing.callback(end)
        if self.terminal.is_person_there:
            services = replace(services, key_seconds=UNLOCK_SECONDS)
        return services
