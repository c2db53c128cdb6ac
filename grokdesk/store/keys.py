"""API keys: from this run, the environment, or the operating system's keyring, and from nowhere else.

A keyring that is locked asks the person to unlock it and blocks without limit until they do, so every operation
runs on a daemon thread with a time limit. A key that could not be read is neither deleted nor replaced.
"""

from __future__ import annotations

import logging
import queue
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

from grokdesk.addresses import belongs_to, is_loopback, is_plain_http, origin_text
from grokdesk.errors import KeyMissing, KeyringLocked, KeyringSlow, KeyringTrouble, NoKeyring, UsageError
from grokdesk.logs import Redactor
from grokdesk.model import Profile
from grokdesk.translation import N_, _

log = logging.getLogger(__name__)
T = TypeVar("T")

SERVICE = "grokdesk"
BACKGROUND_SECONDS = 5.0
"""How long a keyring may take when nobody is asked."""
UNLOCK_SECONDS = 60.0
"""How long it may take when a person may have to answer its prompt."""
LONGEST_KEY = 1200
"""Windows keeps at most 2560 bytes in a credential, two of them a character.
Source: https://learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentiala (CRED_MAX_CREDENTIAL_BLOB_SIZE)."""

ANY_PROFILE = "GROKDESK_API_KEY"
_VARIABLES = {"XAI_API_KEY": ("x.ai",), "CONCURRED_API_KEY": ("concurred.ai", "agent-heavy.vercel.app")}
"""Which domain's profiles a variable serves. Concurred's own dialect is also its own on this computer."""

_BACK_ENDS = {
    "keyring.backends.SecretService": N_("the system keyring (Secret Service)"),
    "keyring.backends.libsecret": N_("the system keyring (Secret Service)"),
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.Windows": N_("the Windows Credential Manager"),
    "keyring.backends.macOS": N_("the macOS Keychain"),
}
_ELSEWHERE = N_("or set XAI_API_KEY (any profile: GROKDESK_API_KEY) in the environment.")


class KeyStore(Protocol):
    """A safe place for keys. Every method raises KeyringTrouble, after ``seconds`` at the latest."""

    @property
    def backend(self) -> str:
        """What a person calls the place; "" while it was not used yet."""
        ...

    def get(self, account: str, seconds: float) -> str | None: ...

    def set(self, account: str, key: str, seconds: float) -> None: ...

    def delete(self, account: str, seconds: float) -> bool:
        """False when there was none."""
        ...


@dataclass(frozen=True, slots=True)
class FoundKey:
    value: str = field(repr=False)
    source: Literal["environment", "keyring", "this run"]
    where: str = ""
    """The variable's or the keyring's name."""


@dataclass(frozen=True, slots=True)
class KeyringState:
    state: Literal["ok", "locked", "none", "slow", "failed"]
    backend: str
    sentence: str


def account_of(profile: Profile) -> str:
    """The name of its key in the keyring, such as ``xai https://api.x.ai:443``: a key belongs to one profile and one
    origin. "" for a profile that has no address yet."""
    origin = origin_text(profile.base_url)
    return f"{profile.id} {origin}" if profile.id and origin else ""


class Keys:
    """Finds, keeps and removes the key of a profile. Methods may be called from any thread, and may block.

    ``origins`` tells where the addresses of the profile with this id led before they were changed, the first one first.
    Earlier versions named a key after its profile alone: it belongs to the first of these, else to the origin that the
    profile has when the key is first read, and is then kept under the name that says so.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        store: KeyStore,
        redactor: Redactor,
        origins: Callable[[str], Sequence[str]] = lambda _profile_id: (),
    ) -> None:
        self._origins = origins
        self._environment = {
            name: value for name in (ANY_PROFILE, *_VARIABLES) if (value := environment.get(name, "").strip())
        }
        self._store = store
        self._redactor = redactor
        self._this_run: dict[str, str] = {}
        for value in self._environment.values():
            redactor.remember(value)

    def find(self, profile: Profile, seconds: float = BACKGROUND_SECONDS) -> FoundKey | None:
        """The key kept for this run, else the environment's, else the keyring's; None when there is none.

        The keyring is not asked for a profile that needs no key. Raises KeyringTrouble; UsageError for a variable
        that cannot hold a key.
        """
        if profile.dialect == "on-this-computer":
            return None
        account = account_of(profile)
        if (value := self._this_run.get(account)) is not None:
            return FoundKey(value, "this run")
        if variable := self.variable_for(profile):
            return FoundKey(checked_key(self._environment[variable], variable), "environment", variable)
        if not profile.needs_key or not account:
            return None
        value = self._store.get(account, seconds)
        if value is None:
            value = self._adopt(profile, account, seconds)
        if value is None:
            return None
        self._redactor.remember(value)
        return FoundKey(value, "keyring", self._store.backend)

    def _adopt(self, profile: Profile, account: str, seconds: float) -> str | None:
        """The key that an earlier version kept under the profile's id alone, if it was for this origin."""
        if not self._is_first_origin(profile):
            return None
        value = self._store.get(profile.id, seconds)
        if value is None:
            return None
        self._redactor.remember(value)
        try:
            self._store.set(account, value, seconds)
            self._store.delete(profile.id, seconds)
        except KeyringTrouble as error:
            log.info("the key stays under its former name: %s", error)
        return value

    def _is_first_origin(self, profile: Profile) -> bool:
        first = next(iter(self._origins(profile.id)), None)
        return first is None or first == origin_text(profile.base_url)

    def variable_for(self, profile: Profile) -> str | None:
        """The environment variable that holds a key for this profile and may be sent to its address."""
        variable = self._variable_of(profile)
        may_go = not is_plain_http(profile.base_url) or is_loopback(profile.base_url) or profile.key_over_http
        return variable if may_go else None

    def withheld_variable(self, profile: Profile) -> str | None:
        """The one that holds a key for it and is not sent, because others could read it on its way."""
        return None if self.variable_for(profile) else self._variable_of(profile)

    def _variable_of(self, profile: Profile) -> str | None:
        """A saved profile that needs no key gets none; an unsaved one was named by who set the variable."""
        if profile.dialect == "on-this-computer" or (profile.id and not profile.needs_key):
            return None
        if ANY_PROFILE in self._environment:
            return ANY_PROFILE
        for variable, domains in _VARIABLES.items():
            serves = any(belongs_to(profile.base_url, domain) for domain in domains) or (
                variable == "CONCURRED_API_KEY"
                and profile.dialect == "concurred-vision"
                and is_loopback(profile.base_url)
            )
            if serves and variable in self._environment:
                return variable
        return None

    def headers(self, profile: Profile, seconds: float = BACKGROUND_SECONDS) -> tuple[tuple[str, str], ...]:
        """The profile's secret headers with their values. Raises KeyMissing for one that has none, KeyringTrouble."""
        found = []
        for name in profile.connection.secret_headers:
            account = _header_account(profile, name)
            value = self._this_run.get(account)
            if value is None:
                value = self._store.get(account, seconds) if account else None
            if value is None:
                raise KeyMissing(
                    _("The value of the header {name} is not known for this address.").format(name=name),
                    _("Enter it again with: grokdesk profiles change {profile} --secret-header {name}").format(
                        profile=profile.id, name=name
                    ),
                )
            self._redactor.remember(value)
            found.append((name, value))
        return tuple(found)

    def set_header(self, profile: Profile, name: str, value: str, seconds: float = UNLOCK_SECONDS) -> None:
        """Keep the value of a secret header. Raises UsageError for a profile without an address, KeyringTrouble."""
        self._redactor.remember(value)
        self._store.set(_addressed(_header_account(profile, name)), value, seconds)

    def delete_header(self, profile: Profile, name: str, seconds: float = UNLOCK_SECONDS) -> bool:
        """False when there was none. Raises KeyringTrouble."""
        account = _header_account(profile, name)
        return bool(account) and self._store.delete(account, seconds)

    def set(self, profile: Profile, value: str, seconds: float = UNLOCK_SECONDS) -> str:
        """Keep the key in the keyring, replacing an older one; returns the keyring's name.

        Raises UsageError for what cannot be a key, KeyringTrouble when it was not kept.
        """
        value = checked_key(value)
        account = _addressed(account_of(profile))
        self._redactor.remember(value)
        self._store.set(account, value, seconds)
        self._this_run.pop(account, None)
        if self._is_first_origin(profile):
            try:
                self._store.delete(profile.id, seconds)
            except KeyringTrouble as error:
                log.info("a key stays under its former name: %s", error)
        return self._store.backend

    def keep_for_this_run(self, profile: Profile, value: str) -> None:
        """Use the key until the program ends, and write it nowhere. Raises UsageError."""
        value = checked_key(value)
        self._redactor.remember(value)
        self._this_run[_addressed(account_of(profile))] = value

    def delete(self, profile: Profile, seconds: float = UNLOCK_SECONDS, *, everywhere: bool = False) -> bool:
        """Remove the key from the keyring and from this run; False when neither had one. Raises KeyringTrouble.

        ``everywhere``: also those for where its addresses led before, and its secret headers: the profile goes.
        """
        account = account_of(profile)
        had_one = self._this_run.pop(account, None) is not None
        accounts = [account] if account else []
        if everywhere:
            origins = dict.fromkeys([origin_text(profile.base_url), *self._origins(profile.id)])
            accounts = [f"{profile.id} {origin}" for origin in origins if origin]
            accounts += [f"{each} {name.lower()}" for each in accounts for name in profile.connection.secret_headers]
        if everywhere or self._is_first_origin(profile):
            accounts.append(profile.id)
        try:
            gone = [self._store.delete(each, seconds) for each in accounts]
            return any(gone) or had_one
        except NoKeyring:
            if had_one:
                return True
            raise

    def probe(self, seconds: float = BACKGROUND_SECONDS) -> KeyringState:
        """Write, read and delete a random value, to know and not to guess."""
        import secrets

        account, value = f"probe-{secrets.token_hex(8)}", secrets.token_hex(16)
        try:
            self._store.set(account, value, seconds)
            self._store.delete(account, seconds)
        except KeyringTrouble as error:
            return KeyringState(_state_of(error), self._store.backend, str(error))
        return KeyringState(
            "ok", self._store.backend, _("Keys are stored in {backend}.").format(backend=self._store.backend)
        )


def _header_account(profile: Profile, name: str) -> str:
    account = account_of(profile)
    return f"{account} {name.lower()}" if account else ""


def _addressed(account: str) -> str:
    """Raises UsageError for a profile without an address: nobody could say which server its key is for."""
    if not account:
        raise UsageError(
            _("The profile has no address yet."), _("Enter the address first: a key belongs to one server.")
        )
    return account


def _state_of(error: KeyringTrouble) -> Literal["locked", "none", "slow", "failed"]:
    match error:
        case NoKeyring():
            return "none"
        case KeyringLocked():
            return "locked"
        case KeyringSlow():
            return "slow"
    return "failed"


def checked_key(text: str, where: str = "") -> str:
    """The key without the blanks around it. Raises UsageError, which never shows it, when it cannot be one."""
    key, where = text.strip(), where or _("The key")
    hint = _("Copy the whole key and nothing else.")
    if not key:
        raise UsageError(
            _("{where} is empty.").format(where=where), _("Paste the key, for example one from https://console.x.ai.")
        )
    if any(letter.isspace() for letter in key):
        raise UsageError(_("{where} contains a space or a line break.").format(where=where), hint)
    if not key.isascii() or not key.isprintable():
        raise UsageError(_("{where} contains invalid characters.").format(where=where), hint)
    if key[0] in "\"'" or key[-1] in "\"'":
        raise UsageError(_("{where} is in quotation marks.").format(where=where), _("Remove them."))
    if len(key) > LONGEST_KEY:
        raise UsageError(
            _("{where} is longer than {longest_key} characters.").format(where=where, longest_key=LONGEST_KEY), hint
        )
    return key


class KeyringStore:
    """The operating system's keyring, one operation at a time. ``choose`` finds it, on the thread of the operation."""

    def __init__(self, choose: Callable[[], Any] | None = None) -> None:
        self._choose = choose or choose_ring
        self._busy = threading.Lock()
        self._ring: Any = None
        self._backend = ""

    @property
    def backend(self) -> str:
        return self._backend

    def get(self, account: str, seconds: float) -> str | None:
        def read(ring: Any, _given_up: threading.Event) -> str | None:
            if _has_to_be_made(ring):
                return None
            value: str | None = ring.get_password(SERVICE, account)
            return value

        return self._in_time(read, seconds)

    def set(self, account: str, key: str, seconds: float) -> None:
        def write(ring: Any, given_up: threading.Event) -> None:
            # Reading waits for the unlock prompt. After that, a key that was said not to be kept must not appear.
            ring.get_password(SERVICE, account)
            if given_up.is_set():
                return
            ring.set_password(SERVICE, account, key)
            if ring.get_password(SERVICE, account) != key:
                raise KeyringTrouble(
                    _("The keyring did not store the key."),
                    _("Check its settings, {elsewhere}").format(elsewhere=_(_ELSEWHERE)),
                )

        self._in_time(write, seconds)

    def delete(self, account: str, seconds: float) -> bool:
        def remove(ring: Any, given_up: threading.Event) -> bool:
            if _has_to_be_made(ring) or ring.get_password(SERVICE, account) is None or given_up.is_set():
                return False
            ring.delete_password(SERVICE, account)
            return True

        return self._in_time(remove, seconds)

    def _in_time(self, work: Callable[[Any, threading.Event], T], seconds: float) -> T:
        """What ``work`` returns; its exceptions are translated. It may go on unheard when the time is over."""
        slow = KeyringSlow(
            _("The keyring did not respond within {seconds:g} s.").format(seconds=seconds),
            _("Its dialog may be behind another window. Answer it and try again, {elsewhere}").format(
                elsewhere=_(_ELSEWHERE)
            ),
        )
        if not self._busy.acquire(timeout=seconds):
            raise slow
        outcome: queue.SimpleQueue[tuple[T, None] | tuple[None, Exception]] = queue.SimpleQueue()
        given_up = threading.Event()

        def run() -> None:
            try:
                outcome.put((work(self._open(), given_up), None))
            except Exception as error:  # noqa: BLE001 - translated and raised on the thread that waits
                outcome.put((None, error))
            finally:
                self._busy.release()

        threading.Thread(target=run, name="keyring", daemon=True).start()
        try:
            result, error = outcome.get(timeout=seconds)
        except queue.Empty:
            given_up.set()
            raise slow from None
        if error is not None:
            raise self._translated(error) from error
        return result  # type: ignore[return-value]  # it is None only where T is: mypy does not follow the pair

    def _open(self) -> Any:
        if self._ring is None:
            self._ring = self._choose()
            module = type(self._ring).__module__
            named = (name for prefix, name in _BACK_ENDS.items() if module.startswith(prefix))
            self._backend = next(named, f"{module}.{type(self._ring).__name__}")
        return self._ring

    def _translated(self, error: Exception) -> KeyringTrouble:
        if isinstance(error, KeyringTrouble):
            return error
        # The back end may come or go with the session, so the next operation looks for it again.
        self._ring = None
        log.info("keyring: %s: %s", type(error).__name__, error)
        cause = error.__cause__ or error
        kinds = {kind.__name__ for kind in (*type(error).__mro__, *type(cause).__mro__)}
        if kinds & {"KeyringLocked", "LockedException", "PromptDismissedException"}:
            return KeyringLocked(
                _("The keyring is locked."), _("Unlock it and try again, {elsewhere}").format(elsewhere=_(_ELSEWHERE))
            )
        if kinds & {"NoKeyringError", "SecretServiceNotAvailableException"}:
            return no_keyring()
        return KeyringTrouble(
            _("The keyring failed ({name}).").format(name=type(error).__name__),
            _("Check its settings, {elsewhere}").format(elsewhere=_(_ELSEWHERE)),
        )


def _has_to_be_made(ring: Any) -> bool:
    """True when the Secret Service has no default collection yet: nothing can be in it, and merely reading would make
    it ask for the password of a new one, before the person has saved anything."""
    module = sys.modules[type(ring).__module__]
    if not module.__name__.startswith("keyring.backends.SecretService") or getattr(ring, "preferred_collection", None):
        return False
    storage = module.secretstorage
    connection = storage.dbus_init()
    try:
        storage.get_collection_by_alias(connection, "default")
    except storage.exceptions.ItemNotFoundException:
        return True
    finally:
        connection.close()
    return False


def no_keyring(why: str = "") -> NoKeyring:
    why = why or _("There is no keyring in this session.")
    return NoKeyring(
        why, _("Start one (GNOME Keyring, KWallet, KeePassXC), {elsewhere}").format(elsewhere=_(_ELSEWHERE))
    )


def choose_ring() -> Any:
    """The back end that the person chose for all programs, else the operating system's own. Raises NoKeyring.

    A place that keeps keys as readable text is refused, and so is what only looks like a place.
    """
    from keyring.backend import KeyringBackend, get_all_keyring
    from keyring.core import load_config, load_env

    try:
        chosen = load_env() or load_config()
    except Exception as error:
        log.info("keyring configuration: %s: %s", type(error).__name__, error)
        raise no_keyring(_("The keyring named in keyring's own configuration cannot be used.")) from error
    if chosen is not None and type(chosen).__module__ != "keyring.backends.chainer":
        if not _is_safe(chosen):
            raise no_keyring(
                _("{name} does not store keys securely, so it is not used.").format(name=type(chosen).__name__)
            )
        return chosen
    get_all_keyring()  # finds the back ends of other packages, once
    rings = [ring() for ring in KeyringBackend.get_viable_backends()]
    safe = sorted(filter(_is_safe, rings), key=_preference, reverse=True)
    if safe:
        return safe[0]
    refused = sorted(type(ring).__name__ for ring in rings if type(ring).__module__.startswith("keyrings.alt"))
    raise no_keyring(
        _("The only keyring is {refused}, which stores keys as plain text.").format(refused=refused[0])
        if refused
        else no_keyring().title
    )


def _is_safe(ring: Any) -> bool:
    module = type(ring).__module__
    if module.startswith(tuple(_BACK_ENDS)):
        return True
    ours_or_readable = module.startswith(("keyring.backends.", "keyrings.alt"))
    return not ours_or_readable and float(ring.priority) >= 1


def _preference(ring: Any) -> tuple[bool, float]:
    """Other packages put stores that only read (for package indexes) above the system's own: those come last."""
    return type(ring).__module__.startswith(tuple(_BACK_ENDS)), float(ring.priority)
