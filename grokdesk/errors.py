"""Everything that can go wrong, as one tree.

    GrokDeskError
    ├── Known                        the world's fault: title and hint say what to do
    │   ├── UsageError               a wrong word on the command line
    │   │   └── PictureMissing
    │   ├── Cancelled                the person said stop
    │   ├── PictureError
    │   │   ├── NotAPicture
    │   │   ├── PictureTooLarge
    │   │   └── SecretsFound         something on it may not leave for this profile
    │   ├── ProviderError
    │   │   ├── KeyMissing
    │   │   ├── KeyRefused
    │   │   ├── PermissionRefused
    │   │   ├── CreditsUsedUp
    │   │   ├── ModelNotFound
    │   │   ├── ContentRefused
    │   │   ├── RequestRefused
    │   │   ├── RequestTooLarge
    │   │   ├── RateLimited
    │   │   └── ServerTrouble
    │   │       └── EmptyAnswer      it answered, without a word
    │   ├── BudgetUsedUp             the person's own limit: nothing left
    │   ├── NetworkError
    │   │   ├── NotReachable
    │   │   ├── TimedOut
    │   │   ├── NotTrusted           TLS
    │   │   └── Interrupted          the answer broke off
    │   ├── StoreError
    │   │   ├── KeyringTrouble
    │   │   │   ├── NoKeyring        none that is safe, on this computer or in this session
    │   │   │   ├── KeyringLocked
    │   │   │   └── KeyringSlow      it did not answer in time
    │   │   ├── HistoryTooNew
    │   │   └── SettingsBroken
    │   └── NotPossibleHere
    │       ├── NotInstalled         a program or a service that could be installed
    │       └── PermissionNeeded     the desktop asks the person first
    └── Bug                          ours: to be reported

``title`` is a short sentence, ``hint`` says what to do. Neither may hold a secret. Foreign exceptions are
translated where they enter (``raise ... from``). An error stays as it was made, because the turn, the history and the
window hold the same one; ``changed`` gives another.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Self

from grokdesk.translation import N_, _

EXIT_OK, EXIT_FAILURE, EXIT_USAGE, EXIT_CANCELLED, EXIT_NOT_POSSIBLE, EXIT_NETWORK = 0, 1, 2, 3, 4, 5


class Remedy(Enum):
    """The one button that an error card offers."""

    RETRY = N_("Retry")
    OPEN_SETTINGS = N_("Open settings")
    CHOOSE_MODEL = N_("Choose a model")
    SEND_SMALLER = N_("Send smaller pictures")
    NEW_CONVERSATION = N_("New conversation")
    COPY_DETAILS = N_("Copy details")
    ASK_ONCE = N_("Ask anyway this once")
    ADD_PICTURE = N_("Add a picture")


class Fault(Enum):
    """What of a question a server's refusal is about, as far as its words tell."""

    NEW_PICTURES = "what was added last"
    ALL_PICTURES = "pictures as such, or their number"
    TOO_SMALL = "pictures that are too small"
    ADDRESS = "an address that it could not fetch a picture from"
    ADDRESSES = "pictures by their address"


class GrokDeskError(Exception):
    """Root of the tree; raise one of the leaves."""

    exit_code = EXIT_FAILURE
    remedy = Remedy.COPY_DETAILS
    setting = ""
    """What of a profile cures it: "key", "address", or the name of a detail."""
    retryable = False
    """True when the same request may succeed on another try, so that it may be sent again unasked."""

    title: str
    hint: str

    def __init__(self, title: str, hint: str = "", **particulars: Any) -> None:
        """``particulars`` are attributes that differ from those of the class: ``remedy``, ``setting``, ..."""
        super().__init__(title)
        self.__dict__.update(particulars, title=title, hint=hint)

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("__"):  # Python's own, such as the cause and the traceback
            raise AttributeError(f"an error is not changed after it was made; use changed({name}=...)")
        super().__setattr__(name, value)

    def __str__(self) -> str:
        return f"{self.title} {self.hint}".strip()

    def changed(self, **particulars: Any) -> Self:
        """The same error with other attributes, raised by the same cause."""
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__, **particulars)
        BaseException.__init__(other, other.title)
        other.__cause__, other.__suppress_context__ = self.__cause__, True
        return other.with_traceback(self.__traceback__)


class Known(GrokDeskError):
    """The world's fault: shown with its advice, never with a traceback."""


class Bug(GrokDeskError):
    """Our fault: shown with the request to report it; the cause goes to the log."""


class UsageError(Known):
    exit_code = EXIT_USAGE


class PictureMissing(UsageError):
    """Who is asked answers about pictures alone, and there is none in the conversation."""

    remedy = Remedy.ADD_PICTURE


class Cancelled(Known):
    exit_code = EXIT_CANCELLED

    def __init__(self, title: str = "", hint: str = "") -> None:
        super().__init__(title or _("Stopped."), hint)


class PictureError(Known):
    pass


class NotAPicture(PictureError):
    pass


class PictureTooLarge(PictureError):
    pass


class SecretsFound(PictureError):
    """Named by rule, never by what it says."""


class ProviderError(Known):
    exit_code = EXIT_NETWORK
    retry_after: float | None = None
    """Seconds that the server wants to be left alone, None when it did not say."""
    fault: Fault | None = None


class KeyMissing(ProviderError):
    exit_code = EXIT_FAILURE
    remedy = Remedy.OPEN_SETTINGS
    setting = "key"


class KeyRefused(ProviderError):
    remedy = Remedy.OPEN_SETTINGS
    setting = "key"


class PermissionRefused(ProviderError):
    remedy = Remedy.OPEN_SETTINGS
    setting = "key"


class CreditsUsedUp(ProviderError):
    remedy = Remedy.OPEN_SETTINGS
    setting = "key"


class ModelNotFound(ProviderError):
    remedy = Remedy.CHOOSE_MODEL


class ContentRefused(ProviderError):
    fault = Fault.NEW_PICTURES


class RequestRefused(ProviderError):
    pass


class RequestTooLarge(ProviderError):
    remedy = Remedy.SEND_SMALLER


class RateLimited(ProviderError):
    remedy = Remedy.RETRY
    retryable = True


class ServerTrouble(ProviderError):
    remedy = Remedy.RETRY
    retryable = True


class EmptyAnswer(ServerTrouble):
    """Paid for all the same, so it is not asked again unasked."""

    retryable = False


class BudgetUsedUp(Known):
    remedy = Remedy.ASK_ONCE


class NetworkError(Known):
    exit_code = EXIT_NETWORK
    remedy = Remedy.RETRY


class NotReachable(NetworkError):
    retryable = True


class TimedOut(NetworkError):
    pass


class NotTrusted(NetworkError):
    remedy = Remedy.OPEN_SETTINGS
    setting = "ca_file"


class Interrupted(NetworkError):
    retryable = True


class StoreError(Known):
    pass


class KeyringTrouble(StoreError):
    remedy = Remedy.OPEN_SETTINGS
    setting = "key"


class NoKeyring(KeyringTrouble):
    exit_code = EXIT_NOT_POSSIBLE


class KeyringLocked(KeyringTrouble):
    pass


class KeyringSlow(KeyringTrouble):
    pass


class HistoryTooNew(StoreError):
    pass


class SettingsBroken(StoreError):
    pass


class NotPossibleHere(Known):
    exit_code = EXIT_NOT_POSSIBLE


class NotInstalled(NotPossibleHere):
    pass


class PermissionNeeded(NotPossibleHere):
    remedy = Remedy.RETRY


def bug_of(error: BaseException) -> Bug:
    """For what should not have been raised, and is in the log now."""
    return Bug(_("GrokDesk hit an internal error."), _("Please report it: {kind}.").format(kind=type(error).__name__))
