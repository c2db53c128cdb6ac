"""What a verb works with."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grokdesk.cli.terminal import Terminal
from grokdesk.paths import Paths, paths_from

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

    def services(self, *, on_screen: bool = False) -> Services:
        """Everything behind the verbs, with logging set up; ``on_screen`` also shows warnings on standard error."""
        from grokdesk.logs import set_up_logging
        from grokdesk.services import services_from
        from grokdesk.store.keys import UNLOCK_SECONDS

        services = services_from(self.environment, self.terminal.say, self.keyring)
        self.terminal.redact = services.redactor.redact
        try:
            end = set_up_logging(services.paths.data / "logs", services.redactor, on_screen=on_screen)
        except OSError as error:
            self.terminal.say(f"There is no log: {error.strerror or type(error).__name__}.")
        else:
            self.closing.callback(end)
        if self.terminal.is_person_there:
            services = replace(services, key_seconds=UNLOCK_SECONDS)
        return services
