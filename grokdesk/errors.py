"""Everything that can go wrong, as one tree.

    GrokDeskError
    ├── Known                        the world's fault: title and hint say what to do
    │   ├── UsageError               a wrong word on the command line
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
translated where they enter (``raise ... from``).
"""

from __future__ import annotations

from enum import Enum

from grokdesk.translation import _

EXIT_OK, EXIT_FAILURE, EXIT_USAGE, EXIT_CANCELLED, EXIT_NOT_POSSIBLE, EXIT_NETWORK = 0, 1, 2, 3, 4, 5


class Remedy(Enum):
    """The one button that an error card offers."""

    RETRY = "Retry"
    OPEN_SETTINGS = "Open settings"
    CHOOSE_MODEL = "Choose a model"
    SEND_SMALLER = "Send smaller"
    NEW_CONVERSATION = "New conversation"
    COPY_DETAILS = "Copy details"
    ASK_ONCE = "Ask anyway, this once"


class Fault(Enum):
    """What of a question a server's refusal is about, as far as its words tell."""

    NEW_PICTURES = "what was added last"
    ALL_PICTURES = "pictures as such, or their number"
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

    def __init__(self, title: str, hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.title} {self.hint}".strip()


class Known(GrokDeskError):
    """The world's fault: shown with its advice, never with a traceback."""


class Bug(GrokDeskError):
    """Our fault: shown with the request to report it; the cause goes to the log."""


class UsageError(Known):
    exit_code = EXIT_USAGE


class Cancelled(Known):
    exit_code = EXIT_CANCELLED

    def __init__(self, title: str = "Stopped.", hint: str = "") -> None:
        super().__init__(title, hint)


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

    def __init__(self, title: str, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(title, hint)
        self.retry_after = retry_after


class ServerTrouble(ProviderError):
    remedy = Remedy.RETRY
    retryable = True


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


def bug_of(error: Exception) -> Bug:
    """For what should not have been raised, and is in the log now."""
    return Bug(
        _("Something went wrong in GrokDesk itself."), _("Please report it: {kind}.").format(kind=type(error).__name__)
    )
