"""The composition root of everything behind the windows and the commands.

Made once a run from the environment. Heavy parts (network, Pillow, the keyring) are made when first used, so that
``grokdesk history`` and the tray do not wait for them.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from grokdesk.actions.catalogue import Catalogue, load_catalogue
from grokdesk.addresses import host_of, is_local, is_plain_http
from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError, KeyMissing, NoKeyring
from grokdesk.logs import Redactor
from grokdesk.model import (
    SCAN_POLICIES,
    Finding,
    ImageLimits,
    Picture,
    PreparedImage,
    Profile,
    ScanPolicy,
)
from grokdesk.paths import Paths, paths_from, resources, unusable
from grokdesk.private_files import mend_folders
from grokdesk.questions.scan import Scanner
from grokdesk.store.keys import BACKGROUND_SECONDS, KeyringStore, Keys, KeyStore
from grokdesk.store.settings.profile_changes import has_plain_secrets, split_secrets
from grokdesk.store.settings.profiles import choose_profile
from grokdesk.store.settings.settings_file import SettingsFile
from grokdesk.translation import _

if TYPE_CHECKING:
    from grokdesk.pictures.decode.decoder import Decoder
    from grokdesk.pictures.decode.opened import OpenedPicture
    from grokdesk.pictures.prepare.preparing import RememberingPreparer
    from grokdesk.providers.formats.protocol import Provider
    from grokdesk.providers.http.transport import Transport
    from grokdesk.providers.key_check import KeyReport
    from grokdesk.providers.models.image_sizes import ImageSizes
    from grokdesk.providers.models.local_servers import FoundServer
    from grokdesk.providers.models.model_memory import ModelMemory
    from grokdesk.providers.remote import Remote
    from grokdesk.questions.ask import Asker
    from grokdesk.questions.connection_test import Tested
    from grokdesk.questions.context.rules import Upkeep
    from grokdesk.store.history.history import History
    from grokdesk.usage.recorder import UsageRecorder

T = TypeVar("T")


class _Once(Generic[T]):
    """Something that is made when it is first asked for, by whichever thread."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: list[T] = []

    def __call__(self) -> T:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]


def _nowhere(_sentence: str) -> None:
    """Nobody is there to be told."""


@dataclass(frozen=True, slots=True)
class Services:
    paths: Paths
    redactor: Redactor
    settings: SettingsFile
    keys: Keys
    open_history: Callable[[], History]
    catalogue: Catalogue
    decoder: Callable[[], Decoder]
    """Opens foreign files where a hang or a crash ends nothing but itself."""
    preparer: Callable[[], RememberingPreparer]
    transport: Callable[[], Transport]
    models: Callable[[], ModelMemory]
    open_upkeep: Callable[[], Upkeep]
    scanner: Scanner
    accounts: Callable[[], UsageRecorder]
    """Knows what left, and says so."""
    tell: Callable[[str], None] = _nowhere
    """Takes a sentence for the person."""
    reader_command: Sequence[str] | None = None
    key_seconds: float = BACKGROUND_SECONDS
    """How long the keyring may take; longer where a person can answer its prompt."""

    @property
    def history(self) -> History:
        """Opened when it is first used."""
        return self.open_history()

    @property
    def upkeep(self) -> Upkeep:
        """The same for whoever asks and whoever shows what goes along."""
        return self.open_upkeep()

    def warm_up(self) -> None:
        """Load what the first question would wait for. For a thread that nobody waits on."""
        import grokdesk.questions.ask  # noqa: F401  (imported for its cost alone)

        self.preparer()
        self.transport().warm_up()

    def active_profile(self) -> Profile:
        """Where questions go now. May ask the keyring, so not on the thread of a window. Raises KeyringTrouble."""

        def has_key(profile: Profile) -> bool:
            try:
                return self.keys.find(profile, self.key_seconds) is not None
            except NoKeyring:
                return False

        return choose_profile(self.settings.load(), has_key)

    def model_of(self, profile: Profile) -> str:
        """The model that will be asked, "" while none was chosen yet."""
        return profile.model or (self.models().recall(profile) if profile.dialect != "on-this-computer" else "")

    def asker(self, *, keep: bool) -> Asker:
        """What ``asking.ask`` needs; ``keep`` puts every turn into the history."""
        from grokdesk.questions.ask import Asker

        return Asker(
            catalogue=self.catalogue,
            prepare=self.prepare,
            provider_for=self.provider_for,
            download=self.download,
            keeper=self.history if keep else None,
            clock=time.monotonic,
            now=lambda: datetime.now(UTC),
            upkeep=self.upkeep,
            scanner=self.scanner,
        )

    def open_picture(
        self, picture: Picture, /, *, enough: int | None = None, cancel: CancelSwitch | None = None
    ) -> OpenedPicture:
        """An ``Opener`` for pictures from anywhere. Raises NotAPicture, PictureTooLarge, NotPossibleHere, Cancelled."""
        return self.decoder().open(picture, enough=enough, cancel=cancel)

    def prepare(
        self, picture: Picture, limits: ImageLimits, /, *, lossless: bool = False, cancel: CancelSwitch | None = None
    ) -> PreparedImage:
        return self.preparer()(picture, limits, lossless=lossless, cancel=cancel)

    def provider_for(self, profile: Profile) -> Provider:
        """Raises KeyMissing, KeyringTrouble."""
        if profile.dialect == "on-this-computer":
            from grokdesk.providers.dialects.on_this_computer import OnThisComputer

            return OnThisComputer(self.reader_command, self.settings.load().reading_languages)
        return self.remote(profile)

    def remote(self, profile: Profile) -> Remote:
        """The server of a profile. Raises KeyMissing, KeyringTrouble; ValueError for this computer."""
        from grokdesk.providers.dialects.choice import dialect_for
        from grokdesk.providers.remote import Remote

        dialect, key, profile = dialect_for(profile.dialect), self.key_of(profile), self.with_secrets(profile)
        return Remote(self.transport(), profile, dialect, key, self.redactor, self.models())

    def check(self, profile: Profile, cancel: CancelSwitch) -> Tested:
        """Ask it something real, and what it says of key and models. Raises Cancelled, KeyRefused and the like."""
        from grokdesk.providers.key_check import check_key
        from grokdesk.questions.connection_test import check_connection

        def check() -> KeyReport:
            return check_key(self.transport(), self.with_secrets(profile), self.key_of(profile), cancel)

        return check_connection(self.asker(keep=False), profile, check, cancel)

    def key_of(self, profile: Profile) -> str:
        """The key to send, "" for a server that needs none. Raises KeyMissing, KeyringTrouble."""
        try:
            found = self.keys.find(profile, self.key_seconds)
        except NoKeyring as error:
            raise KeyMissing(
                _("There is no key for {name}. {title}").format(name=profile.name, title=error.title), error.hint
            ) from error
        if found is not None and found.source != "environment":
            check_way(profile)
        if found is None and profile.needs_key and (variable := self.keys.withheld_variable(profile)):
            raise _over_http(profile, _("The key in {variable}").format(variable=variable))
        if found is None and profile.needs_key:
            raise KeyMissing(
                _("There is no key for {name}.").format(name=profile.name),
                _("Add one in the settings or with: grokdesk key set --profile {id}").format(id=profile.id)
                if profile.id
                else _("Set GROKDESK_API_KEY for this run."),
            )
        return found.value if found else ""

    def with_secrets(self, profile: Profile) -> Profile:
        """The profile with the values of its secret headers, for as long as a request takes. A secret that stands
        readable in the settings, as earlier versions kept it, is moved into the keyring.

        Raises KeyMissing, KeyringTrouble.
        """
        if has_plain_secrets(profile) and profile.id:
            profile = self._move_secrets(profile)
        way = profile.connection
        if not way.secret_headers:
            return profile
        check_way(profile)
        headers = (*way.headers, *self.keys.headers(profile, self.key_seconds))
        return replace(profile, connection=replace(way, headers=headers))

    def _move_secrets(self, profile: Profile) -> Profile:
        moved, secrets = split_secrets(profile)
        for _name, value in secrets:
            self.redactor.remember(value)
        settings = self.settings.load()
        if not any(own.id == profile.id and has_plain_secrets(own) for own in settings.profiles):
            return profile
        try:
            for name, value in secrets:
                self.keys.set_header(profile, name, value, self.key_seconds)
            kept = tuple(split_secrets(own)[0] if own.id == profile.id else own for own in settings.profiles)
            self.settings.change(profiles=kept)
        except GrokDeskError as error:
            self.tell(
                _("A header of {profile} contains a secret, stored as plain text in the settings. {why}").format(
                    profile=profile.name, why=error
                )
            )
            return profile
        return moved

    def find_local_servers(self, cancel: CancelSwitch, ports: Iterable[int] | None = None) -> Iterator[FoundServer]:
        """What answers questions on this computer, on these ports or the usual ones. Raises Cancelled."""
        from grokdesk.providers.models.local_servers import PORTS, find_local_servers

        yield from find_local_servers(self.transport(), cancel, PORTS if ports is None else ports)

    def read_file(self, file: Path) -> Picture:
        """Raises NotAPicture and the like."""
        from grokdesk.pictures.decode.opening import read_picture_file

        return read_picture_file(file)

    def download(self, url: str, cancel: CancelSwitch) -> Picture:
        """A picture somebody gave the address of. Raises NetworkError, NotAPicture, Cancelled."""
        from grokdesk.providers.http.download import fetch
        from grokdesk.providers.http.picture_addresses import looks_public

        content, name = fetch(self.transport(), url, cancel)
        return Picture(name, content, url if looks_public(url) else "")


def close_folders(paths: Paths, environment: Mapping[str, str], tell: Callable[[str], None]) -> None:
    """What an earlier version left open to other users is closed. Raises StoreError for what belongs to another user,
    and for a folder that cannot be used, by its name."""
    home = environment.get("GROKDESK_HOME")
    root = paths.config.parent if home else None
    try:
        still_open = mend_folders((paths.config, paths.data, paths.cache, paths.runtime), root)
    except OSError as error:
        raise unusable(error, paths) from error
    if still_open:
        words = _("Other users of this computer may be able to read {folder}: its disk does not support permissions.")
        tell(words.format(folder=still_open[0]))


def check_way(profile: Profile) -> None:
    """Raises KeyMissing where a key would go over http to another house without the person's word for it."""
    url = profile.base_url
    if is_plain_http(url) and not is_local(url) and not profile.key_over_http:
        raise _over_http(profile, _("The key for {profile}").format(profile=profile.name))


def _over_http(profile: Profile, what: str) -> KeyMissing:
    hint = _("Use an https:// address.")
    if profile.id:
        hint = _(
            "Use an https:// address, or allow it in the profile's details, or with: "
            "grokdesk profiles change {profile} --key-over-http yes"
        ).format(profile=profile.id)
    title = _("{what} is not sent to {host} without encryption, where others could read it.")
    return KeyMissing(title.format(what=what, host=host_of(profile.base_url)), hint)


def services_from(
    environment: Mapping[str, str], tell: Callable[[str], None], keyring: KeyStore | None = None
) -> Services:
    """Everything for this person. ``tell`` gets sentences about settings or history that could not be used.

    ``keyring`` is the operating system's unless another one is given.
    """
    paths = paths_from(environment)
    close_folders(paths, environment, tell)
    redactor = Redactor()
    settings = SettingsFile(paths.settings_file, tell)

    def make_accounts() -> UsageRecorder:
        from grokdesk.store.request_log.request_log import RequestLog
        from grokdesk.usage.recorder import UsageRecorder

        open_ledger = partial(RequestLog, paths.ledger_file, redact=redactor.redact)
        return UsageRecorder(open_ledger, settings.load, redactor.redact, tell, lambda: datetime.now(UTC))

    accounts = _Once(make_accounts)

    def make_transport() -> Transport:
        from grokdesk.providers.http.transport import Transport

        return Transport(watch=accounts())

    def make_models() -> ModelMemory:
        from grokdesk.providers.models.model_memory import ModelMemory

        return ModelMemory(paths.cache / "models.json", time.time, redactor.redact_known)

    def make_history() -> History:
        from grokdesk.store.history.history import History

        return History(paths.history_file, tell, redactor.redact_known)

    def make_decoder() -> Decoder:
        from grokdesk.pictures.decode.decoder import Decoder

        return Decoder(child_command("_decode"))

    decoder = _Once(make_decoder)

    def make_preparer() -> RememberingPreparer:
        from grokdesk.pictures.prepare.preparing import RememberingPreparer, prepare

        return RememberingPreparer(partial(prepare, opener=decoder().open))

    models = _Once(make_models)

    def make_upkeep() -> Upkeep:
        from grokdesk.questions.context.rules import Upkeep

        def window(profile: Profile) -> int:
            model = profile.model or models().recall(profile)
            known = (info for info in models().models(profile) or () if model in (info.id, *info.aliases))
            return next((info.context or 0 for info in known), 0)

        def sizes(profile: Profile) -> ImageSizes:
            model = profile.model or models().recall(profile)
            return models().image_sizes(replace(profile, model=model))

        return Upkeep(lambda: settings.load().pictures_again, window, sizes=sizes)

    return Services(
        paths=paths,
        redactor=redactor,
        settings=settings,
        keys=Keys(environment, keyring or KeyringStore(), redactor, settings.key_origins),
        open_history=_Once(make_history),
        catalogue=load_catalogue([resources() / "actions", paths.actions_folder]),
        decoder=decoder,
        preparer=_Once(make_preparer),
        transport=_Once(make_transport),
        models=models,
        open_upkeep=_Once(make_upkeep),
        scanner=make_scanner(settings),
        accounts=accounts,
        tell=tell,
        reader_command=child_command("_read"),
    )


def make_scanner(settings: SettingsFile) -> Scanner:
    """Looks at pictures in a process of its own; what the settings say is read each time."""

    def look(image: PreparedImage, own_words: Sequence[str], cancel: CancelSwitch) -> tuple[Finding, ...]:
        from grokdesk.pictures.read.reader import open_reader

        with open_reader(cancel, child_command("_read")) as reader:
            return reader.find_secrets(image, own_words, settings.load().reading_languages)

    def usual() -> ScanPolicy:
        return next(policy for policy in SCAN_POLICIES if policy == settings.load().scan)

    def own_words() -> tuple[str, ...]:
        return tuple(word for part in settings.load().own_words.split(",") if (word := part.strip()))

    return Scanner(look, usual, own_words)


def child_command(word: str) -> Sequence[str] | None:
    """How a packaged program starts itself as its own text reader (``_read``) or decoder (``_decode``): there is no
    ``python -m`` inside it. None otherwise."""
    return [sys.executable, word] if getattr(sys, "frozen", False) else None
